import Foundation
import FoundationXML
import Sketches
import Testing

@Suite struct SVGDocumentTests {
    private static func removing(_ strokes: Set<Int>, from text: String) throws -> String {
        String(decoding: try SVGDocument(Data(text.utf8)).removing(strokes: strokes), as: UTF8.self)
    }

    static let drawing = """
        <?xml version="1.0" encoding="UTF-8"?>\r
        <!-- mine -->
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"  fill='none' stroke = "black">
          <g id="a"   data-class="cat">
            <path d="M1 1L2 2"/>
            <path d="M3 3 L4 4"></path><path d='M5 5L6 6' class="x &amp; y"/>
          </g>
          <text x="3">ein &amp; 고양이</text>
          <g data-class='dog'><title>dog</title><line x1="1" y1="2" x2="3" y2="4"/></g>
          <path d="m10 10 5 0 z m5 5 1 1 m 2,2 l3 3 h1 M50 50h1zv4"/>
        </svg>

        """

    @Test func nothingRemovedIsTheSameFile() throws {
        #expect(try Self.removing([], from: Self.drawing) == Self.drawing)
        #expect(try Self.removing([77, -3], from: Self.drawing) == Self.drawing)
    }

    @Test func anElementGoesWithItsLine() throws {
        #expect(try Self.removing([0], from: Self.drawing) == Self.drawing.replacing("    <path d=\"M1 1L2 2\"/>\n", with: ""))
    }

    @Test func anElementBesideOthersGoesAlone() throws {
        #expect(try Self.removing([1], from: Self.drawing) == Self.drawing.replacing("<path d=\"M3 3 L4 4\"></path>", with: ""))
    }

    @Test func anEmptyObjectGoes() throws {
        let dog = "  <g data-class='dog'><title>dog</title><line x1=\"1\" y1=\"2\" x2=\"3\" y2=\"4\"/></g>\n"
        #expect(try Self.removing([3], from: Self.drawing) == Self.drawing.replacing(dog, with: ""))
        let start = try #require(Self.drawing.range(of: "  <g id")), end = try #require(Self.drawing.range(of: "</g>\n"))
        #expect(try Self.removing([0, 1, 2], from: Self.drawing) == Self.drawing.replacingCharacters(in: start.lowerBound..<end.upperBound, with: ""))
    }

    @Test func anObjectWithOtherThingsStays() throws {
        let text = "<svg viewBox='0 0 9 9'><g data-class='a'><path d='M1 1h1'/><text>a</text></g></svg>"
        #expect(try Self.removing([0], from: text) == "<svg viewBox='0 0 9 9'><g data-class='a'><text>a</text></g></svg>")
    }

    struct Cut: Sendable, CustomTestStringConvertible {
        let d: String, removed: Set<Int>, left: String
        var testDescription: String { "\(d) without \(removed.sorted())" }
        init(_ d: String, _ removed: Set<Int>, _ left: String) { (self.d, self.removed, self.left) = (d, removed, left) }
    }

    @Test(arguments: [
        Cut("M1 1h1 M5 5h1", [0], "M5 5h1"),
        Cut("M1 1h1 M5 5h1", [1], "M1 1h1 "),
        Cut("M1 1h1m5 5h1", [0], "M7 6h1"),
        Cut("M1 1h1m5 5 1 1 2 2h1", [0], "M7 6l1 1 2 2h1"),
        Cut("M1 1h1m5,5,1,1", [0], "M7 6l1,1"),
        Cut("m1 1h1m5 5h1m5 5h1", [1], "m1 1h1M13 11h1"),
        Cut("m1 1h1m5 5h1m5 5h1", [0, 2], "M7 6h1"),
        Cut("M1 1h1zh3", [0], "M1 1h3"),
        Cut("M1 1h1zh3", [1], "M1 1h1z"),
        Cut("M1 1h1m.1.2m.2.1h1", [0], "M2.1 1.2m.2.1h1"),
        Cut("M1 1h1&#10;M5 5h1", [1], "M1 1h1&#10;"),
        Cut("M1 1h1&#10;M5 5h1", [0], "M5 5h1"),
    ])
    func partOfAPath(_ cut: Cut) throws {
        func file(_ d: String) -> String { "<svg viewBox='0 0 9 9'><path id=\"p\" d=\"\(d)\"/></svg>" }
        #expect(try Self.removing(cut.removed, from: file(cut.d)) == file(cut.left))
    }

    /// Whatever is removed, in whatever steps, the rest reads as before and every line that is left was there.
    @Test func anySubsetLeavesTheRestInPlace() throws {
        var dice = Dice(3)
        let document = try SVGDocument(Data(Self.drawing.utf8))
        let count = document.scene.strokes.count
        #expect(count == 9)
        for subset in 0..<(1 << count) where Bool.random(using: &dice) {
            let removed = Set((0..<count).filter { subset >> $0 & 1 == 1 })
            let rest = try SVGDocument(document.removing(strokes: removed))
            let expected = document.scene.removing(strokes: removed)
            #expect(rest.scene.objects.map(\.className) == expected.objects.map(\.className))
            #expect(rest.scene.objects.map(\.strokes) == expected.objects.map(\.strokes))
            #expect(rest.scene.strokes.count == expected.strokes.count)
            for (a, b) in zip(rest.scene.strokes, expected.strokes) {
                #expect(a.points.count == b.points.count && zip(a.points, b.points).allSatisfy { $0.distance(to: $1) < 1e-9 })
            }
            #expect(rest.warnings.count == document.warnings.count)
        }
    }

    @Test func appending() throws {
        let document = try SVGDocument(Data(Self.drawing.utf8))
        let text = String(decoding: document.appending(sampleScene()), as: UTF8.self)
        let added = try SVGDocument(Data(text.utf8)).scene
        #expect(added.strokes.count == document.scene.strokes.count + 4)
        #expect(added.objects.map(\.className) == ["cat", "dog", "cat", "cell phone"])
        let end = try #require(Self.drawing.range(of: "</svg>"))
        #expect(text.hasPrefix(Self.drawing[..<end.lowerBound]) && text.hasSuffix(Self.drawing[end.lowerBound...]))
        let empty = try SVGDocument(SVGDocument(Data("<svg viewBox='10 10 90 90' />".utf8)).appending(sampleScene())).scene
        #expect(empty.strokes[0] == sampleScene().strokes[0])
    }

    @Test(arguments: [
        "<svg>", "<svg viewBox='0 0 99 99'>", "<svg width='300' height='200'>", "<svg width='100mm' height='1in'>", "<svg transform='scale(2)'>",
        "<svg width='10' height='99' viewBox='-10 20 300 40' preserveAspectRatio='none'>", "<svg viewBox='7 -8.5 99 99' transform='translate(3)'>",
        "<svg viewBox='1 2 300 300' transform='rotate(30 5 6) skewX(10) scale(-3 .1)' width='50%'>", "<svg style='transform: scale(2)' viewBox='3 4 99 99'>",
        "<svg style='transform:rotate(45deg);transform-origin:50px 60px'>",
    ])
    func whatIsAppendedLandsWhereItIsMeant(root: String) throws {
        let scene = sampleScene().removing(strokes: [2])      // what is left is in the file's order
        for file in [root + "<path d='M1 2L3 4'/></svg>", root + "</svg>", root.dropLast() + "/>"] {
            let document = try SVGDocument(Data(file.utf8)), again = try SVGDocument(document.appending(scene))
            let old = document.scene.strokes.count
            #expect(again.scene.strokes.prefix(old) == document.scene.strokes[...])
            let found = again.scene.strokes.dropFirst(old)
            #expect(found.map(\.points.count) == scene.strokes.map(\.points.count))
            let distances = zip(found.flatMap(\.points), scene.strokes.flatMap(\.points)).map { $0.distance(to: $1) }
            #expect(distances.allSatisfy { $0 < 1e-9 }, "\(distances)")
        }
    }

    @Test func aTransformOfTheRootIsUndoneInWriting() throws {
        func appended(_ root: String) throws -> String {
            String(decoding: try SVGDocument(Data("\(root)</svg>".utf8)).appending(sampleScene()), as: UTF8.self)
        }
        #expect(try appended("<svg transform='scale(2)'>").contains("<svg transform='scale(2)'><g transform=\"matrix(0.5 0 0 0.5 0 0)\">\n<g id=\"added-cat-1\""))
        #expect(try appended("<svg viewBox='5 -6 9 9'>").contains("<svg viewBox='5 -6 9 9'><g transform=\"translate(5 -6)\">\n"))
        #expect(try appended("<svg viewBox='0 0 9 9'>").contains("<svg viewBox='0 0 9 9'><g id=\"added-cat-1\""))
        for root in ["<svg transform='scale(0)'>", "<svg transform='scale(1e-300)'>"] { #expect(try appended(root).contains("><g id=\"added-cat-1\"")) }
    }

    /// Namespaces as Foundation's parser sees them.
    private final class Paths: NSObject, XMLParserDelegate {
        var namespaces: [String?] = []
        func parser(_ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]) {
            if name == "path" { namespaces.append(namespaceURI) }
        }
    }

    @Test(arguments: [
        "<svg:svg xmlns:svg='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><svg:path d='M1 1h1'/></svg:svg>",
        "<s:svg xmlns:s='http://www.w3.org/2000/svg' xmlns='http://www.w3.org/1999/xhtml'><s:path d='M1 1h1'/></s:svg>",
        "<s:svg xmlns:s='http://www.w3.org/2000/svg'/>",
        "<svg xmlns='http://www.w3.org/2000/svg'><path d='M1 1h1'/></svg>",
    ])
    func whatIsAppendedIsInTheNamespaceOfSVG(file: String) throws {
        let data = try SVGDocument(Data(file.utf8)).appending(sampleScene())
        let parser = XMLParser(data: data), paths = Paths()
        parser.shouldProcessNamespaces = true
        parser.delegate = paths
        #expect(parser.parse())
        #expect(paths.namespaces.count >= 4 && paths.namespaces.allSatisfy { $0 == "http://www.w3.org/2000/svg" })
        #expect(try SVGDocument(data).scene.strokes.count == paths.namespaces.count)
    }

    @Test func whatIsAppendedEndsItsLinesAsTheFileDoes() throws {
        for text in ["<svg viewBox='1 1 9 9'>\r\n<path d='M1 1h1'/>\r\n</svg>\r\n", "<svg viewBox='1 1 9 9'/>\r\n"] {
            let bytes = [UInt8](try SVGDocument(Data(text.utf8)).appending(sampleScene()))
            #expect(bytes.count { $0 == 10 } > 8)
            #expect(bytes.indices.allSatisfy { bytes[$0] != 10 || bytes[$0 - 1] == 13 })
        }
        #expect(try !SVGDocument(Data(Self.drawing.replacing("\r\n", with: "\n").utf8)).appending(sampleScene()).contains(13))
    }

    @Test func anObjectWithOthersNotesStays() throws {
        let text = "<svg viewBox='0 0 9 9'><g data-class='a'><path d='M1 1h1'/><x:title xmlns:x='urn:x'/></g></svg>"
        #expect(try Self.removing([0], from: text) == "<svg viewBox='0 0 9 9'><g data-class='a'><x:title xmlns:x='urn:x'/></g></svg>")
    }

    // MARK: written by us

    @Test(arguments: [RenderOptions(), RenderOptions(size: 512, colors: true, boxes: true, labels: true), RenderOptions(background: nil, animate: true)])
    func whatIsWrittenReadsBack(_ options: RenderOptions) throws {
        let scene = sampleScene()
        let data = try SketchFile.write([scene], format: .svg, options: options)
        let content = try SketchFile.content(of: data, name: "x")
        let again = content.scenes[0]
        #expect(content.warnings.isEmpty)
        #expect(again.strokes == scene.strokes)                             // in the scene's order, though grouped by object
        #expect(again.objects.map(\.className) == ["cat", "cell phone"] && again.objects.map(\.strokes) == [[0, 2], [1]])
        #expect(again.objects[1].confidence == 0.75 && again.width == 256)
        #expect(again.prompt == scene.prompt)
        let without = try SVGDocument(#require(content.document).removing(strokes: [0, 2])).scene
        #expect(without.objects.map(\.className) == ["cell phone"] && without.strokes == [scene.strokes[1], scene.strokes[3]])
    }

    @Test func form() throws {
        var scene = squares([("cell phone", 10, 10, 20), ("<&\"'>", 50, 50, 10)])
        scene.strokes.append(Stroke([Point(x: 1.23456, y: 2), Point(x: 1.23456, y: 2)]))
        let text = String(decoding: try SketchFile.write([scene], format: .svg), as: UTF8.self)
        #expect(text.contains("<g id=\"cell-phone-1\" data-class=\"cell phone\">\n<path fill=\"none\" d=\"M10 10L30 10 30 30 10 30 10 10\"/>\n</g>"))
        #expect(text.contains("data-class=\"&lt;&amp;&quot;'&gt;\""))
        #expect(text.contains("<g>\n<path fill=\"none\" d=\"M1.23 2L1.23 2z\"/>\n</g>\n</svg>\n"))
        let again = try read(text)[0]
        #expect(again.objects[1].className == "<&\"'>" && again.strokes[2].points.count == 2)
        let parser = XMLParser(data: Data(text.utf8))
        #expect(parser.parse())
    }

    @Test func onlyOurOwnTitleIsThePrompt() throws {
        func prompt(_ content: String) throws -> String? { try read("<svg viewBox='0 0 9 9'>\(content)<path d='M1 1h1'/></svg>")[0].prompt }
        #expect(try prompt("<title data-atelier=\"prompt\">a &lt;cat&gt; &amp;&#10;a dog</title>") == "a <cat> &\na dog")
        for content in ["<title>a cat</title>", "<g><title data-atelier='prompt'>a cat</title></g>", "<title data-atelier='prompt'/>",
                        "<title data-atelier='prompt'></title>", "<title data-atelier='prompt'><b>a</b></title>", "<title data-atelier='prompt'><![CDATA[a]]></title>"] {
            #expect(try prompt(content) == nil, "\(content)")
        }
        let svg = try SketchFile.write([sampleScene()], format: .svg), scene = try SketchFile.read(svg, name: "x")[0]
        for format in [SketchFormat.svg, .json] {
            #expect(try SketchFile.read(SketchFile.write([scene], format: format), name: "x")[0].prompt == sampleScene().prompt)
        }
        #expect(try SVGDocument(SVGDocument(svg).removing(strokes: [0])).scene.prompt == sampleScene().prompt)
    }

    @Test func severalScenesMakeASheet() throws {
        let scenes = [sampleScene(), squares([("sun", 0, 0, 100)]), squares([("tree", 0, 0, 100)])]
        let sheet = try SketchFile.read(SketchFile.write(scenes, format: .svg, options: RenderOptions(size: 512)), name: "x")[0]
        #expect(sheet.width == 512 && sheet.objects.map(\.className) == ["cat", "cell phone", "sun", "tree"])
        #expect(sheet.objects[2].box == Box(x0: 256, y0: 0, x1: 356, y1: 100) && sheet.objects[3].box == Box(x0: 0, y0: 256, x1: 100, y1: 356))
        for (count, columns, size, width, height) in [(10, 1, 800, 80.0, 800.0), (3, 2, 16, 16, 16), (7, 3, 800, 800, 800), (20, 20, 30, 30, 1.5)] {
            let scenes = [Scene](repeating: sampleScene(), count: count)
            let sheet = try SketchFile.read(SketchFile.write(scenes, format: .svg, options: RenderOptions(size: size, columns: columns)), name: "x")[0]
            #expect(sheet.width == width && sheet.height == height && sheet.strokes.count == 4 * count)
        }
    }

    @Test func animationHasATimeForEachStroke() throws {
        let text = String(decoding: try SketchFile.write([sampleScene()], format: .svg, options: RenderOptions(animate: true)), as: UTF8.self)
        #expect(text.matches(of: /style="animation:draw [\d.]+s linear [\d.]+s both"/).count == 3)
        #expect(text.matches(of: /style="animation:dot [\d.]+s/).count == 1 && !text.contains("<script"))
    }
}
