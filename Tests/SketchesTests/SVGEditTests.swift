import Files
import Foundation
import FoundationXML
import Sketches
import Testing

/// A file in pieces: shapes, each with the number of strokes that it is read as, and what stands between them.
struct PiecedFile: Sendable, CustomTestStringConvertible {
    enum Piece: Sendable { case text(String), shape(String, strokes: Int) }
    let testDescription: String
    let pieces: [Piece]
    init(_ name: String, _ pieces: [Piece]) { (testDescription, self.pieces) = (name, pieces) }

    var text: String { pieces.map { switch $0 { case .text(let text), .shape(let text, _): text } }.joined() }

    static let all = [
        PiecedFile("nested transforms", [
            .text("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-20 30 200 160\" transform=\"rotate(4)\">\n <g transform=\"translate(10,20) rotate(30)\">\n  <g data-class=\"cat\" transform=\"scale(2 .5)\">\n   "),
            .shape("<path d=\"M1 1L20.25 30\"/>", strokes: 1), .text("\n   "),
            .shape("<path transform = 'skewX(20) translate(3)' d='M5 5h9v40q5 9 9 1'   />", strokes: 1), .text("\n  </g>\n  "),
            .shape("<rect x='1' y='2' width='30' height='20' transform='matrix(1 .5 -.25 1 3 4)' fill='red'></rect>", strokes: 1), .text("\n </g>\n "),
            .shape("<ellipse cx='90' cy='70' rx='20' ry='10'/>", strokes: 1), .text("</svg>\n"),
        ]),
        PiecedFile("subpaths", [
            .text("<svg viewBox='0 0 256 256' stroke='black'><g data-class='dog'>"),
            .shape("<path d='m10 10 5 0 z m5 5 10 10 m 2,2 l3 3 h1&#10;M50 50h10zv40'/>", strokes: 5), .text("<title>dog</title>"),
            .shape("<path d=\"M100-20a9 9 0 0120 20m.5.5-9 9t3 3q1 2 3 4s9-9 1 2M5 5 M7,7 m9 9h3m1 1zM80 80z\"/>", strokes: 5), .text("</g>"),
            .shape("<path transform='rotate(-20 100 100)' d='M1 1h20m30 30 l9 9 9-9'/>", strokes: 2), .text("</svg>"),
        ]),
        PiecedFile("line ends", [
            .text("<?xml version=\"1.0\"?>\r\n<!-- <path d='M0 0h9'/> -->\r\n<svg viewBox=\"0 0 100 100\"\r\n  fill='none'>\r\n"),
            .shape("<polyline points=\"1,1 2,2\r\n 30,30\"\r\n  />", strokes: 1), .text("\r\n<g data-class='a'>\r\n"),
            .shape("<polygon points='40 40 50 40 50 50' stroke='&#98;lue'></polygon>", strokes: 1), .text("\r\n</g>\r\n<desc><![CDATA[<path d='M5 5h9'/>]]></desc>\r\n"),
            .shape("<line x1='1' y2='30' x2='9'/>", strokes: 1), .shape("<line x1='50' y2='30' x2='9'/>", strokes: 1), .text("\r\n</svg>\r\n"),
        ]),
        PiecedFile("namespaces", [
            .text("<s:svg xmlns:s='http://www.w3.org/2000/svg' xmlns='urn:x' xmlns:xlink='http://www.w3.org/1999/xlink' viewBox='1 2 90 90'>\n<path d='M0 0h9'/>\n<s:g data-class='x'>"),
            .shape("<s:path id='shown' d='M10 10l20 5'/>", strokes: 1), .text("</s:g><s:use xlink:href='#shown' x='9'/>\n"),
            .shape("<s:circle r='9' cx='40' cy='40'/>", strokes: 1), .text("\n</s:svg>"),
        ]),
        PiecedFile("styles", [
            .text("<svg width='300' height='200'>\n<g style='transform: translate(10px, 20px)' stroke='#000' stroke-width='3'>\n"),
            .shape("<path style=\"stroke-width:2px;fill:none;transform:scale(2)\" d='M1 1l9 9'/>", strokes: 1), .text("\n"),
            .shape("<path transform='rotate(90)' transform-origin='30 30' d='M20 20h30'/>", strokes: 1), .text("\n"),
            .shape("<path transform='turn(90)' d='M20 40h30'/>", strokes: 1), .text("\n"),
            .shape("<path vector-effect='non-scaling-stroke' d='M20 50h30 M 20 60 v 9'/>", strokes: 2), .text("\n"),
            .shape("<path style='transform:rotate(5deg)' d='M20 55h30 M 20 60 v 9'><animate attributeName='d'/></path>", strokes: 2), .text("\n</g>\n</svg>\n"),
        ]),
        PiecedFile("style sheet and viewport", [
            .text("<svg viewBox='0 0 100 100'><style>path { stroke-width: 5; transform: none }</style><svg x='10' y='10' width='40' height='40' viewBox='0 0 10 10'>"),
            .shape("<path stroke='red' d='M1 1L9 9'/>", strokes: 1), .text("</svg><switch>"),
            .text("<g>"), .shape("<path stroke='red' d='M60 60C70 50 90 50 90 90'/>", strokes: 1), .text("</g></switch></svg>"),
        ]),
    ]
}

@Suite struct SVGEditTests {
    private static func edited(_ text: String, _ edits: [SceneEdit]) throws -> String {
        String(decoding: try SVGDocument(Data(text.utf8)).applying(edits), as: UTF8.self)
    }

    struct Move: Sendable, CustomTestStringConvertible {
        let before: String, edit: SceneEdit, after: String
        var testDescription: String { before }
        init(_ before: String, _ edit: SceneEdit, _ after: String) { (self.before, self.edit, self.after) = (before, edit, after) }
    }
    private static let right = SceneEdit.move([0], dx: 5, dy: -2), double = SceneEdit.resize([0], scale: 2, about: Point(x: 10, y: 10))

    @Test(arguments: [
        Move("<path d='M1 1h1'/>", right, "<path transform=\"translate(5 -2)\" d='M1 1h1'/>"),
        Move("<path\n d='M1 1h1' transform='rotate(5)'/>", right, "<path\n d='M1 1h1' transform='translate(5 -2) rotate(5)'/>"),
        Move("<path d='M1 1h1' transform=' '/>", right, "<path d='M1 1h1' transform='translate(5 -2)'/>"),
        Move("<g transform='scale(2)'><path d='M1 1h1'/></g>", right, "<g transform='scale(2)'><path transform=\"translate(2.5 -1)\" d='M1 1h1'/></g>"),
        Move("<g transform='rotate(90)'><path d='M1 1h1'/></g>", right, "<g transform='rotate(90)'><path transform=\"translate(-2 -5)\" d='M1 1h1'/></g>"),
        // The pen of a shape without a stroke is none.
        Move("<path d='M1 1h1'/>", double, "<path transform=\"translate(-10 -10) scale(2)\" d='M1 1h1'/>"),
        Move("<path stroke='red' d='M1 1h1'/>", double, "<path transform=\"translate(-10 -10) scale(2)\" stroke-width=\"0.5\" stroke='red' d='M1 1h1'/>"),
        Move("<g stroke='red' stroke-width='3px'><path d='M1 1h1'/></g>", double,
             "<g stroke='red' stroke-width='3px'><path transform=\"translate(-10 -10) scale(2)\" stroke-width=\"1.5\" d='M1 1h1'/></g>"),
        Move("<path stroke='red' stroke-width='3' d='M1 1h1'/>", double,
             "<path transform=\"translate(-10 -10) scale(2)\" stroke='red' stroke-width='1.5' d='M1 1h1'/>"),
        Move("<path style='stroke:red; stroke-width: 3; ' d='M1 1h1'/>", double,
             "<path transform=\"translate(-10 -10) scale(2)\" style='stroke:red; stroke-width: 3; stroke-width:1.5' d='M1 1h1'/>"),
        Move("<path style='stroke:red;stroke-width:3!important' d='M1 1h1'/>", double,
             "<path transform=\"translate(-10 -10) scale(2)\" vector-effect=\"non-scaling-stroke\" style='stroke:red;stroke-width:3!important' d='M1 1h1'/>"),
        Move("<path stroke='red' stroke-width='1%' d='M1 1h1'/>", double,
             "<path transform=\"translate(-10 -10) scale(2)\" vector-effect=\"non-scaling-stroke\" stroke='red' stroke-width='1%' d='M1 1h1'/>"),
        Move("<path stroke='red' d='M1 1h1'/>", .transform([0], StrokeMove(scaleX: 2, scaleY: 1)),
             "<path transform=\"translate(0 0) scale(2 1)\" vector-effect=\"non-scaling-stroke\" stroke='red' d='M1 1h1'/>"),
        Move("<path stroke='red' vector-effect='non-scaling-stroke' d='M1 1h1'/>", double,
             "<path transform=\"translate(-10 -10) scale(2)\" stroke='red' vector-effect='non-scaling-stroke' d='M1 1h1'/>"),
        Move("<path stroke='red' d='M1 1h1'/>", .transform([0], StrokeMove(scaleX: -1, scaleY: 1, about: Point(x: 10, y: 0))),
             "<path transform=\"translate(20 0) scale(-1 1)\" stroke='red' d='M1 1h1'/>"),
        // Something else moves the shape as well.
        Move("<path style='transform:scale(2)' d='M1 1h1'/>", right, "<g transform=\"translate(5 -2)\"><path style='transform:scale(2)' d='M1 1h1'/></g>"),
        Move("<path transform='turn' d='M1 1h1'/>", right, "<g transform=\"translate(5 -2)\"><path transform='turn' d='M1 1h1'/></g>"),
        Move("<path id='a' d='M1 1h1'/><use href='#a'/>", right, "<g transform=\"translate(5 -2)\"><path id='a' d='M1 1h1'/></g><use href='#a'/>"),
        Move("<style>.a{rotate:3deg}</style><path d='M1 1h1'/>", right, "<style>.a{rotate:3deg}</style><g transform=\"translate(5 -2)\"><path d='M1 1h1'/></g>"),
        // Subpaths.
        Move("<path d='M1 1h1m5 5h1'/>", right, "<path d='M6 -1L7 -1M7 6h1'/>"),
        Move("<path d='M1 1h1z h3'/>", right, "<path d='M6 -1L7 -1z M1 1h3'/>"),
        Move("<path d='M1 1h1&#10;M5 5h1'/>", right, "<path d='M6 -1L7 -1&#10;M5 5h1'/>"),
        Move("<path d='M1 1h1m5 5 1 1'/>", .move([1], dx: 1, dy: 0), "<path d='M1 1h1M8 6L9 7'/>"),
        Move("<path d='M1 1h1m5 5h1'/>", .move([0, 1], dx: 1, dy: 0), "<path transform=\"translate(1 0)\" d='M1 1h1m5 5h1'/>"),
        Move("<path d='M1 1Q2 1 2 2M5 5h1'/>", right, "<path d='M6 -1C6.6667 -1 7 -0.6667 7 0M5 5h1'/>"),
        Move("<path transform='scale(.1)' d='M1 1h1m5 5h1'/>", right, "<path transform='scale(.1)' d='M51 -19L52 -19M7 6h1'/>"),
    ])
    func moving(_ move: Move) throws {
        func file(_ content: String) -> String { "<svg viewBox='0 0 99 99'>\(content)</svg>" }
        #expect(try Self.edited(file(move.before), [move.edit]) == file(move.after))
    }

    @Test func boxesAndLabelsGoWithTheirObject() throws {
        let scene = sampleScene(), data = try SketchFile.write([scene], format: .svg, options: RenderOptions(boxes: true, labels: true))
        let text = String(decoding: try SVGDocument(data).applying([.move([1], dx: 3, dy: 4)]), as: UTF8.self)
        #expect(text.matches(of: /<(rect|text) transform="translate\(3 4\)" data-atelier="note"/).count == 3)
        #expect(text.matches(of: /transform=/).count == 4)
        let part = String(decoding: try SVGDocument(data).applying([.move([0], dx: 3, dy: 4)]), as: UTF8.self)
        #expect(part.matches(of: /transform=/).count == 1)
    }

    @Test func replacedInPlace() throws {
        let file = "<svg viewBox='0 0 99 99'>\n  <g data-class='cat'>\n    <path d='M1 1h1'/>\n  </g>\n  <g transform='scale(2)'><line x2='9' y2='9'/></g>\n</svg>\n"
        let text = try Self.edited(file, [.replace([0], by: squares([("dog", 5, 5, 9)]))])
        let place = try #require(text.firstRange(of: "  <g id=\"added-dog-1\" data-class=\"dog\" "))
        #expect(text[..<place.lowerBound] == "<svg viewBox='0 0 99 99'>\n")
        #expect(text.hasSuffix("</g>\n  <g transform='scale(2)'><line x2='9' y2='9'/></g>\n</svg>\n"))
        let inner = try Self.edited(text, [.replace([1], by: squares([("sun", 5, 5, 9)]))])
        #expect(inner.contains("<g transform='scale(2)'><g transform=\"matrix(0.5 0 0 0.5 0 0)\">\n<g id=\"added-2-sun-1\" data-class=\"sun\""))
        #expect(try read(inner)[0].strokes == squares([("dog", 5, 5, 9), ("sun", 5, 5, 9)]).strokes)
        let more = try Self.edited(inner, [.append(squares([("sun", 1, 1, 3)])), .replace([0], by: squares([("sun", 2, 2, 3)]))])
        #expect(more.contains("id=\"added-3-sun-1\"") && more.contains("id=\"added-4-sun-1\""))
    }

    @Test func aFileThatNotesItsOrderKeepsIt() throws {
        var scene = squares([("cat", 10, 10, 20), ("dog", 50, 50, 20), ("cat", 90, 90, 20), ("pig", 5, 90, 20)])
        scene.objects = [scene.objects[0], scene.objects[1], scene.objects[3]]
        scene.objects[0].strokes = [0, 2]
        scene.objects[0].box = Box(x0: 10, y0: 10, x1: 110, y1: 110)
        let document = try SVGDocument(SketchFile.write([scene], format: .svg))
        #expect(document.scene.strokes == scene.strokes)
        let edits: [SceneEdit] = [.append(squares([("sun", 200, 5, 20)])), .replace([1], by: squares([("fox", 50, 55, 20), ("fox", 150, 55, 20)])), .move([0], dx: 1, dy: 1)]
        let again = try SVGDocument(document.applying(edits)).scene, wanted = scene.applying(edits)
        #expect(again.strokes == wanted.strokes)
        #expect(try SVGDocument(document.appending(squares([("sun", 200, 5, 20)]))).scene.strokes == scene.strokes + squares([("sun", 200, 5, 20)]).strokes)
        let first = try SVGDocument(document.applying([.replace([0, 2], by: squares([("fox", 1, 1, 5), ("fox", 7, 7, 5)]))])).scene
        #expect(first.strokes == scene.applying([.replace([0, 2], by: squares([("fox", 1, 1, 5), ("fox", 7, 7, 5)]))]).strokes)
    }

    // MARK: whatever is edited

    @Test(arguments: PiecedFile.all)
    func untouchedBytesStay(_ file: PiecedFile) throws {
        let document = try SVGDocument(Data(file.text.utf8)), scene = document.scene
        #expect(scene.strokes.count == file.pieces.reduce(0) { if case .shape(_, let strokes) = $1 { $0 + strokes } else { $0 } })
        #expect(try document.applying([]) == Data(file.text.utf8) && document.applying([.move([99], dx: 1, dy: 1)]) == Data(file.text.utf8))
        var dice = Dice(17)
        for round in 0..<150 {
            let edits = randomEdits(of: scene, &dice), place: Comment = "round \(round)"
            let data = try document.applying(edits), text = String(decoding: data, as: UTF8.self)
            let fate = Fate(of: scene.strokes.count, edits)

            // Every shape that was not named stands there as it was, in order; without removals, everything between them as well.
            let keepsAll = Set(fate.stays.compactMap { $0 }).count == scene.strokes.count
            var stroke = 0, position = text.startIndex
            for piece in file.pieces {
                var wanted: String?
                switch piece {
                case .text(let text): wanted = keepsAll ? text.trimmingCharacters(in: .whitespacesAndNewlines) : nil
                case .shape(let text, let count):
                    if fate.untouched.isSuperset(of: stroke..<stroke + count) { wanted = text }
                    stroke += count
                }
                guard let wanted, !wanted.isEmpty else { continue }
                // What is added stands before the end tags.
                for part in wanted.components(separatedBy: "</") where !part.isEmpty {
                    let found = text.range(of: part, range: position..<text.endIndex)
                    #expect(found != nil, place)
                    position = found?.upperBound ?? position
                }
            }
            let parser = XMLParser(data: data)
            #expect(parser.parse(), place)

            // What is read is the edited scene.
            let again = try SVGDocument(data).scene, expected = scene.applying(edits)
            #expect(again.strokes.count == expected.strokes.count, place)
            let isOrdered = !edits.contains { if case .replace = $0 { true } else { false } }
            var open = Array(again.strokes)
            for (index, wanted) in expected.strokes.enumerated() {
                let isUntouched = fate.stays[index].map(fate.untouched.contains) ?? false
                let slack = isUntouched ? 0 : 2 / scene.unit
                let found = isOrdered ? 0 : open.firstIndex { Self.distance($0, wanted, scene) <= slack }
                guard let found, open.indices.contains(found) else { Issue.record("\(place): stroke \(index) is missing"); continue }
                #expect(Self.distance(open[found], wanted, scene) <= slack, place)
                if isUntouched { #expect(open[found] == wanted, place) }
                open.remove(at: found)
            }
            if isOrdered, scene.objects.count == again.objects.count { #expect(again.objects.map(\.className) == expected.objects.map(\.className), place) }
        }
    }

    /// How far strokes are apart at most; that of curves read with other points less what these may be off.
    static func distance(_ a: Stroke, _ b: Stroke, _ scene: Scene) -> Double {
        if a.points.count == b.points.count {
            let apart = zip(a.points, b.points).map { $0.distance(to: $1) }.max() ?? 0
            if apart < 2 / scene.unit { return apart }
        }
        guard max(a.points.count, b.points.count) > 3 else { return .infinity }
        func apart(_ p: Point, _ line: Stroke) -> Double {
            zip(line.points, line.points.dropFirst()).map { from, to in
                let dx = to.x - from.x, dy = to.y - from.y, length = dx * dx + dy * dy
                let t = length > 0 ? min(max(((p.x - from.x) * dx + (p.y - from.y) * dy) / length, 0), 1) : 0
                return p.distance(to: from.interpolated(to: to, t))
            }.min() ?? .infinity
        }
        let worst = max(a.points.map { apart($0, b) }.max() ?? 0, b.points.map { apart($0, a) }.max() ?? 0)
        return max(0, worst - 4 * 0.0005 * scene.longestSide)
    }

    // MARK: refused

    @Test func whatCannotBeDone() throws {
        func problem(_ content: String, _ edits: [SceneEdit], root: String = "viewBox='0 0 9 9'") -> EditError? {
            do {
                let document = try SVGDocument(Data("<svg \(root)>\n\(content)</svg>".utf8), name: "x.svg")
                _ = try document.applying(edits)
                return nil
            } catch { return error as? EditError }
        }
        let path = "<path d='M1 1h1'/>", right = SceneEdit.move([0], dx: 1, dy: 0)
        let flat = problem("<g transform='scale(0 1)'>\(path)</g>", [right])
        #expect(flat == EditError(file: "x.svg", line: 2, .cannotMove(stroke: 0, "the transform around it has no inverse")))
        #expect(flat?.description == "x.svg:2: stroke 0 cannot be moved: the transform around it has no inverse; replace it by new strokes instead")
        #expect(problem("<path transform='scale(0)' d='M1 1h1'/>", [right]) == nil)
        guard case .cannotMove(0, _)? = problem("<path transform='scale(0)' d='M1 1h1M2 2h1'/>", [right])?.problem else { Issue.record("a subpath"); return }
        guard case .cannotMove(0, _)? = problem("<switch><path style='transform:none' d='M1 1h1'/></switch>", [right])?.problem else { Issue.record("switch"); return }
        #expect(problem("<switch>\(path)</switch>", [right]) == nil)
        #expect(problem(path, [.move([0], dx: 1e9, dy: 0)])?.problem == .tooFar(stroke: 0))
        #expect(problem(path, [.append(Scene(width: 9, height: 9, strokes: [line(1, .nan)]))])?.problem == .tooFar(stroke: nil))
        #expect(problem(path, [.resize([0], scale: 0, about: Point(x: 0, y: 0))])?.problem == .badMove)
        // It would be taken for the background.
        guard case .notReadBack? = problem("<rect x='1' y='1' width='3' height='3'/>", [.resize([0], scale: 100, about: Point(x: 2, y: 2))])?.problem else {
            Issue.record("a background")
            return
        }
        #expect(problem("<g transform='scale(0 1)'>\(path)</g>", [.replace([0], by: squares([("a", 1, 1, 3)]))]) == nil)
    }
}
