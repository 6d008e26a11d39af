import Sketches

/// A window as it is, or as a mirror shows it: read in another order and with other numbers, it is another opinion of the same strokes.
struct WindowView {
    let window: CanvasWindow
    /// The place in the window itself of each stroke of the view, in the order of reading.
    private let places: [Int]

    /// - Parameter isMirrored: false: the window itself, as it is read.
    /// - Returns: nil where the mirrored strokes do not fit.
    init?(_ own: CanvasWindow, isMirrored: Bool, documents: PainterDocuments, capacity: Int) {
        guard isMirrored else { (window, places) = (own, Array(own.strokes.indices)); return }
        let strokes = own.strokes.map { stroke in Stroke(stroke.points.map { Point(x: SketchCodec.canvasSide - $0.x, y: $0.y) }) }
        places = StrokeProximity(strokes).readingOrder()
        guard let window = CanvasWindow(places.map { own.indices[$0] }, places.map { strokes[$0] }, own.tolerance, documents: documents, capacity: capacity) else { return nil }
        self.window = window
    }

    /// A reading of the view as one of the window itself; objects are numbered as they begin there.
    func back(_ reading: WindowReading) -> WindowReading {
        var turned = reading, owners = reading.owners, numbers: [Int: Int] = [:]
        for (index, place) in places.enumerated() { (owners[place], turned.certainty[place]) = (reading.owners[index], reading.certainty[index]) }
        turned.owners = owners.map { owner in
            if let number = numbers[owner] { return number }
            numbers[owner] = numbers.count
            return numbers.count - 1
        }
        return turned
    }

    /// An object's strokes, ascending, as the view numbers them.
    func seen(_ object: [Int]) -> [Int] {
        let object = Set(object)
        return places.indices.filter { object.contains(places[$0]) }
    }
}
