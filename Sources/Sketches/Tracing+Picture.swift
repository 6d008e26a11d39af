import Files
import Foundation
import Pictures

extension Tracing {
    /// The side that pictures are brought to before they are traced: larger ones are reduced to it, small ones enlarged towards it, since a line of
    /// one pixel has no middle to speak of.
    private static let workingSide = 1_024, smallestSide = 192

    /// A picture file's drawing as a scene of the picture's size, and what was assumed of it.
    /// - Throws: `FileError` where it is no picture, or no drawing in lines.
    static func read(_ data: Data, name: String) throws(FileError) -> (scene: Scene, notes: [String]) {
        let picture = try Picture.read(data, name: name), side = max(picture.width, picture.height)
        let enlarged = side < smallestSide ? Double(min(8, (smallestSide + side - 1) / side)) : 1
        let factor = side > workingSide ? Double(workingSide) / Double(side) : enlarged
        let working = factor == 1 ? picture : picture.resized(width: max(1, Int((Double(picture.width) * factor).rounded())),
                                                              height: max(1, Int((Double(picture.height) * factor).rounded())))
        let (bitmap, isLightOnDark) = InkBitmap.ink(of: working)
        let tracing: Tracing
        do throws(TracingError) { tracing = try clean(bitmap) } catch {
            throw FileError(file: name, .expected("a drawing in lines on plain paper", found: "\(error); \(remedy(for: error))"))
        }
        let across = Double(picture.width) / Double(working.width), down = Double(picture.height) / Double(working.height)
        func placed(_ point: Point) -> Point { Point(x: (point.x * across * 100).rounded() / 100, y: (point.y * down * 100).rounded() / 100) }
        let scene = Scene(width: Double(picture.width), height: Double(picture.height), strokes: tracing.strokes.map { Stroke($0.points.map(placed)) })
        let kind = isLightOnDark ? "light lines on dark paper" : "dark lines on light paper", width = brief(tracing.penWidth * across, decimals: 1)
        var notes = ["traced from pixels as \(kind), about \(width) pixels wide; order and direction of the strokes are guessed"]
        if factor < 1 { notes.append("reduced from \(picture.width) × \(picture.height) to \(working.width) × \(working.height) pixels before tracing") }
        if tracing.speckCount > 0 { notes.append("\(tracing.speckCount) × a speck smaller than the pen was dropped") }
        if tracing.widestInk > 3 * tracing.penWidth + 2 {
            let widest = brief(tracing.widestInk * across, decimals: 0)
            notes.append("solid ink of up to \(widest) pixels across became its middle lines; draw the outline where a shape is meant")
        }
        return (scene, notes)
    }

    /// Traces the bitmap; where it is too full, once more without its grain.
    private static func clean(_ bitmap: InkBitmap) throws(TracingError) -> Tracing {
        do throws(TracingError) { return try Tracing(bitmap) } catch {
            guard error != .noInk, let second = try? Tracing(bitmap.blurred()) else { throw error }
            return second
        }
    }

    private static func remedy(for error: TracingError) -> String {
        switch error {
        case .noInk: "is it blank, or the line too faint? Raise the contrast first"
        case .tooMuchInk:
            "a photograph or a filled picture has no lines to follow (at most \(Int(inkLimit * 100)) % may be ink); draw the outlines, or crop to the sheet"
        case .tooManyPoints: "at most \(pointLimit) are followed; crop to one drawing, or clean its background"
        }
    }
}
