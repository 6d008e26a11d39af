/// The revisions of the Model Context Protocol that are spoken here, the newest last, and what differs between them.
///
/// Until 2025-11-25 a client and the server agree on one by `initialize`. From 2026-07-28 on there is no such handshake: every request names its
/// revision in `_meta`.
enum MCPVersion: String, CaseIterable, Comparable {
    case november2024 = "2024-11-05", march2025 = "2025-03-26", june2025 = "2025-06-18", november2025 = "2025-11-25", july2026 = "2026-07-28"

    /// The newest that `initialize` can agree on.
    static let newestOfHandshake = MCPVersion.november2025

    /// What `initialize` answers: the revision asked for, where it is known, else the newest.
    init(askedFor text: String) {
        self = MCPVersion(rawValue: text).flatMap { $0.isStateless ? nil : $0 } ?? .newestOfHandshake
    }

    /// No handshake: each request says all that is needed to answer it.
    var isStateless: Bool { self >= .july2026 }
    /// Several messages may come as one list.
    var hasBatches: Bool { self == .march2025 }
    /// Tools say whether they change anything.
    var hasHints: Bool { self >= .march2025 }
    /// Tools have titles and results with a schema; results may link to resources.
    var hasStructure: Bool { self >= .june2025 }

    static func < (a: MCPVersion, b: MCPVersion) -> Bool { a.rawValue < b.rawValue }
}
