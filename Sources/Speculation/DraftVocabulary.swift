import Files
import Foundation
import Language

/// Which of a target's tokens a draft knows: a small model needs no row for each of 49,152 tokens, most of which hardly ever come.
///
/// The draft's ids are places in `tokens`; one more id stands for every other token that it reads and never guesses. A law of such a draft has probability
/// for its tokens only, which changes nothing of the target's law. `draft.json` in the draft's folder:
///
///     {"target":"models/base","targetVocabulary":49152,"digest":"91b3…","tokens":[0,2,11,…]}
public struct DraftVocabulary: Sendable, Equatable {
    /// The target's token for each of the draft's ids but the last.
    public let tokens: [Int]
    /// How many tokens the target has.
    public let targetVocabulary: Int
    /// The target that it was made for, as it was called.
    public let target: String
    /// Of that target's tokenizer.
    public let digest: String
    /// Its ids and the target's tokens.
    public let map: TokenMap

    /// The file's name in the draft's folder.
    public static let fileName = "draft.json"

    /// - Precondition: at least one token, each once, all of the target.
    public init(tokens: [Int], target: String, targetVocabulary: Int, digest: String) {
        precondition(!tokens.isEmpty && tokens.allSatisfy { 0..<targetVocabulary ~= $0 }, "tokens of a vocabulary of \(targetVocabulary)")
        map = TokenMap(tokens.enumerated().map { (id: $0, token: $1) }, count: tokens.count + 1, targetCount: targetVocabulary, other: tokens.count)
        (self.tokens, self.target, self.targetVocabulary, self.digest) = (tokens, target, targetVocabulary, digest)
    }

    /// The most frequent tokens of texts, and some in any case.
    /// - Parameters:
    ///   - sources: texts of several kinds, each of which counts as much, however much there is of it: what a target writes is little beside what can be found.
    ///   - count: at most so many.
    ///   - always: known whatever the texts.
    public init(mostFrequentOf sources: [[[Int32]]], always: [Int], count: Int, target: String, targetVocabulary: Int, digest: String) {
        var shares = [Double](repeating: 0, count: targetVocabulary)
        for texts in sources {
            let part = 1 / Double(max(1, texts.reduce(0) { $0 + $1.count }))
            for text in texts { for token in text { shares[Int(token)] += part } }
        }
        for token in always { shares[token] = .infinity }
        let ordered = shares.indices.filter { shares[$0] > 0 }.sorted { (shares[$0], $1) > (shares[$1], $0) }
        self.init(tokens: ordered.prefix(count).sorted(), target: target, targetVocabulary: targetVocabulary, digest: digest)
    }

    /// The id of every token that the draft does not know.
    public var other: Int { map.other }
    /// How many ids the draft has.
    public var count: Int { map.count }
    /// The draft's id of a token of the target.
    public func id(of token: Int) -> Int { map.id(of: token) }
    /// Whether the draft can guess a token.
    public func knows(_ token: Int) -> Bool { map.knows(token) }

    /// What tells one tokenizer from another: a hash of what its tokens are.
    public static func digest(of tokenizer: Tokenizer) -> String {
        var bytes: [UInt8] = []
        for id in 0..<tokenizer.count {
            bytes.append(tokenizer.isText(id) ? 1 : 0)
            bytes += tokenizer.decodeBytes([id])
        }
        return String(fnv1a(bytes), radix: 16)
    }

    /// Why a draft cannot guess for a target; nil: it can.
    /// - Parameter size: the draft's own vocabulary.
    public func problem(for tokenizer: Tokenizer, targetVocabulary: Int, size: Int) -> String? {
        if self.targetVocabulary != targetVocabulary || digest != Self.digest(of: tokenizer) { return "the draft was trained for a model of other tokens, \(target)" }
        return size == count ? nil : "\(Self.fileName) has \(tokens.count) tokens and one for all others, config.json a vocabulary of \(size); do the files belong together?"
    }

    // MARK: files

    private struct File: Codable {
        var target: String, targetVocabulary: Int, digest: String, tokens: [Int]
    }
    private static let limit = 64 << 20

    /// Whether a model folder is a draft's.
    public static func exists(in folder: URL) -> Bool { FileManager.default.fileExists(atPath: folder.appending(path: fileName).path) }

    /// Of a draft's folder.
    /// - Throws: `FileError`, with what was expected.
    public init(folder: URL) throws(FileError) {
        let url = folder.appending(path: Self.fileName)
        guard let handle = FileHandle(forReadingAtPath: url.path), let data = try? handle.read(upToCount: Self.limit + 1) else {
            throw FileError(file: url.path, .unreadable("the list of a draft's tokens cannot be opened"))
        }
        guard data.count <= Self.limit else { throw FileError(file: url.path, .tooMany("bytes", limit: Self.limit)) }
        guard let file = try? JSONDecoder().decode(File.self, from: data) else {
            throw FileError(file: url.path, .unknownForm("not a list of a draft's tokens, {\"target\":…,\"targetVocabulary\":…,\"digest\":…,\"tokens\":[…]}; train the draft again"))
        }
        guard 1...10_000_000 ~= file.targetVocabulary else {
            throw FileError(file: url.path, key: "targetVocabulary", .outOfRange("a vocabulary has 1 to 10,000,000 tokens, not \(file.targetVocabulary)"))
        }
        guard !file.tokens.isEmpty, file.tokens.allSatisfy({ 0..<file.targetVocabulary ~= $0 }), Set(file.tokens).count == file.tokens.count else {
            throw FileError(file: url.path, key: "tokens", .outOfRange("ids from 0 to \(file.targetVocabulary - 1) were expected, each once; train the draft again"))
        }
        self.init(tokens: file.tokens, target: file.target, targetVocabulary: file.targetVocabulary, digest: file.digest)
    }

    /// Writes the list into a draft's folder.
    public func write(to folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try encoder.encode(File(target: target, targetVocabulary: targetVocabulary, digest: digest, tokens: tokens)).write(to: folder.appending(path: Self.fileName), options: .atomic)
    }
}
