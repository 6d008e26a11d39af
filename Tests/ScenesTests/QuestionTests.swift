import Files
import Foundation
import Scenes
import Testing

@Suite("Question templates")
struct QuestionTests {
    /// A family in the public form, in words of our own.
    static let file = Data("""
    [{"text": ["Tell the hue of the <Z> <C> <M> <S> [standing] <R> the <Z2> <C2> <M2> <S2>?"],
      "nodes": [{"type": "scene", "inputs": []}, {"type": "filter_unique", "inputs": [0], "side_inputs": ["<Z2>", "<C2>", "<M2>", "<S2>"]},
                {"type": "relate_filter_unique", "inputs": [1], "side_inputs": ["<R>", "<Z>", "<C>", "<M>", "<S>"]}, {"type": "query_color", "inputs": [2]}],
      "params": [{"type": "Size", "name": "<Z>"}, {"type": "Color", "name": "<C>"}, {"type": "Material", "name": "<M>"}, {"type": "Shape", "name": "<S>"},
                 {"type": "Size", "name": "<Z2>"}, {"type": "Color", "name": "<C2>"}, {"type": "Material", "name": "<M2>"}, {"type": "Shape", "name": "<S2>"},
                 {"type": "Relation", "name": "<R>"}],
      "constraints": [{"type": "NULL", "params": ["<C>"]}]}]
    """.utf8)

    static func scenes(_ count: Int, seed: UInt64 = 1) -> [ObjectScene] {
        var random = Dice(seed)
        let renderer = SceneRenderer(width: 160, height: 120)
        return (0..<count).map { _ in SceneSampler().sample(renderer, using: &random) }
    }

    @Test("The public form is read, and filled in for a scene")
    func publicForm() throws {
        let template = try #require(try QuestionTemplate.read(Self.file, name: "t").first)
        var random = Dice(3), found = 0
        for scene in Self.scenes(20) {
            guard let question = template.filled(for: scene, .clevr, using: &random) else { continue }
            found += 1
            #expect(question.text.hasPrefix("Tell the hue of the ") && question.text.hasSuffix("?") && !question.text.contains("<") && !question.text.contains("["))
            #expect(question.program.nodes.last?.function == .query("color"))
            // What is asked for is not told: no colour beside the thing that is asked about.
            let relate = try #require(question.program.nodes.firstIndex { $0.function == .relate })
            #expect(!question.program.nodes[relate...].contains { $0.function == .filter("color") })
            #expect(try question.program.run(on: scene).answer == question.answer)
        }
        #expect(found > 10)
    }

    @Test("Bad templates are errors", arguments: [
        ("", "is empty"), ("{}", "expected a list"), (#"[{"text":["a"]}]"#, "is missing"),
        (#"[{"text":["a"],"nodes":[{"type":"paint","inputs":[]}]}]"#, "found \"paint\""),
        (#"[{"text":["a"],"nodes":[{"type":"count","inputs":[0]}]}]"#, "a step before this one"),
        (#"[{"text":["a"],"nodes":[{"type":"scene","inputs":[]},{"type":"filter_count","inputs":[0],"side_inputs":["<X>"]}]}]"#, "other inputs or gaps"),
        (#"[{"text":["a"],"nodes":[{"type":"scene","inputs":[]}],"constraints":[{"type":"OUT_NEQ","params":[0,9]}]}]"#, "OUT_NEQ"),
        (#"[{"text":["a"],"nodes":[{"type":"scene","inputs":[]}],"constraints":[{"type":"WHY","params":[]}]}]"#, "found \"WHY\""),
    ])
    func badTemplates(_ text: String, _ part: String) {
        let error = #expect(throws: FileError.self) { try QuestionTemplate.read(Data(text.utf8), name: "t.json") }
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }

    @Test("Our own families: every question has one answer, the executor's; all functions occur; no family is empty or has one answer only")
    func own() throws {
        let domain = OwnQuestions.domain, scenes = Self.scenes(40)
        var random = Dice(7), functions: Set<String> = []
        for (index, template) in OwnQuestions.templates.enumerated() {
            var answers: Set<String> = []
            for (place, scene) in scenes.enumerated() {
                // Chance says yes to most questions for anything, and no to most for one object of two descriptions: answers are asked for.
                let end = template.nodes.last?.name
                let wanted: StepValue? = end == "equal_object" || end == "exist" ? .truth(place % 2 == 0) : nil
                guard let question = template.filled(for: scene, domain, answering: wanted, using: &random) else { continue }
                #expect(wanted == nil || question.answer == wanted)
                #expect(try question.program.run(on: scene).answer == question.answer)
                #expect(!question.text.contains("<") && !question.text.contains("[") && !question.text.contains("  ") && !question.text.contains("boxs"))
                answers.insert(question.answer?.text ?? "")
                for node in question.program.nodes { functions.insert(node.function.name) }
            }
            #expect(answers.count > 1, "family \(index): \(template.texts[0])")
        }
        #expect(functions.count == 27)
    }

    @Test("References name one object, and no relation is idle")
    func references() throws {
        let domain = OwnQuestions.domain
        var random = Dice(11)
        for scene in Self.scenes(15) {
            for template in OwnQuestions.templates {
                guard let question = template.filled(for: scene, domain, using: &random) else { continue }
                let nodes = question.program.nodes
                for (step, node) in nodes.enumerated() where node.function == .relate {
                    // Without the relation the filters after it would leave something else.
                    var without = [Program.Node(.scene)], with = Program(nodes: Array(nodes[...step])), at = step
                    while at + 1 < nodes.count, case .filter = nodes[at + 1].function, nodes[at + 1].inputs == [at] {
                        at += 1
                        without.append(.init(nodes[at].function, inputs: [without.count - 1], argument: nodes[at].argument))
                        with.nodes.append(nodes[at])
                    }
                    guard at > step else { continue }
                    #expect(try Program(nodes: without).run(on: scene).answer != with.run(on: scene).answer, "\(question.text)")
                }
            }
        }
    }

    @Test("The seed fixes the questions")
    func seeds() {
        func texts(_ seed: UInt64) -> [String?] {
            var random = Dice(seed)
            return OwnQuestions.templates.map { $0.filled(OwnQuestions.domain, using: &random)?.text }
        }
        #expect(texts(1) == texts(1) && texts(1) != texts(2))
    }
}
