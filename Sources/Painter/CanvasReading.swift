import Foundation
import Language
import Sketches

/// An object that the model found on a canvas, or that a file told of.
struct ReadObject {
    /// Index into the vocabulary's classes; nil for a file's own word that is none of them.
    var classIndex: Int?
    var className: String
    /// Indices into the scene's strokes.
    var strokes: [Int]
    /// The class's probability times the mean of its strokes'; 1 for what a file told.
    var confidence = 1.0
    /// The probability of every class; empty for what a file told.
    var shares: [Double] = []
}

extension Painter {
    /// Reads the objects of a window: first each stroke is given to an object, the likeliest choice each time, then each object is seen closely and named.
    func readObjects(_ window: CanvasWindow) throws -> [ReadObject] {
        var owned: [[Int]] = [], certainty: [[Double]] = []                   // by object: strokes of the window
        try label(window) { index in
            let open = min(owned.count + 1, SketchVocabulary.objectCount)     // one begun before, or the next new one
            let shares = try probabilities(vocabulary.firstObject..<vocabulary.firstObject + open)
            let owner = shares.indices.max { shares[$0] < shares[$1] } ?? 0
            if owner == owned.count { owned.append([]); certainty.append([]) }
            owned[owner].append(index)
            certainty[owner].append(shares[owner])
            return owner
        }
        tokenCount += window.strokes.count + owned.count
        return try owned.indices.map { index in
            try session.extend(with: closeUp(index, owned[index], window, left: owned.count - index))
            let shares = try probabilities(vocabulary.classIDs)
            let best = shares.indices.max { shares[$0] < shares[$1] } ?? 0
            try session.extend(with: vocabulary.classToken(best))
            let certainty = certainty[index].reduce(0, +) / Double(max(certainty[index].count, 1))
            return ReadObject(classIndex: best, className: vocabulary.classes[best], strokes: owned[index].map { window.indices[$0] }.sorted(),
                              confidence: shares[best] * certainty, shares: shares)
        }
    }

    /// Starts the session anew with a window and gives each of its strokes the object that `choose` says once the stroke is asked for.
    private func label(_ window: CanvasWindow, choose: (_ stroke: Int) throws -> Int) throws {
        session.truncate(to: 0)
        try session.extend(with: window.prompt)
        let proximity = StrokeProximity(window.strokes)
        var owners: [Int] = []
        for (index, stroke) in window.strokes.enumerated() {
            try session.extend(with: documents.strokeQuery(index, stroke, near: proximity.nearest(to: index, owners: owners)))
            owners.append(try choose(index))
            try session.extend(with: vocabulary.object(owners[index]))
        }
    }

    /// An object seen closely, cut where it would leave no room for the `left` objects still to be named.
    private func closeUp(_ index: Int, _ strokes: [Int], _ window: CanvasWindow, left: Int) -> [Int] {
        let tokens = documents.closeUp(index, strokes.map { window.strokes[$0] }, tolerance: window.tolerance)
        return Array(tokens.prefix(max(session.capacity - session.position - 6 * left, 1)))
    }

    /// What the model expects next among `ids`, as shares of 1.
    /// - Throws: `PainterError.brokenModel` where its numbers overflow.
    private func probabilities(_ ids: Range<Int>) throws -> [Double] {
        let logits = try session.withLogits { $0[ids].map(Double.init) }, most = logits.max() ?? 0
        guard logits.allSatisfy(\.isFinite) else { throw PainterError.brokenModel(name: name) }
        let weights = logits.map { exp($0 - most) }, sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }
}
