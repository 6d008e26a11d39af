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

    @Test func everyDrawnDocumentIsAllowedAndReadBack() throws {
        var random = PainterFixture.random(11)
        for round in 0..<300 {
            let count = 1 + round % 6
            let scene = PainterFixture.composer.compose(count: count, relationCount: round % 4, &random)
            let document = PainterFixture.documents.draw(scene)
            let start = PainterFixture.documents.drawPrompt(scene.prompt)
            #expect(document.tokens.prefix(start.count).map(Int.init) == start)
            var grammar = PlanGrammar(v)
            let answer = document.tokens.dropFirst(start.count).dropLast().map(Int.init)
            let forbidden = firstForbidden(answer, &grammar)
            #expect(forbidden == nil, "\(scene.prompt): \(answer.prefix((forbidden?.place ?? 0) + 1).map { v.tokenizer.addedToken($0) ?? "?" }.joined())")
            guard forbidden == nil else { return }
            grammar.resume()
            #expect(grammar.isComplete && !grammar.isBroken)
            #expect(grammar.classIndices == scene.objects.map(\.classIndex))
            #expect(grammar.boxes == scene.objects.map(\.box))
            #expect(grammar.relations == scene.relations)
            for (index, object) in scene.objects.enumerated() {
                #expect(PainterFixture.documents.codec.strokes(grammar.sketches[index]).count == object.strokes.count)
            }
        }
    }

    @Test func everyEditDocumentIsWhatAReaderWouldWrite() throws {
        var random = PainterFixture.random(12)
        for round in 0..<200 {
            let scene = PainterFixture.composer.compose(count: 1 + round % 4, relationCount: 1, &random)
            let document = try #require(PainterFixture.documents.edit(scene, commands: 2, classes: PainterFixture.drawings.classes, length: 4_000, &random))
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
                #expect(0...(labels.dropLast().max() ?? -1) + 1 ~= labels[index] && document.weights[at] == (index == 0 ? 0 : PainterDocument.labelWeight))
                at += 1
            }
            // A close-up and a class for each object; the strokes are those that were drawn together.
            var objects: [CanvasObject] = []
            for index in 0...(labels.max() ?? 0) {
                let own = labels.indices.filter { labels[$0] == index }
                let closeUp = PainterFixture.documents.closeUp(index, own.map { window.strokes[$0] })
                #expect(Array(tokens[at..<at + closeUp.count]) == closeUp)
                at += closeUp.count
                let classIndex = tokens[at] - v.firstClass
                let truth = try #require(shuffled.objects.first { Set($0.strokes) == Set(own.map { window.indices[$0] }) })
                #expect(truth.classIndex == classIndex && document.weights[at] == PainterDocument.classWeight)
                objects.append(CanvasObject(classIndex: classIndex, box: truth.box, strokes: own))
                at += 1
            }
            #expect(objects.count == scene.objects.count)
            for _ in 0..<2 {
                let answer = try #require(tokens[at...].firstIndex(of: v.answer)) + 1
                let end = try #require(tokens[answer...].firstIndex(of: v.end))
                #expect(tokens[at] == v.erase && document.weights[at..<answer].allSatisfy { $0 == 0 })
                let named = tokens[answer..<end].compactMap { v.objectIDs.contains($0) ? $0 - v.firstObject : nil }
                var erase = EraseGrammar(v, objects: objects, groups: named.map { [$0] })
                #expect(firstForbidden(tokens[answer...end], &erase) == nil)
                #expect(erase.isComplete && erase.erased == named)
                at = end + 1
            }
            #expect(at == tokens.count)
        }
    }

    @Test func aFullCanvasIsCopiedMoreCoarselyOrLeftOut() throws {
        var random = PainterFixture.random(15)
        var scene = PainterFixture.composer.compose(count: 4, relationCount: 0, &random)
        let jagged = Stroke((0..<60).map { Point(x: 20 + 3 * Double($0), y: 200 + ($0.isMultiple(of: 2) ? 2.2 : 0)) })     // flat at twice the tolerance
        scene.objects[0].strokes = [jagged]
        func length(_ limit: Int) -> Int? {
            var same = PainterFixture.random(16)
            return PainterFixture.documents.edit(scene, commands: 1, classes: PainterFixture.drawings.classes, length: limit, &same)?.tokens.count
        }
        let whole = try #require(length(10_000)), coarser = try #require(length(whole - 1))
        #expect(coarser < whole && length(20) == nil)
    }

    @Test func everyCompletionIsAllowed() throws {
        var random = PainterFixture.random(13)
        for _ in 0..<100 {
            let scene = PainterFixture.composer.compose(count: 1, relationCount: 0, &random)
            let object = scene.objects[0]
            guard object.strokes.count > 1 else { continue }
            let given = object.strokes.count / 2
            let document = PainterFixture.documents.complete(object, given: given, text: "")
            let tokens = document.tokens.map(Int.init)
            let from = try #require(tokens.firstIndex(of: v.plan)) + 1
            var grammar = PlanGrammar(v, given: Array(object.strokes.prefix(given)))
            let forbidden = firstForbidden(tokens[from..<tokens.count - 1], &grammar)
            #expect(forbidden == nil)
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
            #expect(rows.used[row] > 900)
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
