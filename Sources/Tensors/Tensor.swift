import CKernels

/// A contiguous row-major array of `Float` with a shape, and its place in the graph of gradients.
///
/// A reference type: two names of one tensor see the same values. Not `Sendable`; a tensor and its graph belong to one
/// thread at a time (operations use the pool inside).
public final class Tensor {
    /// Sizes, outermost first; empty for a scalar.
    public let shape: [Int]
    /// The number of values.
    public let count: Int
    /// Whether `backward()` accumulates `gradient` here. Set it on parameters; results of operations have it when an
    /// input has it.
    public var requiresGradient = false
    /// What `backward()` has accumulated since the last `zeroGradient()`; nil before. Of this tensor's shape.
    public var gradient: Tensor?

    var storage: Storage
    var node: Node?
    /// Of a table: the first row whose gradient is read by anything (``stacked(_:_:)``); an operation may leave 0 in those before.
    var firstTrainedRow = 0

    init(storage: Storage, shape: [Int]) {
        self.shape = shape
        self.count = shape.reduce(1, *)
        self.storage = storage
        assert(count == storage.count)
    }

    convenience init(uninitialized shape: [Int]) {
        precondition(shape.allSatisfy { $0 >= 0 }, "negative size in the shape \(shape)")
        self.init(storage: Storage(uninitialized: shape.reduce(1, *)), shape: shape)
    }

    /// All zeros.
    public convenience init(zeros shape: [Int]) {
        self.init(uninitialized: shape)
        storage.fill(0)
    }

    /// - Parameter values: as many as the shape has, row-major.
    public convenience init(_ values: [Float], shape: [Int]) {
        precondition(values.count == shape.reduce(1, *), "\(values.count) values for the shape \(shape)")
        self.init(uninitialized: shape)
        copy(from: values)
    }

    /// One value everywhere.
    public static func filled(_ value: Float, shape: [Int]) -> Tensor {
        let tensor = Tensor(uninitialized: shape)
        tensor.storage.fill(value)
        return tensor
    }

    /// Normal values with mean 0, drawn in row-major order.
    public static func normal(_ shape: [Int], deviation: Float, using random: inout RandomSource) -> Tensor {
        let tensor = Tensor(uninitialized: shape)
        for i in 0..<tensor.count { tensor.pointer[i] = Float(random.normal()) * deviation }
        return tensor
    }

    /// A copy of the values, row-major.
    public func array() -> [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

    /// The value of a tensor with one value.
    public var item: Float {
        precondition(count == 1, "item of a tensor of shape \(shape)")
        return pointer[0]
    }

    /// Whether every value is a number, neither NaN nor infinite: by exponent bits, a few milliseconds for millions.
    public var isFinite: Bool {
        let exponent: UInt32 = 0x7f80_0000
        return UnsafeBufferPointer(start: pointer, count: count).reduce(0) { max($0, $1.bitPattern & exponent) } < exponent
    }

    /// Overwrites the values.
    public func copy(from values: [Float]) {
        precondition(values.count == count, "\(values.count) values for the shape \(shape)")
        values.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { pointer.update(from: base, count: count) }
        }
    }

    /// Overwrites a row of a matrix by a row of another.
    /// - Precondition: both have two axes, the same width, and these rows.
    package func copyRow(from other: Tensor, row: Int, to own: Int) {
        precondition(shape.count == 2 && other.shape.count == 2 && width == other.width && 0..<shape[0] ~= own && 0..<other.shape[0] ~= row, "row \(row) of \(other.shape) to row \(own) of \(shape)")
        (pointer + own * width).update(from: other.pointer + row * width, count: width)
    }

    /// Forgets the gradient; its memory goes back to the free list.
    public func zeroGradient() { gradient = nil }

    /// The same values (shared, not copied) outside the graph.
    public func detached() -> Tensor { Tensor(storage: storage, shape: shape) }

    /// A copy of the values outside the graph.
    package func copied() -> Tensor { Tensor(array(), shape: shape) }

    /// The same values in another shape, differentiable; nothing is copied.
    public func reshaped(_ shape: [Int]) -> Tensor {
        precondition(shape.reduce(1, *) == count, "cannot reshape \(self.shape) to \(shape)")
        let result = Tensor(storage: storage, shape: shape)
        result.record([self]) { [input = self] dy in input.accumulate(sharing: dy) }
        return result
    }

    package func withUnsafePointer<R>(_ body: (UnsafePointer<Float>) throws -> R) rethrows -> R {
        try body(UnsafePointer(storage.pointer))
    }

    package func withUnsafeMutablePointer<R>(_ body: (UnsafeMutablePointer<Float>) throws -> R) rethrows -> R {
        try body(storage.pointer)
    }

    /// Valid while the tensor lives: hold it across the use (operations do so by `withExtendedLifetime`).
    var pointer: UnsafeMutablePointer<Float> { storage.pointer }

    /// The size of the last axis and the number of rows before it.
    var width: Int { shape.last ?? 1 }
    var rows: Int { width == 0 ? 0 : count / width }
}
