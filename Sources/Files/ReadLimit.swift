/// What input is refused beyond, so that hostile files cannot exhaust memory or the stack.
package enum ReadLimit {
    /// Points of one drawing.
    package static let points = 1_000_000
    /// XML elements of a file; records of a file; objects, relations, values of unknown keys of one record; indices of one object. By record,
    /// not by file, because a QuickDraw file of one class has more than a million strokes and unknown values.
    package static let parts = 1_000_000
    /// Nesting of JSON values and of XML elements.
    package static let depth = 128
    /// Largest magnitude of a coordinate, pixels.
    package static let coordinate = 1e7
    /// Largest time stamp, milliseconds.
    package static let time = 1e15
}
