import Foundation
import Sketches

/// Strokes to tokens and back.
///
/// Points are pairs of place tokens in the frame of a box: of the object when drawing, of the stroke itself on a canvas whose
/// objects are not known. The model reads a *simplified copy* (Ramer–Douglas–Peucker at scene size, then the 64-step grid); a file's own strokes stay as they are.
package struct SketchCodec: Sendable {
    /// Pixels of the standard canvas; other canvases are scaled to it by their longest side.
    package static let canvasSide = 256.0
    /// Tolerance of the simplified copy, in pixels of the standard canvas.
    package static let tolerance = 1.5
    /// Ever coarser copies, for canvases that would not fit.
    package static let canvasTolerances = [1.0, 2, 4].map { $0 * tolerance }

    package let vocabulary: SketchVocabulary
    package init(vocabulary: SketchVocabulary) { self.vocabulary = vocabulary }

    /// Place tokens of the points of one stroke in the frame of `box`, consecutive equal places once.
    package func points(_ stroke: Stroke, in box: Box) -> [Int] {
        var tokens: [Int] = [], last = (-1, -1)
        func step(_ value: Double, _ low: Double, _ extent: Double) -> Int {
            guard extent > 0 else { return 32 }
            let step = ((value - low) / extent * Double(SketchVocabulary.gridSteps - 1)).rounded()
            return step > 0 ? Int(min(step, Double(SketchVocabulary.gridSteps - 1))) : 0
        }
        for point in stroke.points {
            let place = (step(point.x, box.x0, box.width), step(point.y, box.y0, box.height))
            if place != last { tokens.append(vocabulary.x(place.0)); tokens.append(vocabulary.y(place.1)) }
            last = place
        }
        return tokens
    }

    /// Four place tokens: x0 y0 x1 y1 in the canvas frame.
    package func box(_ box: GridBox) -> [Int] { [vocabulary.x(box.x0), vocabulary.y(box.y0), vocabulary.x(box.x1), vocabulary.y(box.y1)] }

    /// The strokes of an object in its own frame: points and a pen-up each.
    package func sketch(_ strokes: [Stroke], in box: Box, tolerance least: Double = SketchCodec.tolerance) -> [Int] {
        let tolerance = max(least, SketchDetail.usual.tolerance * box.longestSide)
        return strokes.flatMap { points(simplified($0, tolerance: tolerance), in: box) + [vocabulary.penUp] }
    }

    /// A drawing alone, whatever its size: its shape (width and height, the longer one 63 steps) and its strokes as detailed as asked for.
    package func sketch(_ drawing: [Stroke], detail: SketchDetail) -> (shape: [Int], strokes: [Int]) {
        var kept = drawing
        if kept.count > detail.strokeLimit {
            let longest = kept.indices.sorted { (-kept[$0].length, $0) < (-kept[$1].length, $1) }.prefix(detail.strokeLimit)
            kept = longest.sorted().map { drawing[$0] }
        }
        guard let ink = Box.of(kept) else { return ([], []) }
        let strokes = kept.flatMap { points(simplified($0, tolerance: detail.tolerance * ink.longestSide), in: ink) + [vocabulary.penUp] }
        return (shape(width: ink.width, height: ink.height), strokes)
    }

    /// Two place tokens for the proportions of a box, in whatever unit.
    package func shape(width: Double, height: Double) -> [Int] {
        let steps = Double(SketchVocabulary.gridSteps - 1), longest = max(width, height)
        guard longest > 0 else { return [vocabulary.x(0), vocabulary.y(0)] }
        return [vocabulary.x(Int((width / longest * steps).rounded())), vocabulary.y(Int((height / longest * steps).rounded()))]
    }

    /// A canvas: a stroke's pointer, its own box, its points in that box. Strokes are in standard canvas pixels.
    package func canvas(_ strokes: [Stroke], tolerance: Double = SketchCodec.tolerance) -> [Int] {
        strokes.enumerated().flatMap { index, stroke -> [Int] in
            guard let ink = Box.of(stroke.points) else { return [vocabulary.pointer(index)] }
            return [vocabulary.pointer(index)] + box(GridBox(ink)) + points(simplified(stroke, tolerance: tolerance), in: ink)
        }
    }

    /// Reads place tokens and pen-ups back: strokes in grid steps (0…63), to be `fitted` to the planned box.
    package func strokes(_ tokens: some Sequence<Int>) -> [Stroke] {
        var strokes: [Stroke] = [], points: [Point] = [], x: Int?
        for token in tokens {
            if vocabulary.xIDs.contains(token) { x = token - vocabulary.firstX }
            else if vocabulary.yIDs.contains(token), let known = x {
                points.append(Point(x: Double(known), y: Double(token - vocabulary.firstY)))
                x = nil
            } else if token == vocabulary.penUp {
                if !points.isEmpty { strokes.append(Stroke(points)) }
                points = []
            }
        }
        if !points.isEmpty { strokes.append(Stroke(points)) }
        return strokes
    }
}
