import CKernels

/// Sizes of a 2-D convolution of one group of channels, and the layouts its direct kernels read.
struct ConvolutionPlan {
    /// Channels of one group.
    let inputs: Int, outputs: Int
    let height: Int, width: Int, kernel: Int, stride: Int, padding: Int
    let outHeight: Int, outWidth: Int
    let bf16: Bool

    /// Values of a group's input, output and filters.
    var imageSize: Int { inputs * height * width }
    var area: Int { outHeight * outWidth }
    /// Terms of each output: channels x taps.
    var depth: Int { inputs * kernel * kernel }

    init(inputs: Int, outputs: Int, height: Int, width: Int, kernel: Int, stride: Int, padding: Int, bf16: Bool) {
        (self.inputs, self.outputs, self.kernel, self.stride, self.padding, self.bf16) = (inputs, outputs, kernel, stride, padding, bf16)
        // A 1 x 1 convolution is one long row.
        let flat = kernel == 1 && stride == 1 && padding == 0
        (self.height, self.width) = flat ? (1, height * width) : (height, width)
        outHeight = (self.height + 2 * padding - kernel) / stride + 1
        outWidth = (self.width + 2 * padding - kernel) / stride + 1
    }

    /// A convolution as the kernels see it: what is read, and which taps of the K·K make an output.
    struct Direct {
        var layout = ck_direct()
        /// Which values of a filter are used, and the word of each within a plane.
        var indices: [Int32] = [], taps: [Int32] = []
        /// The words of all channels' taps in ck_direct_prepare's planes.
        var offsets: [Int32] = []
        /// Column phase of the result, where it is a phase of an input gradient.
        var column = 0

        var steps: Int { offsets.count }
        /// Filters packed for `rows` results.
        func packed(_ weight: UnsafePointer<Float>, rows: Int, rowStride: Int, channelStride: Int) -> Words {
            let words = Words(withUnsafePointer(to: layout) { ck_direct_packed_words($0, rows) })
            withUnsafePointer(to: layout) { ck_direct_pack($0, weight, rows, rowStride, channelStride, indices, words.pointer) }
            return words
        }

        fileprivate mutating func add(index: Int, dy: Int, dx: Int) {
            let step = layout.step
            indices.append(Int32(index))
            taps.append(Int32((dy * step + dx % step) * layout.phase_width + dx / step))
        }

        fileprivate mutating func finish(bf16: Bool) {
            layout.level = ck_level()
            layout.bf16 = bf16 ? 1 : 0
            layout.taps = taps.count
            let groups = bf16 ? (layout.channels + 1) / 2 : layout.channels, plane = Int32(layout.rows * layout.step * layout.phase_width)
            offsets = (0..<groups).flatMap { g in taps.map { Int32(g) * plane + $0 } }
        }
    }

    /// Reads x for the forward pass and for the gradient of the weights.
    var forward: Direct {
        var direct = Direct()
        direct.layout.channels = inputs
        (direct.layout.height, direct.layout.width) = (height, width)
        (direct.layout.top, direct.layout.left, direct.layout.step) = (padding, padding, stride)
        direct.layout.rows = (outHeight - 1) * stride + kernel
        direct.layout.phase_width = outWidth + (kernel - 1) / stride
        (direct.layout.out_height, direct.layout.out_width) = (outHeight, outWidth)
        for ky in 0..<kernel { for kx in 0..<kernel { direct.add(index: ky * kernel + kx, dy: ky, dx: kx) } }
        direct.finish(bf16: bf16)
        return direct
    }

    /// Width of a column phase of the input gradient.
    var phaseWidth: Int { (width + stride - 1) / stride }
    func phaseHeight(_ row: Int) -> Int { (height - row + stride - 1) / stride }

    /// Reads dy for dx, by row phase and column phase of dx: pixels (row + i·stride, column + j·stride) are a convolution with
    /// stride 1 of the taps that meet them. All read the same planes.
    var backward: [[Direct]] {
        /// The taps of a phase: (tap, how far dy's pixel is from i or j).
        func meeting(_ phase: Int) -> [(tap: Int, shift: Int)] {
            (0..<kernel).filter { (phase + padding - $0) % stride == 0 }.map { ($0, (phase + padding - $0) / stride) }
        }
        let shifts = (0..<stride).flatMap { meeting($0).map(\.shift) }
        let before = max(0, -(shifts.min() ?? 0)), after = shifts.max() ?? 0
        return (0..<min(stride, height)).map { row in
            (0..<min(stride, width)).map { column in
                var direct = Direct()
                direct.column = column
                direct.layout.channels = outputs
                (direct.layout.height, direct.layout.width) = (outHeight, outWidth)
                (direct.layout.top, direct.layout.left, direct.layout.step) = (before, before, 1)
                direct.layout.rows = before + max(1, phaseHeight(0) + after)
                direct.layout.phase_width = before + max(1, phaseWidth + after)
                (direct.layout.out_height, direct.layout.out_width) = (phaseHeight(row), phaseWidth)
                for y in meeting(row) {
                    for x in meeting(column) { direct.add(index: y.tap * kernel + x.tap, dy: before + y.shift, dx: before + x.shift) }
                }
                direct.finish(bf16: bf16)
                return direct
            }
        }
    }
}

/// A block of 32-bit words for the kernels, from the free list.
final class Words {
    let pointer: UnsafeMutablePointer<UInt32>
    private let count: Int

    init(_ count: Int) {
        self.count = max(1, count)
        guard let block = ck_allocate(self.count * 4) else { fatalError("no memory for \(count) words") }
        pointer = block.bindMemory(to: UInt32.self, capacity: self.count)
    }

    deinit { ck_release(pointer, count * 4) }

    /// The same words as floats: f32 planes.
    var floats: UnsafeMutablePointer<Float> { UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: Float.self) }
}
