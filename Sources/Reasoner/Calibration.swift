/// Whether confidences keep their word: answers given with 0.9 are right nine times in ten, and right ones have more than wrong ones.
public struct Calibration: Sendable {
    private var answers: [(confidence: Double, isRight: Bool)] = []

    /// No answers yet.
    public init() {}

    /// Takes an answer in.
    public mutating func add(confidence: Double, isRight: Bool) { answers.append((confidence, isRight)) }

    /// Takes in those of another.
    public mutating func add(_ other: Calibration) { answers += other.answers }

    /// Expected calibration error over ten bins of equal width (Guo et al. 2017, "On Calibration of Modern Neural Networks", equation 3); 0…1.
    public var error: Double {
        guard !answers.isEmpty else { return 0 }
        var bins = [(count: Int, confidence: Double, right: Int)](repeating: (0, 0, 0), count: 10)
        for (confidence, isRight) in answers {
            let bin = min(9, max(0, Int(confidence * 10)))
            bins[bin].count += 1
            bins[bin].confidence += confidence
            bins[bin].right += isRight ? 1 : 0
        }
        return bins.reduce(0) { $0 + abs($1.confidence - Double($1.right)) } / Double(answers.count)
    }

    /// Probability that a right answer has more confidence than a wrong one (ties count half); nil where there are not both.
    public var rankedRight: Double? {
        let right = answers.filter(\.isRight).count, wrong = answers.count - right
        guard right > 0, wrong > 0 else { return nil }
        // Mann and Whitney's U from mid-ranks.
        let ordered = answers.sorted { $0.confidence < $1.confidence }
        var sum = 0.0, start = 0
        while start < ordered.count {
            var end = start
            while end < ordered.count, ordered[end].confidence == ordered[start].confidence { end += 1 }
            let rank = Double(start + end + 1) / 2
            sum += rank * Double(ordered[start..<end].filter(\.isRight).count)
            start = end
        }
        return (sum - Double(right) * Double(right + 1) / 2) / (Double(right) * Double(wrong))
    }
}
