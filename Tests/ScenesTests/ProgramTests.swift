import Files
import Foundation
import Scenes
import Testing

@Suite("Programs")
struct ProgramTests {
    struct Case: CustomTestStringConvertible {
        let name: String, program: Program, value: StepValue
        var testDescription: String { name }
    }

    @Test("Each function gives what was worked out by hand", arguments: [
        Case(name: "scene", program: program("scene"), value: .objects([0, 1, 2, 3])),
        Case(name: "filter_size", program: program("scene", "filter_size:small"), value: .objects([1, 2])),
        Case(name: "filter_color", program: program("scene", "filter_color:red"), value: .objects([0, 1, 3])),
        Case(name: "filter_material", program: program("scene", "filter_material:rubber"), value: .objects([1])),
        Case(name: "filter_shape, none", program: program("scene", "filter_shape:cone"), value: .objects([])),
        Case(name: "unique", program: program("scene", "filter_color:blue", "unique"), value: .object(2)),
        Case(name: "relate left", program: program("scene", "filter_color:blue", "unique", "relate:left"), value: .objects([0, 1])),
        Case(name: "relate right", program: program("scene", "filter_color:blue", "unique", "relate:right"), value: .objects([3])),
        Case(name: "relate behind", program: program("scene", "filter_shape:cube", "unique", "relate:behind"), value: .objects([3])),
        Case(name: "relate front", program: program("scene", "filter_shape:cube", "unique", "relate:front"), value: .objects([])),
        Case(name: "union", program: program("scene", "filter_color:blue", "scene", "filter_shape:sphere", "union@1,3"), value: .objects([1, 2, 3])),
        Case(name: "intersect", program: program("scene", "filter_color:red", "scene", "filter_shape:sphere", "intersect@1,3"), value: .objects([1, 3])),
        Case(name: "count", program: program("scene", "filter_material:metal", "count"), value: .number(3)),
        Case(name: "exist", program: program("scene", "filter_color:green", "exist"), value: .truth(false)),
        Case(name: "query_size", program: program("scene", "filter_shape:cube", "unique", "query_size"), value: .value("large")),
        Case(name: "query_color", program: program("scene", "filter_shape:cylinder", "unique", "query_color"), value: .value("blue")),
        Case(name: "same_shape", program: program("scene", "filter_material:rubber", "unique", "same_shape"), value: .objects([3])),
        Case(name: "same_color", program: program("scene", "filter_material:rubber", "unique", "same_color"), value: .objects([0, 3])),
        Case(name: "equal_color", program: program(
            "scene", "filter_shape:cube", "unique", "query_color", "scene", "filter_shape:cylinder", "unique", "query_color", "equal_color@3,7"), value: .truth(false)),
        Case(name: "equal_integer", program: program("scene", "filter_size:small", "count", "scene", "filter_size:large", "count", "equal_integer@2,5"), value: .truth(true)),
        Case(name: "less_than", program: program("scene", "filter_color:blue", "count", "scene", "filter_color:red", "count", "less_than@2,5"), value: .truth(true)),
        Case(name: "greater_than", program: program("scene", "filter_color:blue", "count", "scene", "filter_color:red", "count", "greater_than@2,5"), value: .truth(false)),
        Case(name: "equal_object", program: program(
            "scene", "filter_color:blue", "unique", "scene", "filter_shape:cylinder", "unique", "equal_object@2,5"), value: .truth(true)),
    ])
    func functions(_ wanted: Case) throws {
        let trace = try wanted.program.run(on: row)
        #expect(trace.answer == wanted.value)
        #expect(trace.steps.map(\.node) == wanted.program.nodes)
    }

    @Test("Answers read as in the public release")
    func texts() {
        #expect([StepValue.truth(true), .truth(false), .number(3), .value("red"), .object(2)].map(\.text) == ["yes", "no", "3", "red", "2"])
    }

    @Test("A written trace is checked step by step: a mistake counts where it is made")
    func checked() throws {
        var trace = try program("scene", "filter_color:red", "count").run(on: row)
        #expect(trace.checked(on: row) == [true, true, true])
        // One of the three is forgotten; what was counted of the rest is right.
        (trace.steps[1].value, trace.steps[2].value) = (.objects([0]), .number(1))
        #expect(trace.checked(on: row) == [true, false, true])
        trace.steps[1].value = .objects([0, 99])
        #expect(trace.checked(on: row) == [true, false, false])
    }

    @Test("What has no answer says which step asks too much")
    func errors() {
        func error(_ program: Program, _ scene: ObjectScene = row) -> ProgramError? {
            do throws(ProgramError) { _ = try program.run(on: scene) } catch { return error }
            return nil
        }
        #expect(error(program("scene", "filter_color:red", "unique")) == .notUnique(step: 2, count: 3))
        #expect(error(program("scene", "filter_color:green", "unique")) == .notUnique(step: 2, count: 0))
        #expect(error(program("scene", "filter_weight:heavy")) == .noAttribute(step: 1, attribute: "weight", object: 0))
        #expect(error(program("scene", "filter_color:blue", "unique", "relate:above")) == .noRelation(step: 3, relation: "above"))
        var flat = row
        flat.objects[0].position = nil
        #expect(error(program("scene", "filter_color:blue", "unique", "relate:left"), flat) == .noRelation(step: 3, relation: "left"))
        #expect(error(Program(nodes: [])) == .empty)
        #expect(error(program("scene", "count@1")) == .badInput(step: 1, input: 1))
        #expect(error(program("scene", "count@0,0")) == .inputCount(step: 1, function: "count", expected: 1, found: 2))
        #expect(error(program("scene", "relate:left")) == .inputType(step: 1, function: "relate", expected: "one object", found: "a set of objects"))
        #expect(error(program("scene", "filter_shape:cube", "unique", "query_size", "equal_color@3,3")) == .inputType(step: 4, function: "equal_color", expected: "query_color", found: "query_size"))
        #expect(error(program("scene", "filter_color")) == .missingArgument(step: 1, function: "filter_color"))
    }

    @Test("Relations of the file come before places; both agree here")
    func relations() throws {
        var stated = row
        stated.stateRelationships()
        let asked = program("scene", "filter_color:blue", "unique", "relate:left")
        #expect(try asked.run(on: stated).answer == asked.run(on: row).answer)
        stated.relationships["left"] = [[], [], [3, 2, 3], []]          // itself and twice: neither counts
        #expect(try asked.run(on: stated).answer == .objects([3]))
    }

    @Test("Programs are read in both spellings, alone and inside an object")
    func spellings() throws {
        let wanted = program("scene", "filter_color:blue", "unique", "relate:left", "count")
        let own = Data(wanted.json.text.utf8)
        #expect(try Program.read(own, name: "p") == wanted)
        let other = String(decoding: own, as: UTF8.self).replacing("\"function\"", with: "\"type\"").replacing("value_inputs", with: "side_inputs")
        #expect(try Program.read(Data(other.utf8), name: "p") == wanted)
        #expect(try Program.read(Data(#"{"name":"x","program":\#(other)}"#.utf8), name: "p") == wanted)
    }

    @Test("Worlds of other attributes work alike")
    func otherWorlds() throws {
        let data = Data(#"{"objects":[{"kind":"mug","owner":"Ada","box":[0,0,9,9]},{"kind":"plate","owner":"Ada"},{"kind":"mug","owner":"Bo","weight":3}],"relationships":{"on":[[],[0,2],[]]}}"#.utf8)
        let scene = try #require(try ObjectScene.read(data, name: "kitchen").first)
        #expect(scene.objects[0].attributes == ["kind": "mug", "owner": "Ada"] && scene.objects[2].extra["weight"] == .integer(3))
        #expect(try program("scene", "filter_kind:plate", "unique", "relate:on", "filter_owner:Bo", "unique", "query_kind").run(on: scene).answer == .value("mug"))
        #expect(try program("scene", "filter_kind:plate", "unique", "same_owner", "count").run(on: scene).answer == .number(1))
    }
}
