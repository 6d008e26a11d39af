import ArgumentParser
import Files
import Foundation
import Language
import Sketches
import Speculation
import Tensors
import Training

/// How the model chooses among likely tokens of a text.
struct TextSamplingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("0 takes the likeliest token, 1 draws as the model foretells; up to 4.", valueName: "t")) var temperature: Float = 0
    @Option(help: ArgumentHelp("Only the k likeliest tokens.", valueName: "k")) var topK: Int?
    @Option(help: ArgumentHelp("Only the likeliest tokens that together reach this probability; above 0, at most 1.", valueName: "p")) var topP: Float?
    @Option(help: ArgumentHelp("Makes tokens that have come less likely; 1 is off, up to 4.", valueName: "x")) var repetitionPenalty: Float = 1
    @Option(help: ArgumentHelp("Same seed, same text.", valueName: "n")) var seed: UInt64 = 0

    func validate() throws {
        guard 0...4 ~= temperature else { throw ValidationError("--temperature takes 0 to 4, not \(temperature)") }
        if let topK, topK < 1 { throw ValidationError("--top-k takes 1 or more, not \(topK)") }
        if let topP, !(topP > 0 && topP <= 1) { throw ValidationError("--top-p takes a number above 0 and at most 1, not \(topP)") }
        guard repetitionPenalty > 0, repetitionPenalty <= 4 else { throw ValidationError("--repetition-penalty takes a number above 0, up to 4, not \(repetitionPenalty)") }
    }

    var sampling: Sampling { Sampling(temperature: temperature, topK: topK, topP: topP, repetitionPenalty: repetitionPenalty) }
}

struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Continues a text, or answers in a chat, with a language model.",
        discussion: """
            The model is a Hugging Face folder (Llama or Qwen2 shape) or a GGUF file; `tools/base-model` fetches one into models/base. The text is \
            written as it comes, and ends at the model's end token, after --max-tokens, or when the model's positions are used up.

            With --draft another, smaller model guesses tokens ahead and this one looks at several in one pass: faster where the guesses are good, \
            and the text has the same law; at temperature 0 it is the same text.

            Example:  atelier generate models/base "Name three colours." --chat
                      atelier generate models/base "Tell me about bees." --chat --draft lookup --stats
            """)

    @Argument(help: "Model folder, adapter or GGUF file, or the name of an installed model.") var model: String
    @Argument(help: "The text to continue; with --chat what you say.") var prompt: String
    @Flag(help: "Puts the prompt into the model's chat turns.") var chat = false
    @Option(help: ArgumentHelp("With --chat: how the model is to behave; else what its template says.", valueName: "text")) var system: String?
    @Option(help: ArgumentHelp("At most so many new tokens.", valueName: "n")) var maxTokens = 256
    @OptionGroup var choice: TextSamplingOptions
    @OptionGroup var guessing: DraftOptions
    @Option(help: ArgumentHelp("Weights as f32, bf16, int8 or int4; else as the model has them.", valueName: "format")) var precision: WeightFormat?
    @OptionGroup var compute: ThreadOptions
    @Flag(help: "Print one JSON document: text, tokens, prompt_tokens, tokens_per_second, time_to_first_token; with --draft speculation.") var json = false

    struct Report: Encodable {
        let text: String
        /// The new ids.
        let tokens: [Int]
        let prompt_tokens: Int
        /// After the first token; null when there was no second.
        let tokens_per_second: Double?
        /// Seconds from the prompt's first token to the answer's, the model being loaded.
        let time_to_first_token: Double?
        /// With a drafter.
        let speculation: SpeculationReport?

        private enum Key: String, CodingKey { case text, tokens, prompt_tokens, tokens_per_second, time_to_first_token, speculation }
        func encode(to encoder: any Encoder) throws {
            var keys = encoder.container(keyedBy: Key.self)
            try keys.encode(text, forKey: .text)
            try keys.encode(tokens, forKey: .tokens)
            try keys.encode(prompt_tokens, forKey: .prompt_tokens)
            try keys.encode(tokens_per_second, forKey: .tokens_per_second)
            try keys.encode(time_to_first_token, forKey: .time_to_first_token)
            try keys.encodeIfPresent(speculation, forKey: .speculation)
        }
    }

    func validate() throws {
        guard maxTokens > 0 else { throw ValidationError("--max-tokens takes 1 or more, not \(maxTokens)") }
        if system != nil, !chat { throw ValidationError("--system goes with --chat") }
        try guessing.validateAlone()
        if guessing.draft != nil, choice.repetitionPenalty != 1 { throw ValidationError("--draft does not go with --repetition-penalty") }
    }

    func run() throws {
        try exitCleanly {
            compute.apply()
            let file = try ModelFile.open(ModelLibrary.folder(model)), tokenizer = try file.ownTokenizer()
            let (ids, endTokens) = try promptIDs(file, tokenizer)
            let capacity = min(file.config.positions, ids.count + maxTokens)
            guard ids.count <= capacity else {
                throw CommandError.data("the prompt is \(ids.count) tokens, the model has \(capacity) positions; shorten it")
            }
            guard let source = guessing.draft else {
                return try answer(to: ids, endTokens, DecodingSession(file.decoding(format: precision, positions: capacity), capacity: capacity), tokenizer)
            }
            // Room for guesses that are not kept.
            let room = min(file.config.positions, capacity + DecodingBatch.largestTree), target = try file.decoding(format: precision, positions: room)
            let sampling = choice.sampling, limit = min(maxTokens, capacity - ids.count + 1)        // the last token is not read
            if case .lookup = source {
                try answer(to: ids, limit: limit, guessing.decoding(target, LookupDrafter(length: guessing.draftLength), sampling, seed: choice.seed, endTokens: endTokens, capacity: room), tokenizer)
            } else if let model = try DraftOptions.model(source, for: target, tokenizer) {
                let drafter = try guessing.drafter(model, for: target, sampling, capacity: room)
                try answer(to: ids, limit: limit, guessing.decoding(target, drafter, sampling, seed: choice.seed, endTokens: endTokens, capacity: room), tokenizer)
            }
        }
    }

    /// The ids that the model reads, and those that end what it says.
    private func promptIDs(_ file: ModelFile, _ tokenizer: Tokenizer) throws -> (ids: [Int], endTokens: Set<Int>) {
        let config = file.config
        guard chat else {
            let ids = file.beginTokens + tokenizer.encode(prompt)
            guard !ids.isEmpty else { throw CommandError.usage("an empty prompt gives the model nothing to go on") }
            return (ids, Set(config.endTokens))
        }
        let turns = try file.chat()
        let messages = (system.map { [ChatTurns.Message.system($0)] } ?? []) + [.user(prompt)]
        return (turns.prompt(messages, tokenizer), Set(config.endTokens + [turns.end]))
    }

    private func answer(to ids: [Int], _ endTokens: Set<Int>, _ session: DecodingSession, _ tokenizer: Tokenizer) throws {
        var sampler = Sampler(choice.sampling, seed: choice.seed), constraint = FreeText(endTokens: endTokens)
        try show(ids, tokenizer) { take in
            _ = try generate(session, prompt: ids, sampler: &sampler, constraint: &constraint, limit: maxTokens) { token, probability in
                take(token, probability.isFinite && session.isSound(token), endTokens.contains(token))
            }
            return nil
        }
    }

    private func answer<Guesser: Drafter>(
        to ids: [Int], limit: Int, _ decoding: SpeculativeDecoding<ModelLaws, Guesser, FreeText>, _ tokenizer: Tokenizer
    ) throws {
        var decoding = decoding
        let endTokens = decoding.constraint.endTokens
        try show(ids, tokenizer) { take in
            _ = try decoding.speculate(ids, limit: limit) { take($0, true, endTokens.contains($0)) }
            return SpeculationReport(decoding.figures, decoding.drafter)
        }
    }

    /// Shows a text as it comes.
    /// - Parameter write: writes it, calling `take` with each token, whether the model is sound, and whether the token ends the text; false stops.
    private func show(_ ids: [Int], _ tokenizer: Tokenizer, _ write: (_ take: @escaping (Int, Bool, Bool) -> Bool) throws -> SpeculationReport?) throws {
        var stream = TextStream(tokenizer), text = "", failure: (any Error)?, tokens: [Int] = []
        let clock = ContinuousClock(), start = clock.now
        var first: ContinuousClock.Instant?, last = start
        func emit(_ part: String) {
            if json { text += part; return }
            do { try self.write(part) } catch { failure = error }
        }
        // From the first token on Ctrl-C ends the text, not the process in the middle of a character.
        let report = try write { token, isSound, ends in
            guard isSound else {
                failure = CommandError.data("\(model): its logits are not all finite numbers; are its weights whole?")
                return false
            }
            last = clock.now
            if first == nil { (first, _) = (last, Interruption.install()) }
            tokens.append(token)
            if !ends { emit(stream.append(token)) }
            return failure == nil && !Interruption.isRequested
        }
        emit(stream.finish())
        if let failure { throw failure }
        if json {
            let seconds = first.map { ($0.duration(to: last) / .seconds(1)) } ?? 0
            try printJSON(Report(text: text, tokens: tokens, prompt_tokens: ids.count, tokens_per_second: tokens.count > 1 ? Double(tokens.count - 1) / seconds : nil,
                                 time_to_first_token: first.map { start.duration(to: $0) / .seconds(1) }, speculation: report))
        } else { try say("") }
        if guessing.stats, let report { note(report.sentence) }
        if Interruption.isRequested { throw ExitCode(ExitStatus.interrupted) }
    }

    /// Writes a part of the text at once. A terminal gets no control characters, which it would obey.
    private func write(_ part: String) throws(OutputError) {
        let isTerminal = isatty(1) == 1
        let shown = isTerminal ? String(String.UnicodeScalarView(part.unicodeScalars.filter { $0 == "\n" || $0 == "\t" || !($0.value < 32 || 127..<160 ~= $0.value) })) : part
        if !shown.isEmpty { try SketchFile.writeAtomically(Data(shown.utf8), to: "-") }
    }
}

extension DecodingSession {
    /// Whether the logit of a token is a number.
    fileprivate func isSound(_ token: Int) -> Bool { (try? withLogits { $0[token].isFinite }) ?? false }
}
