import ArgumentParser
import Files
import Foundation
import Scenes

struct ProgramCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "program", abstract: "Carries out question programs over scenes, exactly.",
        discussion: "Example:  atelier program run scene.json program.json", subcommands: [Run.self])

    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "run", abstract: "Carries out a program over a scene and shows what each step gives.",
            discussion: """
                The scene is CLEVR's JSON (one scene, or a file of them with --index), or any list of objects with attributes of your own:
                {"objects": [{"kind": "mug", "owner": "Ada"}, …]}. The program is a list of steps:
                [{"function": "scene", "inputs": []}, {"function": "filter_kind", "inputs": [0], "value_inputs": ["mug"]}, \
                {"function": "count", "inputs": [1]}]

                Example:  atelier program run scene.json program.json --json
                """)

        @Argument(help: ArgumentHelp("Scene (JSON); - is standard input.", valueName: "scene")) var scene: String
        @Argument(help: ArgumentHelp("Program (JSON); - is standard input.", valueName: "program")) var program: String
        @Option(help: ArgumentHelp("Which scene of a file of several, from 0.", valueName: "n")) var index = 0
        @Flag(help: "Print answer and trace as JSON.") var json = false

        func run() throws {
            try exitCleanly {
                guard scene != "-" || program != "-" else { throw CommandError.usage("scene and program cannot both be standard input") }
                let scenes = try ObjectScene.read(InputFile.data(scene, limit: InputFile.sketchLimit), name: scene)
                guard scenes.indices.contains(index) else { throw CommandError.usage("--index \(index): \(scene) has \(counted(scenes.count, "scene"))") }
                let trace = try Program.read(InputFile.data(program, limit: InputFile.textLimit), name: program).run(on: scenes[index])
                if json { return try printJSON(TraceReport(trace)) }
                for (number, step) in trace.steps.enumerated() {
                    try say("\(number)  \(step.node.shown) = \(step.value.shown)")
                }
                try say("answer: \(trace.answer.text)")
            }
        }
    }
}

/// An answer and the steps to it, as JSON has them.
struct TraceReport: Encodable {
    struct Step: Encodable {
        let function: String, arguments: [String], inputs: [Int], value: JSONValue, objects: [Int]
    }

    let answer: String, trace: [Step]

    init(_ trace: Trace) {
        answer = trace.answer.text
        self.trace = trace.steps.map {
            Step(function: $0.node.function.name, arguments: $0.node.argument.map { [$0] } ?? [], inputs: $0.node.inputs, value: $0.value.json, objects: $0.value.objects)
        }
    }
}

extension Program.Node {
    /// For a person's eye: `filter_color red(0)`.
    var shown: String { "\(function.name)\(argument.map { " \($0)" } ?? "")(\(inputs.map(String.init).joined(separator: ", ")))" }
}

extension StepValue {
    /// For a person's eye: objects in braces.
    var shown: String {
        switch self {
        case .objects(let all): "{\(all.map(String.init).joined(separator: ", "))}"
        case .object(let one): "object \(one)"
        default: text
        }
    }
}
