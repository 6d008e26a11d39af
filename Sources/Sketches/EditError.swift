import Files

/// Why a file could not be edited, or an edit not undone: where, what is in the way, what can be done. The file is as it was.
public struct EditError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, with the values that the sentence needs.
    public enum Problem: Equatable, Sendable {
        /// The file has only `count` scenes.
        case noScene(Int, count: Int)
        /// The scene at that index is a QuickDraw drawing, which is not edited in place.
        case notEditable(Int)
        /// A factor is zero or beyond a million, or a number is not finite.
        case badMove
        /// A stroke would lie beyond all coordinates that can be read; its index before the edit, `nil` for a new one.
        case tooFar(stroke: Int?)
        /// A stroke of an SVG cannot be moved without changing others; its index, and why.
        case cannotMove(stroke: Int, String)
        /// What was written does not read as it should; what is wrong with it.
        case notReadBack(String)
        /// No edit is recorded in the file.
        case noHistory
        /// What is recorded cannot be used; why.
        case badHistory(String)
        /// The file is not as the last edit left it; that edit's command.
        case changedSince(String)
        /// The scene has a key `history` that is another program's.
        case historyTaken
    }

    /// The file, as the caller named it.
    public var file: String
    /// Counted from 1.
    public var line: Int?
    /// What is wrong.
    public var problem: Problem

    /// An error in `file`; `line` counted from 1, where it is known.
    public init(file: String, line: Int? = nil, _ problem: Problem) {
        self.file = file
        self.line = line
        self.problem = problem
    }

    /// 64 where another command is needed, 65 for bad data, 70 for a bug (sysexits).
    public var exitCode: Int32 {
        switch problem {
        case .noScene, .badMove, .tooFar: 64
        case .notReadBack: 70
        default: 65
        }
    }

    /// One line for the user: `file:line: what is wrong; what to do`.
    public var description: String { file + (line.map { ":\($0)" } ?? "") + ": " + sentence }

    private var sentence: String {
        switch problem {
        case .noScene(let index, let count): "has no scene \(index + 1); it has \(count)"
        case .notEditable(let index): "scene \(index + 1) is a QuickDraw drawing, which is not edited in place; convert it to scene JSON first"
        case .badMove: "the move has a factor of zero or beyond a million, or a number that is not finite; give other numbers"
        case .tooFar(let stroke):
            "\(stroke.map { "stroke \($0)" } ?? "a new stroke") would lie more than \(exact(ReadLimit.coordinate)) pixels away; move it less far"
        case .cannotMove(let stroke, let reason): "stroke \(stroke) cannot be moved: \(reason); replace it by new strokes instead"
        case .notReadBack(let what): "the edited file would not read as it should: \(what); the file was not changed"
        case .noHistory: "no edit is recorded in it; there is nothing to undo"
        case .badHistory(let reason): "its history cannot be used: \(reason); nothing was undone"
        case .changedSince(let command): "it was changed since \"\(command.prefix(60))\"; undo that change first, or go on from here"
        case .historyTaken: "its key \"history\" is another program's, so the edit cannot be recorded; rename the key, or edit without a history"
        }
    }
}
