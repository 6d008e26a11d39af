/// One judgement behind a figure of a `PainterEvaluation`: a line of `judgements.ndjson` in a report's folder.
public struct Judgement: Codable, Sendable, Equatable {
    /// The part of the evaluation, and where it has several kinds of judgements, which.
    public var part: String
    /// The class, the sentence or the command.
    public var asked: String
    /// What the judge takes each drawn object for, null for one without ink. Not there where no judge was asked.
    public var seenAs: [String?]?
    /// Strokes meant by a command, and those that went; of the latter none where the Painter refused.
    public var wanted: [Int]?, gone: [Int]?
    /// Whether all is as it was asked for.
    public var isRight: Bool

    enum CodingKeys: String, CodingKey { case part, asked, seenAs = "seen", wanted, gone, isRight = "right" }

    package init(_ part: String, _ asked: String, seenAs: [String?]? = nil, wanted: Set<Int>? = nil, gone: Set<Int>? = nil, isRight: Bool) {
        (self.part, self.asked, self.seenAs, self.isRight) = (part, asked, seenAs, isRight)
        (self.wanted, self.gone) = (wanted?.sorted(), gone?.sorted())
    }
}
