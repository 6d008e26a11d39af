import CKernels

/// A block of floats from the free list, given back when the last tensor that uses it is gone.
final class Storage {
    let pointer: UnsafeMutablePointer<Float>
    let count: Int

    /// Contents are whatever was there before.
    init(uninitialized count: Int) {
        guard let block = Self.block(of: count) else { fatalError("no memory for a tensor of \(count) values") }
        self.pointer = block
        self.count = count
    }

    /// For a size that comes from outside: nil where the system has no such memory.
    init?(ifAvailable count: Int) {
        guard let block = Self.block(of: count) else { return nil }
        self.pointer = block
        self.count = count
    }

    private static func block(of count: Int) -> UnsafeMutablePointer<Float>? {
        ck_allocate(max(count, 1) * MemoryLayout<Float>.stride)?.bindMemory(to: Float.self, capacity: max(count, 1))
    }

    deinit { ck_release(pointer, max(count, 1) * MemoryLayout<Float>.stride) }

    func fill(_ value: Float) {
        let pointer = pointer
        forEachPart(of: count, each: elementwisePart) { from, n in ck_fill(pointer + from, value, n) }
    }
}
