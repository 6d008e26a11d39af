import Foundation

/// The shortest text that reads back as the same number; whole numbers without a point. Not for NaN or infinity.
package func exact(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
    return value.description
}

/// The number rounded to `decimals` places, without trailing zeros: `12.5`, `-0.25`, `3`.
package func brief(_ value: Double, decimals: Int = 2) -> String {
    let factor = decimals == 2 ? 100.0 : pow(10, Double(decimals))
    let scaled = (value * factor).rounded()
    guard abs(scaled) < 1e15 else { return exact(value) }
    let rounded = scaled / factor
    return rounded == 0 ? "0" : exact(rounded)
}
