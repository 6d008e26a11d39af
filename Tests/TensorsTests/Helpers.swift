import CKernels
import Tensors

/// Deterministic values in about -1...1.
func values(_ shape: [Int], seed: UInt64, deviation: Float = 1) -> Tensor {
    var random = RandomSource(seed: seed)
    return .normal(shape, deviation: deviation, using: &random)
}

/// A scalar that depends on every value of `y` differently, so that no gradient can hide behind a symmetry.
func probe(_ y: Tensor, seed: UInt64 = 99) -> Tensor { (y * values(y.shape, seed: seed)).sum() }

/// The largest difference between the gradients of `f` in `inputs` and central differences, relative to the largest
/// gradient of that input.
///
/// - Parameter twice: accumulate two backward passes and compare with twice the gradient.
func gradientError(of inputs: [Tensor], step: Float = 1e-2, twice: Bool = true, _ f: () -> Tensor) -> Float {
    for input in inputs {
        input.requiresGradient = true
        input.zeroGradient()
    }
    f().backward()
    if twice { f().backward(scale: 2) }
    let factor: Double = twice ? 3 : 1
    var worst = 0.0
    for input in inputs {
        guard let gradient = input.gradient?.array() else { return .infinity }
        let start = input.array()
        let largest = Double(gradient.map(abs).max() ?? 0)
        for i in start.indices {
            func at(_ offset: Float) -> Double {
                var moved = start
                moved[i] += offset
                input.copy(from: moved)
                return Double(withoutGradients { f().item })
            }
            // Fourth order: the differences must not be the weaker of the two sides.
            let slope = (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * Double(step))
            worst = max(worst, abs(slope * factor - Double(gradient[i])) / max(largest, 1e-3))
        }
        input.copy(from: start)
    }
    return Float(worst)
}

/// The largest |a - b| over 1 + |b|.
func difference(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).map { abs($0 - $1) / (1 + abs($1)) }.max() ?? 0
}

/// The values rounded to bf16, nearest even.
func roundedToBF16(_ x: [Float]) -> [Float] {
    var bits = [UInt16](repeating: 0, count: x.count), back = x
    ck_f32_to_bf16(x, &bits, x.count)
    ck_bf16_to_f32(bits, &back, x.count)
    return back
}

/// x [rows, columns] as [columns, rows].
func transposed(_ x: [Float], _ rows: Int, _ columns: Int) -> [Float] {
    (0..<columns).flatMap { j in (0..<rows).map { x[$0 * columns + j] } }
}
