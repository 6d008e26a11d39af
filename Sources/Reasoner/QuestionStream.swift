import Language
import Scenes
import Tensors

/// Training documents for reading questions, as a pure function of (seed, step, micro-batch):
/// `<begin><ask> how many red balls are there <program> <scene><filter_color><color red>… <end>`, or `<unknown>` for the program.
package struct QuestionStream: Sendable {
    let vocabulary: ReasonerVocabulary
    /// Families, each with the words of its source.
    let templates: [(template: QuestionTemplate, domain: Domain)]
    /// Share of questions that are to be refused.
    let unknown: Double
    let seed: UInt64
    let length: Int

    func rows(step: Int, microBatch: Int, rows: Int) -> PackedRows {
        var random = RandomSource(seed: RandomSource.derive(seed, UInt64(step) + 1, UInt64(microBatch)))
        var packed = PackedRows(rows: rows, length: length, pad: vocabulary.pad), refused = 0
        while refused < 8 {
            let (text, program) = question(&random)
            guard let document = document(text, program), document.tokens.count <= length else { continue }
            if !packed.add(tokens: document.tokens, weights: document.weights) { refused += 1 }
        }
        return packed
    }

    /// A question in words and its program; nil for one that is to be refused.
    func question(_ random: inout RandomSource) -> (text: String, program: Program?) {
        if random.uniform() < unknown { return (UnanswerableQuestions.sample(using: &random), nil) }
        while true {
            let (template, domain) = templates[random.int(below: templates.count)]
            guard let filled = template.filled(domain, using: &random) else { continue }
            let text = random.uniform() < 0.2 ? Colloquial.form(of: filled.text, using: &random) : filled.text
            return (random.uniform() < 0.15 ? Self.misspelt(text, &random) : text, filled.program)
        }
    }

    /// What is written has a loss, what is read has none.
    private func document(_ text: String, _ program: Program?) -> (tokens: [Int32], weights: [Float])? {
        var tokens = [vocabulary.begin, vocabulary.ask] + vocabulary.text(text) + [vocabulary.program]
        let given = tokens.count
        if let program {
            guard let written = vocabulary.tokens(of: program) else { return nil }
            tokens += written + [vocabulary.end]
        } else {
            tokens += [vocabulary.unknown]
        }
        return (tokens.map(Int32.init), tokens.indices.map { $0 < given ? 0 : 1 })
    }

    /// One slip of the keyboard in a longer word.
    package static func misspelt(_ text: String, _ random: inout RandomSource) -> String {
        var words = text.split(separator: " ").map(Array.init)
        let long = words.indices.filter { words[$0].count > 4 }
        guard !long.isEmpty else { return text }
        let word = long[random.int(below: long.count)], at = 1 + random.int(below: words[word].count - 2)
        switch random.int(below: 3) {
        case 0: words[word].swapAt(at, at - 1)
        case 1: words[word].remove(at: at)
        default: words[word].insert(words[word][at], at: at)
        }
        return words.map { String($0) }.joined(separator: " ")
    }

    /// Shares of questions that a reader reads exactly, and of those to be refused that it refuses; of a seed that no row has.
    func score(of reader: QuestionReader, count: Int) throws -> (exact: Double, refused: Double) {
        var random = RandomSource(seed: RandomSource.derive(seed, 0xE7A1)), right = (known: 0, unknown: 0), asked = (known: 0, unknown: 0)
        for _ in 0..<count {
            let (text, program) = question(&random), found = try reader.read(text, guesses: true).program
            // Postfix order is one of many: what counts is the tree.
            let isRight = found.flatMap(vocabulary.tokens) == program.flatMap(vocabulary.tokens)
            if program == nil { asked.unknown += 1; right.unknown += isRight ? 1 : 0 } else { asked.known += 1; right.known += isRight ? 1 : 0 }
        }
        return (Double(right.known) / Double(max(1, asked.known)), Double(right.unknown) / Double(max(1, asked.unknown)))
    }

    /// Questions for the tokenizer.
    static func sentences(_ templates: [(template: QuestionTemplate, domain: Domain)], count: Int, seed: UInt64) -> [String] {
        var random = RandomSource(seed: RandomSource.derive(seed, 0x7E57, 1)), texts: [String] = []
        while texts.count < count {
            if texts.count % 10 == 9 { texts.append(UnanswerableQuestions.sample(using: &random)); continue }
            let (template, domain) = templates[random.int(below: templates.count)]
            if let text = template.filled(domain, using: &random)?.text { texts.append(text) }
        }
        return texts.map(ReasonerVocabulary.normalized)
    }
}
