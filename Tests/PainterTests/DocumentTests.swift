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

    @Test func everyEditDocumentIsAllowed() throws {
        var random = PainterFixture.random(12)
        for round in 0..<200 {
            let scene = PainterFixture.composer.compose(count: 1 + round % 4, relationCount: 1, &random)
            let document = try #require(PainterFixture.documents.edit(scene, commands: 2, classes: PainterFixture.drawings.classes, &random))
            let tokens = document.tokens.map(Int.init)
            let from = try #require(tokens.firstIndex(of: v.detect)) + 1, to = try #require(tokens.firstIndex(of: v.erase))
            var detect = DetectGrammar(v, strokeCount: scene.objects.reduce(0) { $0 + $1.strokes.count })
            #expect(firstForbidden(tokens[from...to], &detect) == nil)
            #expect(detect.objects.map(\.classIndex).sorted() == scene.objects.map(\.classIndex).sorted())
            #expect(detect.objects.flatMap(\.strokes).sorted() == Array(0..<scene.objects.reduce(0) { $0 + $1.strokes.count }))
            let answer = try #require(tokens[to...].firstIndex(of: v.answer)) + 1
            let end = try #require(tokens[answer...].firstIndex { $0 == v.erase || $0 == v.end })
            var erase = EraseGrammar(v, objects: detect.objects)
            #expect(firstForbidden(tokens[answer...end], &erase) == nil)
            #expect(erase.isComplete)
        }
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
