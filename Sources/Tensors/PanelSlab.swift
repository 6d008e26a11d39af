import Synchronization

/// Memory for panels in large pages: matrices of a few hundred KB each would otherwise lie on thousands of small pages, and
/// walking the page tables was measured to halve the speed of reading weights that are larger than 12 MB.
final class PanelSlab {
    /// Files up to this size are read where they are mapped: their pages' addresses fit the processor's tables (12 MB of small
    /// pages on Zen 4). Larger ones are copied.
    static let mappedLimit = 16 << 20

    private static let size = 8 << 20
    private let storage: Storage
    private var used = 0
    private var capacity: Int { storage.count * MemoryLayout<Float>.stride }

    private init(_ bytes: Int) { storage = Storage(uninitialized: bytes / MemoryLayout<Float>.stride) }

    /// The slab that has room left; the matrices that lie in a slab keep it.
    private static let current = Mutex<Weak>(Weak())
    private struct Weak: @unchecked Sendable { weak var slab: PanelSlab? }      // only ever touched under the lock

    /// Room for panels, at a multiple of 64 bytes, and its owner.
    static func place(_ bytes: Int) -> (start: UnsafeMutableRawPointer, owner: PanelSlab) {
        let bytes = (bytes + 63) / 64 * 64
        return current.withLock { current in
            let slab = current.slab.flatMap { $0.capacity - $0.used >= bytes ? $0 : nil } ?? PanelSlab(max(size, bytes))
            defer {
                slab.used += bytes
                if slab.capacity > slab.used { current.slab = slab }
            }
            return (UnsafeMutableRawPointer(slab.storage.pointer) + slab.used, slab)
        }
    }
}
