/// Questions about pictures, answered with a trace that can be checked: Look, Remember, Reason (Bhattacharyya et al. 2023).
///
/// ``Look`` turns pictures into grid features. A `Decoder` whose cross-attention asks them is to write what it sees (*Remember*) and the steps to an
/// answer (*Reason*), which `Program.run(on:)` of `Scenes` checks. ``QuestionReader`` is the language half by itself: a question in words to a
/// program; ``QuestionJob`` trains it.
///
/// ```swift
/// let reader = try QuestionReader(DecodingModel(folder.decoder), tokenizer)
/// if let program = try reader.read("How many red balls are left of the cube?").program {
///     print(try program.run(on: scene).answer.text)
/// }
/// ```
public enum Reasoner {}
