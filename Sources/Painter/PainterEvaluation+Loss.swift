import Foundation
import Language
import Tensors

extension PainterEvaluation.Report {
    /// Nats a token of documents composed from held-out drawings, as the painter's own decoding computes them: what rounding weights costs.
    public struct Loss: Codable, Sendable {
        /// By task; the logarithm of the number of tokens that the right one is told from is what a model without any knowledge has. These are the
        /// largest vocabulary of its decoders, beside a language model the sketch tokens.
        public var plan = 0.0, sketch = 0.0, canvas = 0.0, name = 0.0, command = 0.0, complete = 0.0, uniform = 0.0
        /// Tokens that were scored.
        public var tokens = 0
    }
}

extension PainterEvaluation {
    func loss() throws -> Report.Loss {
        var result = Report.Loss()
        var composer = SceneComposer(StyledDrawings(doodles: heldOut, classes: painter.vocabulary.classes), exponent: 0.5)
        composer.augments = false
        func nats(_ task: PainterDocuments.Task) throws -> Double {
            let part = try painter.part(task.role), ids = part.isAdapter ? part.vocabulary.ids : 0..<part.vocabulary.count
            result.uniform = max(result.uniform, log(Double(ids.count)))
            let stream = PainterStream(
                composer: composer, documents: part.documents, mix: PainterMix(), seed: RandomSource.derive(seed, 0x1055), length: min(part.session.capacity, 1_024))
            var total = 0.0, count = 0
            for batch in 0..<max(1, size.canvases / 20) {
                let rows = stream.rows(step: 0, microBatch: batch, rows: 1, only: task)
                var start = 0
                while start < rows.used[0] {
                    let end = (start..<rows.used[0]).first { rows.starts[$0] != rows.starts[start] } ?? rows.used[0]
                    var at = start
                    part.session.truncate(to: 0)
                    try part.session.extendEach(with: rows.ids[start..<end].map(Int.init)) { logits in
                        let target = Int(rows.targets[at])
                        at += 1
                        guard target >= 0 else { return }
                        let most = logits[ids].max() ?? 0, sum = logits[ids].reduce(0.0) { $0 + Double(exp($1 - most)) }
                        total += log(sum) + Double(most - logits[target])
                        count += 1
                    }
                    start = end
                }
            }
            result.tokens += count
            return count > 0 ? total / Double(count) : 0
        }
        (result.plan, result.sketch, result.canvas) = (try nats(.plan), try nats(.sketch), try nats(.canvas))
        (result.name, result.command, result.complete) = (try nats(.name), try nats(.command), try nats(.complete))
        return result
    }
}
