import Painter
import Sketches
import Tensors
import Testing

@Suite("Commands for a drawing")
struct EditCommandTests {
    private static let classes = SpokenScene.classes

    private static func objects(_ list: [(String, Int, Int, Int, Int)]) -> [CanvasObject] {
        list.map { CanvasObject(classIndex: SpokenScene.index($0.0), box: GridBox(x0: $0.1, y0: $0.2, x1: $0.3, y1: $0.4), strokes: []) }
    }

    /// Up to six objects anywhere, some of them alike.
    private static func random(_ r: inout RandomSource) -> [CanvasObject] {
        var list: [CanvasObject] = []
        for _ in 0..<1 + r.int(below: 6) {
            let w = 6 + r.int(below: 22), h = 6 + r.int(below: 22), x = r.int(below: 63 - w), y = r.int(below: 63 - h)
            let classIndex = !list.isEmpty && r.uniform() < 0.35 ? list[r.int(below: list.count)].classIndex : r.int(below: classes.count)
            list.append(CanvasObject(classIndex: classIndex, box: GridBox(x0: x, y0: y, x1: x + w, y1: y + h), strokes: []))
        }
        return list
    }

    @Test func formsAreManyAndASeedGivesTheSameCommand() {
        var random = RandomSource(seed: 31), forms = Set<String>(), kinds: [String: Int] = [:]
        for _ in 0..<2_000 {
            let objects = Self.random(&random)
            var copy = random
            let command = EditCommand.random(objects, classes: Self.classes, &random)
            #expect(EditCommand.random(objects, classes: Self.classes, &copy) == command)
            #expect(command.text == SketchVocabulary.normalized(command.text) && !command.text.contains("{") && !command.text.contains("\u{1}") && !command.text.isEmpty)
            forms.insert(PromptMask.shared(command.text))
            for operation in command.operations { kinds["\(operation)".prefix { $0 != "(" }.description, default: 0] += 1 }
        }
        #expect(forms.count > 900)
        #expect(Set(kinds.keys) == ["erase", "move", "resize", "replace", "redraw", "add"] && kinds.values.allSatisfy { $0 > 60 }, "\(kinds)")
    }

    @Test("What is asked can be done, for each object once or twice, and is not so already")
    func operationsArePossible() {
        var random = RandomSource(seed: 32), twice = 0
        for _ in 0..<2_000 {
            let objects = Self.random(&random), command = EditCommand.random(objects, classes: Self.classes, &random)
            let touched = command.operations.compactMap(\.object)
            #expect(touched.allSatisfy(objects.indices.contains), "\(command)")
            for object in Set(touched) where touched.count(where: { $0 == object }) > 1 {
                // Twice is one after the other, and of certain kinds.
                let places = command.operations.indices.filter { command.operations[$0].object == object }, kinds = places.map { Self.kind(command.operations[$0]) }
                #expect(places.count == 2 && places[1] == places[0] + 1 && [["move", "resize"], ["resize", "move"], ["replace", "move"], ["replace", "resize"], ["redraw", "move"], ["redraw", "resize"]].contains(kinds), "\(command)")
                twice += 1
            }
            #expect(objects.count + command.operations.count { $0.object == nil } <= SketchVocabulary.objectCount)
            for operation in command.operations {
                switch operation {
                case .move(let object, let targets):
                    let box = objects[object].box
                    #expect(1...2 ~= targets.count)
                    for target in targets {
                        switch target {
                        case .relation(let kind, let other):
                            #expect(other != object && !touched.contains(other) && !PlannedRelation(kind, object, other).holds(box, objects[other].box), "\(command)")
                        case .place(let place): #expect(!place.holds(box), "\(command)")
                        case .toward(let kind):
                            let room = [RelationKind.leftOf: box.x0, .rightOf: 63 - box.x1, .above: box.y0, .below: 63 - box.y1][kind] ?? 0
                            #expect(room >= 2 * EditCommand.clearSteps, "\(command)")
                        }
                    }
                case .replace(let object, let classIndex): #expect(objects[object].classIndex != classIndex)
                case .resize(let object, let size):
                    let box = objects[object].box
                    if size == .big { #expect(Double(box.longestSide) * 1.33 <= 63) }
                case .add(_, _, let targets):
                    for case .relation(_, let other) in targets { #expect(!touched.contains(other)) }
                case .erase, .redraw: break
                }
            }
        }
        #expect(twice > 40)
    }

    private static func kind(_ operation: EditOperation) -> String { String("\(operation)".prefix { $0 != "(" }) }

    @Test("What is changed twice is called by its name or it")
    func twice() {
        let objects = Self.objects([("cat", 26, 26, 40, 40), ("house", 2, 40, 20, 60)])
        let ends: [(String, EditOperation)] = [
            (" make it bigger", .resize(0, .big)), (" make it smaller", .resize(0, .small)), (" it should be taller", .resize(0, .tall)), (" move it left", .move(0, [.toward(.leftOf)])),
            (" move it to the left", .move(0, [.toward(.leftOf)])), (" move it to the right", .move(0, [.toward(.rightOf)])), (" move it up", .move(0, [.toward(.above)])),
        ]
        var random = RandomSource(seed: 38), found = Set<String>(), named = 0
        for _ in 0..<40_000 {
            let command = EditCommand.random(objects, classes: Self.classes, &random), operations = command.operations
            guard operations.count == 2, operations[0].object == 0, operations[1].object == 0 else { continue }
            for (words, operation) in ends where command.text.hasSuffix(words) {
                #expect(operations[1] == operation, "\(command)")
                found.insert(words)
            }
            if command.text.split(separator: " ").count(where: { $0 == "cat" }) == 2 { named += 1 }
        }
        #expect(found.count >= 4 && named > 5, "\(found), \(named)")
    }

    @Test("An object is named by words that fit it alone")
    func namesAreTrue() {
        let objects = Self.objects([("cat", 2, 4, 12, 14), ("cat", 30, 40, 55, 62), ("house", 40, 5, 60, 25), ("tree", 4, 30, 14, 50)])
        let fits: [(String, Int)] = [
            ("the left cat", 0), ("the leftmost cat", 0), ("the right cat", 1), ("the small cat", 0), ("the big cat", 1), ("the biggest cat", 1), ("the top cat", 0), ("the lower cat", 1),
            ("the first cat from the left", 0), ("the second cat from the left", 1), ("the cat below the house", 1), ("the cat on the left", 0), ("the cat above the tree", 0), ("the house", 2), ("the tree", 3),
        ]
        var random = RandomSource(seed: 33), found: [String: Int] = [:]
        for _ in 0..<4_000 {
            let command = EditCommand.erasing(objects, classes: Self.classes, &random)
            for (words, index) in fits where ["erase \(words)", "remove \(words)", "delete \(words)", words].contains(command.text) {
                #expect(command.erased == [index], "\(command)")
                found[words, default: 0] += 1
            }
        }
        #expect(found.count >= 9, "\(found)")
    }

    @Test("Plurals, exclusions, everything, nothing")
    func groups() {
        let objects = Self.objects([("cat", 2, 4, 12, 14), ("cat", 30, 40, 55, 62), ("house", 40, 5, 60, 25)])
        let fits: [(String, [Int])] = [
            ("erase both cats", [0, 1]), ("remove the cats", [0, 1]), ("erase all cats", [0, 1]), ("erase everything", [0, 1, 2]), ("remove everything except the house", [0, 1]),
            ("erase all but the house", [0, 1]), ("keep only the house", [0, 1]), ("erase everything but the cats", [2]),
        ]
        var random = RandomSource(seed: 34), found = Set<String>(), nothing = 0
        for _ in 0..<4_000 {
            let command = EditCommand.erasing(objects, classes: Self.classes, &random)
            #expect(command.operations.allSatisfy { if case .erase = $0 { true } else { false } })
            if command.operations.isEmpty {
                nothing += 1
                let words = Set(WrittenWords.split(command.text))
                #expect(words.isDisjoint(with: ["cat", "cats", "house"]) || !words.isDisjoint(with: ["hospital", "plant"]), "\(command)")
            }
            for (words, erased) in fits where command.text == words {
                #expect(command.erased == erased, "\(command)")
                found.insert(words)
            }
        }
        #expect(found.count >= 5 && nothing > 100, "\(found)")
    }

    @Test func theOtherOneIsTheOther() {
        let objects = Self.objects([("dog", 2, 4, 20, 24), ("dog", 40, 40, 58, 60)])
        var random = RandomSource(seed: 35), found = 0
        for _ in 0..<2_000 {
            let command = EditCommand.random(objects, classes: Self.classes, &random)
            guard command.text.contains("the other"), command.operations.count == 2, command.operations.allSatisfy({ $0.object != nil }), command.operations[0].object != command.operations[1].object else { continue }
            found += 1
            #expect(Set(command.operations.compactMap(\.object)) == [0, 1], "\(command)")
        }
        #expect(found > 20)
    }

    @Test("Directions, places and sizes are what the words say")
    func targets() {
        let objects = Self.objects([("cat", 26, 26, 40, 40), ("house", 2, 40, 20, 60)])
        let fits: [(String, EditOperation)] = [
            ("move the cat to the left", .move(0, [.toward(.leftOf)])), ("move the cat up", .move(0, [.toward(.above)])), ("move the cat to the right", .move(0, [.toward(.rightOf)])),
            ("move the cat down", .move(0, [.toward(.below)])), ("move the cat to the top left corner", .move(0, [.place(.topLeft)])), ("move the cat to the top", .move(0, [.place(.top)])),
            ("make the cat bigger", .resize(0, .big)), ("make the cat smaller", .resize(0, .small)), ("make the cat tiny", .resize(0, .tiny)), ("make the cat wider", .resize(0, .wide)),
            ("make the cat taller", .resize(0, .tall)), ("move the cat above the house", .move(0, [.relation(.above, 1)])), ("move the cat below the house", .move(0, [.relation(.below, 1)])),
            ("redraw the cat", .redraw(0)), ("shrink the cat", .resize(0, .small)), ("the cat is too small", .resize(0, .big)),
        ]
        var random = RandomSource(seed: 36), found = Set<String>()
        for _ in 0..<12_000 {
            let command = EditCommand.random(objects, classes: Self.classes, &random)
            for (words, operation) in fits where command.text == words {
                #expect(command.operations == [operation], "\(command)")
                found.insert(words)
            }
        }
        #expect(found.count >= 8, "\(found)")
    }

    @Test func anEmptyDrawingCanOnlyBeAddedTo() {
        var random = RandomSource(seed: 37)
        for _ in 0..<200 {
            let command = EditCommand.random([], classes: Self.classes, &random)
            #expect(!command.text.isEmpty && command.operations.allSatisfy { $0.object == nil })
            #expect(EditCommand.erasing([], classes: Self.classes, &random).operations.isEmpty)
        }
    }
}
