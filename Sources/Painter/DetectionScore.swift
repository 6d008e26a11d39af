import Sketches

/// Mean average precision of boxes (PASCAL VOC 2010: area under the interpolated precision curve), over the classes that occur.
package struct DetectionScore {
    package struct Entry: Sendable {
        package var classIndex: Int
        package var box: Box
        package var confidence: Double
        package var scene: Int
        package init(classIndex: Int, box: Box, confidence: Double, scene: Int) {
            (self.classIndex, self.box, self.confidence, self.scene) = (classIndex, box, confidence, scene)
        }
    }
    package init() {}
    package var truth: [Entry] = []
    package var found: [Entry] = []

    package func meanAveragePrecision(at threshold: Double = 0.5) -> Double {
        let classes = Set(truth.map(\.classIndex)).sorted()
        guard !classes.isEmpty else { return 0 }
        return classes.map { averagePrecision($0, threshold) }.reduce(0, +) / Double(classes.count)
    }

    private func averagePrecision(_ classIndex: Int, _ threshold: Double) -> Double {
        let wanted = truth.filter { $0.classIndex == classIndex }, places = Dictionary(grouping: wanted.indices) { wanted[$0].scene }
        var taken = [Bool](repeating: false, count: wanted.count)
        var precision: [Double] = [], recall: [Double] = [], hits = 0
        for (rank, guess) in found.filter({ $0.classIndex == classIndex }).sorted(by: { $0.confidence > $1.confidence }).enumerated() {
            let match = (places[guess.scene] ?? []).filter { !taken[$0] && wanted[$0].box.intersectionOverUnion(guess.box) >= threshold }
                .max { wanted[$0].box.intersectionOverUnion(guess.box) < wanted[$1].box.intersectionOverUnion(guess.box) }
            if let match { taken[match] = true; hits += 1 }
            precision.append(Double(hits) / Double(rank + 1))
            recall.append(Double(hits) / Double(wanted.count))
        }
        var area = 0.0, best = 0.0
        for rank in recall.indices.reversed() {
            best = max(best, precision[rank])
            area += best * (recall[rank] - (rank > 0 ? recall[rank - 1] : 0))
        }
        return area
    }
}
