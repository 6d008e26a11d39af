import Files
import Foundation
import Sketches

/// Why a scene cannot be had, or not be changed.
enum SceneStoreError: Error, Equatable, CustomStringConvertible {
    case notOpen(Int, open: [Int])
    case closed(Int)
    case stale(Int, given: Int, current: Int, last: String?)
    case nothingToUndo(Int)
    case tooLarge(mebibytes: Int)

    var description: String {
        switch self {
        case .notOpen(let number, let open):
            "there is no scene \(number); " + (open.isEmpty ? "none is open yet: draw or open one first" : "open \(open.count == 1 ? "is" : "are") \(Self.list(open))")
        case .closed(let number):
            "scene \(number) was closed to make room: \(SceneStore.limit) stay open at most, and it was the one longest unused; draw or open it anew"
        case .stale(let number, let given, let current, let last):
            given > current ? "scene \(number) has no revision \(given) yet; the current one is \(current)"
                : "scene \(number) is not at revision \(given) any more: it changed\(last.map { " (\"\(singleLine($0, limit: 80))\")" } ?? ""), and the current revision is \(current); "
                    + "look at it again (render, or the resource \(SceneName(number: number).uri)) and, if the change is still wanted, repeat the call with revision \(current)"
        case .nothingToUndo(let number): "scene \(number) has no change to take back"
        case .tooLarge(let limit): "the scene is too large to be kept: at most \(limit) MiB; simplify it first"
        }
    }

    private static func list(_ numbers: [Int]) -> String {
        numbers.prefix(20).map(String.init).joined(separator: ", ") + (numbers.count > 20 ? " and \(numbers.count - 20) more" : "")
    }
}

/// A scene as it is at one revision.
struct SceneVersion {
    let scene: Scene
    /// The SVG file that the scene was opened from, edited along: every byte that no edit names is as it was.
    let svg: Data?
    /// What it takes in memory, about; a stroke that did not change is counted at each revision.
    let bytes: Int

    /// A scene that is as wanted: an error that a line of a batch told of is gone.
    init(_ scene: Scene, svg: Data? = nil) {
        var scene = scene
        scene.error = nil
        (self.scene, self.svg) = (scene, svg)
        bytes = scene.strokes.reduce(1_000) { $0 + 64 + 24 * $1.points.count } + scene.objects.reduce(0) { $0 + 200 + 8 * $1.strokes.count } + (svg?.count ?? 0)
    }

    /// The version after edits.
    /// - Parameters:
    ///   - scene: what the edits made of this one's scene.
    ///   - edited: the edited SVG file, made only where there is one.
    /// - Returns: it, and a sentence where the SVG could not be edited along and is drawn anew from now on.
    func changed(to scene: Scene, svg edited: (SVGDocument) throws -> Data) -> (version: SceneVersion, notice: String?) {
        guard let svg else { return (SceneVersion(scene), nil) }
        let anew = "; from now on its SVG is drawn anew"
        do {
            let data = try edited(SVGDocument(svg, name: "svg"))
            guard try Self.isAlike(SVGDocument(data, name: "svg").scene, scene) else { return (SceneVersion(scene), "the opened SVG cannot hold the edit in place" + anew) }
            return (SceneVersion(scene, svg: data), nil)
        } catch { return (SceneVersion(scene), "the opened SVG cannot be edited in place (\(singleLine(sentence(of: error), limit: 300)))" + anew) }
    }

    /// Whether two scenes have the same strokes in the same order, but for rounding.
    private static func isAlike(_ a: Scene, _ b: Scene) -> Bool {
        guard a.strokes.count == b.strokes.count else { return false }
        let tolerance = 0.005 * max(a.longestSide, b.longestSide)
        return zip(a.strokes, b.strokes).allSatisfy { one, other in
            guard let first = Box.of([one]), let second = Box.of([other]) else { return one.points.isEmpty == other.points.isEmpty }
            return [first.x0 - second.x0, first.y0 - second.y0, first.x1 - second.x1, first.y1 - second.y1].allSatisfy { abs($0) <= tolerance }
        }
    }
}

/// The scenes that are open, each with its revision and what it was before.
///
/// Every change makes the revision one more, taking one back too; whoever changes a scene names the revision that the change is meant for. At most
/// `limit` scenes stay open, and at most `memoryLimit` bytes: the scene longest unused goes first.
final class SceneStore {
    /// The most scenes, the most changes of each that can be taken back, and the most bytes of all.
    static let limit = 100, undoLimit = 20, memoryLimit = 512 << 20

    /// A scene that is open.
    struct Entry {
        let number: Int
        var revision = 1
        var version: SceneVersion
        /// Objects that were found in the strokes of this revision, where that was asked for.
        var found: [SceneObject]?
        /// Earlier versions with what was done to them, oldest first.
        fileprivate(set) var before: [(version: SceneVersion, change: String)] = []
        /// What made this revision of the one before, in words.
        fileprivate(set) var lastChange: String?
        fileprivate var used = 0

        /// The name of the scene's resource.
        var name: SceneName { SceneName(number: number) }
        /// Changes that can be taken back, the last one first.
        var changes: [String] { before.reversed().map(\.change) }
        fileprivate var bytes: Int { before.reduce(version.bytes) { $0 + $1.version.bytes } }
    }

    /// What became of scenes since the last look, for notifications.
    struct Changes {
        /// Scenes were opened or closed.
        var isListOther = false
        /// Scenes that changed or were closed.
        var numbers: Set<Int> = []
    }

    private var entries: [Int: Entry] = [:], last = 0, clock = 0, changes = Changes()

    /// All open scenes, by number.
    var all: [Entry] { entries.values.sorted { $0.number < $1.number } }

    /// Opens a scene.
    /// - Returns: it, and the numbers of those that were closed for it.
    /// - Throws: `SceneStoreError.tooLarge`.
    func add(_ version: SceneVersion) throws(SceneStoreError) -> (entry: Entry, closed: [Int]) {
        try check(version)
        last += 1
        clock += 1
        var entry = Entry(number: last, version: version)
        entry.used = clock
        entries[last] = entry
        changes.isListOther = true
        return (entry, makeRoom(for: last))
    }

    /// A scene by number.
    /// - Parameter revision: what it must be, where the caller says one.
    /// - Throws: `SceneStoreError`: it is not open, or another revision.
    func entry(_ number: Int, revision: Int? = nil) throws(SceneStoreError) -> Entry {
        guard let entry = entries[number] else { throw number >= 1 && number <= last ? .closed(number) : .notOpen(number, open: entries.keys.sorted()) }
        if let revision, revision != entry.revision { throw .stale(number, given: revision, current: entry.revision, last: entry.lastChange) }
        clock += 1
        entries[number]?.used = clock
        return entry
    }

    /// Puts a changed version in the place of the current one.
    /// - Parameter change: what was done, in words.
    func change(_ number: Int, to version: SceneVersion, by change: String) throws(SceneStoreError) -> (entry: Entry, closed: [Int]) {
        var entry = try entry(number)
        try check(version)
        entry.before.append((entry.version, change))
        entry.before.removeFirst(max(0, entry.before.count - Self.undoLimit))
        put(&entry, version, change)
        return (entry, makeRoom(for: number))
    }

    /// Takes the last change back.
    /// - Returns: the scene, and what was taken back.
    func undo(_ number: Int) throws(SceneStoreError) -> (entry: Entry, change: String) {
        var entry = try entry(number)
        guard let before = entry.before.popLast() else { throw .nothingToUndo(number) }
        put(&entry, before.version, "undo")
        return (entry, before.change)
    }

    /// Remembers the objects that were found in a scene's strokes, as long as it stays as it is.
    func remember(_ objects: [SceneObject], in number: Int) { entries[number]?.found = objects }

    /// What became of scenes since this was last asked.
    func takeChanges() -> Changes {
        defer { changes = Changes() }
        return changes
    }

    private func put(_ entry: inout Entry, _ version: SceneVersion, _ change: String) {
        entry.version = version
        entry.lastChange = change
        entry.revision += 1
        entry.found = nil
        clock += 1
        entry.used = clock
        entries[entry.number] = entry
        changes.numbers.insert(entry.number)
    }

    private func check(_ version: SceneVersion) throws(SceneStoreError) {
        guard version.bytes <= Self.memoryLimit / 4 else { throw .tooLarge(mebibytes: Self.memoryLimit >> 22) }
    }

    /// Closes scenes and forgets old versions until what stays is within the limits.
    private func makeRoom(for kept: Int) -> [Int] {
        var closed: [Int] = [], total = entries.values.reduce(0) { $0 + $1.bytes }
        func oldest() -> Int? { entries.values.filter { $0.number != kept }.min { $0.used < $1.used }?.number }
        while entries.count > Self.limit || total > Self.memoryLimit, let number = oldest() {
            total -= entries.removeValue(forKey: number)?.bytes ?? 0
            closed.append(number)
            changes.numbers.insert(number)
            changes.isListOther = true
        }
        while total > Self.memoryLimit, let first = entries[kept]?.before.first {
            total -= first.version.bytes
            entries[kept]?.before.removeFirst()
        }
        return closed.sorted()
    }
}
