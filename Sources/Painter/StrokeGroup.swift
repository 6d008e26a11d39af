import Sketches
import Tensors

/// Strokes of a canvas that a reading took for one object, rightly or not.
package struct StrokeGroup: Sendable, Equatable {
    /// Ascending indices into the canvas.
    package var strokes: [Int]
    /// What they show; nil where they are no whole object: some are missing, or others are among them.
    package var classIndex: Int?

    /// Shares of groups that are whole, have strokes of another object, and lack some of their own.
    private static let whole = 0.4, gaining = 0.35
    /// How often it is one stroke alone that is wrong.
    private static let single = 0.5

    /// One object of a canvas, whole or with a mistake of the kind that readers make: strokes change hands where objects lie close.
    package static func random(on canvas: ReadCanvas, _ r: inout RandomSource) -> StrokeGroup {
        let own = r.int(below: canvas.objects.count), object = canvas.objects[own], kind = r.uniform()
        let whole = StrokeGroup(strokes: object.strokes, classIndex: object.classIndex)
        if kind < Self.whole { return whole }
        let others = canvas.strokes.indices.filter { canvas.owners[$0] != own }
        if kind < Self.whole + Self.gaining || object.strokes.count == 1 {
            guard !others.isEmpty else { return whole }
            let near = nearest(others, to: object.strokes, on: canvas)
            // One of the three nearest, and perhaps more of its object, up to all.
            let first = near[r.int(below: min(3, near.count))], rest = near.filter { canvas.owners[$0] == canvas.owners[first] && $0 != first }
            let count = r.uniform() < Self.single ? 0 : r.int(below: rest.count + 1)
            return StrokeGroup(strokes: (object.strokes + [first] + rest.prefix(count)).sorted(), classIndex: nil)
        }
        // What lies close to others goes first, or any part that is read together.
        let count = r.uniform() < Self.single ? 1 : 1 + r.int(below: object.strokes.count - 1)
        let order = others.isEmpty || r.uniform() < 0.3 ? rotated(object.strokes, by: r.int(below: object.strokes.count)) : nearest(object.strokes, to: others, on: canvas)
        return StrokeGroup(strokes: order.dropFirst(count).sorted(), classIndex: nil)
    }

    /// Strokes by their distance from the nearest of others.
    private static func nearest(_ strokes: [Int], to others: [Int], on canvas: ReadCanvas) -> [Int] {
        let distances = strokes.map { stroke in others.reduce(Double.infinity) { least, other in
            guard let a = canvas.strokes[stroke].box, let b = canvas.strokes[other].box, a.gap(to: b) < least else { return least }
            return min(least, strokeDistance(canvas.strokes[stroke], canvas.strokes[other]))
        } }
        return strokes.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }.map { strokes[$0] }
    }

    private static func rotated(_ strokes: [Int], by count: Int) -> [Int] { Array(strokes.dropFirst(count) + strokes.prefix(count)) }
}
