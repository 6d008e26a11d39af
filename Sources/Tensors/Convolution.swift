import CKernels

/// 2-D convolution (cross-correlation, as usual in networks) with zero padding.
///
/// x [B, Cin, H, W], weight [Cout, Cin / groups, K, K], bias [Cout]; the result is [B, Cout, H', W'] with
/// H' = (H + 2·padding - K) / stride + 1. `groups` parts of the channels are convolved by themselves; Cin of them with one
/// filter each is a depthwise convolution, which always computes in f32. Other ones
/// follow ``Compute/precision``, except on CPUs with matrix tiles, where they stay in f32.
public func conv2d(
    _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, groups: Int = 1
) -> Tensor {
    precondition(x.shape.count == 4 && weight.shape.count == 4 && weight.shape[2] == weight.shape[3],
                 "conv2d: x \(x.shape), weight \(weight.shape)")
    let batch = x.shape[0], channels = weight.shape[0], kernel = weight.shape[2]
    precondition(groups > 0 && channels % groups == 0 && weight.shape[1] * groups == x.shape[1],
                 "conv2d: x \(x.shape), weight \(weight.shape), \(groups) groups")
    precondition(stride > 0 && padding >= 0 && (bias?.count ?? channels) == channels, "conv2d: stride \(stride), padding \(padding), bias \(bias?.shape ?? [])")
    precondition(kernel > 0 && x.shape[2] + 2 * padding >= kernel && x.shape[3] + 2 * padding >= kernel, "conv2d: kernel \(kernel) is larger than x \(x.shape)")
    let depthwise = weight.shape[1] == 1 && channels == groups
    let bf16 = Compute.convolutionPrecision == .bfloat16 && !depthwise
    let plan = ConvolutionPlan(
        inputs: weight.shape[1], outputs: channels / groups, height: x.shape[2], width: x.shape[3], kernel: kernel, stride: stride,
        padding: padding, bf16: bf16)
    let y = Tensor(uninitialized: [batch, channels, (x.shape[2] + 2 * padding - kernel) / stride + 1, (x.shape[3] + 2 * padding - kernel) / stride + 1])
    let work = Convolution(plan: plan, batch: batch, groups: groups)
    if depthwise {
        work.depthwise(x.pointer, weight.pointer, bias?.pointer, into: y.pointer)
    } else {
        work.forward(x.pointer, weight.pointer, bias?.pointer, into: y.pointer)
    }
    y.record([x, weight] + (bias.map { [$0] } ?? [])) { dy in
        x.accumulate { dx, adds in
            if depthwise {
                work.depthwiseInput(dy.pointer, weight.pointer, into: dx, adds: adds)
            } else {
                work.input(dy.pointer, weight.pointer, into: dx, adds: adds)
            }
        }
        weight.accumulate { dw, adds in
            if depthwise {
                work.depthwiseFilters(x.pointer, dy.pointer, into: dw, adds: adds)
            } else {
                work.weights(x.pointer, dy.pointer, into: dw, adds: adds)
            }
        }
        bias?.accumulate { db, adds in work.bias(dy.pointer, into: db, adds: adds) }
    }
    return y
}

/// The passes of one convolution over a batch. Units of work depend on the sizes only, and each sum has one order.
struct Convolution {
    let plan: ConvolutionPlan
    let batch: Int, groups: Int

    private var outputSize: Int { plan.outputs * plan.area }
    private var filterSize: Int { plan.outputs * plan.depth }

    /// Calls body(image and group, first row, rows) for parts of the rows of every image: whole images where there are enough.
    private func eachPart(rows: Int, _ body: (Int, Int, Int) -> Void) {
        let units = batch * groups, wanted = units >= 8 ? 1 : 4, tiles = (rows + 11) / 12
        let part = (tiles + wanted - 1) / wanted * 12, parts = (rows + part - 1) / part
        parallelFor(units * parts) { i in body(i / parts, i % parts * part, min(part, rows - i % parts * part)) }
    }

    /// y [B, G, outputs, area] = the convolution of x [B, G, inputs, H·W] + bias.
    func forward(_ x: UnsafePointer<Float>, _ weight: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?, into y: UnsafeMutablePointer<Float>) {
        let direct = plan.forward, area = plan.area, taps = plan.kernel * plan.kernel
        let packed = (0..<groups).map { direct.packed(weight + $0 * filterSize, rows: plan.outputs, rowStride: plan.depth, channelStride: taps) }
        withUnsafePointer(to: direct.layout) { layout in
            eachPart(rows: plan.outputs) { unit, row, rows in
                let planes = Words(ck_direct_words(layout)), group = unit % groups
                let panel = ck_direct_uses_panel(layout) != 0 ? Words((direct.steps + 1) * Int(CK_DIRECT_PANEL)) : nil
                ck_direct_prepare(layout, x + unit * plan.imageSize, planes.pointer)
                ck_direct_image(layout, direct.offsets, planes.pointer, packed[group].pointer + row * direct.steps, rows,
                                bias.map { $0 + group * plan.outputs + row }, y + unit * outputSize + row * area, 0, panel?.pointer)
            }
        }
    }

    /// dx (+)= the convolution of dy with the transposed filters, phase by phase of the stride.
    func input(_ dy: UnsafePointer<Float>, _ weight: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>, adds: Bool) {
        let phases = plan.backward, taps = plan.kernel * plan.kernel, plane = plan.height * plan.width
        let packed = (0..<groups).map { g in
            phases.map { $0.map { $0.packed(weight + g * filterSize, rows: plan.inputs, rowStride: taps, channelStride: plan.depth) } }
        }
        let steps = phases.joined().map(\.steps).max() ?? 0
        eachPart(rows: plan.inputs) { unit, row, rows in
            let group = unit % groups, target = dx + unit * plan.imageSize + row * plane
            guard var layout = phases.first?.first?.layout else { return }
            let planes = Words(ck_direct_words(&layout)), panel = Words((steps + 1) * Int(CK_DIRECT_PANEL))
            ck_direct_prepare(&layout, dy + unit * outputSize, planes.pointer)
            func run(_ direct: ConvolutionPlan.Direct, _ packed: Words, _ out: UnsafeMutablePointer<Float>, _ adds: Bool) {
                withUnsafePointer(to: direct.layout) {
                    ck_direct_image($0, direct.offsets, planes.pointer, packed.pointer + row * direct.steps, rows, nil, out, adds ? 1 : 0,
                                    ck_direct_uses_panel($0) != 0 ? panel.pointer : nil)
                }
            }
            if plan.stride == 1 { return run(phases[0][0], packed[group][0][0], target, adds) }
            let size = rows * plan.phaseHeight(0) * plan.phaseWidth, scratch = Words(plan.stride * size)
            for (r, columns) in phases.enumerated() {
                for (q, direct) in columns.enumerated() { run(direct, packed[group][r][q], scratch.floats + q * size, false) }
                let each = plan.phaseHeight(r) * plan.phaseWidth
                for c in 0..<rows {
                    ck_direct_join(scratch.floats + c * each, size, plan.stride, plan.height, plan.width, target + c * plane, r, adds ? 1 : 0)
                }
            }
        }
    }

    /// dweight (+)= the sums over images and pixels: images are dealt into a fixed number of parts, each summed in order.
    func weights(_ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dw: UnsafeMutablePointer<Float>, adds: Bool) {
        let direct = plan.forward, parts = max(1, min(batch, 8)), padded = (plan.outputs + 31) / 32 * 32, size = plan.depth * padded
        let partial = Words((parts + 1) * groups * size)                                   // [parts][groups][depth][padded], their sum
        let chunk = Int(CK_DIRECT_CHUNK)
        withUnsafePointer(to: direct.layout) { layout in
            parallelFor(parts * groups) { i in
                let part = i / groups, group = i % groups
                let planes = Words(ck_direct_row_words(layout)), scratch = Words(padded * chunk + 12 * (chunk + 16))
                var b = part
                if b >= batch { ck_fill(partial.floats + i * size, 0, size) }
                while b < batch {
                    let unit = b * groups + group
                    ck_direct_prepare_rows(layout, x + unit * plan.imageSize, planes.pointer)
                    ck_direct_weights(layout, direct.taps, planes.pointer, dy + unit * outputSize, plan.outputs, partial.floats + i * size,
                                      scratch.pointer, b == part ? 0 : 1)
                    b += parts
                }
            }
        }
        let total = partial.floats + parts * groups * size, all = groups * size
        forEachPart(of: all, each: elementwisePart) { from, n in
            ck_fill(total + from, 0, n)
            for part in 0..<parts { ck_add(total + from, partial.floats + part * all + from, total + from, n) }
        }
        parallelFor(groups * plan.outputs) { o in                                           // transposed back
            let from = total + o / plan.outputs * size + o % plan.outputs, to = dw + o * plan.depth
            for i in 0..<plan.depth { to[i] = adds ? to[i] + from[i * padded] : from[i * padded] }
        }
        withExtendedLifetime(partial) {}
    }

    func bias(_ dy: UnsafePointer<Float>, into db: UnsafeMutablePointer<Float>, adds: Bool) {
        let channels = groups * plan.outputs, area = plan.area
        parallelFor(channels) { c in
            var total = 0.0
            for b in 0..<batch { total += ck_sum(dy + (b * channels + c) * area, area) }
            db[c] = adds ? db[c] + Float(total) : Float(total)
        }
    }

    // MARK: One filter a channel

    func depthwise(_ x: UnsafePointer<Float>, _ weight: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?, into y: UnsafeMutablePointer<Float>) {
        let direct = plan.forward, taps = plan.depth
        withUnsafePointer(to: direct.layout) { layout in
            parallelFor(batch * groups) { i in
                let plane = Words(ck_direct_words(layout))
                ck_direct_prepare(layout, x + i * plan.imageSize, plane.pointer)
                ck_depthwise(layout, direct.taps, plane.floats, weight + i % groups * taps, bias?[i % groups] ?? 0, y + i * plan.area, 0)
            }
        }
    }

    func depthwiseInput(_ dy: UnsafePointer<Float>, _ weight: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>, adds: Bool) {
        let phases = plan.backward, taps = plan.depth, size = plan.phaseHeight(0) * plan.phaseWidth
        parallelFor(batch * groups) { i in
            guard var layout = phases.first?.first?.layout else { return }
            let plane = Words(ck_direct_words(&layout)), scratch = Words(plan.stride * size), filter = weight + i % groups * taps
            ck_direct_prepare(&layout, dy + i * plan.area, plane.pointer)
            for (r, columns) in phases.enumerated() {
                for (q, direct) in columns.enumerated() {
                    let own = direct.indices.map { filter[Int($0)] }
                    withUnsafePointer(to: direct.layout) { ck_depthwise($0, direct.taps, plane.floats, own, 0, scratch.floats + q * size, 0) }
                }
                ck_direct_join(scratch.floats, size, plan.stride, plan.height, plan.width, dx + i * plan.imageSize, r, adds ? 1 : 0)
            }
        }
    }

    func depthwiseFilters(_ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dw: UnsafeMutablePointer<Float>, adds: Bool) {
        let direct = plan.forward, taps = plan.depth, partial = Words(batch * groups * taps)        // [B, C, K·K]
        withUnsafePointer(to: direct.layout) { layout in
            parallelFor(batch * groups) { i in
                let plane = Words(ck_direct_words(layout))
                ck_direct_prepare(layout, x + i * plan.imageSize, plane.pointer)
                ck_depthwise_filter(layout, direct.taps, plane.floats, dy + i * plan.area, partial.floats + i * taps)
            }
        }
        ck_column_sums(partial.floats, batch, groups * taps, dw, adds ? 1 : 0)
        withExtendedLifetime(partial) {}
    }
}

extension Compute {
    /// How `conv2d` reads its inputs: as ``precision`` says, but in f32 on CPUs with matrix tiles, whose other units multiply bf16
    /// at half the rate of f32 (BENCHMARKS.md).
    package static var convolutionPrecision: Precision { hasMatrixTiles ? .float32 : precision }
}
