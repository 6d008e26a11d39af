import Files
import Language
import Sketches
import Tensors

/// What a training stream mixes.
public struct PainterMix: Codable, Sendable, Equatable {
    /// Shares of rows by task; they need not sum to 1.
    public var word = 0.05, plan = 0.35, sketch = 0.38, canvas = 0.06, name = 0.08, group = 0.02, command = 0.04, complete = 0.02
    /// Share of plans without boxes.
    public var cut = 0.7
    /// Share of rows of texts that the base of an adapter wrote itself, so that it goes on writing so.
    public var text = 0.0
    /// Shares of scenes with 1, 2, … objects.
    public var objects: [Double] = [0.28, 0.24, 0.18, 0.13, 0.07, 0.05, 0.03, 0.02]
    /// A class with n drawings is chosen ∝ n^classExponent; the most asked words twice as often.
    public var classExponent = 0.5
    /// How often an icon is sketched, where a class has both styles: few doodles, many.
    public var icons: [Double] = [0.35, 0.1]
    /// How often the class of a sketch is not told.
    public var untold = 0.05

    /// The defaults.
    public init() {}
    package enum CodingKeys: String, CodingKey, CaseIterable { case word, plan, sketch, canvas, name, group, command, complete, text, cut, objects, classExponent, icons, untold }
    public init(from decoder: any Swift.Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        try keys.read(.word, into: &word)
        try keys.read(.plan, into: &plan)
        try keys.read(.sketch, into: &sketch)
        try keys.read(.canvas, into: &canvas)
        try keys.read(.name, into: &name)
        try keys.read(.group, into: &group)
        try keys.read(.command, into: &command)
        try keys.read(.complete, into: &complete)
        try keys.read(.text, into: &text)
        try keys.read(.cut, into: &cut)
        try keys.read(.objects, into: &objects)
        try keys.read(.classExponent, into: &classExponent)
        try keys.read(.icons, into: &icons)
        try keys.read(.untold, into: &untold)
        let shares = tasks.map(\.1)
        try keys.check(
            .objects,
            1...SketchVocabulary.objectCount ~= objects.count && (shares + objects + [classExponent]).allSatisfy { $0 >= 0 && $0.isFinite } && shares.reduce(0, +) > 0
                && objects.reduce(0, +) > 0,
            "shares of 0 or more, 1 to \(SketchVocabulary.objectCount) of them for objects")
        try keys.check(.icons, icons.count == 2 && (icons + [untold, cut]).allSatisfy { 0...1 ~= $0 }, "two shares from 0 to 1, and untold and cut such ones")
    }

    /// The shares of some tasks; others have none.
    package func keeping(_ isKept: (PainterDocuments.Task) -> Bool) -> PainterMix {
        var mix = self
        let places: [(PainterDocuments.Task, WritableKeyPath<PainterMix, Double>)] = [
            (.word, \.word), (.plan, \.plan), (.sketch, \.sketch), (.canvas, \.canvas), (.name, \.name), (.group, \.group), (.command, \.command), (.complete, \.complete),
            (.text, \.text),
        ]
        for (task, place) in places where !isKept(task) { mix[keyPath: place] = 0 }
        return mix
    }

    package var tasks: [(PainterDocuments.Task, Double)] {
        [(.word, word), (.plan, plan), (.sketch, sketch), (.canvas, canvas), (.name, name), (.group, group), (.command, command), (.complete, complete), (.text, text)]
    }
}

/// Training documents as a pure function of (seed, step, micro-batch). Each row holds documents of one task.
package struct PainterStream: Sendable {
    package let composer: SceneComposer
    package let documents: PainterDocuments
    package let mix: PainterMix
    package let seed: UInt64
    package let length: Int
    /// What rows of texts are made of.
    package let texts: [TokenDocument]

    package init(composer: SceneComposer, documents: PainterDocuments, mix: PainterMix, seed: UInt64, length: Int, texts: [TokenDocument] = []) {
        (self.composer, self.documents, self.mix, self.seed, self.length, self.texts) = (composer, documents, mix, seed, length, texts)
    }

    /// - Precondition: rows of texts need texts, none longer than a row.
    package func rows(step: Int, microBatch: Int, rows: Int, only task: PainterDocuments.Task? = nil) -> PackedRows {
        let contents = parallelMap(rows) { row -> [TokenDocument] in
            var random = RandomSource(seed: RandomSource.derive(RandomSource.derive(seed, UInt64(row) + 1), UInt64(step) + 1, UInt64(microBatch)))
            return self.row(task, &random)
        }
        var packed = PackedRows(rows: rows, length: length, pad: documents.codec.vocabulary.pad)
        for (row, own) in contents.enumerated() {
            for document in own { _ = packed.add(tokens: document.tokens, weights: document.weights, row: row) }
        }
        return packed
    }

    /// Documents of one task that fit a row, until three did not.
    private func row(_ task: PainterDocuments.Task?, _ r: inout RandomSource) -> [TokenDocument] {
        let chosen = task ?? mix.tasks[weighted(mix.tasks.map(\.1), &r)].0
        precondition(chosen != .text || texts.contains { 2...length + 1 ~= $0.tokens.count }, "a row of texts without a text")
        var row: [TokenDocument] = [], left = length, refused = 0
        while refused < 3 {
            guard let document = document(chosen, &r), 2...length + 1 ~= document.tokens.count else { continue }
            if document.tokens.count - 1 <= left {
                left -= document.tokens.count - 1
                row.append(document)
            } else { refused += 1 }
        }
        return row
    }

    /// One document of a task, or nil where the scene that came up is none for it.
    package func document(_ task: PainterDocuments.Task, _ r: inout RandomSource) -> TokenDocument? {
        switch task {
        case .word: return documents.word(composer.composePattern(count: 1, &r))
        case .plan: return documents.plan(scene(&r), isCut: r.uniform() < mix.cut)
        case .sketch, .name:
            let classIndex = composer.randomClass(&r), isThin = composer.drawings.count(of: classIndex, .doodle) < 200
            let drawing = composer.randomDrawing(classIndex, iconShare: mix.icons[isThin ? 0 : 1], &r)
            let detail: SketchDetail = r.uniform() < 0.6 ? .usual : SketchDetail.allCases[r.int(below: SketchDetail.allCases.count)]
            if task == .name { return documents.name(classIndex, drawing.strokes, detail: detail) }
            return documents.sketch(r.uniform() < mix.untold ? nil : classIndex, drawing, detail: detail)
        case .canvas:
            return documents.canvas(canvasScene(&r), length: length)
        case .group:
            let canvas = ReadCanvas(canvasScene(&r)), group = StrokeGroup.random(on: canvas, &r)
            return documents.name(group.classIndex, group.strokes.map { canvas.strokes[$0] }, detail: .usual)
        case .command:
            // Which of like things is meant takes the most examples.
            let scene = r.uniform() < 0.5 ? composer.composeAlike(&r) : scene(&r), canvas = ShuffledCanvas(scene, &r)
            let objects = canvas.objects.fromLeftToRight()
            let command = EditCommand.random(objects, classes: composer.classes, &r)
            let shapes = command.operations.compactMap { operation -> Double? in
                guard case .add(let classIndex, _, _) = operation else { return nil }
                let ink = Box.of(composer.randomDrawing(classIndex, &r).strokes)
                return ink.map { max($0.width, 1) / max($0.height, 1) } ?? 1
            }
            guard objects.count + shapes.count <= SketchVocabulary.objectCount, let boxes = EditLayout.boxes(for: command, objects, shapes: shapes, &r) else { return nil }
            return documents.command(objects, command, boxes: boxes)
        case .complete:
            let scene = composer.compose(count: 1, relationCount: 0, &r)
            guard let object = scene.objects.first, object.strokes.count > 1 else { return nil }
            // Half the strokes most often; any number sometimes.
            let given = r.uniform() < 0.5 ? object.strokes.count / 2 : 1 + r.int(below: object.strokes.count - 1)
            return documents.complete(object, given: max(given, 1))
        case .text: return texts.isEmpty ? nil : texts[r.int(below: texts.count)]
        }
    }

    /// A scene to be read from its strokes.
    private func canvasScene(_ r: inout RandomSource) -> ComposedScene {
        let count = 1 + weighted([0.2, 0.26, 0.24, 0.2, 0.06, 0.04], &r), isApart = r.uniform() < 0.7
        return composer.compose(count: count, relationCount: r.uniform() < 0.5 ? 1 : 0, overlap: isApart ? (0, 0.1) : (0.35, 0.6), &r)
    }

    private func scene(_ r: inout RandomSource) -> ComposedScene {
        let count = weighted(mix.objects, &r) + 1
        if r.uniform() < 0.6 { return composer.composePattern(count: count, &r) }
        return composer.compose(count: count, relationCount: count == 1 ? 0 : r.uniform() < 0.7 ? 1 + r.int(below: count - 1) : 0, &r)
    }

    private func weighted(_ shares: [Double], _ r: inout RandomSource) -> Int {
        var place = r.uniform() * shares.reduce(0, +)
        for (index, share) in shares.enumerated() {
            place -= share
            if place < 0 { return index }
        }
        return 0
    }

    /// Sentences of the kinds that training will show, for the tokenizer.
    package static func sentences(_ composer: SceneComposer, count: Int, seed: UInt64) -> [String] {
        var random = RandomSource(seed: RandomSource.derive(seed, 0x7E57, 1))
        var texts = composer.classes.flatMap { [ClassWords.withArticle($0), "the " + $0.lowercased(), ClassWords.plural($0)] }
        for _ in 0..<count {
            let scene = composer.composePattern(count: 1 + random.int(below: 5), &random)
            texts.append(scene.prompt)
            texts.append(EditCommand.random(ReadCanvas(scene).objects, classes: composer.classes, &random).text)
        }
        return texts.map(SketchVocabulary.normalized)
    }
}
