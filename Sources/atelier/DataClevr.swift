import ArgumentParser
import Files
import Foundation
import Pictures
import Scenes
import Sketches
import Tensors
import Training

extension DataCommand {
    struct Clevr: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "clevr", abstract: "Makes scenes like CLEVR's: pictures, scene files, questions with programs and answers.",
            discussion: """
                Another world than CLEVR's (other shapes, colors, materials, sizes, words, another camera) is read from YAML by --world; what the file leaves \
                out is as in CLEVR:
                    colors: [{name: orange, rgb: [230, 120, 20]}, {name: teal, rgb: [20, 140, 140]}]
                    shapes: [{name: ball, solid: sphere}, {name: can, solid: cylinder}]
                    sizes: [{name: small, half: 0.35}, {name: big, half: 0.8}]
                    materials: [{name: clay, finish: matte}, {name: chrome, finish: mirror}]
                    objects: [2, 6]
                    camera: {distance: 9.9, height: 5.3, angle: 49.1, jitter: 0.5}
                    words: {ball: [ball, orb]}

                Writes images/, scenes.json (with boxes) and questions.json, in the public release's form. Scene i depends on the seed and i alone.

                Example:  atelier data clevr --count 100 --split A -o data/clevr-a --seed 1
                """)

        @Option(help: "Number of scenes.") var count = 100
        @Option(help: "Colours: all, or CoGenT's condition A or B.") var split = Split.all
        @Option(help: ArgumentHelp("Another world than CLEVR's (YAML).", valueName: "file")) var world: String?
        @Option(name: [.short, .customLong("output")], help: ArgumentHelp("Folder to write; must be new or empty.", valueName: "dir")) var output: String
        @Option(help: "Form of the pictures: png.") var format = Form.png
        @Option(help: "Pixels across.") var width = 320
        @Option(help: "Pixels down.") var height = 240
        @Option(help: "Questions about each scene.") var questions = 10
        @Option(help: "Look of the pictures: clevr, as the public ones; varied, for training.") var look = Look.clevr
        @Option(help: "Seed.") var seed: UInt64 = 0
        @Flag(help: "Print the counts as JSON.") var json = false

        enum Split: String, ExpressibleByArgument, CaseIterable {
            case all, A, B
            var colors: SceneSampler.ColorSet { SceneSampler.ColorSet(rawValue: rawValue) ?? .all }
        }
        enum Form: String, ExpressibleByArgument, CaseIterable { case png }
        enum Look: String, ExpressibleByArgument, CaseIterable { case clevr, varied }

        struct Report: Encodable { let scenes: Int, objects: Int, questions: Int, answers: [String: Int] }

        func validate() throws {
            guard 1...1_000_000 ~= count else { throw ValidationError("--count takes 1 to 1000000, not \(count)") }
            guard 0...96 ~= questions else { throw ValidationError("--questions takes 0 to 96, not \(questions)") }
            guard world == nil || split == .all else { throw ValidationError("--split A and B are CLEVR's; leave --world or --split out") }
            guard 32...4_096 ~= width, 32...4_096 ~= height else { throw ValidationError("--width and --height take 32 to 4096, not \(width) and \(height)") }
        }

        func run() throws {
            try exitCleanly {
                let world = try world.map { try RecipeDocument(contentsOf: URL(fileURLWithPath: $0)).section("", as: World.self, keys: World.keys) } ?? .clevr
                let folder = URL(fileURLWithPath: output), images = folder.appendingPathComponent("images"), manager = FileManager.default
                guard !output.isEmpty else { throw CommandError.usage("-o takes a folder to write, as in -o data/clevr") }
                guard ((try? manager.contentsOfDirectory(atPath: folder.path)) ?? []).isEmpty else {
                    throw OutputError.cannotCreate(path: output, reason: "the folder is not empty")
                }
                do { try manager.createDirectory(at: images, withIntermediateDirectories: true) } catch {
                    throw OutputError.cannotCreate(path: images.path, reason: (error as NSError).localizedDescription)
                }
                var scenes: [ObjectScene] = [], asked: [Question] = [], balance = QuestionBalance(OwnQuestions.templates(for: world), domain: OwnQuestions.domain(of: world))
                let progress = CountProgress(of: count)
                for index in 0..<count {
                    var random = RandomSource(seed: RandomSource.derive(seed, UInt64(index) + 1))
                    var (scene, picture) = make(world, using: &random)
                    scene.split = "atelier-\(split.rawValue)"
                    scene.imageIndex = index
                    scene.imageFilename = String(format: "CLEVR_atelier_%06d.png", index)
                    try SketchFile.writeAtomically(picture.png(), to: images.appendingPathComponent(scene.imageFilename ?? "").path)
                    var own = balance.questions(for: scene, count: questions, using: &random)
                    for i in own.indices { own[i].index = asked.count + i }
                    asked += own
                    scenes.append(scene)
                    progress.show(done: index + 1)
                }
                progress.clear()
                try SketchFile.writeAtomically(ObjectScene.write(scenes), to: folder.appendingPathComponent("scenes.json").path)
                try SketchFile.writeAtomically(Question.write(asked), to: folder.appendingPathComponent("questions.json").path)
                let answers = asked.reduce(into: [String: Int]()) { $0[$1.answer ?? "", default: 0] += 1 }
                let report = Report(scenes: count, objects: scenes.reduce(0) { $0 + $1.objects.count }, questions: asked.count, answers: answers)
                if json { return try printJSON(report) }
                try say("\(counted(count, "scene")) with \(report.objects) objects and \(counted(asked.count, "question")) in \(output)")
            }
        }

        private func make(_ world: World, using random: inout RandomSource) -> (ObjectScene, Picture) {
            var sampler = SceneSampler(world)
            sampler.colors = split.colors
            let style = look == .clevr ? RenderStyle() : RenderStyle.sampled(using: &random)
            let renderer = SceneRenderer(width: width, height: height, camera: world.camera(using: &random), style: style, world: world)
            var scene = sampler.sample(renderer, using: &random)
            let rendering = renderer.render(scene, seed: random.next())
            for i in scene.objects.indices { scene.objects[i].box = rendering.boxes[i] }
            return (scene, rendering.picture)
        }
    }
}
