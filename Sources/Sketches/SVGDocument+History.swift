import Files
import Foundation

extension SVGDocument {
    /// The commands of the edits that are recorded in the file and can be taken back, oldest first.
    public var commands: [String] { recorded?.history.entries.map(\.command) ?? [] }

    /// The file as it was before the last recorded edit, byte for byte, and that edit's command.
    ///
    /// The record is a comment right before the end of the root, `<!-- atelier:history … -->`, with the last twenty edits; older ones are
    /// forgotten.
    /// - Throws: `EditError`: `.noHistory`; `.changedSince` where something else changed the file after that edit; `.badHistory`.
    public func undone() throws(EditError) -> (data: Data, command: String) {
        guard let recorded else {
            throw EditError(file: name, histories.isEmpty ? .noHistory : .badHistory("the comment that records edits was changed or moved"))
        }
        let undone = try recorded.history.undone(recorded.bare, file: name)
        return (Data(try SVGDocument.joined(undone.bytes, undone.history, name)), undone.command)
    }

    /// The recorded edits and the file without their record, where this stands in its place and spelling.
    private var recorded: (bare: [UInt8], history: EditHistory)? {
        guard let end = elements[0].contentEnd, let comment = histories.last, comment.upperBound <= end,
              bytes[comment.upperBound..<end].allSatisfy(\.isXMLSpace) else { return nil }
        let text = bytes[comment].dropFirst("<!-- atelier:history ".utf8.count).dropLast(" -->".utf8.count)
        guard let history = try? EditHistory(Array(text), file: name) else { return nil }
        let bare = Array(bytes[..<comment.lowerBound] + bytes[end...])
        guard SVGDocument.joined(bare, end: comment.lowerBound, history) == bytes else { return nil }
        return (bare, history)
    }

    /// Carries out an edit on the file without its history, and gives it with the edit recorded. Nothing is recorded where nothing changes.
    func recording(_ command: String, _ edit: (SVGDocument) throws(EditError) -> (document: SVGDocument, patches: [BytePatch])) throws(EditError) -> Data {
        var bare = self, history = EditHistory()
        if let recorded {
            history = recorded.history
            do { bare = try SVGDocument(Data(recorded.bare), name: name) } catch { throw EditError(file: name, line: error.line, .notReadBack(error.description)) }
        }
        let (edited, patches) = try edit(bare)
        guard edited.bytes != bare.bytes else { return Data(bytes) }
        let isFull = history.entries.count == EditHistory.limit
        history.record(command, patches, from: bare.bytes, to: edited.bytes)
        let result = try SVGDocument.joined(edited.bytes, history, name)
        // Undoing gives the file as it is now: tried before it is promised. A full history has forgotten an entry by then.
        let undone = try history.undone(edited.bytes, file: name)
        let original = isFull ? bare.bytes : try SVGDocument.joined(undone.bytes, undone.history, name)
        guard original == (isFull ? undone.bytes : bytes) else { throw EditError(file: name, .notReadBack("the edit could not be undone")) }
        return Data(result)
    }

    /// A file with its history.
    private static func joined(_ bare: [UInt8], _ history: EditHistory, _ name: String) throws(EditError) -> [UInt8] {
        guard !history.entries.isEmpty else { return bare }
        let end: Int?
        do {
            end = try XMLScanner.scanned(bare, file: name).elements[0].contentEnd
        } catch {
            throw EditError(file: name, line: error.line, .badHistory("what it restores is no SVG"))
        }
        guard let end else { throw EditError(file: name, .badHistory("what it restores has no end tag")) }
        return joined(bare, end: end, history)
    }

    private static func joined(_ bare: [UInt8], end: Int, _ history: EditHistory) -> [UInt8] {
        let lineEnd: [UInt8] = end > 0 && bare[end - 1] == 10 ? (end > 1 && bare[end - 2] == 13 ? [13, 10] : [10]) : []
        return bare[..<end] + Array("<!-- atelier:history \(history.text(forXML: true)) -->".utf8) + lineEnd + bare[end...]
    }
}
