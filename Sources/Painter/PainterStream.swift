import Files
import Language
import Sketches
import Tensors

/// What a training stream mixes.
public struct PainterMix: Codable, Sendable, Equatable {
    /// Shares of documents by task; they need not sum to 1.
    public var draw = 0.6, edit = 0.25, complete = 0.15
    /// Shares of drawn scenes with 1, 2, … objects.
    public var objects: [Double] = [0.5, 0.22, 0.14, 0.09, 0.03, 0.02]
    /// A class with n drawings is chosen ∝ n^classExponent.
    public var classExponent = 0.5

    /// The defaults.
    public init() {}
    package enum CodingKeys: String, CodingKey, CaseIterable { case draw, edit, complete, objects, classExponent }
    public init(from decoder: any Swift.Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        try keys.read(.draw, into: &draw)
        try keys.read(.edit, into: &edit)
        try keys.read(.complete, into: &complete)
        try keys.read(.objects, into: &objects)
        try keys.read(.classExponent, into: &classExponent)
        try keys.check(
            .objects,
            1...6 ~= objects.count && ([draw, edit, complete, classExponent] + objects).allSatisfy { $0 >= 0 && $0.isFinite } && draw + edit + complete > 0
                && objects.reduce(0, +) > 0,
            "shares of 0 or more, 1 to 6 of them for objects")
    }
}

/// Training documents as a pure function of (seed, step, micro-batch).
package struct PainterStream: Sendable {
    package let composer: SceneComposer
    package let documents: PainterDocuments
    package let mix: PainterMix
    package let seed: UInt64
    package let length: Int

    package init(composer: SceneComposer, documents: PainterDocuments, mix: PainterMix, seed: UInt64, length: Int) {
        (self.composer, self.documents, self.mix, self.seed, self.length) = (composer, documents, mix, seed, length)
    }

    package func rows(step: Int, microBatch: Int, rows: Int, only task: PainterDocuments.Task? = nil) -> PackedRows {
        var random = RandomSource(seed: RandomSource.derive(seed, UInt64(step) + 1, UInt64(microBatch)))
        var packed = PackedRows(rows: rows, length: length, pad: documents.codec.vocabulary.pad)
        var refused = 0
        while refused < 8 {
            let document = document(task, &random)
            if !packed.add(tokens: document.tokens, weights: document.weights) { refused += 1 }
        }
        return packed
    }

    private func document(_ task: PainterDocuments.Task?, _ r: inout RandomSource) -> PainterDocument {
        while true {
            let chosen: PainterDocuments.Task = task ?? {
                let place = r.uniform() * (mix.draw + mix.edit + mix.complete)
                return place < mix.draw ? .draw : place < mix.draw + mix.edit ? .edit : .complete
            }()
            if let document = document(chosen, &r), document.tokens.count <= length, document.tokens.count > 1 { return document }
        }
    }

    private func document(_ task: PainterDocuments.Task, _ r: inout RandomSource) -> PainterDocument? {
        switch task {
        case .draw:
            let count = weighted(mix.objects, &r) + 1
            let relations = count == 1 ? 0 : r.uniform() < 0.8 ? 1 + r.int(below: count - 1) : 0
            return documents.draw(composer.compose(count: count, relationCount: relations, &r))
        case .edit:
            let count = 1 + weighted([0.22, 0.26, 0.24, 0.2, 0.05, 0.03], &r)
            let scene = composer.compose(count: count, relationCount: r.uniform() < 0.5 ? 1 : 0, &r)
            return documents.edit(scene, commands: 3, classes: composer.source.classes, length: length, &r)
        case .complete:
            let scene = composer.compose(count: 1, relationCount: 0, &r)
            guard let object = scene.objects.first, object.strokes.count > 1 else { return nil }
            // Half the strokes most often; any number sometimes.
            let given = r.uniform() < 0.5 ? object.strokes.count / 2 : 1 + r.int(below: object.strokes.count - 1)
            return documents.complete(object, given: max(given, 1), text: r.uniform() < 0.5 ? scene.prompt : "")
        }
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
        var texts = composer.source.classes.flatMap { [ClassWords.withArticle($0), "the " + $0.lowercased(), ClassWords.plural($0)] }
        for _ in 0..<count {
            let scene = composer.compose(count: 1 + random.int(below: 4), relationCount: random.int(below: 3), &random)
            texts.append(scene.prompt)
            texts.append(EraseCommand.random(ReadCanvas(scene).objects, classes: composer.source.classes, &random).text)
        }
        return texts.map(SketchVocabulary.normalized)
    }
}
