/// How the next token is drawn from the logits. "Off" is an absent value.
///
/// Applied in this order: repetition penalty, temperature, top-k, top-p, min-p; whatever a mask forbids is out before all.
public struct Sampling: Codable, Sendable, Equatable {
    /// 0 takes the likeliest token, 1 samples as trained.
    public var temperature: Float = 1
    /// Only the k likeliest.
    public var topK: Int?
    /// Only the likeliest tokens that together reach this probability (nucleus sampling, Holtzman et al. 2020).
    public var topP: Float?
    /// Only tokens with at least this share of the likeliest token's probability.
    public var minP: Float?
    /// Divides positive and multiplies negative logits of recent tokens (CTRL, Keskar et al. 2019); 1 is off.
    public var repetitionPenalty: Float = 1
    /// How many of the recent tokens the penalty sees; nil: all that are given.
    public var repetitionWindow: Int?

    /// Always the likeliest token.
    public static let greedy = Sampling(temperature: 0)

    /// Plain sampling unless said otherwise.
    public init(
        temperature: Float = 1, topK: Int? = nil, topP: Float? = nil, minP: Float? = nil,
        repetitionPenalty: Float = 1, repetitionWindow: Int? = nil
    ) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.minP = minP
        self.repetitionPenalty = repetitionPenalty
        self.repetitionWindow = repetitionWindow
    }

    /// What is wrong with the values, as a sentence for the user; nil when nothing is.
    public var problem: String? {
        if !(temperature >= 0 && temperature.isFinite) { return "temperature must be 0 or more, not \(temperature)" }
        if let topK, topK < 1 { return "top-k must be 1 or more, not \(topK)" }
        if let topP, !(topP > 0 && topP <= 1) { return "top-p must be above 0 and at most 1, not \(topP)" }
        if let minP, !(minP >= 0 && minP <= 1) { return "min-p must be between 0 and 1, not \(minP)" }
        if !(repetitionPenalty > 0 && repetitionPenalty.isFinite) {
            return "the repetition penalty must be above 0, not \(repetitionPenalty)"
        }
        if let repetitionWindow, repetitionWindow < 0 { return "the repetition window must be 0 or more, not \(repetitionWindow)" }
        return nil
    }
}
