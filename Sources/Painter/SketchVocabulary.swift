import Language
import Sketches

/// The vocabulary of a Painter's decoder: text pieces, then control, place, pen, pointer, relation and class tokens.
///
/// Text ids come first (byte-level BPE), those of a small tokenizer trained with it or those of a language model that it stands beside;
/// everything else is an *added token*, which user text can never produce. Each decoder of a painter has its own; the classes, in one order, are common to all.
///
/// | tokens | meaning |
/// |---|---|
/// | `<begin>` `<end>` `<pad>` | document frame |
/// | `<draw>` `<sketch>` `<canvas>` `<detect>` `<edit>` `<complete>` | tasks |
/// | `<plan>` `<boxes>` `<strokes>` `<answer>` | parts of a document |
/// | `<up>` `</object>` | pen up (ends a stroke), object end |
/// | `<doodle>` `<icon>`, `<d1>` … `<d5>`, `<good>` `<fair>`, `<any>` | how a sketch is: style, detail, quality; a class that is not told, or none |
/// | `<erase>` `<add>` `<move>` `<resize>` `<replace>` `<redraw>` | what a command asks for |
/// | `<tiny>` `<small>` `<big>` `<wide>` `<tall>` | sizes |
/// | `<top left>` … `<bottom right>`, `<row>` | places on the canvas, and all in one row |
/// | `<o1>` … `<o8>` | objects of the scene |
/// | `<left of>` … | relations |
/// | `<x0>` … `<x63>`, `<y0>` … `<y63>` | places: boxes (canvas frame) and points (frame of a box) |
/// | `<s0>` … `<s127>` | pointers to the strokes of a canvas |
/// | `<class cat>` … | one a class |
public struct SketchVocabulary: Sendable {
    /// Steps of the place grid on each axis.
    public static let gridSteps = 64
    /// Pointers there are: the most strokes that one window of a canvas may hold.
    public static let pointerCount = 128
    /// The most objects that one plan may name.
    public static let objectCount = 8

    /// The tokenizer with all tokens.
    public let tokenizer: Tokenizer
    /// Class words in id order, with spaces (`cell phone`).
    public let classes: [String]
    /// Ids of a document's frame.
    public let begin, end, pad: Int
    /// Ids of tasks.
    public let draw, sketch, canvas, detect, edit, complete: Int
    /// Ids of a document's parts.
    public let plan, boxes, strokes, answer: Int
    /// Ids that end a stroke, an object.
    public let penUp, objectEnd: Int
    /// Ids of what a command asks for.
    public let erase, add, move, resize, replace, redraw: Int
    /// All tokens that a painter may write about drawings are among these ids; no piece of text is, where the tokens were added together.
    public let ids: Range<Int>
    /// A class that is not told, or, of strokes that are no whole object, none; all objects in one row.
    package let anyClass, row: Int
    package let firstStyle, firstDetail, firstQuality, firstSize, firstPlace: Int
    package let firstObject, firstRelation, firstX, firstY, firstPointer, firstClass: Int
    private let classIndices: [String: Int]

    private static let control = [
        "<begin>", "<end>", "<pad>", "<draw>", "<sketch>", "<canvas>", "<detect>", "<edit>", "<complete>",
        "<plan>", "<boxes>", "<strokes>", "<answer>", "<up>", "</object>", "<any>", "<row>",
        "<erase>", "<add>", "<move>", "<resize>", "<replace>", "<redraw>",
    ]
    private static let details = (1...5).map { "<d\($0)>" }
    private static let qualities = SketchQuality.allCases.map { "<\($0.rawValue)>" }
    private static let styles = SketchStyle.allCases.map { "<\($0.rawValue)>" }
    private static let sizes = SizeWord.allCases.map { "<\($0.rawValue)>" }
    private static let places = PlaceWord.allCases.map { "<\($0.rawValue)>" }

    /// The added tokens of a vocabulary with `classes`, in id order.
    public static func addedTokens(classes: [String]) -> [String] {
        control + styles + details + qualities + sizes + places
            + (1...objectCount).map { "<o\($0)>" }
            + RelationKind.allCases.map { "<\($0.rawValue)>" }
            + (0..<gridSteps).map { "<x\($0)>" } + (0..<gridSteps).map { "<y\($0)>" }
            + (0..<pointerCount).map { "<s\($0)>" }
            + classes.map { "<class \($0)>" }
    }

    /// Finds the sketch tokens in a tokenizer.
    /// - Throws: `PainterError.notAPainter` when one is missing or out of order.
    public init(_ tokenizer: Tokenizer) throws(PainterError) {
        func id(_ token: String) throws(PainterError) -> Int {
            guard let id = tokenizer.id(ofAdded: token) else { throw .notAPainter(missing: token) }
            return id
        }
        func first(_ tokens: [String]) throws(PainterError) -> Int {
            let start = try id(tokens[0])
            for (offset, token) in tokens.enumerated() where try id(token) != start + offset { throw .notAPainter(missing: token) }
            return start
        }
        self.tokenizer = tokenizer
        begin = try id("<begin>"); end = try id("<end>"); pad = try id("<pad>")
        draw = try id("<draw>"); sketch = try id("<sketch>"); canvas = try id("<canvas>"); detect = try id("<detect>")
        edit = try id("<edit>"); complete = try id("<complete>")
        plan = try id("<plan>"); boxes = try id("<boxes>"); strokes = try id("<strokes>"); answer = try id("<answer>")
        penUp = try id("<up>"); objectEnd = try id("</object>")
        anyClass = try id("<any>"); row = try id("<row>")
        erase = try id("<erase>"); add = try id("<add>"); move = try id("<move>")
        resize = try id("<resize>"); replace = try id("<replace>"); redraw = try id("<redraw>")
        firstStyle = try first(Self.styles)
        firstDetail = try first(Self.details)
        firstQuality = try first(Self.qualities)
        firstSize = try first(Self.sizes)
        firstPlace = try first(Self.places)
        firstObject = try first((1...Self.objectCount).map { "<o\($0)>" })
        firstRelation = try first(RelationKind.allCases.map { "<\($0.rawValue)>" })
        firstX = try first((0..<Self.gridSteps).map { "<x\($0)>" })
        firstY = try first((0..<Self.gridSteps).map { "<y\($0)>" })
        firstPointer = try first((0..<Self.pointerCount).map { "<s\($0)>" })
        firstClass = firstPointer + Self.pointerCount
        var classes: [String] = []
        while let token = tokenizer.addedToken(firstClass + classes.count), token.hasPrefix("<class "), token.hasSuffix(">") {
            classes.append(String(token.dropFirst(7).dropLast()))
        }
        guard !classes.isEmpty else { throw .notAPainter(missing: "<class …>") }
        self.classes = classes
        // A base may have a <pad> of its own, before its text; it is never written.
        let written = try Self.addedTokens(classes: classes).filter { $0 != "<pad>" }.map(id)
        ids = (written.min() ?? begin)..<(written.max() ?? begin) + 1
        classIndices = Dictionary(classes.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Tokens of classes that it does not know, in the order of `classes`.
    package func missingTokens(of classes: [String]) -> [String] { classes.filter { classIndex($0) == nil }.map { "<class \($0)>" } }

    /// Tokens in all.
    public var count: Int { tokenizer.count }
    /// The place of a class word in `classes`.
    public func classIndex(_ name: String) -> Int? { classIndices[name] }

    package func object(_ index: Int) -> Int { firstObject + index }
    package func style(_ style: SketchStyle) -> Int { firstStyle + place(of: style) }
    package func detail(_ detail: SketchDetail) -> Int { firstDetail + detail.rawValue - 1 }
    package func quality(_ quality: SketchQuality) -> Int { firstQuality + place(of: quality) }
    package func size(_ size: SizeWord) -> Int { firstSize + place(of: size) }
    package func place(_ word: PlaceWord) -> Int { firstPlace + place(of: word) }
    package func relation(_ kind: RelationKind) -> Int { firstRelation + place(of: kind) }
    private func place<Value: CaseIterable & Equatable>(of value: Value) -> Int { Value.allCases.enumerated().first { $1 == value }?.offset ?? 0 }
    package func x(_ step: Int) -> Int { firstX + step }
    package func y(_ step: Int) -> Int { firstY + step }
    package func pointer(_ stroke: Int) -> Int { firstPointer + stroke }
    package func classToken(_ index: Int) -> Int { firstClass + index }

    package var objectIDs: Range<Int> { firstObject..<firstObject + Self.objectCount }
    package var sizeIDs: Range<Int> { firstSize..<firstSize + SizeWord.allCases.count }
    package var placeIDs: Range<Int> { firstPlace..<firstPlace + PlaceWord.allCases.count }
    package var relationIDs: Range<Int> { firstRelation..<firstRelation + RelationKind.allCases.count }
    package var xIDs: Range<Int> { firstX..<firstX + Self.gridSteps }
    package var yIDs: Range<Int> { firstY..<firstY + Self.gridSteps }
    package var classIDs: Range<Int> { firstClass..<firstClass + classes.count }

    /// Token ids of user text: lower case, white space collapsed.
    package func text(_ text: String) -> [Int] { tokenizer.encode(Self.normalized(text)) }

    /// The form in which the model reads prompts and commands.
    public static func normalized(_ text: String) -> String {
        let words = text.lowercased().split(whereSeparator: { $0.isWhitespace })
        var line = words.joined(separator: " ")
        while let last = line.last, ".!?;:".contains(last) { line.removeLast() }
        return line
    }
}
