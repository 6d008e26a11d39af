import Foundation

/// Byte-level BPE: text to token ids and back, exactly, for any bytes.
///
/// The text part has one piece for each of the 256 bytes and one for each merge, as in GPT-2. *Added tokens* (control,
/// places, pens, ...) have ids of their own, which `encode` never gives, whatever the text says: only the prompt builder
/// asks for them with `id(ofAdded:)`. Stored as Hugging Face's `tokenizer.json`.
///
/// ```swift
/// let tokenizer = Tokenizer.train(on: captions, vocabularySize: 1_000, addedTokens: ["<begin>", "<end>"])
/// let ids = tokenizer.encode("a cat left of a house")
/// tokenizer.decode(ids)                                 // "a cat left of a house"
/// tokenizer.encode("<end>")                             // several text tokens
/// tokenizer.id(ofAdded: "<end>")                        // 1_001, after the text
/// ```
///
/// Source: R. Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units" (2016); A. Radford et al.,
/// "Language Models are Unsupervised Multitask Learners" (2019) for the byte level.
public struct Tokenizer: Sendable, Equatable {
    /// What an id stands for.
    enum Entry: Sendable, Equatable { case piece([UInt8]), added(String), unused }

    /// A merge: two neighbouring pieces become one.
    struct Merge: Sendable, Equatable { let left, right, result: Int32 }
    private struct Rule: Sendable, Equatable { let rank, result: Int32 }

    /// What some published tokenizers do besides.
    struct Habits: Sendable, Equatable {
        /// A word that is a piece becomes it, whatever the merges say (Llama 3).
        var takesWholeWords = false
        /// Text is brought into Unicode's composed form first (Qwen2's tokenizer.json): the one case in which `decode` may
        /// give other bytes back than `encode` was given.
        var composes = false
    }

    let entries: [Entry]
    let merges: [Merge]
    let preTokenizer: PreTokenizer
    /// Departures from plain byte BPE that some published tokenizers have.
    let habits: Habits
    private let rules: [UInt64: Rule]
    private let byteIDs: [Int32]                    // −1: this byte has no piece (only in files made elsewhere)
    private let addedIDs: [String: Int]
    private let wholeWords: [[UInt8]: Int32]        // empty unless they are taken

    /// Number of ids, text and added.
    public var count: Int { entries.count }

    /// Number of text pieces. In a tokenizer trained here their ids are `0..<textCount` and the added tokens follow; a
    /// file made elsewhere may have added tokens before and between (`isText` tells).
    public let textCount: Int

    init(entries: [Entry], merges: [Merge], preTokenizer: PreTokenizer, habits: Habits = Habits()) {
        self.entries = entries
        self.merges = merges
        self.preTokenizer = preTokenizer
        self.habits = habits
        var wholeWords: [[UInt8]: Int32] = [:]
        var byteIDs = [Int32](repeating: -1, count: 256)
        var addedIDs: [String: Int] = [:]
        var textCount = 0
        for (id, entry) in entries.enumerated() {
            switch entry {
            case .piece(let bytes):
                textCount += 1
                if bytes.count == 1 { byteIDs[Int(bytes[0])] = Int32(id) }
                if habits.takesWholeWords { wholeWords[bytes] = Int32(id) }
            case .added(let token): addedIDs[token] = id
            case .unused: break
            }
        }
        var rules: [UInt64: Rule] = [:]
        rules.reserveCapacity(merges.count)
        for (rank, merge) in merges.enumerated() {
            let key = Self.key(merge.left, merge.right)
            if rules[key] == nil { rules[key] = Rule(rank: Int32(rank), result: merge.result) }
        }
        (self.byteIDs, self.addedIDs, self.textCount, self.rules, self.wholeWords) = (byteIDs, addedIDs, textCount, rules, wholeWords)
    }

    // MARK: Text

    /// The ids of a text. Never an added token, whatever the text; `decode` gives the text back exactly.
    public func encode(_ text: String) -> [Int] {
        encode(bytes: Array(habits.composes ? text.precomposedStringWithCanonicalMapping.utf8 : text.utf8))
    }

    /// The ids of any bytes, valid UTF-8 or not; `decodeBytes` gives them back.
    ///
    /// A byte that a tokenizer made elsewhere has no piece for is left out, and nothing merges across it, as in llama.cpp.
    /// SmolLM2's lacks a few control characters; files that lack commoner bytes are refused on reading.
    public func encode(bytes: [UInt8]) -> [Int] {
        var ids: [Int] = []
        ids.reserveCapacity(bytes.count / 3 + 1)
        var word: [Int32] = []
        preTokenizer.forEachWord(in: bytes) { range in
            if habits.takesWholeWords, let id = wholeWords[Array(bytes[range])] {
                ids.append(Int(id))
                return
            }
            word.removeAll(keepingCapacity: true)
            for byte in bytes[range] {
                if byteIDs[Int(byte)] >= 0 { word.append(byteIDs[Int(byte)]) } else { finish(&word, into: &ids) }
            }
            finish(&word, into: &ids)
        }
        return ids
    }

    /// Merges a word and moves its ids to those of the text.
    private func finish(_ word: inout [Int32], into ids: inout [Int]) {
        if word.count > Self.longWord { mergeLong(&word) } else { mergeShort(&word) }
        for id in word { ids.append(Int(id)) }
        word.removeAll(keepingCapacity: true)
    }

    /// The text of ids. Bytes that are not valid UTF-8 and ids that do not exist become U+FFFD; an added token is
    /// written as its name, or left out with `skippingAdded`.
    public func decode(_ ids: [Int], skippingAdded: Bool = false) -> String {
        String(decoding: decodeBytes(ids, skippingAdded: skippingAdded), as: UTF8.self)
    }

    /// The bytes of ids; see `decode`.
    public func decodeBytes(_ ids: [Int], skippingAdded: Bool = false) -> [UInt8] {
        var bytes: [UInt8] = []
        for id in ids {
            guard entries.indices.contains(id) else { bytes += Array("\u{FFFD}".utf8); continue }
            switch entries[id] {
            case .piece(let piece): bytes += piece
            case .added(let token): if !skippingAdded { bytes += Array(token.utf8) }
            case .unused: bytes += Array("\u{FFFD}".utf8)
            }
        }
        return bytes
    }

    // MARK: Ids

    /// Whether the id is a piece of text.
    public func isText(_ id: Int) -> Bool {
        guard entries.indices.contains(id), case .piece = entries[id] else { return false }
        return true
    }

    /// The id of an added token; nil when there is none of this name.
    public func id(ofAdded token: String) -> Int? { addedIDs[token] }

    /// The name of an added token; nil when the id is text or does not exist.
    public func addedToken(_ id: Int) -> String? {
        guard entries.indices.contains(id), case .added(let token) = entries[id] else { return nil }
        return token
    }

    /// The same tokenizer with more added tokens: new ids after the old ones, old ids unchanged. A token that exists
    /// already keeps its id.
    /// - Parameter rows: ids below this are not given to new tokens: a model may have more rows than tokens.
    public func extended(with tokens: [String], after rows: Int = 0) -> Tokenizer {
        var entries = entries, known = Set(addedIDs.keys)
        if !tokens.isEmpty, entries.count < rows { entries += [Entry](repeating: .unused, count: rows - entries.count) }
        for token in tokens where known.insert(token).inserted { entries.append(.added(token)) }
        return Tokenizer(entries: entries, merges: merges, preTokenizer: preTokenizer, habits: habits)
    }

    // MARK: Merging

    /// Above this many pieces a word is merged with a heap: n log n, so that a hostile text of one endless word cannot
    /// hang the encoder. Below, repeated scans are quicker.
    static let longWord = 48

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    /// Applies the lowest-ranked rule, leftmost first, until none fits. The plain form.
    package func mergeShort(_ word: inout [Int32]) {
        while word.count > 1 {
            var best = Int32.max, place = -1, result: Int32 = 0
            for i in 0..<(word.count - 1) {
                if let rule = rules[Self.key(word[i], word[i + 1])], rule.rank < best {
                    (best, place, result) = (rule.rank, i, rule.result)
                }
            }
            if place < 0 { return }
            word[place] = result
            word.remove(at: place + 1)
        }
    }

    /// The same merges over a linked list, with a heap of candidate pairs ordered by (rank, place).
    package func mergeLong(_ word: inout [Int32]) {
        let n = word.count
        var next = Array(1...n), previous = Array(-1..<(n - 1))      // n and −1: none
        var heap = Heap<UInt64>()                                    // rank << 32 | place
        func offer(_ i: Int) {
            guard i >= 0, next[i] < n, let rule = rules[Self.key(word[i], word[next[i]])] else { return }
            heap.insert(UInt64(rule.rank) << 32 | UInt64(i))
        }
        for i in 0..<n { offer(i) }
        while let candidate = heap.popLowest() {
            let i = Int(candidate & 0xFFFF_FFFF)
            // The pair may have changed since it was offered: the rank then differs or the piece is gone (−1).
            guard word[i] >= 0, next[i] < n, let rule = rules[Self.key(word[i], word[next[i]])],
                  UInt64(rule.rank) == candidate >> 32 else { continue }
            let gone = next[i]
            word[i] = rule.result
            word[gone] = -1
            next[i] = next[gone]
            if next[i] < n { previous[next[i]] = i }
            offer(previous[i])
            offer(i)
        }
        word.removeAll { $0 < 0 }
    }

    /// Whether both have the same tokens, merges and way of cutting text.
    public static func == (a: Tokenizer, b: Tokenizer) -> Bool {
        a.entries == b.entries && a.merges == b.merges && a.preTokenizer == b.preTokenizer && a.habits == b.habits
    }
}

/// A binary heap, lowest first.
struct Heap<Element: Comparable> {
    private var items: [Element] = []
    var isEmpty: Bool { items.isEmpty }

    mutating func insert(_ item: Element) {
        items.append(item)
        var i = items.count - 1
        while i > 0, items[i] < items[(i - 1) / 2] {
            items.swapAt(i, (i - 1) / 2)
            i = (i - 1) / 2
        }
    }

    mutating func popLowest() -> Element? {
        guard let lowest = items.first else { return nil }
        let last = items.removeLast()
        if items.isEmpty { return lowest }
        items[0] = last
        var i = 0
        while true {
            var child = 2 * i + 1
            if child >= items.count { break }
            if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
            if !(items[child] < items[i]) { break }
            items.swapAt(i, child)
            i = child
        }
        return lowest
    }
}
