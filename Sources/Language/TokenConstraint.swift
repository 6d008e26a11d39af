/// What may come next: a grammar that narrows each step of decoding.
///
/// ```swift
/// struct Digits: TokenConstraint {                    // exactly three of the tokens 0...9
///     var left = 3
///     mutating func allowed(_ mask: inout TokenMask) { mask.allow(0..<10) }
///     mutating func accept(_ token: Int) { left -= 1 }
///     var isComplete: Bool { left == 0 }
/// }
/// ```
public protocol TokenConstraint {
    /// Allows the tokens that may come next. The mask comes with every token forbidden.
    mutating func allowed(_ mask: inout TokenMask)
    /// Takes note of the token that was picked, one of those allowed.
    mutating func accept(_ token: Int)
    /// Whether nothing may follow: decoding stops.
    var isComplete: Bool { get }
}

/// Any token may come until one of the end tokens does.
public struct FreeText: TokenConstraint, Sendable {
    /// The tokens that end the text.
    public let endTokens: Set<Int>
    /// Whether one of them has come.
    public private(set) var isComplete = false

    /// Without end tokens the text goes on until something else stops it.
    public init(endTokens: some Sequence<Int> = []) { self.endTokens = Set(endTokens) }

    /// Allows every token.
    public mutating func allowed(_ mask: inout TokenMask) { mask.allowAll() }
    /// Looks whether the token is an end token.
    public mutating func accept(_ token: Int) { isComplete = endTokens.contains(token) }
}
