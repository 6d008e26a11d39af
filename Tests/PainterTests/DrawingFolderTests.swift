import Foundation
import Painter
import Sketches
import Testing
import Training

@Suite("Drawings of one's own become data, and new classes of a known painter")
struct DrawingFolderTests {
    private func temporary(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("own-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func svg(_ index: Int) -> Data {
        Data("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 100\"><path d=\"M 0 0 L \(40 + index) 90 L 10 70\"/><path d=\"M 5 5 L 60 \(20 + index)\"/></svg>".utf8)
    }

    @Test func foldersAndNamesAreClasses() throws {
        try temporary { folder in
            let from = folder.appendingPathComponent("in"), output = folder.appendingPathComponent("out")
            try FileManager.default.createDirectory(at: from.appendingPathComponent("space_ship"), withIntermediateDirectories: true)
            for index in 0..<40 { try svg(index).write(to: from.appendingPathComponent("space_ship/\(index).svg")) }
            try svg(1).write(to: from.appendingPathComponent("gnome-12.svg"))
            try Data("{\"word\":\"sun\",\"drawing\":[[[0,100],[0,50]],[[3,9],[9,3]]]}\n".utf8).write(to: from.appendingPathComponent("others.ndjson"))
            try Data("no drawing".utf8).write(to: from.appendingPathComponent("notes.txt"))
            let report = try DrawingFolder.prepare(from: from, to: output)
            #expect(report.classes == ["space ship": 40, "gnome": 1, "sun": 1] && report.refused.count == 1 && report.refused[0].contains("notes.txt"))
            let own = try DrawingPack(contentsOf: QuickDrawData.url(of: .painter, in: output)), held = try DrawingPack(contentsOf: QuickDrawData.url(of: .ceiling, in: output))
            #expect(own.classes == ["gnome", "space ship", "sun"] && own.count(of: 0) == 1 && held.count(of: 0) == 0)
            #expect(own.count(of: 1) + held.count(of: 1) == 40 && 1...12 ~= held.count(of: 1))
            #expect(throws: PainterError.self) { try DrawingFolder.prepare(from: from.appendingPathComponent("none"), to: output) }
        }
    }

    @Test func ofFewDrawingsOneIsStillHeldOut() throws {
        try temporary { folder in
            let from = folder.appendingPathComponent("in"), output = folder.appendingPathComponent("out")
            try FileManager.default.createDirectory(at: from.appendingPathComponent("Teddy-Bear"), withIntermediateDirectories: true)
            try svg(1).write(to: from.appendingPathComponent("Teddy-Bear/1.svg"))
            #expect(throws: PainterError.self) { try DrawingFolder.prepare(from: from, to: output) }
            try svg(2).write(to: from.appendingPathComponent("Teddy-Bear/2.svg"))
            #expect(try DrawingFolder.prepare(from: from, to: output).classes == ["teddy bear": 2])
            let packs = try [QuickDrawData.Share.painter, .ceiling].map { try DrawingPack(contentsOf: QuickDrawData.url(of: $0, in: output)) }
            #expect(packs.map { $0.count(of: 0) } == [1, 1] && packs[0].drawing(0, 0) != packs[1].drawing(0, 0))
            // A model's own word for it.
            #expect(packs[0].called(as: ["cat", "teddy-bear"]).classes == ["teddy-bear"] && packs[0].called(as: ["bear"]).classes == ["teddy bear"])
        }
    }

    @Test func newClassesJoinAKnownPainter() throws {
        try temporary { folder in
            var data = PainterData(), shape = PainterShape()
            data.rows = 1
            shape.sizes = .init(width: 32, layers: 1, heads: 2, keyValueHeads: 1, hiddenWidth: 64, positions: 512, textVocabulary: 300)
            var recipe = RunRecipe(name: "t", kind: "painter", seed: 4, steps: 1, optimizer: .init(learningRate: 1e-3))
            let old = ProceduralDrawings(seed: 5, drawingsPerClass: 6), first = StyledDrawings(doodles: old)
            let model = folder.appendingPathComponent("model")
            try FileManager.default.createDirectory(at: model, withIntermediateDirectories: true)
            let before = try PainterJob(recipe: recipe, shape: shape, data: data, drawings: first, heldOut: old)
            try before.export(to: model)
            recipe.initialModel = model.path
            let own = Named(classes: ["gnome", "sun"], source: old)
            let job = try PainterJob(recipe: recipe, shape: PainterShape(), data: data, drawings: StyledDrawings(doodles: own, classes: old.classes + ["gnome"]), heldOut: own)
            #expect(job.tokenizer.count == before.tokenizer.count + 1 && job.decoder().config.vocabularySize == job.tokenizer.count)
            let vocabulary = try SketchVocabulary(job.tokenizer)
            #expect(vocabulary.classes == old.classes + ["gnome"] && vocabulary.classIndex("sun") == old.classes.firstIndex(of: "sun"))
            // What was known stays: every row of the old table, every other weight.
            for (new, known) in zip(job.parameters, before.parameters) {
                let values = new.tensor.array(), kept = known.tensor.array()
                #expect(zip(values, kept).allSatisfy { abs($0 - $1) <= 0.01 * abs($1) + 1e-6 })        // written as bf16 between
            }
            #expect(try job.loss(step: 0, microBatch: 0).loss.item.isFinite)
            let painter = try Painter(decoder: job.decoder(), tokenizer: job.tokenizer, name: "mine")
            #expect(try painter.draw("a gnome", seed: 1).scene.objects.isEmpty == false)
        }
    }

    private struct Named: DrawingSource {
        var classes: [String]
        var source: ProceduralDrawings
        func count(of classIndex: Int) -> Int { source.count(of: classIndex) }
        func drawing(_ classIndex: Int, _ index: Int) -> [Stroke] { source.drawing(classIndex, index) }
    }
}
