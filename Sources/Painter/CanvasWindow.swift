import Sketches

/// A part of a canvas that fits one context, in the order in which the model reads it.
package struct CanvasWindow: Sendable {
    /// Indices into the scene's strokes.
    package var indices: [Int]
    /// In standard canvas pixels.
    package var strokes: [Stroke]
    /// How coarse the copy is that the model reads, in pixels.
    package var tolerance: Double
    package var prompt: [Int]
    /// How many positions a reading of it may take.
    package var positions: Int

    /// Room for an object to be named, as finely as it was learnt.
    private static let leastPositions = 256

    /// The canvas in as few windows as the context allows.
    ///
    /// Coarser copies first; where even those are too long, the strokes are halved along the longer side of their extent.
    /// - Parameters:
    ///   - strokes: indices of the strokes to read; those without points are passed over.
    ///   - capacity: positions of a context.
    package static func all(of scene: Scene, strokes: some Sequence<Int>, documents: PainterDocuments, capacity: Int) -> [CanvasWindow] {
        let inked = strokes.filter { !scene.strokes[$0].points.isEmpty }
        guard !inked.isEmpty else { return [] }
        let frame = CanvasFrame(width: scene.width, height: scene.height, strokes: scene.strokes)
        return parts(inked, inked.map { Self.bounded(frame.standard(scene.strokes[$0])) }, documents, capacity)
    }

    private init(_ indices: [Int], _ strokes: [Stroke], _ tolerance: Double, _ prompt: [Int], _ capacity: Int) {
        (self.indices, self.strokes, self.tolerance, self.prompt) = (indices, strokes, tolerance, prompt)
        // A question and its answer are 10 tokens. An object to be named has a context for itself.
        positions = min(max(prompt.count + 10 * strokes.count, Self.leastPositions), capacity)
    }

    /// Strokes in the order of reading, in standard canvas pixels; nil where they do not fit.
    init?(_ indices: [Int], _ strokes: [Stroke], _ tolerance: Double, documents: PainterDocuments, capacity: Int) {
        let prompt = documents.canvasPrompt(strokes, tolerance: tolerance)
        // A stroke's query and label are 10 tokens.
        guard prompt.count + 10 * strokes.count <= capacity else { return nil }
        self.init(indices, strokes, tolerance, prompt, capacity)
    }

    /// At most 2,048 points a stroke: more says nothing on a grid of 64 steps, and what follows takes time that grows with their square.
    static func bounded(_ stroke: Stroke) -> Stroke {
        stroke.points.count <= 2_048 ? stroke : resampled(stroke, spacing: stroke.length / 2_048)
    }

    private static func parts(_ indices: [Int], _ strokes: [Stroke], _ documents: PainterDocuments, _ capacity: Int) -> [CanvasWindow] {
        let count = strokes.count
        if count <= SketchVocabulary.pointerCount {
            let order = StrokeProximity(strokes).readingOrder(), read = order.map { strokes[$0] }
            for tolerance in SketchCodec.canvasTolerances {
                if let window = CanvasWindow(order.map { indices[$0] }, read, tolerance, documents: documents, capacity: capacity) { return [window] }
            }
            if count == 1 {                                       // a stroke as long as a book: as much of its copy as fits, evenly
                var stroke = simplified(strokes[0], tolerance: SketchCodec.canvasTolerances.last ?? SketchCodec.tolerance)
                while documents.canvasPrompt([stroke]).count + 10 > capacity, stroke.points.count > 8 {
                    stroke.points = stroke.points.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
                    stroke.times = nil
                }
                return [CanvasWindow(indices, [stroke], SketchCodec.tolerance, documents.canvasPrompt([stroke]), capacity)]
            }
        }
        let extent = Box.of(strokes) ?? Box(x0: 0, y0: 0, x1: 1, y1: 1)
        func place(_ index: Int) -> Double {
            guard let center = strokes[index].box?.center else { return 0 }
            return extent.width >= extent.height ? center.x : center.y
        }
        let order = strokes.indices.sorted { (place($0), $0) < (place($1), $1) }
        return [order.prefix(count / 2), order.suffix(count - count / 2)].flatMap { half in
            let half = half.sorted()
            return parts(half.map { indices[$0] }, half.map { strokes[$0] }, documents, capacity)
        }
    }
}
