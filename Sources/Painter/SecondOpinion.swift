import Foundation

/// What a ranker says of classes beside what the model says of them.
package struct SecondOpinion: Sendable {
    /// The ranker's output for each class of the vocabulary; nil: a class that it does not know.
    private let outputs: [Int?]
    /// The ranker's part, 0…1.
    private let weight: Double

    /// - Parameters:
    ///   - ranker: its classes, in the order of its outputs: any part of the vocabulary's, and others.
    ///   - vocabulary: the model's classes, in the order of its shares.
    package init(of ranker: [String], on vocabulary: [String], weight: Double) {
        let places = Dictionary(ranker.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        outputs = vocabulary.map { places[$0] }
        self.weight = weight
    }

    /// Shares of the vocabulary's classes, 1 in sum. What the model gives to all classes that the ranker knows is dealt among them anew, by the
    /// weighted geometric mean of both; of the others the ranker cannot say anything, and they keep what the model gives them.
    /// - Parameters:
    ///   - model: shares of the vocabulary's classes, 1 in sum.
    ///   - ranker: probabilities in the order of its outputs.
    package func mixed(_ model: [Double], _ ranker: [Float]) -> [Double] {
        var known: [Int] = [], logs: [Double] = [], ofModel = 0.0, ofRanker = 0.0
        for (index, output) in outputs.enumerated() {
            guard let output else { continue }
            known.append(index)
            logs.append((1 - weight) * log(max(model[index], 1e-30)) + weight * log(max(Double(ranker[output]), 1e-30)))
            ofModel += model[index]
            ofRanker += Double(ranker[output])
        }
        guard ofModel > 0, ofRanker > 0, let top = logs.max() else { return model }
        let products = logs.map { exp($0 - top) }, sum = products.reduce(0, +)
        var shares = model
        for (index, product) in zip(known, products) { shares[index] = ofModel * product / sum }
        return shares
    }
}
