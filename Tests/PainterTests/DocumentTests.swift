import Foundation
import Language
import Painter
import Sketches
import Tensors
import Testing

@Suite("Documents agree with the grammars that will write them")
struct DocumentTests {
    private let v = PainterFixture.vocabulary

    /// Feeds tokens to a grammar; the first that it forbids, if any.
    private func firstForbidden(_ tokens: some Sequence<Int>, _ grammar: inout some TokenConstraint) -> (place: Int, token: Int)? {
        var mask = TokenMask(count: v.count)
        for (place, token) in tokens.enumerated() {
            mask.forbidAll()
            grammar.allowed(&mask)
            if !mask.isAllowed(token) { return (place, token) }
            grammar.accept(token)
        }
        return nil
    }

    @Test func everyPlanIsAllowedAndReadBack() throws {
        var random = PainterFixture.random(11)
        var composer = PainterFixture.composer, placed = 0, rows = 0, cramped = 0
        (composer.placed, composer.inRow) = (0.3, 0.2)
        for round in 0..<400 {
            let scene = composer.compose(count: 1 + round % 8, relationCount: round % 4, &random)
            let document = PainterFixture.documents.plan(scene)
            let start = PainterFixture.documents.planPrompt(scene.prompt)
            #expect(document.tokens.prefix(start.count).map(Int.init) == start)
            #expect(document.weights.prefix(start.count).allSatisfy { $0 == 0 } && document.weights.dropFirst(start.count).allSatisfy { $0 > 0 })
            var grammar = PlanGrammar(v)
            let answer = document.tokens.dropFirst(start.count).map(Int.init)
            let forbidden = firstForbidden(answer, &grammar)
            // Where no layout had all objects apart, a plan that keeps its own word would have been another.
            let isApart = scene.objects.indices.allSatisfy { a in
                scene.objects.indices.allSatisfy { b in
                    a == b || BoxRules.areApart(scene.objects[a].box, scene.objects[b].box)
                        || scene.relations.contains { $0.kind == .inside && Set([$0.subject, $0.object]) == [a, b] }
                }
            }
            guard isApart else { continue }
            if let forbidden {
                // Boxes may be flatter, or things nearer to a diagonal, than the grammar leaves them where there is room.
                let boxes = try #require(answer.firstIndex(of: v.boxes))
                #expect(forbidden.place > boxes, "\(scene.prompt): \(answer.prefix(forbidden.place + 1).map { v.tokenizer.addedToken($0) ?? "?" }.joined())")
                cramped += 1
                continue
            }
            #expect(grammar.isComplete && !grammar.isBroken)
            #expect(grammar.spec.items.map(\.classIndex) == scene.objects.map(\.classIndex))
            #expect(grammar.spec.items.map(\.size) == scene.objects.map(\.size) && grammar.spec.items.map(\.place) == scene.objects.map(\.place))
            #expect(grammar.boxes == scene.objects.map(\.box))
            #expect(grammar.spec.relations == scene.relations && grammar.spec.isRow == scene.isRow)
            #expect(start + grammar.spec.tokens(v) + [v.boxes] == document.tokens.prefix(start.count + grammar.spec.tokens(v).count + 1).map(Int.init))
            placed += scene.objects.count { $0.place != nil }
            rows += scene.isRow ? 1 : 0
        }
        #expect(placed > 100 && rows > 20)
        #expect(cramped < 80, "\(cramped) of 400")
    }

    @Test func whatAPlanStatesHoldsForItsBoxes() {
        var random = PainterFixture.random(21), composer = PainterFixture.composer
        (composer.placed, composer.inRow) = (0.3, 0.2)
        for round in 0..<300 {
            let scene = composer.compose(count: 1 + round % 8, relationCount: round % 3, &random), boxes = scene.objects.map(\.box)
            for object in scene.objects { #expect(object.place?.holds(object.box) ?? true, "\(scene.prompt)") }
            for relation in scene.relations { #expect(relation.holds(boxes[relation.subject], boxes[relation.object]), "\(scene.prompt)") }
            if scene.isRow { for (next, last) in zip(boxes.dropFirst(), boxes) { #expect(RowRule.follows(next, after: last)) } }
        }
    }

    /// An untrained writer of random allowed tokens: whatever it writes, its boxes are as it said.
    @Test func boxesKeepTheWordOfAnyPlan() {
        var random = PainterFixture.random(22), broken = 0
        for _ in 0..<60 {
            var grammar = PlanGrammar(v), mask = TokenMask(count: v.count)
            while !grammar.isComplete {
                mask.forbidAll()
                grammar.allowed(&mask)
                var open: [Int] = []
                mask.forEachAllowed { open.append($0) }
                // Few objects and relations, or no layout would hold all of them.
                let ends = open.contains(v.boxes) && (grammar.spec.relations.count > 1 || random.uniform() < 0.3)
                grammar.accept(ends ? v.boxes : open[random.int(below: open.count)])
            }
            broken += grammar.isBroken ? 1 : 0
            guard !grammar.isBroken else { continue }
            for relation in grammar.spec.relations { #expect(relation.holds(grammar.boxes[relation.subject], grammar.boxes[relation.object])) }
            for (item, box) in zip(grammar.spec.items, grammar.boxes) { #expect(item.place?.holds(box) ?? true) }
        }
        #expect(broken < 45)
    }

    @Test func everySketchIsAllowedAndReadBack() throws {
        var random = PainterFixture.random(23)
        for round in 0..<200 {
            let classIndex = round % PainterFixture.drawings.classes.count, drawing = PainterFixture.composer.randomDrawing(classIndex, &random)
            var lengths: [Int] = []
            for detail in SketchDetail.allCases {
                let document = PainterFixture.documents.sketch(classIndex, drawing, detail: detail)
                let from = try #require(document.tokens.firstIndex(of: Int32(v.strokes))) + 1
                var grammar = SketchGrammar(v)
                #expect(firstForbidden(document.tokens[from...].map(Int.init), &grammar) == nil && grammar.isComplete)
                let strokes = PainterFixture.documents.codec.strokes(grammar.tokens)
                #expect(strokes.count == min(drawing.strokes.count, detail.strokeLimit))
                #expect(document.weights[..<from].allSatisfy { $0 == 0 } && document.weights.last == PainterDocuments.endWeight)
                lengths.append(document.tokens.count)
                // Fitted back to its own frame, every point is within half a step of the grid and the tolerance.
                guard detail != .least, let ink = Box.of(drawing.strokes) else { continue }
                for (own, back) in zip(drawing.strokes, fitted(strokes, to: ink)) {
                    let first = try #require(own.points.first), drawn = try #require(back.points.first)
                    #expect(first.distance(to: drawn) <= (0.75 / 63 + 2 * detail.tolerance) * ink.longestSide)
                }
            }
            #expect(lengths == lengths.sorted())
        }
    }

    @Test func everyCommandIsAllowedAndReadBack() throws {
        var random = PainterFixture.random(24), kinds: [String: Int] = [:], left = 0
        for round in 0..<400 {
            let scene = PainterFixture.composer.compose(count: 1 + round % 6, relationCount: 0, &random), objects = ShuffledCanvas(scene, &random).objects
            let command = EditCommand.random(objects, classes: PainterFixture.drawings.classes, &random)
            guard let boxes = EditLayout.boxes(for: command, objects, shapes: command.operations.map { _ in 1 }, &random) else { left += 1; continue }
            let document = PainterFixture.documents.command(objects, command, boxes: boxes)
            let start = PainterFixture.documents.commandPrompt(objects, command.text)
            var grammar = CommandGrammar(v, objects: objects)
            let forbidden = firstForbidden(document.tokens.dropFirst(start.count).map(Int.init), &grammar)
            // An addition may have to cover something; the grammar would have found a place apart.
            guard forbidden == nil || boxes.contains(where: { $0.object >= objects.count }) == false else { continue }
            #expect(forbidden == nil, "\(command.text): \(command.operations)")
            guard forbidden == nil else { return }
            #expect(grammar.isComplete && !grammar.isBroken && grammar.operations == command.operations, "\(command.text)")
            #expect(grammar.newBoxes.map(\.box) == boxes.map(\.box) && grammar.newBoxes.map(\.object) == boxes.map(\.object))
            for operation in command.operations { kinds[String("\(operation)".prefix { $0 != "(" }), default: 0] += 1 }
        }
        #expect(left < 80 && Set(kinds.keys) == ["erase", "add", "move", "resize", "replace", "redraw"] && kinds.values.allSatisfy { $0 >= 10 }, "\(kinds), \(left)")
    }

    @Test func aCommandIsToldWhatTellsLikeThingsApart() {
        let large = CanvasObject(classIndex: 0, box: GridBox(x0: 2, y0: 22, x1: 24, y1: 44), strokes: [0])
        let small = CanvasObject(classIndex: 0, box: GridBox(x0: 46, y0: 24, x1: 54, y1: 32), strokes: [1])
        let other = CanvasObject(classIndex: 1, box: GridBox(x0: 26, y0: 50, x1: 40, y1: 62), strokes: [2])
        func told(_ objects: [CanvasObject]) -> [[Int]] {
            let tokens = PainterFixture.documents.commandPrompt(objects, "erase it").dropFirst(2).prefix(while: v.ids.contains)
            return tokens.split { v.objectIDs.contains($0) }.map { Array($0.dropFirst().dropLast(4)) }
        }
        #expect(told([large, small, other]) == [
            [v.size(.big), v.relation(.leftOf), v.relation(.below), v.place(.left)], [v.size(.small), v.relation(.rightOf), v.relation(.above), v.place(.right)], [],
        ])
        #expect(told([large, other]) == [[], []])
        // As large as the other, as high, and none at a place of its own: left and right alone tell them apart.
        let twin = CanvasObject(classIndex: 0, box: GridBox(x0: 27, y0: 22, x1: 49, y1: 44), strokes: [1])
        #expect(told([large, twin])[0].contains(v.relation(.leftOf)) && !told([large, twin]).joined().contains { v.sizeIDs.contains($0) || [v.relation(.above), v.relation(.below)].contains($0) })
    }

    @Test func aSignLeavesThoseThatHaveItOpen() {
        let boxes = [GridBox(x0: 2, y0: 22, x1: 24, y1: 44), GridBox(x0: 46, y0: 24, x1: 54, y1: 32), GridBox(x0: 26, y0: 50, x1: 40, y1: 62)]
        let objects = zip([0, 0, 1], boxes).map { CanvasObject(classIndex: $0, box: $1, strokes: []) }
        func open(after tokens: [Int]) -> Set<Int> {
            var grammar = CommandGrammar(v, objects: objects), mask = TokenMask(count: v.count)
            for token in tokens { grammar.accept(token) }
            grammar.allowed(&mask)
            return Set((0..<v.count).filter(mask.isAllowed))
        }
        let all = Set((0..<3).map { v.object($0) } + [0, 1].map { v.classToken($0) })
        let signs: Set = [v.size(.big), v.size(.small), v.relation(.leftOf), v.relation(.rightOf), v.relation(.above), v.relation(.below), v.place(.left), v.place(.right)]
        #expect(open(after: [v.erase]) == all.union(signs))
        #expect(open(after: [v.erase, v.size(.small)]) == [v.object(1)] && open(after: [v.erase, v.relation(.leftOf)]) == [v.object(0)])
        // What has been told that way is done with, also where something goes; the moved thing itself needs no sign.
        #expect(open(after: [v.erase, v.size(.small), v.object(1), v.erase])
            == [v.object(0), v.object(2), v.size(.big), v.relation(.leftOf), v.relation(.below), v.place(.left), v.classToken(0), v.classToken(1)])
        #expect(open(after: [v.erase, v.classToken(1)]) == [v.object(2)] && open(after: [v.erase, v.classToken(0), v.size(.big)]) == [v.object(0)])
        #expect(open(after: [v.erase, v.classToken(0)]) == signs.union([v.object(0), v.object(1)]))
        #expect(open(after: [v.move, v.object(2), v.relation(.leftOf)]) == all.union(signs))
        #expect(open(after: [v.move, v.object(2), v.relation(.leftOf), v.size(.big)]) == [v.object(0)])
        var grammar = CommandGrammar(v, objects: objects)
        for token in [v.erase, v.size(.small), v.object(1), v.end] { grammar.accept(token) }
        #expect(grammar.operations == [.erase(1)] && grammar.ranges == [0..<4] && grammar.isComplete)
    }

    @Test func aCommandSaysHowItTellsThings() throws {
        var random = PainterFixture.random(41), said = 0
        let small: Set<Substring> = ["smaller", "smallest"], big: Set<Substring> = ["bigger", "biggest", "larger", "largest"]
        for _ in 0..<1_500 {
            let objects = ShuffledCanvas(PainterFixture.composer.composeAlike(&random), &random).objects.fromLeftToRight()
            let command = EditCommand.erasing(objects, classes: PainterFixture.drawings.classes, &random)
            #expect(command.names.count == command.operations.count)
            let words = Set(command.text.split(separator: " "))
            for (operation, names) in zip(command.operations, command.names) {
                guard case .erase(let object) = operation, command.operations.count == 1, !words.isDisjoint(with: small.union(big)) else { continue }
                said += 1
                #expect(names[object]?.sign == .size(words.isDisjoint(with: small) ? .big : .small), "\(command.text)")
            }
        }
        #expect(said >= 10, "\(said)")
    }

    @Test func whatSaidAnOperationEndsWhereBoxesBegin() {
        let objects = [CanvasObject(classIndex: 0, box: GridBox(x0: 30, y0: 30, x1: 40, y1: 40), strokes: [0])]
        var grammar = CommandGrammar(v, objects: objects)
        for token in [v.move, v.object(0), v.firstRelation, v.object(0), v.boxes, v.object(0)] { grammar.accept(token) }
        while !grammar.isComplete {
            var mask = TokenMask(count: v.count)
            grammar.allowed(&mask)
            guard let token = (0..<v.count).first(where: mask.isAllowed) else { break }
            grammar.accept(token)
        }
        #expect(grammar.isComplete && grammar.newBoxes.count == 1 && grammar.ranges == [0..<5])
    }

    @Test func whereThereIsNoRoomAThingStays() {
        // It fills the canvas: it can neither grow nor go to the left.
        let full = GridBox(x0: 0, y0: 0, x1: SketchVocabulary.gridSteps - 1, y1: SketchVocabulary.gridSteps - 1)
        for operation in [[v.resize, v.object(0), v.firstSize + (SizeWord.allCases.firstIndex(of: .big) ?? 0)], [v.move, v.object(0), v.firstRelation, v.object(0)]] {
            var grammar = CommandGrammar(v, objects: [CanvasObject(classIndex: 0, box: full, strokes: [0])])
            for token in operation + [v.boxes, v.object(0), v.x(full.x0), v.y(full.y0), v.x(full.x1), v.y(full.y1), v.end] {
                var mask = TokenMask(count: v.count)
                grammar.allowed(&mask)
                #expect(mask.isAllowed(token))
                grammar.accept(token)
            }
            #expect(grammar.isBroken && grammar.isComplete && grammar.newBoxes.map(\.box) == [full])
        }
    }

    @Test func everyCanvasIsWhatAReaderWouldWrite() throws {
        var random = PainterFixture.random(12), rounded = 0
        for round in 0..<200 {
            let scene = PainterFixture.composer.compose(count: 1 + round % 4, relationCount: 1, &random)
            let document = try #require(PainterFixture.documents.canvas(scene, length: 4_000))
            let tokens = document.tokens.map(Int.init)
            // The reader of a file with the same strokes in another order is given the same beginning.
            let shuffled = ShuffledCanvas(scene, &random)
            let windows = CanvasWindow.all(of: Scene(width: 256, height: 256, strokes: shuffled.strokes), strokes: shuffled.strokes.indices, documents: PainterFixture.documents, capacity: 4_096)
            let window = try #require(windows.first)
            #expect(windows.count == 1 && Array(tokens.prefix(window.prompt.count)) == window.prompt)
            // A label for each stroke: an object begun before or the next new one.
            let proximity = StrokeProximity(window.strokes)
            var at = window.prompt.count, labels: [Int] = []
            for (index, stroke) in window.strokes.enumerated() {
                let query = PainterFixture.documents.strokeQuery(index, stroke, near: proximity.nearest(to: index, owners: labels))
                #expect(Array(tokens[at..<at + query.count]) == query)
                at += query.count
                labels.append(tokens[at] - v.firstObject)
                #expect(0...(labels.dropLast().max() ?? -1) + 1 ~= labels[index] && document.weights[at] == (index == 0 ? 0 : PainterDocuments.labelWeight))
                at += 1
            }
            // The strokes of an object are those that were drawn together, in whatever order the file has them.
            #expect(Set(labels).count == scene.objects.count)
            for index in Set(labels) {
                let own = labels.indices.filter { labels[$0] == index }
                let truth = try #require(shuffled.objects.first { Set($0.strokes) == Set(own.map { window.indices[$0] }) })
                let name = PainterFixture.documents.name(truth.classIndex, truth.strokes.map { shuffled.strokes[$0] }, detail: .usual)
                // The strokes come to the same place by two ways: a coordinate halfway between two steps may be rounded either way.
                let written = name.tokens.dropLast().map(Int.init), prompt = PainterFixture.documents.namePrompt(own.map { window.strokes[$0] })
                #expect(written.count == prompt.count && zip(written, prompt).allSatisfy { abs($0 - $1) <= 1 })
                if written != prompt { rounded += 1 }
                #expect(name.tokens.last.map(Int.init) == v.classToken(truth.classIndex) && name.weights.last == PainterDocuments.classWeight)
                #expect(name.weights.dropLast().allSatisfy { $0 == 0 })
            }
            #expect(at == tokens.count)
        }
        #expect(rounded <= 2)
    }

    @Test func aFullCanvasIsCopiedMoreCoarselyOrLeftOut() throws {
        var random = PainterFixture.random(15)
        var scene = PainterFixture.composer.compose(count: 4, relationCount: 0, &random)
        let jagged = Stroke((0..<60).map { Point(x: 20 + 3 * Double($0), y: 200 + ($0.isMultiple(of: 2) ? 2.2 : 0)) })     // flat at twice the tolerance
        scene.objects[0].strokes = [jagged]
        func length(_ limit: Int) -> Int? {
            PainterFixture.documents.canvas(scene, length: limit)?.tokens.count
        }
        let whole = try #require(length(10_000)), coarser = try #require(length(whole - 1))
        #expect(coarser < whole && length(20) == nil)
    }

    @Test func aDrawingOfTooMuchIsNamedByACoarserCopy() {
        let spiral = Stroke((0..<800).map { step -> Point in
            let radius = Double(step) / 8, angle = Double(step) / 20
            return Point(x: 128 + radius * cos(angle), y: 128 + radius * sin(angle))
        })
        let whole = PainterFixture.documents.namePrompt([spiral]).count
        for limit in [whole - 1, 60, 12] {
            let tokens = PainterFixture.documents.namePrompt([spiral], limit: limit)
            #expect(tokens.count <= limit && tokens.first == v.begin && tokens.last == v.answer)
        }
    }

    @Test func everyCompletionIsAllowed() throws {
        var random = PainterFixture.random(13)
        for _ in 0..<100 {
            let scene = PainterFixture.composer.compose(count: 1, relationCount: 0, &random)
            let object = scene.objects[0]
            guard object.strokes.count > 1 else { continue }
            let given = object.strokes.count / 2
            let document = PainterFixture.documents.complete(object, given: given)
            let tokens = document.tokens.map(Int.init)
            let from = try #require(tokens.firstIndex(of: v.plan)) + 1
            let ink = try #require(Box.of(Array(object.strokes.prefix(given))))
            for told in [nil, object.classIndex] {
                var plan = PlanGrammar(v, given: GridBox(ink), classIndex: told)
                #expect(firstForbidden(tokens[from...], &plan) == nil && plan.isComplete && plan.boxes == [object.box])
            }
            var other = PlanGrammar(v, given: GridBox(ink), classIndex: (object.classIndex + 1) % v.classes.count)
            #expect(firstForbidden(tokens[from...], &other)?.token == v.classToken(object.classIndex))
            // What was begun goes on as a sketch: the same tokens as in a sketch of the whole, but for how coarse they are.
            var sketch = SketchGrammar(v)
            #expect(firstForbidden(PainterFixture.documents.codec.sketch(Array(object.strokes.prefix(given)), in: object.box.box), &sketch) == nil)
        }
    }

    @Test func statedRelationsHoldOnTheInk() {
        var random = PainterFixture.random(14)
        var stated = 0
        for round in 0..<300 {
            let composed = PainterFixture.composer.compose(count: 2 + round % 3, relationCount: 2, &random)
            var scene = Scene(width: 256, height: 256)
            for object in composed.objects {
                let first = scene.strokes.count
                scene.strokes += object.strokes
                scene.objects.append(SceneObject(className: "", box: object.box.box, strokes: Array(first..<scene.strokes.count)))
            }
            for relation in composed.relations {
                stated += 1
                #expect(scene.holds(relation.kind, subject: relation.subject, object: relation.object), "\(composed.prompt)")
            }
        }
        #expect(stated > 300)
    }

    @Test func packingKeepsDocumentsApart() throws {
        let stream = PainterStream(composer: PainterFixture.composer, documents: PainterFixture.documents, mix: PainterMix(), seed: 5, length: 1_024)
        let rows = stream.rows(step: 3, microBatch: 0, rows: 2), again = stream.rows(step: 3, microBatch: 0, rows: 2)
        #expect(rows.ids == again.ids)
        #expect(rows.targets == again.targets)
        #expect(rows.starts == again.starts)
        #expect(rows.ids != stream.rows(step: 4, microBatch: 0, rows: 2).ids)
        for row in 0..<2 {
            #expect(rows.used[row] > 700)
            for at in 0..<rows.used[row] {
                let index = row * 1_024 + at, start = Int(rows.starts[index])
                #expect(rows.ids[row * 1_024 + start] == Int32(v.begin))
                #expect(start == at || rows.ids[index] != Int32(v.begin))
                if rows.targets[index] >= 0, at + 1 < rows.used[row], rows.starts[index + 1] == rows.starts[index] {
                    #expect(rows.targets[index] == rows.ids[index + 1])
                }
            }
        }
    }
}
