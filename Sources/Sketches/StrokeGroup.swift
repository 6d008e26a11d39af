/// Strokes of two drawings that are matched among themselves: those of an object that both have, or all that are left.
struct StrokeGroup {
    /// One drawing's share: strokes with points, by their indices, and the frame of their ink.
    struct Side {
        /// Canvas pixels, with few enough points.
        let strokes: [(index: Int, points: [Point])]
        let frame: InkFrame

        init(_ indices: [Int], of scene: Scene, pointLimit: Int) {
            strokes = indices.map { ($0, Side.bounded(scene.strokes[$0], pointLimit)) }
            frame = InkFrame(Box.of(strokes.flatMap(\.points)) ?? Box(x0: 0, y0: 0, x1: 0, y1: 0))
        }

        private static func bounded(_ stroke: Stroke, _ limit: Int) -> [Point] {
            stroke.points.count <= limit ? stroke.points : resampled(stroke, spacing: stroke.length / Double(limit)).points
        }
    }

    let first, second: Side
    /// Which matched object this is; nil for what is left.
    let object: Int?
    /// Of the object; empty for what is left.
    let className: String

    /// Even steps of a line, for costs and for the beginning of a closed one.
    private static let coarseSteps = 16, fineSteps = 128
    /// Points of a stroke, and of a drawing: more would be seen by nobody, and a hundred drawings shall fit into memory.
    private static let strokePoints = 16...1_024, scenePoints = 50_000

    /// The objects of one class that both scenes have, each with the nearest in place and size, then everything else.
    static func all(of first: Scene, _ second: Scene) -> [StrokeGroup] {
        func limit(_ scene: Scene) -> Int {
            min(max(scenePoints / max(scene.strokes.count, 1), strokePoints.lowerBound), strokePoints.upperBound)
        }
        let limits = (limit(first), limit(second)), mine = Owned(first), yours = Owned(second)
        var groups: [StrokeGroup] = [], taken: (Set<Int>, Set<Int>) = ([], [])
        func add(_ a: [Int], _ b: [Int], object: Int?, _ className: String) {
            let sides = (Side(a, of: first, pointLimit: limits.0), Side(b, of: second, pointLimit: limits.1))
            groups.append(StrokeGroup(first: sides.0, second: sides.1, object: object, className: className))
        }
        for (className, own) in mine.objects.sorted(by: { $0.key < $1.key }) {
            guard let others = yours.objects[className] else { continue }
            let columns = leastCostAssignment(own.map { a in others.map { b in mine.distance(of: a, to: b, in: yours) } })
            for (object, column) in zip(own, columns) {
                guard let column else { continue }
                let other = others[column]
                add(mine.strokes[object], yours.strokes[other], object: groups.count, className)
                taken.0.formUnion(mine.strokes[object])
                taken.1.formUnion(yours.strokes[other])
            }
        }
        let left = (mine.inked.filter { !taken.0.contains($0) }, yours.inked.filter { !taken.1.contains($0) })
        if !left.0.isEmpty || !left.1.isEmpty { add(left.0, left.1, object: nil, "") }
        return groups
    }

    /// Which strokes are which object's, each of the first that claims it.
    private struct Owned {
        let inked: [Int]
        /// Of each object, those with points.
        let strokes: [[Int]]
        /// Objects with strokes, by class.
        let objects: [String: [Int]]
        private let boxes: [InkFrame]

        init(_ scene: Scene) {
            let inked = scene.strokes.indices.filter { !scene.strokes[$0].points.isEmpty }, whole = InkFrame(Box.of(scene.strokes) ?? Box(x0: 0, y0: 0, x1: 0, y1: 0))
            var free = Set(inked)
            let strokes = scene.objects.map { object in object.strokes.filter { free.remove($0) != nil } }
            (self.inked, self.strokes) = (inked, strokes)
            objects = Dictionary(grouping: scene.objects.indices.filter { !strokes[$0].isEmpty }) { scene.objects[$0].className }
            boxes = strokes.map { own in
                let ink = own.flatMap { scene.strokes[$0].points.map(whole.normal) }
                return InkFrame(Box.of(ink) ?? Box(x0: 0, y0: 0, x1: 0, y1: 0))
            }
        }

        /// How differently two objects stand in their drawings.
        func distance(of object: Int, to other: Int, in second: Owned) -> Double {
            boxes[object].center.distance(to: second.boxes[other].center) + abs(boxes[object].side - second.boxes[other].side)
        }
    }

    /// The pairs whose points travel least altogether.
    func matches() -> [(first: Int, second: Int, blend: StrokeBlend)] {
        let a = first.strokes.map { MeasuredStroke($0.points.map(first.frame.normal)) }, b = second.strokes.map { MeasuredStroke($0.points.map(second.frame.normal)) }
        func samples(_ strokes: [MeasuredStroke]) -> [StrokeAlignment.Samples] { strokes.map { StrokeAlignment.Samples($0, steps: Self.coarseSteps) } }
        let coarse = (samples(a), samples(b))
        let columns = leastCostAssignment(coarse.0.map { own in coarse.1.map { StrokeAlignment.cost(own, $0) } })
        return columns.enumerated().compactMap { i, column in
            guard let j = column else { return nil }
            let fine = StrokeAlignment(StrokeAlignment.Samples(a[i], steps: Self.fineSteps), StrokeAlignment.Samples(b[j], steps: Self.fineSteps))
            let (from, to) = fine.applied(a[i], b[j])
            return (first.strokes[i].index, second.strokes[j].index, StrokeBlend(first: from, second: to, firstFrame: first.frame, secondFrame: second.frame))
        }
    }
}
