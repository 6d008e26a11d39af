import Foundation
import FoundationXML
import Painter
import Sketches
import Testing
import Training

@Suite("The page of the figures")
struct EvaluationPageTests {
    /// A word that would do harm on a page.
    private static let hostile = "</svg><script>alert('1')</script> & \"it's\" <!-- \u{1}\u{7}"

    private static let stroke = Stroke([Point(x: 20, y: 30), Point(x: 90, y: 30), Point(x: 90, y: 100)])
    private static let other = Stroke([Point(x: 150, y: 150), Point(x: 200, y: 220)])

    private static func drawing(_ seenAs: String, _ probability: Double = 0.5) -> EvaluationSamples.Drawing { .init(strokes: [stroke], seenAs: seenAs, probability: probability) }

    private static func scene(_ names: [String]) -> Scene {
        var scene = Scene(width: 256, height: 256, strokes: [stroke, other])
        scene.objects = zip(names, 0...).map { scene.object($0, strokes: [$1], confidence: nil) }
        return scene
    }

    /// Some of everything; right ones before wrong ones, so that an order shows.
    private static let samples: EvaluationSamples = {
        var samples = EvaluationSamples()
        samples.classes = [
            .init(name: "cat", drawings: [drawing("cat"), drawing("dog")], oneSample: Rate(hits: 1, trials: 2), people: Rate(hits: 9, trials: 10)),
            .init(name: hostile, drawings: [drawing("cat"), drawing("cat")], oneSample: Rate(hits: 0, trials: 2), people: Rate(hits: 5, trials: 10)),
            .init(name: "dog", drawings: [drawing(hostile), drawing("cat"), .init(strokes: [], seenAs: "cat", probability: 0.25)], oneSample: Rate(hits: 0, trials: 2), people: Rate(hits: 9, trials: 10)),
        ]
        let truth = SceneTruth(prompt: "a cat left of a dog \(hostile)", classes: ["cat", "dog"], relations: [Relation(.leftOf, subject: 0, object: 1), Relation(.below, subject: 0, object: 1)])
        samples.scenes = [
            .init(truth: SceneTruth(prompt: "the right scene", classes: ["cat", "dog"], relations: []), scene: scene(["cat", "dog"]), seenAs: ["cat", "dog"], isRight: true),
            .init(truth: truth, scene: scene(["cat", "dog"]), seenAs: ["cat", nil], isRight: false),
        ]
        samples.prompts = [.init(truth: truth, scene: scene(["cat"]), isRight: false)]
        samples.erasures = [
            .init(command: "the right command", strokes: [stroke, other], wanted: [0], erased: [0]),
            .init(command: "erase \(hostile)", strokes: [stroke, other], wanted: [0], erased: [1]),
            .init(command: "the refused command", strokes: [stroke, other], wanted: [0], erased: nil),
        ]
        func objects(_ names: [String?]) -> [SceneObject] {
            zip(names, [stroke, other].indices).compactMap { name, index in name.map { scene(["", ""]).object($0, strokes: [index], confidence: 0.75) } }
        }
        samples.detections = [
            .init(strokes: [stroke, other], truth: objects(["cat", "dog"]), found: objects(["cat", "dog"])),
            .init(strokes: [stroke, other], truth: objects(["cat", nil]), found: objects(["cat", "dog"])),
            .init(strokes: [stroke, other], truth: objects(["cat", "dog"]), found: objects([hostile, nil])),
        ]
        samples.distances = .init(painter: [0.2, 0.3, 0.3, 0.4], people: [0.1, 0.3], nearCopy: 0.1)
        return samples
    }()

    private static let page: EvaluationPage = {
        var report = PainterEvaluation.Report()
        (report.model, report.judge, report.seed) = (hostile, "judge-small", 7)
        report.recognition.best = Rate(hits: 1, trials: 7)
        return EvaluationPage(report, samples, parts: PainterEvaluation.Part.allCases, command: "atelier eval painter --model '<b>'", facts: [("CPU", "A & B"), ("atelier", "1.2.3")])
    }()

    /// What an XML parser sees.
    private final class Contents: NSObject, XMLParserDelegate {
        var elements: [String: Int] = [:], text = "", ids: [String] = []
        func parser(_ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]) {
            elements[name, default: 0] += 1
            if let id = attributes["id"] { ids.append(id) }
        }
        func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
    }

    private func parsed(_ html: String) throws -> Contents {
        let parser = XMLParser(data: Data(html.utf8)), contents = Contents()
        parser.delegate = contents
        #expect(parser.parse(), "line \(parser.lineNumber): \(String(describing: parser.parserError))")
        return contents
    }

    private func section(_ id: String, _ html: String) throws -> String {
        let start = try #require(html.range(of: "<section id=\"\(id)\">")), end = try #require(html.range(of: "</section>", range: start.upperBound..<html.endIndex))
        return String(html[start.upperBound..<end.lowerBound])
    }

    /// Whether the texts come in this order.
    private func isOrdered(_ texts: [String], in html: String) -> Bool {
        var rest = html[...]
        for text in texts {
            guard let found = rest.range(of: text) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }

    @Test func thePageIsWellFormedWhateverTheWords() throws {
        let html = Self.page.html, contents = try parsed(html)
        #expect(contents.elements["script"] == nil && contents.elements["b"] == 3 && !html.contains("<script") && !html.contains("\u{1}"))
        #expect(contents.text.contains("</svg><script>alert('1')</script> & \"it's\" <!--"))
        #expect(contents.ids == ["figures", "classes", "confusions", "scenes", "prompts", "erasures", "detections", "distances"])
        #expect(contents.text.contains("atelier eval painter --model '<b>' --only recognition") && contents.text.contains("A & B") && contents.text.contains("1.2.3"))
        // It needs nothing else.
        #expect(!html.contains("http") && !html.contains("src="))
    }

    @Test func allSamplesAreShown() throws {
        let contents = try parsed(Self.page.html)
        // Drawings, scenes, sentences, erasures (each twice), detections; the histogram.
        #expect(contents.elements["figure"] == 7 + 2 + 1 + 3 + 3 && contents.elements["svg"] == 7 + 2 + 1 + 2 * 3 + 3 + 1)
    }

    @Test func theWorstComesFirst() throws {
        #expect(Self.samples.worstFirst.map(\.name) == ["dog", Self.hostile, "cat"])              // dogs are drawn better by people
        let html = Self.page.html
        #expect(try isOrdered(["<h3>dog</h3>", "<h3>&lt;/svg&gt;", "<h3>cat</h3>", "1 of 2 (50.0 %)", "9 of 10 (90.0 %)"], in: section("classes", html)))
        #expect(Self.samples.confusions == [
            .init(asked: Self.hostile, seenAs: "cat", count: 2, drawings: 2), .init(asked: "dog", seenAs: "cat", count: 2, drawings: 3), .init(asked: "cat", seenAs: "dog", count: 1, drawings: 2),
        ])
        #expect(try isOrdered(["a cat left of a dog", "<details>", "the right scene"], in: section("scenes", html)))
        #expect(try isOrdered(["erase &lt;", "the refused command", ">refused<", "<details>", "the right command"], in: section("erasures", html)))
        #expect(Self.samples.detections.map(\.faults) == [0, 1, 3])
        #expect(try isOrdered(["0 of 2 found", "1 of 1 found", "<details>", "2 of 2 found"], in: section("detections", html)))
    }

    @Test func whatHoldsAndWhatIsWrongIsMarked() throws {
        let scenes = try section("scenes", Self.page.html)
        #expect(isOrdered(["<li class=\"good\">✓ cat left of dog</li>", "<li class=\"bad\">✗ cat below dog</li>"], in: scenes) && scenes.contains(">dog: nothing</text>"))
        // A relation of something that is not there holds as little.
        #expect(try section("prompts", Self.page.html).contains("<li class=\"bad\">✗ cat left of dog</li>"))
        let erasures = try section("erasures", Self.page.html)
        #expect(erasures.components(separatedBy: "<path class=\"asked\"").count - 1 == 3)
        #expect(erasures.components(separatedBy: "<path class=\"bad\"").count - 1 == 2 && erasures.components(separatedBy: "<path class=\"gone\"").count - 1 == 1)
        let detections = try section("detections", Self.page.html)
        #expect(detections.contains(">not found: dog</text>") && detections.components(separatedBy: "<rect class=\"good\"").count - 1 == 3)
        #expect(detections.components(separatedBy: "<rect class=\"bad\"").count - 1 == 2 && detections.components(separatedBy: "<rect class=\"missed\"").count - 1 == 2)
    }

    @Test func whatWasNotMeasuredIsLeftOut() throws {
        let page = EvaluationPage(PainterEvaluation.Report(), EvaluationSamples(), parts: [.loss], command: "atelier eval painter", facts: []), contents = try parsed(page.html)
        #expect(contents.ids == ["figures"] && contents.elements["tbody"] == 1 && contents.text.contains("--only loss") && !contents.text.contains("--only recognition"))
    }

    @Test func aPageIsWrittenWholeOrNotAtAll() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("page-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let new = folder.appendingPathComponent("a/b").path
        try EvaluationPage.check(folder: new)
        #expect(!FileManager.default.fileExists(atPath: folder.appendingPathComponent("a").path))
        for _ in 0..<2 { #expect(try Self.page.write(to: new) == new + "/index.html") }
        #expect(try String(contentsOfFile: new + "/index.html", encoding: .utf8) == Self.page.html)
        #expect(try FileManager.default.contentsOfDirectory(atPath: new).sorted() == ["index.html", "judgements.ndjson"])
        // A file in the folder's place, a folder in the file's.
        let file = folder.appendingPathComponent("file").path, taken = folder.appendingPathComponent("taken").path
        try Data("mine".utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.createDirectory(atPath: taken + "/index.html", withIntermediateDirectories: true)
        #expect(throws: (any Error).self) { try EvaluationPage.check(folder: file) }
        #expect(throws: (any Error).self) { try EvaluationPage.check(folder: file + "/below") }
        #expect(throws: (any Error).self) { try Self.page.write(to: file) }
        #expect(throws: (any Error).self) { try Self.page.write(to: taken) }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine" && FileManager.default.contentsOfDirectory(atPath: taken) == ["index.html"])
    }

    @Test func anEvaluationKeepsWhatStandsBehindItsFigures() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("samples-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (share, seed) in [(QuickDrawData.Share.painter, 3), (.ceiling, 91)] as [(QuickDrawData.Share, UInt64)] {
            let drawings = ProceduralDrawings(seed: seed, drawingsPerClass: 8)
            let all = drawings.classes.indices.map { name in (0..<8).map { drawings.drawing(name, $0) } }
            try DrawingPack.encoded(classes: drawings.classes, drawings: all).write(to: QuickDrawData.url(of: share, in: folder))
        }
        let recipe = RunRecipe(name: "t", kind: "judge", seed: 4, steps: 1, optimizer: .init(learningRate: 5e-3))
        let judge = try JudgeJob(
            recipe: recipe, drawings: StyledDrawings(doodles: PainterFixture.drawings), heldOut: PainterFixture.drawings, classes: [2, 4, 6, 8, 10], size: 16, channels: [8], batch: 4).judge
        var size = PainterEvaluation.Size()
        (size.drawingsPerClass, size.humansPerClass, size.prompts, size.canvases, size.scenes) = (2, 4, 3, 4, 2)
        let evaluation = try PainterEvaluation(painter: PainterFixture.painter(), judge: judge, data: folder, size: size, seed: 5)
        let parts: [PainterEvaluation.Part] = [.recognition, .scenes, .prompts, .editing]
        var kept: EvaluationSamples? = EvaluationSamples()
        var report = try evaluation.run(parts, keeping: &kept), plain = try evaluation.run(parts)
        (report.seconds, plain.seconds) = (0, 0)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(try encoder.encode(report) == encoder.encode(plain))

        let samples = try #require(kept)
        #expect(samples.classes.map(\.name) == judge.classes && samples.classes.allSatisfy { $0.drawings.count == 2 && $0.oneSample.trials == 2 && $0.people.trials == 4 })
        func sum(_ rate: (EvaluationSamples.JudgedClass) -> Rate) -> Int { samples.classes.reduce(0) { $0 + rate($1).hits } }
        #expect(sum(\.recognised) == report.recognition.best.hits && sum(\.oneSample) == report.recognition.painter.hits && sum(\.people) == report.recognition.human.hits)
        #expect(samples.classes.flatMap(\.drawings).allSatisfy { 0...1 ~= $0.probability && judge.classes.contains($0.seenAs) })
        #expect(samples.scenes.count == 4 && samples.prompts.count == 3 && samples.prompts.count(where: \.isRight) == report.prompts.whole.hits)
        #expect(samples.scenes.allSatisfy { $0.seenAs.count == $0.scene.objects.count && $0.relations.count == $0.truth.relations.count })
        #expect(samples.erasures.count == 4 && samples.erasures.count(where: \.isExact) == report.editing.erasedExactly.hits)
        #expect(samples.detections.count == 4 && samples.detections.reduce(0) { $0 + $1.truth.count } == report.editing.objectsGroupedExactly.trials)
        // Every judgement behind a rate is there, with what became of it.
        func rate(_ part: String) -> Rate {
            let own = samples.judgements.filter { $0.part == part }
            return Rate(hits: own.count(where: \.isRight), trials: own.count)
        }
        #expect(rate("recognition, one sample") == report.recognition.painter && rate("recognition, as drawn") == report.recognition.best)
        #expect(rate("erasures") == report.editing.erasedExactly && rate("erasures of what is not there") == report.editing.absentRefused)
        #expect(rate("erasures where boxes overlap") == report.editing.overlapping.painter.exactly && rate("prompts") == report.prompts.whole)
        #expect(rate("scenes of 2").trials == 2 * 4 && rate("scenes of 4").hits == report.scenes[1].painter.right.hits)
        #expect(samples.judgements.filter { $0.part == "erasures" }.allSatisfy { ($0.wanted == $0.gone) == $0.isRight })
        let distances = try #require(samples.distances)
        #expect(distances.painter.count == report.novelty.nearCopies.trials && distances.painter.count { $0 < distances.nearCopy } == report.novelty.nearCopies.hits)
        let page = EvaluationPage(report, samples, parts: parts, command: "atelier eval painter", facts: [])
        #expect(try parsed(page.html).elements["figure"] == 5 * 2 + 4 + 3 + 4 + 4)
    }
}
