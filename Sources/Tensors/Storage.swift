import CKernels

/// A block of floats from the free list, given back when the last tensor that uses it is gone.
final class Storage {
    let pointer: UnsafeMutablePointer<Float>
    let count: Int

    /// Contents are whatever was there before.
    init(uninitialized count: Int) {
        let bytes = max(count, 1) * MemoryLayout<Float>.stride
        guard let block = ck_allocate(bytes) else { fatalError("no memory for a tensor of \(count) values") }
        self.pointer = block.bindMemory(to: Float.self, capacity: max(count, 1))
        self.count = count
    }

    deinit { ck_release(pointer, max(count, 1) * MemoryLayout<Float>.stride) }

    func fill(_ value: Float) {
        let pointer = pointer
        forEachPart(of: count, each: elementwisePart) { from, n in ck_fill(pointer + from, value, n) }
    }
}
