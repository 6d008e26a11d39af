import Foundation

/// Which styles a model draws each class in; `styles.json` of its folder.
public struct StyleTable: Codable, Sendable, Equatable {
    /// Classes that have icons, and those that have nothing else.
    public var icons: Set<String> = [], onlyIcons: Set<String> = []
    /// Classes that are better as icons: what `auto` draws so.
    public var preferred: Set<String> = []

    /// The file's name in the model's folder.
    public static let fileName = "styles.json"

    /// Doodles only.
    public init() {}

    init(_ drawings: StyledDrawings) {
        for (index, name) in drawings.classes.enumerated() where drawings.count(of: index, .icon) > 0 {
            icons.insert(name)
            if drawings.count(of: index, .doodle) == 0 { onlyIcons.insert(name) }
        }
    }

    /// Of a model's folder; doodles only where it has none.
    package init(folder: URL) {
        let data = try? Data(contentsOf: folder.appendingPathComponent(Self.fileName))
        self = data.flatMap { try? JSONDecoder().decode(StyleTable.self, from: $0) } ?? StyleTable()
    }

    /// The style that a class is drawn in.
    /// - Parameter asked: nil: whichever draws it better. A style that the class does not have gives the other.
    public func style(of className: String, asked: SketchStyle? = nil) -> SketchStyle {
        if onlyIcons.contains(className) { return .icon }
        guard icons.contains(className) else { return .doodle }
        return asked ?? (preferred.contains(className) ? .icon : .doodle)
    }

    package func write(to folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        // Sets have no order of their own: lists in the file are sorted.
        let lists = ["icons": icons.sorted(), "onlyIcons": onlyIcons.sorted(), "preferred": preferred.sorted()]
        try encoder.encode(lists).write(to: folder.appendingPathComponent(Self.fileName), options: .atomic)
    }
}
