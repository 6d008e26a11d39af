import Foundation
import Language
import Painter
import Sketches
import Testing
import Training

@Suite("A painter of several decoders")
struct PainterPartTests {
    private let drawings = ProceduralDrawings(seed: 5, drawingsPerClass: 6)
    private let recipe = RunRecipe(name: "t", kind: "painter", seed: 4, steps: 1, optimizer: .init(learningRate: 1e-3))

    /// Writes an untrained decoder with so many pieces of text.
    private func write(_ folder: URL, text: Int, width: Int = 32, layers: Int = 1, classes: [String]? = nil) throws {
        var data = PainterData(), shape = PainterShape()
        data.rows = 1
        shape.sizes = .init(width: width, layers: layers, heads: 2, keyValueHeads: 1, hiddenWidth: 2 * width, positions: 512, textVocabulary: text)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try PainterJob(recipe: recipe, shape: shape, data: data, drawings: StyledDrawings(doodles: drawings, classes: classes), heldOut: drawings).export(to: folder)
    }

    private func withPainter(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("parts-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try write(folder, text: 256)
        try write(folder.appendingPathComponent("planner"), text: 400)
        try write(folder.appendingPathComponent("reader"), text: 300)
        try body(folder)
    }

    @Test func eachDoesItsWork() throws {
        try withPainter { folder in
            let painter = try Painter(folder: folder), drawn = try painter.draw("a sun to the left of a house", seed: 3).scene
            #expect(!drawn.objects.isEmpty && drawn.objects.flatMap(\.strokes) == Array(drawn.strokes.indices))
            #expect(try painter.detect(drawn).objects.flatMap(\.strokes).sorted() == Array(drawn.strokes.indices))
            // What was begun is what the user says.
            let begun = Scene(width: 200, height: 200, strokes: [Stroke([Point(x: 10, y: 10), Point(x: 150, y: 120)]), Stroke([Point(x: 30, y: 90), Point(x: 80, y: 20)])])
            #expect(try painter.complete(begun, seed: 2).newStrokes > 0)
            // What weights without training make of a command may be nothing that can be done: then it is said.
            do { #expect(try painter.edit("add a tree", of: drawn, seed: 1).scene != drawn) } catch PainterError.nothingNamed(let command, _) { #expect(command == "add a tree") }
            // Another planner plans otherwise; the sketcher is the same.
            let other = folder.appendingPathComponent("other")
            try write(other, text: 500)
            #expect(try Painter(folder: folder, planner: other).draw("a sun to the left of a house", seed: 3).scene != drawn)
        }
    }

    @Test("What the painter's own planner guesses is what a larger one writes alone: plans, tries that fail, commands") func guessedPlans() throws {
        try withPainter { folder in
            let large = folder.appendingPathComponent("large")
            try write(large, text: 500, width: 128, layers: 3)
            let guessed = try Painter(folder: folder, planner: large), alone = try Painter(folder: folder, planner: large)
            alone.guessesPlans = false
            /// What shall be drawn is told, not where.
            func order(_ classes: [String], _ relations: [Relation] = []) -> Painter.Order {
                var scene = Scene(width: 256, height: 256)
                scene.objects = classes.map { SceneObject(className: $0, box: Box(x0: 0, y0: 0, x1: 0, y1: 0), strokes: []) }
                scene.relations = relations
                return Painter.Order("", plan: scene)
            }
            let circle = [(0, 1), (1, 2), (2, 0)].map { Relation(.leftOf, subject: $0.0, object: $0.1) }, triple = ["sun", "house", "tree"]
            var options = DrawingOptions()
            options.candidates = 1
            for (order, isPossible) in [(Painter.Order("a sun to the left of a house"), nil), (order(["sun", "house"], [circle[0]]), true), (order(triple, circle), false)] as [(Painter.Order, Bool?)] {
                for sampling in [Painter.defaultSampling, .greedy] {
                    options.sampling = sampling
                    let one = try guessed.draw([order], seed: 3, options: options)[0].get(), two = try alone.draw([order], seed: 3, options: options)[0].get()
                    #expect(one.scene == two.scene && one.notices == two.notices && one.tokens == two.tokens)
                    if let isPossible { #expect(one.notices.contains { $0.contains("no layout") } == !isPossible) }
                }
            }
            let shown = try alone.draw([order(["sun", "house"])], seed: 4, options: options)[0].get().scene, before = guessed.guesses.tokens
            // These weights know nothing: they may find nothing to do.
            func edited(_ painter: Painter, _ command: String) -> Result<Painter.Edited, any Error> { Result { try painter.edit(command, of: shown, seed: 2) } }
            for command in ["add a tree to the left of the house", "make the sun bigger", "move the house down", "redraw the sun and erase the house"] {
                switch (edited(guessed, command), edited(alone, command)) {
                case (.success(let one), .success(let two)): #expect(one.scene == two.scene && one.steps == two.steps, "\(command)")
                case (.failure(let one), .failure(let two)): #expect(one as? PainterError == two as? PainterError && one is PainterError, "\(command)")
                default: Issue.record("\(command): done with guesses or without, not both")
                }
            }
            #expect(alone.guesses.rounds == 0 && before > 0 && guessed.guesses.tokens > before)
            #expect(guessed.guesses.tokens > guessed.guesses.rounds, "some guesses are right, if only those of which there is one")
            // A planner that is not much larger, or a painter's own that cannot be read: nothing guesses, and it plans all the same.
            let near = folder.appendingPathComponent("near")
            try write(near, text: 500)
            for (planner, spoils) in [(near, false), (large, true)] {
                if spoils { try Data("{".utf8).write(to: folder.appendingPathComponent("planner/config.json")) }
                let painter = try Painter(folder: folder, planner: planner)
                #expect(try painter.plan("a sun", seed: 1).scene.objects.count > 0 && painter.guesses.rounds == 0)
            }
        }
    }

    @Test func aRunGoesOnWithItsTokenizer() throws {
        func job(text: Int, after run: URL?) throws -> PainterJob {
            let document = try RecipeDocument(text: """
                name: a
                kind: painter
                steps: 1
                optimizer: {learningRate: 0.01}
                model: {width: 32, layers: 1, heads: 2, keyValueHeads: 1, hiddenWidth: 64, positions: 512, textVocabulary: \(text)}
                data: {source: procedural, rows: 1}
                """)
            return try PainterJob(recipe: document.run(jobSections: PainterJob.sections), document: document, run: run)
        }
        let run = FileManager.default.temporaryDirectory.appendingPathComponent("run-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: run) }
        try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
        // As if other sentences were written today: 300 pieces of text then, 280 now.
        let begun = try job(text: 300, after: nil), other = try job(text: 280, after: run)
        #expect(other.tokenizer.count == begun.tokenizer.count - 20)
        try begun.keep(in: run)
        let goneOn = try job(text: 280, after: run)
        #expect(goneOn.tokenizer.count == begun.tokenizer.count && goneOn.tokenizer.encode("a small cat") == begun.tokenizer.encode("a small cat"))
        // What goes on from another model has that one's, which stays where it is.
        try withPainter { folder in
            var own = recipe
            own.initialModel = folder.path
            var data = PainterData()
            data.rows = 1
            let empty = run.appendingPathComponent("other")
            try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
            try PainterJob(recipe: own, shape: PainterShape(), data: data, drawings: StyledDrawings(doodles: drawings), heldOut: drawings).keep(in: empty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: empty.path).isEmpty)
        }
    }

    @Test func otherClassesAreRefused() throws {
        try withPainter { folder in
            let planner = folder.appendingPathComponent("planner")
            try FileManager.default.removeItem(at: planner)
            try write(planner, text: 400, classes: drawings.classes.reversed())
            let painter = try Painter(folder: folder)                // not needed yet
            #expect(throws: PainterError.otherClasses(path: planner.path, name: painter.name)) { try painter.draw("a sun", seed: 1) }
            try Data("{}".utf8).write(to: planner.appendingPathComponent("config.json"))
            #expect(throws: (any Error).self) { try Painter(folder: folder).draw("a sun", seed: 1) }
        }
    }

    @Test func allAreTrainedOnTogether() throws {
        try withPainter { folder in
            var recipe = recipe, data = PainterData()
            recipe.initialModel = folder.path
            data.rows = 1
            let job = try PainterJob(recipe: recipe, shape: PainterShape(), data: data, drawings: StyledDrawings(doodles: drawings, classes: drawings.classes + ["gnome"]), heldOut: drawings)
            #expect(Set(job.parameters.map { String($0.name.prefix { $0 != "." }) }) == ["planner", "sketcher", "reader"] && Set(job.parameters.map(\.name)).count == job.parameters.count)
            // Each step one of them learns, and all have their turn.
            var learnt = Set<String>()
            for step in 0..<24 {
                let loss = try job.loss(step: step, microBatch: 0).loss
                loss.backward()
                let touched = Set(job.parameters.filter { $0.tensor.gradient != nil }.map { String($0.name.prefix { $0 != "." }) })
                #expect(touched.count == 1)
                learnt.formUnion(touched)
                for parameter in job.parameters { parameter.tensor.gradient = nil }
            }
            #expect(learnt == ["planner", "sketcher", "reader"])
            let figures = try job.evaluate()
            #expect(Set(figures.keys).isSuperset(of: ["plan", "planSpec", "word", "command", "sketch", "canvas", "name", "complete"]) && figures.values.allSatisfy { $0 > 0 })
            let written = folder.appendingPathComponent("written")
            try FileManager.default.createDirectory(at: written, withIntermediateDirectories: true)
            try job.export(to: written)
            let painter = try Painter(folder: written)
            #expect(painter.vocabulary.classes.last == "gnome")
            #expect(try !painter.draw("a gnome and a sun", seed: 1).scene.objects.isEmpty)
        }
    }
}
