import Files
import Foundation
import Sketches
import Testing

/// A scene of random objects and loose strokes, interleaved, with every relation that holds and unknown keys.
func randomScene(_ dice: inout Dice, side: Double = 256) -> Scene {
    var scene = Scene(width: side, height: side)
    let step = side / 2560
    for _ in 0..<Int.random(in: 1...9, using: &dice) {
        let x = Double(Int.random(in: 0...2000, using: &dice)), y = Double(Int.random(in: 0...2000, using: &dice))
        let points = (0..<Int.random(in: 1...5, using: &dice)).map { _ in
            Point(x: (x + Double(Int.random(in: 0...400, using: &dice))) * step, y: (y + Double(Int.random(in: 0...400, using: &dice))) * step)
        }
        scene.strokes.append(Stroke(points, times: Bool.random(using: &dice) ? points.indices.map(Double.init) : nil))
    }
    let owners = scene.strokes.indices.map { _ in Int.random(in: 0...3, using: &dice) }
    for owner in 1...3 {
        let strokes = scene.strokes.indices.filter { owners[$0] == owner }
        guard let box = Box.of(strokes.map { scene.strokes[$0] }) else { continue }
        scene.objects.append(SceneObject(className: ["cat", "dog", "cell phone"][owner - 1], box: box, strokes: strokes, extra: ["id": .integer(owner)]))
    }
    scene.relations = scene.measuredRelations()
    scene.extra = ["mine": .array([.digits("1.50"), .null])]
    return scene
}

func randomStrokes(_ count: Int, _ dice: inout Dice) -> Set<Int> {
    Set((0..<count + 1).filter { _ in Int.random(in: 0...2, using: &dice) == 0 })
}

/// Up to three edits of any kind, some of them of strokes that are not there.
func randomEdits(of scene: Scene, _ dice: inout Dice) -> [SceneEdit] {
    var edits: [SceneEdit] = [], now = scene
    for _ in 0..<Int.random(in: 1...3, using: &dice) {
        let strokes = randomStrokes(now.strokes.count, &dice)
        let edit: SceneEdit
        switch Int.random(in: 0...5, using: &dice) {
        case 0: edit = .remove(strokes)
        case 1: edit = .move(strokes, dx: Double.random(in: -60...60, using: &dice), dy: 12.5)
        case 2: edit = .resize(strokes, scale: Double.random(in: 0.3...2.5, using: &dice), about: Point(x: 100, y: 90))
        case 3: edit = .transform(strokes, StrokeMove(scaleX: -1, scaleY: 1.5, about: Point(x: 50, y: 50), dx: 3, dy: 4))
        case 4: edit = .append(randomScene(&dice))
        default: edit = .replace(strokes, by: randomScene(&dice))
        }
        edits.append(edit)
        now = now.applying([edit])
    }
    return edits
}

/// What became of a scene's strokes: worked out here the plain way, for comparison.
struct Fate {
    var stays: [Int?], moved: Set<Int> = []

    init(of count: Int, _ edits: [SceneEdit]) {
        stays = Array(0..<count)
        func ink(_ scene: Scene) -> Int { scene.strokes.count { !$0.points.isEmpty } }
        for edit in edits {
            switch edit {
            case .remove(let strokes): stays = stays.enumerated().filter { !strokes.contains($0.offset) }.map(\.element)
            case .transform(let strokes, _): for (i, origin) in stays.enumerated() where strokes.contains(i) { if let origin { moved.insert(origin) } }
            case .append(let scene): stays += [Int?](repeating: nil, count: ink(scene))
            case .replace(let strokes, let scene):
                let first = strokes.filter(stays.indices.contains).min() ?? stays.count
                stays = stays.enumerated().filter { !strokes.contains($0.offset) }.map(\.element)
                stays.insert(contentsOf: [Int?](repeating: nil, count: ink(scene)), at: first)
            }
        }
    }

    var untouched: Set<Int> { Set(stays.compactMap { $0 }).subtracting(moved) }
}

@Suite struct SceneEditTests {
    /// A cat left of and above a larger house, a sun above the house.
    static let scene: Scene = {
        var scene = squares([("cat", 10, 20, 40), ("house", 120, 100, 100), ("sun", 180, 10, 30)])
        scene.strokes.append(line(15, 25, 30, 30))
        scene.objects[0].strokes = [0, 3]
        scene.objects[0].extra = ["note": .string("mine")]
        scene.relations = [Relation(.leftOf, subject: 0, object: 1), Relation(.above, subject: 2, object: 1), Relation(.smaller, subject: 0, object: 1)]
        scene.extra = ["unknown": .integer(7)]
        return scene
    }()

    @Test func removingIsRemoving() {
        let scene = Self.scene
        #expect(scene.applying([.remove([0, 3])]) == scene.removing(strokes: [0, 3]))
        #expect(scene.applying([.remove([1])]) == scene.removing(strokes: [1]))
        #expect(scene.applying([.remove([-1, 99]), .remove([])]) == scene && scene.applying([]) == scene)
    }

    @Test func movingLeavesEverythingElseEqual() {
        let scene = Self.scene, moved = scene.applying([.move([0, 3], dx: 190.128, dy: 0)])
        var expected = scene
        expected.strokes[0] = line(200.13, 20, 240.13, 20, 240.13, 60, 200.13, 60, 200.13, 20)
        expected.strokes[3] = line(205.13, 25, 220.13, 30)
        expected.objects[0].box = Box(x0: 200.13, y0: 20, x1: 240.13, y1: 60)
        expected.relations.removeFirst()      // no longer left of the house
        #expect(moved == expected)
        #expect(scene.applying([.move([0, 3], dx: 0, dy: 0)]) == scene)
    }

    @Test func resizing() {
        let scene = Self.scene, resized = scene.applying([.resize([1], scale: 0.25, about: Point(x: 120, y: 200))])
        #expect(resized.objects[1].box == Box(x0: 120, y0: 175, x1: 145, y1: 200))
        #expect(resized.relations == Array(scene.relations.prefix(2)))      // the cat is not smaller any more
        let mirrored = scene.applying([.transform([2], StrokeMove(scaleX: -1, scaleY: 1, about: Point(x: 128, y: 0)))])
        #expect(mirrored.objects[2].box == Box(x0: 46, y0: 10, x1: 76, y1: 40) && mirrored.strokes[2].points[0] == Point(x: 76, y: 10))
        #expect(scene.applying([.resize([1], scale: 0, about: Point(x: 0, y: 0)), .move([1], dx: .infinity, dy: 0)]) == scene)
    }

    @Test func stepsOfCanvases() {
        for (side, unit) in [(256.0, 100.0), (24, 1000), (1000, 10), (100, 100), (1, 10_000), (1e6, 1), (1e-6, 1e9)] {
            #expect(Scene(width: side, height: side / 2).unit == unit, "\(side)")
        }
        var icon = Scene(width: 24, height: 24, strokes: [line(1, 1, 2, 2)])
        icon = icon.applying([.resize([0], scale: 1 / 3.0, about: Point(x: 0, y: 0))])
        #expect(icon.strokes[0] == line(0.333, 0.333, 0.667, 0.667))
    }

    @Test func appending() {
        var addition = squares([("tree", 60, 60, 30), ("bird", 5, 5, 5)])
        addition.strokes.append(line(1, 1, 2, 2))
        addition.strokes.append(line(60, 60, 61, 61))
        addition.strokes.append(Stroke([]))
        addition.objects[0].strokes = [0, 3, 4]
        addition.relations = [Relation(.rightOf, subject: 0, object: 1)]
        let scene = Self.scene, added = scene.applying([.append(addition)])
        #expect(Array(added.strokes.prefix(4)) == scene.strokes && Array(added.objects.prefix(3)) == scene.objects)
        #expect(added.objects.dropFirst(3).map(\.strokes) == [[4, 5], [6]] && added.looseStrokes == [7])      // object by object
        #expect(added.relations == scene.relations + [Relation(.rightOf, subject: 3, object: 4)])
        #expect(added.extra == scene.extra && added.prompt == scene.prompt)
    }

    @Test func replacingKeepsThePlace() {
        let scene = Self.scene, tree = squares([("tree", 130, 90, 80)])
        let replaced = scene.applying([.replace([1], by: tree)])
        #expect(replaced.objects.map(\.className) == ["cat", "tree", "sun"] && replaced.objects.map(\.strokes) == [[0, 3], [1], [2]])
        #expect(replaced.strokes == [scene.strokes[0], tree.strokes[0], scene.strokes[2], scene.strokes[3]])
        #expect(replaced.relations.isEmpty)
        let cat = scene.applying([.replace([0, 3], by: squares([("dog", 1, 1, 9), ("pig", 20, 1, 9)]))])
        #expect(cat.objects.map(\.className) == ["dog", "pig", "house", "sun"] && cat.objects.map(\.strokes) == [[0], [1], [2], [3]])
        #expect(cat.relations == [Relation(.above, subject: 3, object: 2)])
        let part = scene.applying([.replace([3], by: tree)])
        #expect(part.objects.map(\.className) == ["cat", "house", "sun", "tree"] && part.objects[0].strokes == [0] && part.objects[3].strokes == [3])
        #expect(scene.applying([.replace([77], by: tree)]) == scene.applying([.append(tree)]))
    }

    @Test func chainsSeeTheSceneThatTheEditsBeforeLeft() {
        let scene = Self.scene
        let edited = scene.applying([.remove([0, 3]), .append(squares([("tree", 0, 0, 10)])), .move([2], dx: 5, dy: 5), .remove([0])])
        #expect(edited.objects.map(\.className) == ["sun", "tree"] && edited.strokes[0] == scene.strokes[2])
        #expect(edited.objects[1].box == Box(x0: 5, y0: 5, x1: 15, y1: 15))
        let there = scene.applying([.move([0], dx: 0.004, dy: 0), .move([0], dx: 0.004, dy: 0)])
        #expect(there.strokes[0].points[0].x == 10.01)      // rounded once
        #expect(scene.applying([.append(squares([("tree", 0, 0, 10)])), .remove([4])]) == scene)
    }

    @Test func codable() throws {
        let edits: [SceneEdit] = [.remove([2, 0]), .move([1], dx: 3, dy: -4.5), .resize([1], scale: 2, about: Point(x: 1, y: 2)), .append(Self.scene),
                                  .transform([3], StrokeMove(scaleX: -1, scaleY: 1)), .replace([0], by: Self.scene)]
        #expect(try JSONDecoder().decode([SceneEdit].self, from: JSONEncoder().encode(edits)) == edits)
        let text = #"[{"remove":[0,1]},{"transform":[2],"by":[10,0]},{"transform":[2],"scale":0.5,"about":[8,8]},{"transform":[2],"scale":[2,1]}]"#
        #expect(try JSONDecoder().decode([SceneEdit].self, from: Data(text.utf8)) == [
            .remove([0, 1]), .move([2], dx: 10, dy: 0), .resize([2], scale: 0.5, about: Point(x: 8, y: 8)), .transform([2], StrokeMove(scaleX: 2, scaleY: 1)),
        ])
        for bad in [#"{"transform":[1],"scale":0}"#, #"{"transform":[1],"by":[1]}"#, #"{"transform":[1],"scale":[1,2,3]}"#, #"{"move":[1]}"#, "{}", #"{"replace":[1]}"#] {
            #expect(throws: DecodingError.self, "\(bad)") { try JSONDecoder().decode(SceneEdit.self, from: Data(bad.utf8)) }
        }
    }

    @Test func whateverIsEdited() {
        var dice = Dice(11)
        for round in 0..<400 {
            let scene = randomScene(&dice), edits = randomEdits(of: scene, &dice), edited = scene.applying(edits)
            let fate = Fate(of: scene.strokes.count, edits), untouched = fate.untouched
            #expect(edited.strokes.count == fate.stays.count, "round \(round)")
            for (index, origin) in fate.stays.enumerated() {
                if let origin, untouched.contains(origin) { #expect(edited.strokes[index] == scene.strokes[origin], "round \(round)") }
            }
            #expect(edited.extra == scene.extra && edited.width == scene.width)
            for object in edited.objects {
                #expect(!object.strokes.isEmpty && object.strokes.allSatisfy(edited.strokes.indices.contains))
                #expect(Box.of(edited.strokes(of: object)) == object.box)
            }
            for object in scene.objects where untouched.isSuperset(of: object.strokes) {
                let same = edited.objects.filter { $0.className == object.className && $0.box == object.box && $0.extra == object.extra }
                #expect(!same.isEmpty, "round \(round)")
            }
            #expect(edited.relations.allSatisfy { edited.holds($0) }, "round \(round)")
            if edits.count == 1, case .move(let strokes, let dx, let dy)? = edits.first.map(Self.kind) {
                for index in strokes where scene.strokes.indices.contains(index) {
                    for (a, b) in zip(scene.strokes[index].points, edited.strokes[index].points) {
                        #expect(Point(x: a.x + dx, y: a.y + dy).distance(to: b) < 0.0072)
                    }
                }
            }
        }
    }

    private enum Kind { case move(Set<Int>, Double, Double), other }
    private static func kind(_ edit: SceneEdit) -> Kind {
        if case .transform(let strokes, let move) = edit, move.scaleX == 1, move.scaleY == 1 { .move(strokes, move.dx, move.dy) } else { .other }
    }
}
