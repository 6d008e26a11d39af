import Sketches

/// What a program without a model erases: strokes are one object where their ink boxes meet. It is told which objects are meant, and what and where
/// they are, so that nothing is asked of it but to find their strokes.
package struct TouchingStrokes {
    private let nearest: NearestDrawing
    /// The class of each label of `nearest`.
    private let labels: [Int]

    package init(_ nearest: NearestDrawing, labels: [Int]) { (self.nearest, self.labels) = (nearest, labels) }

    /// Strokes by object, each ascending, in the order of their first strokes.
    package static func groups(_ strokes: [Stroke]) -> [[Int]] {
        var label = Array(strokes.indices)
        let boxes = strokes.map { $0.box?.expanded(by: 2) }
        for a in strokes.indices {
            for b in strokes.indices where b < a {
                guard let first = boxes[a], let second = boxes[b], first.intersection(second) != nil else { continue }
                let (from, to) = (label[a], label[b])
                for index in label.indices where label[index] == from { label[index] = to }
            }
        }
        return Dictionary(grouping: strokes.indices, by: { label[$0] }).values.map { $0.sorted() }.sorted { $0[0] < $1[0] }
    }

    /// Every stroke whose middle lies in the box of a group: for each object the box that is most like its own.
    package static func cropped(_ objects: [CanvasObject], from strokes: [Stroke]) -> Set<Int> {
        let boxes = groups(strokes).compactMap { group in Box.of(group.map { strokes[$0] }) }
        return objects.reduce(into: []) { gone, object in
            guard let box = boxes.max(by: { likeness($0, object, strokes) < likeness($1, object, strokes) }) else { return }
            gone.formUnion(strokes.indices.filter { strokes[$0].box.map { box.contains($0.center) } ?? false })
        }
    }

    /// For each object the group that is most like it, of those whose nearest training drawing is of its class.
    package func named(_ objects: [CanvasObject], from strokes: [Stroke]) -> Set<Int> {
        let groups = Self.groups(strokes)
        let classes = groups.map { group in nearest.nearest(group.map { strokes[$0] }).map { labels[$0.label] } }
        return objects.reduce(into: []) { gone, object in
            let alike = groups.indices.filter { classes[$0] == object.classIndex }
            func likeness(_ index: Int) -> Double { Box.of(groups[index].map { strokes[$0] }).map { Self.likeness($0, object, strokes) } ?? 0 }
            if let best = alike.max(by: { likeness($0) < likeness($1) }) { gone.formUnion(groups[best]) }
        }
    }

    /// Intersection over union of a box and an object's ink box.
    private static func likeness(_ box: Box, _ object: CanvasObject, _ strokes: [Stroke]) -> Double {
        Box.of(object.strokes.map { strokes[$0] }).map(box.intersectionOverUnion) ?? 0
    }
}
