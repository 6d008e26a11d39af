import Distillation
import Foundation
import Language
import Tensors

/// How much of its base's language an adapter has kept: perplexities of texts that neither was trained on, before and after.
///
/// Both models have the same weights but for the adapter's, in one number format, and read the same tokens; the adapted one must also give a share to the
/// tokens that were added. A ratio of 1 means that nothing was lost.
public struct LanguageFigures: Codable, Sendable, CustomStringConvertible {
    /// Texts of one source.
    public struct Part: Codable, Sendable, Equatable {
        /// What the texts are.
        public var source: String
        /// Texts, and tokens that were scored.
        public var documents, tokens: Int
        /// Perplexity by the base alone, and with the adapter.
        public var before, after: Double
        /// The second over the first, with its interval: a paired bootstrap over documents.
        public var ratio: Estimate
    }

    /// A source's texts as tokens; those before `first` are only read.
    public struct Source: Sendable {
        struct Document: Sendable { var tokens: [Int], first: Int }
        /// What the texts are.
        public let name: String
        let documents: [Document]
        /// Texts there are.
        public var count: Int { documents.count }

        /// A running text in windows that do not overlap, at most so many, spread over all of it.
        /// - Parameter window: tokens, 2 or more.
        public init(_ name: String, text: String, tokenizer: Tokenizer, window: Int, count: Int) {
            precondition(window > 1, "windows of \(window) tokens")
            let ids = tokenizer.encode(text)
            let all = stride(from: 0, to: max(ids.count - 1, 0), by: window).map { Document(tokens: Array(ids[$0..<min($0 + window, ids.count)]), first: 1) }
            self.name = name
            documents = all.count <= count ? all : (0..<count).map { all[$0 * all.count / count] }
        }

        /// What the base wrote on instructions that no adapter is trained on; the instructions are only read.
        /// - Parameter limit: the most tokens of an instruction and its text; longer texts are cut.
        public init(_ name: String, written texts: [BaseText], form: InstructionForm, limit: Int, count: Int) {
            self.name = name
            documents = texts.lazy.filter(\.isHeldOut).compactMap { text in
                form.document(text, limit: limit).map { document in
                    Document(tokens: document.tokens.map(Int.init), first: document.weights.firstIndex { $0 > 0 } ?? document.tokens.count)
                }
            }.filter { 0 < $0.first && $0.first < $0.tokens.count }.prefix(count).map { $0 }
        }
    }

    /// The adapter's and its base's name, the number format of both, the seed of the intervals.
    public var adapter, base, precision: String, seed: UInt64
    /// In the order of the sources.
    public var parts: [Part]

    /// Measures an adapter against its base.
    /// - Parameters:
    ///   - format: how the weights of both are kept.
    ///   - progress: told how many texts are read; each is read twice, by the base and with the adapter.
    /// - Throws: `ModelFolderError` where the file is no adapter.
    public static func measure(
        _ adapter: ModelFile, on sources: [Source], format: WeightFormat = .bfloat16, seed: UInt64 = 0, progress: (_ done: Int) -> Void = { _ in }
    ) throws -> LanguageFigures {
        guard let place = adapter.base else { throw ModelFolderError.adapter(path: adapter.url.path, problem: "it is no adapter; give the folder of one") }
        let base = try ModelFile.open(place), longest = sources.flatMap(\.documents).reduce(2) { max($0, $1.tokens.count) }
        var done = 0
        /// Nats of each text of each source.
        func nats(_ file: ModelFile) throws -> [[Double]] {
            let session = DecodingSession(try file.decoding(format: format, positions: longest), capacity: longest)
            return try sources.map { source in
                try source.documents.map { document in
                    let sum = try session.nats(of: document.tokens, from: document.first)
                    done += 1
                    progress(done)
                    return sum
                }
            }
        }
        let before = try nats(base), after = try nats(adapter)
        let parts = sources.indices.map { part(sources[$0], before: before[$0], after: after[$0], seed: RandomSource.derive(seed, UInt64($0) + 1)) }
        return LanguageFigures(adapter: adapter.url.lastPathComponent, base: base.url.lastPathComponent, precision: format.rawValue, seed: seed, parts: parts)
    }

    private static func part(_ source: Source, before: [Double], after: [Double], seed: UInt64) -> Part {
        let tokens = source.documents.map { $0.tokens.count - $0.first }
        func perplexity(_ nats: [Double], _ places: [Int]) -> Double {
            exp(places.reduce(0) { $0 + nats[$1] } / Double(max(1, places.reduce(0) { $0 + tokens[$1] })))
        }
        let all = Array(tokens.indices)
        let ratio = Estimate.bootstrap(over: tokens.count, seed: seed) { perplexity(after, $0) / perplexity(before, $0) }
        return Part(source: source.name, documents: tokens.count, tokens: tokens.reduce(0, +), before: perplexity(before, all), after: perplexity(after, all), ratio: ratio)
    }

    /// A table of the figures.
    public var description: String {
        func three(_ value: Double) -> String { String(format: "%.3f", value) }
        return (["\(adapter) beside \(base), \(precision): perplexity before → after, ratio (95 % interval)"] + parts.map { part in
            "\(part.source): \(three(part.before)) → \(three(part.after)), \(part.ratio); \(part.tokens) tokens of \(part.documents) texts"
        }).joined(separator: "\n")
    }
}
