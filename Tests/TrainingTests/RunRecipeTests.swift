import Foundation
import Testing
import Training

/// The shared part of a recipe: what is read, what is refused, and how the refusal reads.
@Suite struct RunRecipeTests {
    static let short = """
        name: toy
        kind: toy
        steps: 20
        optimizer: {learningRate: 1e-2}
        """

    @Test func absentKeysHaveDefaults() throws {
        let recipe = try RunRecipe(yaml: Self.short)
        #expect(recipe == RunRecipe(name: "toy", kind: "toy", steps: 20, optimizer: .init(learningRate: 0.01)))
        #expect(recipe.seed == 0 && recipe.batch.microBatches == 1 && recipe.ema == nil && !recipe.checkpointing)
        #expect(recipe.optimizer.clip == 1 && recipe.every.checkpointMinutes == 10)
    }

    @Test("Keys can be set anew, from outside the file; its text says so")
    func settings() throws {
        struct Data: Decodable, Equatable { var lists: Double, name: String }
        let document = try RecipeDocument(text: Self.short + "\n# a comment\ndata: {lists: 0.9, name: a}\n", file: "r.yaml")
        let changed = try document.setting(["seed=7", "data.lists=0", "optimizer.learningRate=2e-3", "every.log=5", "data.name='0.5'"])
        let recipe = try changed.run(jobSections: ["data"])
        #expect(recipe.seed == 7 && recipe.optimizer.learningRate == 2e-3 && recipe.every.log == 5 && recipe.name == "toy")
        #expect(try changed.section("data", as: Data.self, keys: ["lists", "name"]) == Data(lists: 0, name: "0.5"))
        // The text alone gives the same recipe.
        let again = try RecipeDocument(text: changed.text)
        #expect(try again.run(jobSections: ["data"]) == recipe && again.section("data", as: Data.self, keys: nil) == Data(lists: 0, name: "0.5"))
        #expect(try document.setting([]).text == document.text)
        for wrong in ["seed", "=3", "data..lists=1", "data.lists.deep=1", "seed={", ""] {
            #expect(throws: RecipeError.badAssignment(wrong)) { try document.setting([wrong]) }
        }
        #expect(throws: RecipeError.badValue(file: "r.yaml", line: nil, key: "data.lists", found: "a list of 2", expected: "a single value")) {
            try document.setting(["data.lists=[1, 2]"]).section("data", as: Data.self, keys: ["lists", "name"])
        }
        let without = try document.setting(["data=null"])
        #expect(document.has("data") && !without.has("data"))
        #expect(throws: RecipeError.unknownKey(file: "r.yaml", line: nil, key: "data.list", nearest: "lists", known: ["lists", "name"])) {
            try document.setting(["data.list=1"]).section("data", as: Data.self, keys: ["lists", "name"])
        }
    }

    @Test func everyKeyIsRead() throws {
        let recipe = try RunRecipe(yaml: """
            name: painter-small
            kind: painter
            seed: 18446744073709551615
            steps: 20000
            batch: {microBatches: 4}
            optimizer:
              learningRate: 1.5e-3
              minimumLearningRate: 0.05
              warmup: 200
              schedule: wsd
              decayFraction: 0.3
              betas: [0.8, 0.99]
              epsilon: 1e-7
              weightDecay: 0.05
              clip: null
            ema: 0.999
            every: {log: 5, evaluate: 100, sample: 200, checkpoint: 300, checkpointMinutes: 2.5}
            output: runs/p
            initialModel: models/base
            checkpointing: true
            model: {width: 256}
            """)
        #expect(recipe == RunRecipe(
            name: "painter-small", kind: "painter", seed: .max, steps: 20_000, batch: .init(microBatches: 4),
            optimizer: .init(learningRate: 0.0015, minimumLearningRate: 0.05, warmup: 200, schedule: .wsd,
                             decayFraction: 0.3, betas: [0.8, 0.99], epsilon: 1e-7, weightDecay: 0.05, clip: nil),
            ema: 0.999, every: .init(log: 5, evaluate: 100, sample: 200, checkpoint: 300, checkpointMinutes: 2.5),
            output: "runs/p", initialModel: "models/base", checkpointing: true))
        let copy = try JSONDecoder().decode(RunRecipe.self, from: JSONEncoder().encode(recipe))
        #expect(copy == recipe)
    }

    struct Misspelt: Sendable, CustomTestStringConvertible {
        let addition: String, key: String, nearest: String?, line: Int
        var testDescription: String { key }
    }

    @Test(arguments: [
        Misspelt(addition: "optimiser: {warmup: 3}", key: "optimiser", nearest: "optimizer", line: 5),
        Misspelt(addition: "sed: 3", key: "sed", nearest: "seed", line: 5),
        Misspelt(addition: "Steps: 3", key: "Steps", nearest: "steps", line: 5),
        Misspelt(addition: "every:\n  log: 1\n  evalute: 3", key: "every.evalute", nearest: "evaluate", line: 7),
        Misspelt(addition: "batch: {microBatch: 3}", key: "batch.microBatch", nearest: "microBatches", line: 5),
    ])
    func namesTheNearestKnownKey(_ case: Misspelt) throws {
        let error = try #require(throws: RecipeError.self) {
            try RunRecipe(yaml: Self.short + "\n" + `case`.addition, file: "r.yaml")
        }
        guard case .unknownKey(let file, let line, let key, let nearest, _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(file == "r.yaml" && line == `case`.line && key == `case`.key && nearest == `case`.nearest)
        #expect("\(error)".contains("r.yaml:\(`case`.line): unknown key"))
    }

    @Test func otherSectionsAreTheJobsUnlessItListsThem() throws {
        let text = Self.short + "\nmodel: {width: 8}\ndata: {rows: 2}\njudge: 1"
        _ = try RunRecipe(yaml: text)
        _ = try RunRecipe(yaml: text, jobSections: ["model", "data", "judge"])
        let error = try #require(throws: RecipeError.self) { try RunRecipe(yaml: text, jobSections: ["model", "data"]) }
        #expect("\(error)".contains("unknown key judge"))
    }

    struct BadValue: Sendable, CustomTestStringConvertible {
        let text: String, says: String
        var testDescription: String { says }
    }

    @Test(arguments: [
        BadValue(text: short.replacing("20", with: "0"), says: "r.yaml:3: steps is \"0\"; expected a whole number"),
        BadValue(text: short.replacing("20", with: "many"), says: "r.yaml:3: steps is \"many\"; expected a whole number"),
        BadValue(text: short.replacing("1e-2", with: "-1"), says: "optimizer.learningRate is \"-1\"; expected a number above 0"),
        BadValue(text: short.replacing("1e-2", with: ".nan"), says: "optimizer.learningRate is \".nan\""),
        BadValue(text: short.replacing("1e-2", with: "1, betas: [0.9]"), says: "optimizer.betas is a list of 1; expected two"),
        BadValue(text: short.replacing("1e-2", with: "1, schedule: line"), says: "optimizer.schedule is \"line\""),
        BadValue(text: short + "\nema: 1", says: "r.yaml:5: ema is \"1\"; expected a decay"),
        BadValue(text: short + "\nevery: {log: 0}", says: "every.log is \"0\""),
        BadValue(text: short + "\nevery: 3", says: "the section every must be"),
        BadValue(text: short + "\nseed: -1", says: "seed is \"-1\""),
        BadValue(text: "steps: 3", says: "the key name is missing"),
        BadValue(text: "- 3", says: "a recipe must be a list of"),
        BadValue(text: "", says: "a recipe must be a list of"),
        BadValue(text: "a: [", says: "not valid YAML"),
        BadValue(text: short + "\nsteps: 4", says: "not valid YAML"),
    ])
    func refusesBadValues(_ bad: BadValue) throws {
        let error = try #require(throws: RecipeError.self) { try RunRecipe(yaml: bad.text, file: "r.yaml") }
        #expect("\(error)".contains(bad.says), "\(error)")
    }

    @Test func aJobReadsItsOwnSections() throws {
        struct Rows: Decodable, Equatable { var rows: Int?, names: [String]? }
        let document = try RecipeDocument(text: Self.short + "\ndata: {rows: 2, names: [a, b], mix: {rows: 9}}\nmodel: {row: 1}")
        #expect(try document.section("data", as: Rows.self, keys: ["rows", "names", "mix"]) == Rows(rows: 2, names: ["a", "b"]))
        #expect(try document.section("data.mix", as: Rows.self, keys: ["rows"]) == Rows(rows: 9))
        #expect(try document.section("absent", as: Rows.self, keys: []) == Rows())
        #expect(throws: RecipeError.unknownKey(file: "recipe.yaml", line: 6, key: "model.row", nearest: "rows", known: ["rows"])) {
            try document.section("model", as: Rows.self, keys: ["rows"])
        }
        let error = try #require(throws: RecipeError.self) {
            try document.section("name", as: Rows.self, keys: ["rows"])
        }
        #expect(error == .notAMapping(file: "recipe.yaml", section: "name"))
    }

    @Test func unreadableFileIsNamed() throws {
        let error = try #require(throws: RecipeError.self) {
            try RecipeDocument(contentsOf: URL(fileURLWithPath: "/nowhere/r.yaml"))
        }
        #expect("\(error)".hasPrefix("/nowhere/r.yaml: cannot be read"))
    }

    @Test func comparisonSeesContentNotSpelling() throws {
        func comparison(_ text: String) throws -> RecipeComparison {
            let document = try RecipeDocument(text: text)
            return try RecipeComparison(document.run(), document)
        }
        let one = try comparison(Self.short)
        let same = try comparison("# a note\noptimizer:\n    learningRate: 0.01\nsteps: 99\nkind: toy\nname: other\nevery: {log: 3}\nseed: 0")
        #expect(one.difference(from: same) == nil && one.hash == same.hash)
        let changed = try comparison(Self.short.replacing("1e-2", with: "1e-3"))
        let found = try #require(changed.difference(from: one))
        #expect(found.key == "optimizer.learningRate" && found.mine == "0.001" && found.theirs == "0.01")
        #expect(changed.hash != one.hash)
        let more = try comparison(Self.short + "\ndata: {rows: [1, 2]}")
        #expect(try #require(more.difference(from: one)) == ("data.rows.0", "1", "absent"))
        let seeds = try [9_007_199_254_740_993, 9_007_199_254_740_992].map { try comparison(Self.short + "\nseed: \($0)") }
        #expect(seeds[0].hash != seeds[1].hash)
    }
}
