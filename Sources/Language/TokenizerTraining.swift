extension Tokenizer {
    /// Learns a byte-level BPE vocabulary: 256 bytes, then the most frequent merges, then the added tokens.
    ///
    /// - Parameters:
    ///   - texts: what to learn from; the order does not matter.
    ///   - vocabularySize: text pieces at most (bytes and merges, without the added tokens), 256 or more. Fewer when no
    ///     pair occurs twice any more.
    ///   - addedTokens: names of the tokens after the text, in order; doubles are left out.
    ///
    /// Of two pairs as frequent, the one with the lower ids comes first: the same texts give the same vocabulary.
    public static func train(on texts: [String], vocabularySize: Int, addedTokens: [String]) -> Tokenizer {
        let preTokenizer = PreTokenizer()
        var trainer = Trainer()
        for text in texts {
            let bytes = Array(text.utf8)
            preTokenizer.forEachWord(in: bytes) { trainer.add(bytes[$0]) }
        }
        let (pieces, merges) = trainer.merges(limit: vocabularySize - 256)
        let plain = Tokenizer(entries: pieces.map(Entry.piece), merges: merges, preTokenizer: preTokenizer)
        return plain.extended(with: addedTokens)
    }
}

/// Counts words, then merges the most frequent pair again and again, touching only the words that hold it.
private struct Trainer {
    private struct Pair: Hashable { let left, right: Int32 }

    /// A pair with its count when it was queued; the most frequent first, then the lower ids.
    private struct Candidate: Comparable {
        let count: Int, pair: Pair
        static func < (a: Candidate, b: Candidate) -> Bool {
            a.count != b.count ? a.count > b.count : (a.pair.left, a.pair.right) < (b.pair.left, b.pair.right)
        }
    }

    private var wordCounts: [ArraySlice<UInt8>: Int] = [:]

    mutating func add(_ word: ArraySlice<UInt8>) {
        if let count = wordCounts[word] { wordCounts[word] = count + 1 } else { wordCounts[ArraySlice(Array(word))] = 1 }
    }

    func merges(limit: Int) -> (pieces: [[UInt8]], merges: [Tokenizer.Merge]) {
        var pieces = (0...255).map { [UInt8($0)] }, merges: [Tokenizer.Merge] = []
        let counts = wordCounts.map(\.value)
        var words = wordCounts.map { $0.key.map(Int32.init) }
        var pairCounts: [Pair: Int] = [:], holders: [Pair: Set<Int>] = [:]
        for (index, word) in words.enumerated() {
            for (left, right) in zip(word, word.dropFirst()) {
                pairCounts[Pair(left: left, right: right), default: 0] += counts[index]
                holders[Pair(left: left, right: right), default: []].insert(index)
            }
        }
        var queue = Heap<Candidate>()
        for (pair, count) in pairCounts { queue.insert(Candidate(count: count, pair: pair)) }

        // Two ways to the same bytes ("ab" + "c", "a" + "bc") share one piece, so a piece can come up again later.
        var idOfPiece: [[UInt8]: Int32] = [:], learned: Set<Pair> = []
        for (id, piece) in pieces.enumerated() { idOfPiece[piece] = Int32(id) }

        while pieces.count < 256 + limit, let best = queue.popLowest() {
            let count = pairCounts[best.pair] ?? 0
            if count != best.count {                    // stale: queue it again with what it counts now
                if count > 0 { queue.insert(Candidate(count: count, pair: best.pair)) }
                continue
            }
            if count < 2 { break }
            let piece = pieces[Int(best.pair.left)] + pieces[Int(best.pair.right)]
            let result = idOfPiece[piece] ?? Int32(pieces.count)
            if Int(result) == pieces.count {
                pieces.append(piece)
                idOfPiece[piece] = result
            }
            if learned.insert(best.pair).inserted {
                merges.append(.init(left: best.pair.left, right: best.pair.right, result: result))
            }
            var grown: Set<Pair> = []
            for index in holders[best.pair] ?? [] {
                let old = words[index], new = Self.merge(old, best.pair, result)
                for (left, right) in zip(old, old.dropFirst()) {
                    pairCounts[Pair(left: left, right: right), default: 0] -= counts[index]
                }
                for (left, right) in zip(new, new.dropFirst()) {
                    let pair = Pair(left: left, right: right)
                    pairCounts[pair, default: 0] += counts[index]
                    if left == result || right == result {
                        holders[pair, default: []].insert(index)
                        grown.insert(pair)
                    }
                }
                words[index] = new
            }
            pairCounts[best.pair] = nil
            holders[best.pair] = nil
            for pair in grown { queue.insert(Candidate(count: pairCounts[pair] ?? 0, pair: pair)) }
        }
        return (pieces, merges)
    }

    private static func merge(_ word: [Int32], _ pair: Pair, _ result: Int32) -> [Int32] {
        var merged: [Int32] = []
        merged.reserveCapacity(word.count)
        var i = 0
        while i < word.count {
            if i + 1 < word.count, word[i] == pair.left, word[i + 1] == pair.right {
                merged.append(result)
                i += 2
            } else {
                merged.append(word[i])
                i += 1
            }
        }
        return merged
    }
}
