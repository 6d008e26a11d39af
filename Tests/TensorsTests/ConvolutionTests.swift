import CKernels
import Tensors
import Testing

/// One convolution: x [batch, inputs, height, width], weight [outputs, inputs / groups, kernel, kernel].
struct ConvolutionSize: CustomTestStringConvertible, Sendable {
    var batch = 2
    var inputs: Int, outputs: Int, height: Int, width: Int, kernel: Int
    var stride = 1
    var padding = 0
    var groups = 1
    var outHeight: Int { (height + 2 * padding - kernel) / stride + 1 }
    var outWidth: Int { (width + 2 * padding - kernel) / stride + 1 }
    var depthwise: Bool { inputs == groups && outputs == groups }
    var testDescription: String {
        "\(batch) × \(inputs) × \(height) × \(width) to \(outputs), kernel \(kernel), stride \(stride), padding \(padding), groups \(groups)"
    }

    static let all: [ConvolutionSize] = [
        .init(batch: 1, inputs: 1, outputs: 1, height: 1, width: 1, kernel: 1),
        .init(inputs: 3, outputs: 2, height: 1, width: 1, kernel: 3, padding: 1),
        .init(inputs: 3, outputs: 13, height: 7, width: 11, kernel: 3, padding: 1),
        .init(inputs: 4, outputs: 12, height: 8, width: 8, kernel: 3, stride: 2, padding: 1),
        .init(inputs: 5, outputs: 33, height: 13, width: 17, kernel: 3, stride: 2),
        .init(inputs: 3, outputs: 7, height: 5, width: 5, kernel: 5),                       // kernel = image
        .init(inputs: 3, outputs: 7, height: 5, width: 5, kernel: 5, stride: 3, padding: 2),
        .init(inputs: 2, outputs: 6, height: 10, width: 9, kernel: 2, stride: 3),           // stride > kernel: pixels that nothing reads
        .init(inputs: 3, outputs: 8, height: 16, width: 24, kernel: 8, stride: 8),          // patches
        .init(inputs: 1, outputs: 5, height: 19, width: 41, kernel: 3, padding: 1),
        .init(inputs: 7, outputs: 13, height: 33, width: 31, kernel: 1),
        .init(inputs: 7, outputs: 13, height: 9, width: 6, kernel: 1, stride: 2),
        .init(inputs: 2, outputs: 3, height: 4, width: 3, kernel: 3, padding: 4),           // padding > kernel
        .init(batch: 1, inputs: 40, outputs: 25, height: 16, width: 16, kernel: 3, padding: 1),
        .init(batch: 9, inputs: 2, outputs: 4, height: 3, width: 37, kernel: 2, stride: 2, padding: 1),
        .init(batch: 1, inputs: 3, outputs: 4, height: 40, width: 16, kernel: 3, padding: 1),
        .init(batch: 17, inputs: 2, outputs: 2, height: 6, width: 6, kernel: 3, padding: 1),
        .init(inputs: 6, outputs: 9, height: 7, width: 5, kernel: 3, stride: 2, padding: 1, groups: 3),
        .init(inputs: 2, outputs: 6, height: 6, width: 5, kernel: 3, padding: 1, groups: 2),
        .init(inputs: 5, outputs: 5, height: 9, width: 70, kernel: 3, padding: 1, groups: 5),
        .init(inputs: 3, outputs: 3, height: 11, width: 8, kernel: 5, stride: 2, padding: 2, groups: 3),
        .init(inputs: 2, outputs: 2, height: 7, width: 7, kernel: 1, stride: 3, groups: 2),
        .init(inputs: 1, outputs: 1, height: 6, width: 4, kernel: 3, stride: 4, padding: 1),
    ]

    /// Calls body(index in y, in x, in weight) for every product.
    func eachProduct(_ body: (Int, Int, Int) -> Void) {
        let each = inputs / groups
        for b in 0..<batch {
            for o in 0..<outputs {
                for oy in 0..<outHeight {
                    for ox in 0..<outWidth {
                        for c in 0..<each {
                            for ky in 0..<kernel {
                                for kx in 0..<kernel {
                                    let iy = oy * stride + ky - padding, ix = ox * stride + kx - padding
                                    guard iy >= 0, iy < height, ix >= 0, ix < width else { continue }
                                    let channel = o / (outputs / groups) * each + c
                                    body(((b * outputs + o) * outHeight + oy) * outWidth + ox, ((b * inputs + channel) * height + iy) * width + ix,
                                         ((o * each + c) * kernel + ky) * kernel + kx)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Sums in double precision and the sums of their terms' sizes.
private struct Sums {
    var values: [Double], sizes: [Double]
    init(_ count: Int) { (values, sizes) = (.init(repeating: 0, count: count), .init(repeating: 1, count: count)) }
    mutating func add(_ i: Int, _ a: Float, _ b: Float) {
        let term = Double(a) * Double(b)
        values[i] += term
        sizes[i] += abs(term)
    }
    /// The largest difference as a share of the sums' sizes; `times` the sums are expected.
    func error(_ found: [Float], times: Double = 1) -> Double {
        guard found.count == values.count else { return .infinity }
        return found.indices.map { found[$0].isFinite ? abs(Double(found[$0]) - times * values[$0]) / (times * sizes[$0]) : .infinity }.max() ?? 0
    }
}

@Suite("Convolution", .serialized) struct ConvolutionTests {
    /// y and, after two backward passes, one overwriting and one adding, the gradients of x, weight and bias.
    static func run(_ size: ConvolutionSize) -> [[Float]] {
        let x = values([size.batch, size.inputs, size.height, size.width], seed: 1)
        let w = values([size.outputs, size.inputs / size.groups, size.kernel, size.kernel], seed: 2), b = values([size.outputs], seed: 3)
        for tensor in [x, w, b] { tensor.requiresGradient = true }
        func y() -> Tensor { conv2d(x, w, bias: b, stride: size.stride, padding: size.padding, groups: size.groups) }
        let first = y()
        probe(first).backward()                        // dy = the values of seed 99
        probe(y()).backward()
        return [first.array()] + [x, w, b].map { $0.gradient?.array() ?? [] }
    }

    @Test("Forward and backward are the sums by definition", arguments: ConvolutionSize.all, [Compute.Precision.float32, .bfloat16])
    func definition(_ size: ConvolutionSize, _ precision: Compute.Precision) {
        Compute.withPrecision(precision) {
            let rounds = Compute.convolutionPrecision == .bfloat16 && !size.depthwise
            func input(_ shape: [Int], _ seed: UInt64) -> [Float] {
                let all = values(shape, seed: seed).array()
                return rounds ? roundedToBF16(all) : all
            }
            let x = input([size.batch, size.inputs, size.height, size.width], 1)
            let w = input([size.outputs, size.inputs / size.groups, size.kernel, size.kernel], 2), b = values([size.outputs], seed: 3).array()
            let area = size.outHeight * size.outWidth, shape = [size.batch, size.outputs, size.outHeight, size.outWidth]
            let dy = input(shape, 99), exactDy = values(shape, seed: 99).array()
            var y = Sums(dy.count), dx = Sums(x.count), dw = Sums(w.count), db = Sums(b.count)
            for i in dy.indices {
                y.add(i, b[i / area % size.outputs], 1)
                db.add(i / area % size.outputs, exactDy[i], 1)
            }
            size.eachProduct { i, j, k in
                y.add(i, x[j], w[k])
                dx.add(j, dy[i], w[k])
                dw.add(k, dy[i], x[j])
            }
            let found = Self.run(size)
            #expect(y.error(found[0]) < 2e-6)
            #expect(dx.error(found[1], times: 2) < 2e-6)
            #expect(dw.error(found[2], times: 2) < 2e-6)
            #expect(db.error(found[3], times: 2) < 2e-6)
        }
    }

    @Test("One thread and three give the same bits", arguments: ConvolutionSize.all.filter { $0.height > 5 })
    func threads(_ size: ConvolutionSize) {
        for precision in [Compute.Precision.float32, .bfloat16] {
            let all = [1, 2, 3].map { n in Compute.withThreads(n) { Compute.withPrecision(precision) { Self.run(size) } } }
            #expect(all[1] == all[0] && all[2] == all[0])
        }
    }

    @Test("bf16 stays near f32") func bf16NearF32() {
        let size = ConvolutionSize(inputs: 64, outputs: 32, height: 16, width: 16, kernel: 3, padding: 1)
        let plain = Self.run(size), rounded = Compute.withPrecision(.bfloat16) { Self.run(size) }
        for (a, b) in zip(plain, rounded) {
            let scale = (a.map { $0 * $0 }.reduce(0, +) / Float(a.count)).squareRoot()
            let miss = (zip(a, b).map { ($0 - $1) * ($0 - $1) }.reduce(0, +) / Float(a.count)).squareRoot()
            #expect(miss < 0.006 * scale)
        }
    }

    @Test("Gradients against finite differences") func gradients() {
        let x = values([2, 4, 6, 5], seed: 1), b = values([4], seed: 3)
        for (groups, stride) in [(1, 1), (1, 2), (2, 1), (4, 1), (4, 2)] {
            let w = values([4, 4 / groups, 3, 3], seed: 2)
            #expect(gradientError(of: [x, w, b]) { probe(conv2d(x, w, bias: b, stride: stride, padding: 1, groups: groups)) } < 3e-3)
        }
        // A norm's own rectifier: as the two operations, forward and backward.
        let scale = values([4], seed: 5), shift = values([4], seed: 6)
        var results: [[[Float]]] = []
        for fused in [false, true] {
            for tensor in [x, scale, shift] { tensor.requiresGradient = true; tensor.zeroGradient() }
            func y() -> Tensor { fused ? groupNorm(x, scale, shift, groups: 2, relu: true) : relu(groupNorm(x, scale, shift, groups: 2)) }
            probe(y()).backward()
            probe(y()).backward()
            results.append([y().array()] + [x, scale, shift].map { $0.gradient?.array() ?? [] })
        }
        #expect(results[0][0] == results[1][0])
        for (a, b) in zip(results[0], results[1]) { #expect(difference(a, b) < 1e-5) }
    }

    @Test("Patches and their linear layer are a convolution with stride K") func patchLayer() {
        let x = values([2, 3, 8, 12], seed: 1), w = values([5, 3, 4, 4], seed: 2), b = values([5], seed: 3)
        let y = linear(patches(x, size: 4), w.reshaped([5, 48]), bias: b).array(), expected = conv2d(x, w, bias: b, stride: 4).array()
        let moved = (0..<2).flatMap { image in transposed(Array(expected[image * 30..<(image + 1) * 30]), 5, 6) }
        #expect(difference(y, moved) < 1e-5)
        #expect(gradientError(of: [x]) { probe(patches(x, size: 4)) } < 2e-3)
        let tokens = values([2, 5, 7], seed: 4)
        #expect(gradientError(of: [tokens]) { probe(averagePositions(tokens)) } < 2e-3)
    }

    /// The kernels of the levels below this machine's, which no operation picks here.
    @Test("Every level of kernels", arguments: [0, 1, 2], [
        ConvolutionSize(batch: 1, inputs: 5, outputs: 17, height: 9, width: 16, kernel: 3, padding: 1),
        ConvolutionSize(batch: 1, inputs: 5, outputs: 17, height: 9, width: 13, kernel: 3, stride: 2, padding: 1),
        ConvolutionSize(batch: 1, inputs: 40, outputs: 7, height: 6, width: 6, kernel: 3, padding: 1),
    ])
    func levels(_ level: Int, _ size: ConvolutionSize) {
        guard level <= ck_level() else { return }
        let x = values([size.inputs, size.height, size.width], seed: 1).array(), dy = values([size.outputs, size.outHeight, size.outWidth], seed: 4).array()
        let w = values([size.outputs, size.inputs, size.kernel, size.kernel], seed: 2).array(), taps = size.kernel * size.kernel
        var d = ck_direct(channels: size.inputs, height: size.height, width: size.width, top: size.padding, left: size.padding,
                          rows: (size.outHeight - 1) * size.stride + size.kernel, step: size.stride,
                          phase_width: size.outWidth + (size.kernel - 1) / size.stride, out_height: size.outHeight, out_width: size.outWidth,
                          taps: taps, level: Int32(level), bf16: 0)
        let within = (0..<taps).map { t in
            Int32((t / size.kernel * size.stride + t % size.kernel % size.stride) * d.phase_width + t % size.kernel / size.stride)
        }
        let offsets = (0..<size.inputs).flatMap { c in within.map { Int32(c * d.rows * d.step * d.phase_width) + $0 } }
        var planes = [UInt32](repeating: .max, count: ck_direct_words(&d)), packed = [UInt32](repeating: .max, count: ck_direct_packed_words(&d, size.outputs))
        var panel = [UInt32](repeating: .max, count: (offsets.count + 1) * 32), y = [Float](repeating: .nan, count: dy.count)
        let padded = (size.outputs + 31) / 32 * 32
        var sums = [Float](repeating: .nan, count: offsets.count * padded), scratch = [UInt32](repeating: .max, count: padded * 256 + 12 * 272)
        ck_direct_prepare(&d, x, &planes)
        ck_direct_pack(&d, w, size.outputs, size.inputs * taps, taps, (0..<Int32(taps)).map { $0 }, &packed)
        let narrow = ck_direct_uses_panel(&d) != 0
        panel.withUnsafeMutableBufferPointer { ck_direct_image(&d, offsets, planes, packed, size.outputs, nil, &y, 0, narrow ? $0.baseAddress : nil) }
        ck_direct_weights(&d, within, planes, dy, size.outputs, &sums, &scratch, 0)
        var expected = Sums(y.count), gradient = Sums(w.count)
        size.eachProduct { i, j, k in
            expected.add(i, x[j], w[k])
            gradient.add(k, dy[i], x[j])
        }
        #expect(expected.error(y) < 2e-6)
        let found = (0..<size.outputs).flatMap { o in (0..<offsets.count).map { sums[$0 * padded + o] } }
        #expect(gradient.error(found) < 2e-6)
    }
}
