import Foundation
import Language
import Painter
import Sketches
import Tensors
import Testing

/// Boxes as an untrained writer picks them among the steps that the rules leave open: what comes out well comes from the rules alone.
@Suite("Boxes have room, where there is any, and show at a glance what is said of them")
struct BoxRuleTests {
    private func spec(_ count: Int, sizes: [SizeWord?] = [], _ relations: [PlannedRelation] = []) -> SceneSpec {
        var spec = SceneSpec()
        spec.items = (0..<count).map { SceneSpec.Item(classIndex: $0, size: sizes.indices.contains($0) ? sizes[$0] : nil) }
        spec.relations = relations
        return spec
    }

    /// The next box by lot; nil where the words leave no step.
    private func box(_ rules: inout BoxRules, _ boxes: [GridBox], _ random: inout RandomSource) -> GridBox? {
        var sides: [Int] = []
        while sides.count < 4 {
            let open = rules.openLeniently(after: sides, boxes: boxes)
            guard !open.isEmpty else { return nil }
            sides.append(open[random.int(below: open.count)])
        }
        return GridBox(x0: sides[0], y0: sides[1], x1: sides[2], y1: sides[3])
    }

    private func boxes(of spec: SceneSpec, _ random: inout RandomSource) -> [GridBox]? {
        var rules = BoxRules(), boxes: [GridBox] = []
        rules.ask(spec)
        for _ in spec.items {
            guard let next = box(&rules, boxes, &random) else { return nil }
            boxes.append(next)
        }
        return boxes
    }

    @Test("A box is no sliver", arguments: [nil, SizeWord.tiny, .wide])
    func boxesAreLargeEnough(_ size: SizeWord?) throws {
        var random = PainterFixture.random(41)
        for count in 1...3 {
            for _ in 0..<20 {
                let spec = spec(count, sizes: [size])
                let all = try #require(boxes(of: spec, &random)), first = all[0], least = UsualSize(count: count, size, of: 0)
                #expect(least.holds(first), "\(first)")
            }
        }
    }

    @Test("Things of a comparison and in another may be smaller, in a row as small as it takes")
    func usualSizes() {
        let plain = UsualSize(count: 3, nil, of: 0)
        #expect(plain.longest == 12 && plain.shortest == 3 && plain.most == 30)
        #expect(UsualSize(count: 3, nil, in: [PlannedRelation(.smaller, 0, 1)], of: 0).longest == 7)
        #expect(UsualSize(count: 3, nil, in: [PlannedRelation(.inside, 0, 1)], of: 0).longest == 4)
        #expect(UsualSize(count: 3, nil, in: [PlannedRelation(.inside, 0, 1)], of: 1).longest == 12)
        #expect(UsualSize(count: 8, nil, of: 0, isRow: true).longest * 8 < SketchVocabulary.gridSteps)
        #expect(!plain.holds(GridBox(x0: 0, y0: 0, x1: 30, y1: 2)) && !plain.holds(GridBox(x0: 0, y0: 0, x1: 8, y1: 8)))
        #expect(!plain.holds(GridBox(x0: 0, y0: 0, x1: 28, y1: 5)) && plain.holds(GridBox(x0: 0, y0: 0, x1: 28, y1: 7)))
    }

    @Test("A box is of the shape that drawings of its class have", arguments: [0.5...0.7, 0.9...1.1, 2.5...4])
    func boxesHaveShapes(_ shape: ClosedRange<Double>) throws {
        var random = PainterFixture.random(46)
        for count in 1...4 {
            for _ in 0..<10 {
                var rules = BoxRules()
                rules.ask(spec(count), shapes: (0..<count).map { _ in shape })
                let first = try #require(box(&rules, [], &random)), width = Double(first.width), height = Double(first.height)
                #expect((width + 1) / (height - 1) >= shape.lowerBound && (width - 1) / (height + 1) <= shape.upperBound, "\(first)")
            }
        }
        let wide = UsualSize(count: 2, .wide, shape: shape, of: 0), tall = UsualSize(count: 2, .tall, shape: shape, of: 0)
        #expect(wide.shape == shape.lowerBound...2 * shape.upperBound && tall.shape == shape.lowerBound / 2...shape.upperBound)
    }

    @Test("What takes another's place keeps its middle and its area, and takes the shape of its own class")
    func replacedBoxes() {
        let flat = GridBox(x0: 10, y0: 30, x1: 34, y1: 36), middle = (flat.x0 + flat.x1, flat.y0 + flat.y1)
        #expect(ShapeTable.fitted(flat, to: nil) == flat && ShapeTable.fitted(flat, to: 2...5) == flat)
        let square = ShapeTable.fitted(flat, to: 0.8...1.2)                  // as far as half of it stays
        #expect(square.width < flat.width && square.height > flat.height)
        #expect(abs(square.x0 + square.x1 - middle.0) <= 1 && abs(square.y0 + square.y1 - middle.1) <= 1)
        #expect(abs(square.width * square.height - flat.width * flat.height) < 30)
        let common = min(square.width, flat.width) * min(square.height, flat.height)
        #expect(Double(common) >= 0.45 * Double(square.width * square.height + flat.width * flat.height - common))
        let edge = ShapeTable.fitted(GridBox(x0: 0, y0: 60, x1: 20, y1: 63), to: 0.1...0.2)
        #expect(edge.y1 <= 63 && edge.x0 >= 0)
    }

    @Test("A line that gives way to a thing is given a little height")
    func replacedLines() {
        let box = ShapeTable.fitted(GridBox(x0: 10, y0: 30, x1: 50, y1: 30), to: 0.8...1.2)
        #expect(box.height >= 10 && box.width <= 40)
    }

    @Test("Plans that say everything many times over, or run in a circle, are laid out as fast as others")
    func longChains() {
        var random = PainterFixture.random(47)
        let chain = (0..<7).flatMap { index in [PlannedRelation](repeating: PlannedRelation(.leftOf, index, index + 1), count: 12) }
        let circle = chain + [PlannedRelation(.leftOf, 7, 0), PlannedRelation(.above, 3, 1), PlannedRelation(.above, 1, 3)]
        for relations in [chain, circle] { _ = boxes(of: spec(8, relations), &random) }
    }

    @Test("The first of a row leaves room for the others")
    func rowsHaveRoom() throws {
        var random = PainterFixture.random(48), broken = 0
        for _ in 0..<20 {
            var spec = spec(5)
            spec.isRow = true
            guard let boxes = boxes(of: spec, &random) else { broken += 1; continue }
            #expect(boxes.allSatisfy { $0.longestSide >= UsualSize(count: 5, nil, of: 0, isRow: true).longest / 2 })
        }
        #expect(broken < 5, "\(broken) of 20")
    }

    @Test("Shapes are read back, and what is none is told")
    func shapeFiles() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("shapes-\(UUID().uuidString)"), file = folder.appendingPathComponent(ShapeTable.fileName)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try ShapeTable(folder: folder) == ShapeTable())
        let table = ShapeTable(StyledDrawings(doodles: PainterFixture.drawings))
        #expect(Set(table.ranges.keys) == Set(PainterFixture.drawings.classes))
        let ladder = try #require(table.ranges["ladder"]), house = try #require(table.ranges["house"])
        #expect(ladder.upperBound < house.lowerBound)
        try table.write(to: folder)
        #expect(try ShapeTable(folder: folder) == table)
        // A painter that is trained on with a few drawings of one's own keeps what it knew.
        let mine = ShapeTable(StyledDrawings(doodles: ProceduralDrawings(seed: 5, drawingsPerClass: 3)), after: table)
        #expect(mine == table)
        for (text, name) in [("", nil), ("[1, 2]", nil), ("{\"cat\": 1}", nil), ("{\"cat\": [1]}", "cat"), ("{\"cat\": [2, 1]}", "cat"), ("{\"cat\": [0, 1]}", "cat"), ("{\"cat\": [1, 1e9]}", "cat"),
                             ("{\"cat\": [1, 2, 3]}", "cat"), ("{\"cat\": [1, 1e999]}", nil)] as [(String, String?)] {
            try text.write(to: file, atomically: true, encoding: .utf8)
            #expect(throws: PainterError.badShapes(path: file.path, className: name), "\(text)") { try ShapeTable(folder: folder) }
        }
    }

    @Test("What grows or shrinks goes as far as the word says, and covers nothing new where it can")
    func resizedBoxes() {
        let own = GridBox(x0: 20, y0: 20, x1: 30, y1: 30), neighbour = GridBox(x0: 33, y0: 18, x1: 40, y1: 32), far = GridBox(x0: 60, y0: 60, x1: 63, y1: 63)
        func sides(_ boxes: [GridBox], _ size: SizeWord) -> [Int] { EditLayout.resizings(of: 0, size, boxes: [own] + boxes).map(\.longestSide) }
        #expect(sides([far], .big).min() == 14 && sides([far], .big).max() == 19)
        #expect(sides([neighbour], .big).max() == 17)                         // 18 would reach into the neighbour
        #expect(sides([GridBox(x0: 31, y0: 20, x1: 40, y1: 30)], .big).max() == 19)    // no room at all: as if nothing were there
        #expect(sides([own], .big).max() == 19)                               // what it covers already is no hindrance
        #expect(sides([far], .small).max() == 7 && sides([far], .small).min() == 4 && sides([far], .tiny).min() == 2)
    }

    @Test("What is said shows at a glance", arguments: [RelationKind.leftOf, .rightOf, .above, .below])
    func relationsAreClear(_ kind: RelationKind) throws {
        var random = PainterFixture.random(42), clear = 0
        for _ in 0..<40 {
            let boxes = try #require(boxes(of: spec(2, [PlannedRelation(kind, 0, 1)]), &random))
            #expect(PlannedRelation(kind, 0, 1).holds(boxes[0], boxes[1]))
            clear += kind.isClear(boxes[0], boxes[1]) ? 1 : 0
        }
        // The first box is placed before anybody knows how much room the second one needs.
        #expect(clear >= 28, "\(clear) of 40")
    }

    @Test("What is to be left of and above another stands between the two")
    func twoSidesOfOneThing() throws {
        var random = PainterFixture.random(43)
        let relations = [PlannedRelation(.leftOf, 0, 1), PlannedRelation(.above, 0, 1)]
        for _ in 0..<20 {
            let boxes = try #require(boxes(of: spec(2, relations), &random))
            #expect(relations.allSatisfy { $0.holds(boxes[0], boxes[1]) })
        }
    }

    @Test("Between crowded things a box covers a little of one rather than become a sliver")
    func crowdedBoxesOverlap() throws {
        // Two halves of the canvas with three steps between them.
        let known = [GridBox(x0: 0, y0: 0, x1: 29, y1: 63), GridBox(x0: 33, y0: 0, x1: 63, y1: 63)]
        var random = PainterFixture.random(44)
        for _ in 0..<20 {
            var rules = BoxRules()
            rules.sizes = [nil, nil, UsualSize(count: 3, nil, of: 2)]
            let third = try #require(box(&rules, known, &random))
            #expect(UsualSize(count: 3, nil, of: 2).holds(third))
            let covered = known.reduce(0) { sum, other in
                sum + max(min(third.x1, other.x1) - max(third.x0, other.x0), 0) * max(min(third.y1, other.y1) - max(third.y0, other.y0), 0)
            }
            #expect(Double(covered) <= 0.5 * Double(third.width * third.height) + 1)
        }
    }

    @Test("A canvas without any room still takes a box, where its words can hold")
    func noRoomAtAll() throws {
        var random = PainterFixture.random(45), rules = BoxRules()
        rules.ask(spec(2, [PlannedRelation(.below, 1, 0)]))
        let known = GridBox(x0: 0, y0: 0, x1: 63, y1: 63)
        let second = try #require(box(&rules, [known], &random))
        #expect(PlannedRelation(.below, 1, 0).holds(second, known))
    }

    // MARK: relations that are named

    private let v = PainterFixture.vocabulary

    private func open(_ grammar: PlanGrammar) -> Set<Int> {
        var grammar = grammar, mask = TokenMask(count: v.count), open = Set<Int>()
        mask.forbidAll()
        grammar.allowed(&mask)
        mask.forEachAllowed { open.insert($0) }
        return open
    }

    @Test("A class that is written before an object leaves its objects open, and nothing can be said twice")
    func namedObjects() {
        var grammar = PlanGrammar(v)
        for token in [v.object(0), v.classToken(2), v.object(1), v.classToken(3), v.object(2), v.classToken(2), v.relation(.leftOf)] { grammar.accept(token) }
        #expect(open(grammar) == [v.object(0), v.object(1), v.object(2), v.classToken(2), v.classToken(3)])
        grammar.accept(v.classToken(2))
        #expect(open(grammar) == [v.object(0), v.object(2)])
        grammar.accept(v.object(2))
        #expect(open(grammar) == [v.object(0), v.object(1), v.classToken(2), v.classToken(3)])
        grammar.accept(v.classToken(2))
        #expect(open(grammar) == [v.object(0)])
        grammar.accept(v.object(0))
        #expect(grammar.spec.relations == [PlannedRelation(.leftOf, 2, 0)])
        // The same again, and the same turned round.
        grammar.accept(v.relation(.leftOf))
        grammar.accept(v.object(2))
        #expect(open(grammar) == [v.object(1), v.classToken(3)])
        grammar.accept(v.classToken(3))
        grammar.accept(v.object(1))
        grammar.accept(v.relation(.rightOf))
        grammar.accept(v.object(0))
        #expect(open(grammar) == [v.object(1), v.classToken(3)])
        grammar.accept(v.object(1))
        #expect(grammar.spec.tokens(v).suffix(5) == [v.relation(.rightOf), v.classToken(2), v.object(0), v.classToken(3), v.object(1)])
    }

    @Test("Two things that are next to each other are so both ways")
    func nothingIsLeftToSay() {
        var grammar = PlanGrammar(v)
        for token in [v.object(0), v.classToken(2), v.object(1), v.classToken(3), v.relation(.nextTo), v.object(0), v.object(1)] { grammar.accept(token) }
        #expect(!open(grammar).contains(v.relation(.nextTo)) && open(grammar).contains(v.relation(.above)) && open(grammar).contains(v.boxes))
    }
}
