import Files
import Foundation

/// A file of scene JSON, one scene, a list or lines: edits change what they name and leave every other byte, spelling of numbers included.
///
/// ```swift
/// let document = try SceneDocument(data, name: "scene.json")
/// let cat = Set(document.scenes[0].objects[0].strokes)
/// let edited = try document.applying([.move(cat, dx: 40, dy: 0)], command: "move the cat right")
/// let (again, command) = try SceneDocument(edited).undone()               // again == data
/// ```
///
/// `SketchFile.write` prints a scene anew; this does not. White space, the order of keys, unknown keys, `1.50`: all stay. QuickDraw's lines and
/// stroke-3 are no scene JSON and not edited in place; convert them first.
public struct SceneDocument: Sendable {
    /// The scenes of the file, in its order.
    public let scenes: [Scene]

    private let name: String
    private let bytes: [UInt8]
    private let records: [(range: Range<Int>, isQuickDraw: Bool)]

    /// Reads the bytes of a file; `name` is how errors call it.
    /// - Throws: `FileError` where it is no scene JSON or is broken.
    public init(_ data: Data, name: String = "scene") throws(FileError) {
        self.name = name
        let bytes = [UInt8](data)
        self.bytes = bytes
        var scanner = JSONScanner(bytes, file: name, from: bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0)
        var scenes: [Scene] = [], records: [(range: Range<Int>, isQuickDraw: Bool)] = []
        func read(_ scanner: inout JSONScanner) throws(FileError) {
            try scanner.limit(records.count, "scenes")
            scanner.skipSpace()
            let start = scanner.position, (scene, isQuickDraw) = try SceneReader.read(&scanner)
            scenes.append(scene)
            records.append((start..<scanner.position, isQuickDraw))
        }
        if scanner.peek() == UInt8(ascii: "[") {
            try scanner.elements("a list of scenes") { (scanner, _) throws(FileError) in try read(&scanner) }
            if scanner.peek() != nil { throw scanner.error(.malformed("has more after the end of its list")) }
        } else {
            guard scanner.peek() != nil else { throw FileError(file: name, .empty(expected: "scene JSON")) }
            while scanner.peek() != nil { try read(&scanner) }
        }
        (self.scenes, self.records) = (scenes, records)
    }

    /// The file after edits of one scene, by its index.
    ///
    /// Strokes that went are cut, new ones put in, those that moved printed anew; of `objects` and `relations` the indices and boxes that change.
    /// What is read again is `scenes[index].applying(edits)`, but for the key `history`.
    /// - Parameter command: recorded under `history` with what it changed, for `undone(scene:)`; `nil` records nothing.
    /// - Throws: `EditError` where there is no such scene, it cannot be edited, or the edit cannot be recorded.
    public func applying(_ edits: [SceneEdit], toScene index: Int = 0, command: String? = nil) throws(EditError) -> Data {
        try applying([index: edits], commands: command.map { [index: $0] } ?? [:])
    }

    /// The file after edits of several scenes, by their indices, each recorded under its command where it has one.
    /// - Throws: `EditError` where one of them cannot be carried out.
    public func applying(_ edits: [Int: [SceneEdit]], commands: [Int: String] = [:]) throws(EditError) -> Data {
        var patches: [BytePatch] = []
        for index in edits.keys.sorted() {
            let (record, place) = try record(index)
            do {
                patches.append(BytePatch(place, try record.applying(edits[index] ?? [], command: commands[index])))
            } catch {
                throw EditError(file: name, line: error.line ?? bytes.line(at: place.lowerBound), error.problem)
            }
        }
        return Data(patches.applied(to: bytes))
    }

    /// The commands of a scene's edits that are recorded and can be taken back, oldest first.
    public func commands(scene index: Int = 0) -> [String] {
        (try? record(index).record.commands) ?? []
    }

    /// The file as it was before the last recorded edit of a scene, every byte, and that edit's command. Edits of other scenes stay.
    ///
    /// The record is the last key of the scene, `history`, with the last twenty edits; older ones are forgotten.
    /// - Throws: `EditError`: `.noHistory`; `.changedSince` where something else changed the scene after that edit; `.badHistory`.
    public func undone(scene index: Int = 0) throws(EditError) -> (data: Data, command: String) {
        let (record, place) = try record(index)
        let undone: (bytes: [UInt8], command: String)
        do {
            undone = try record.undone()
        } catch {
            throw EditError(file: name, line: error.line ?? bytes.line(at: place.lowerBound), error.problem)
        }
        return (Data([BytePatch(place, undone.bytes)].applied(to: bytes)), undone.command)
    }

    private func record(_ index: Int) throws(EditError) -> (record: SceneRecord, place: Range<Int>) {
        guard records.indices.contains(index) else { throw EditError(file: name, .noScene(index, count: records.count)) }
        let (range, isQuickDraw) = records[index]
        guard !isQuickDraw else { throw EditError(file: name, line: bytes.line(at: range.lowerBound), .notEditable(index)) }
        do {
            return (try SceneRecord(Array(bytes[range]), file: name), range)
        } catch {
            throw EditError(file: name, line: bytes.line(at: range.lowerBound), .notReadBack(error.description))
        }
    }
}
