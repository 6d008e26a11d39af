import Tensors

/// The tokenizer inside a GGUF file: `tokenizer.ggml.*`.
extension Tokenizer {
    /// Patterns by the names that `tokenizer.ggml.pre` gives them; the first of a pattern is the one written.
    private static let ggufPatterns: [(names: [String], words: PreTokenizer)] = [
        (["gpt-2", "phi-2", "exaone4", "gigachat", "mellum", "modern-bert", "olmo", "mpt"], PreTokenizer()),
        (["smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b"], PreTokenizer(splitsDigits: true)),
        (["llama-bpe", "llama3", "llama-v3", "falcon3", "pixtral", "lfm2"], PreTokenizer(pattern: .llama3)),
        (["qwen2", "deepseek-r1-qwen", "stablelm2", "megrez"], PreTokenizer(pattern: .qwen2)),
        (["default", ""], PreTokenizer(pattern: .apart)),
    ]

    /// Token types of a GGUF file by their numbers.
    private enum TokenType { static let normal = 1, unused = 5, control = 3 }

    /// Reads byte-level BPE (`tokenizer.ggml.model` "gpt2"): the ids are llama.cpp's for any text that holds none of the
    /// special tokens' names. Those are never matched; nor are the tokens that llama.cpp calls user-defined.
    init(gguf file: GGUFFile) throws(TokenizerError) {
        let path = file.path
        func malformed(_ key: String, _ expected: String) -> TokenizerError {
            .malformed(path: path, key: "tokenizer.ggml.\(key)", expected: expected)
        }
        let model = file["tokenizer.ggml.model"]?.text ?? "none"
        guard model == "gpt2" else { throw .unsupported(path: path, key: "tokenizer.ggml.model", found: model) }
        let pre = file["tokenizer.ggml.pre"]?.text ?? ""
        guard let words = Self.ggufPatterns.first(where: { $0.names.contains(pre) })?.words else {
            throw .unsupported(path: path, key: "tokenizer.ggml.pre", found: pre)
        }
        guard let tokens = file["tokenizer.ggml.tokens"]?.texts, !tokens.isEmpty else { throw malformed("tokens", "a list of texts") }
        let types = try file["tokenizer.ggml.token_type"].map { value throws(TokenizerError) in
            guard let types = value.integers, types.count == tokens.count else { throw malformed("token_type", "\(tokens.count) integers, found \(value.kind)") }
            return types
        }

        var entries: [Entry] = [], idOfPiece: [[UInt8]: Int32] = [:], names: Set<String> = []
        entries.reserveCapacity(tokens.count)
        idOfPiece.reserveCapacity(tokens.count)
        for (id, token) in tokens.enumerated() {
            let type = types?[id] ?? TokenType.normal
            if type == TokenType.unused { entries.append(.unused); continue }
            // A piece outside the byte alphabet can never be made of bytes: it is as unreachable as an added token.
            if type == TokenType.normal, let bytes = ByteAlphabet.bytes(of: token), !bytes.isEmpty {
                guard idOfPiece.updateValue(Int32(id), forKey: bytes) == nil else { throw malformed("tokens[\(id)]", "a piece not used twice") }
                entries.append(.piece(bytes))
            } else {
                guard !token.isEmpty, names.insert(token).inserted else { throw malformed("tokens[\(id)]", "a name not used twice") }
                entries.append(.added(token))
            }
        }
        if let byte = Self.missingByte(in: idOfPiece) {
            throw malformed("tokens", "a piece for each byte (\"\(ByteAlphabet.text([byte]))\" is missing)")
        }
        guard let rules = file["tokenizer.ggml.merges"]?.texts else { throw malformed("merges", "a list of texts") }
        var merges: [Merge] = []
        merges.reserveCapacity(rules.count)
        for (index, rule) in rules.enumerated() {
            let space = rule.utf8.firstIndex(of: UInt8(ascii: " ")) ?? rule.endIndex
            guard space < rule.endIndex, let merge = Self.merge(rule[..<space], rule[rule.utf8.index(after: space)...], idOfPiece) else {
                throw malformed("merges[\(index)]", "two pieces of the vocabulary whose join is one too")
            }
            merges.append(merge)
        }
        self.init(entries: entries, merges: merges, preTokenizer: words, habits: Habits(takesWholeWords: words.pattern == .llama3))
    }

    /// Whether llama.cpp puts a begin token before a text unless the file says otherwise: with Llama 3's pattern.
    static func startsWithBegin(pre: String) -> Bool { ggufPatterns.first { $0.names.contains(pre) }?.words.pattern == .llama3 }

    /// The metadata of this tokenizer, filled up to `size` ids with unused ones.
    /// - Precondition: `size` is at least `count`.
    func ggufMetadata(size: Int) -> [(key: String, value: GGUFFile.Value)] {
        var tokens: [String] = [], types: [Int64] = []
        func add(_ text: String, _ type: Int) {
            tokens.append(text)
            types.append(Int64(type))
        }
        for (id, entry) in entries.enumerated() {
            switch entry {
            case .piece(let bytes): add(ByteAlphabet.text(bytes), TokenType.normal)
            case .added(let name): add(name, TokenType.control)
            case .unused: add("[UNUSED\(id)]", TokenType.unused)
            }
        }
        for id in tokens.count..<size { add("[PAD\(id)]", TokenType.unused) }
        let rules = merges.map { merge in "\(ggufText(merge.left)) \(ggufText(merge.right))" }
        let pre = Self.ggufPatterns.first { $0.words == preTokenizer }?.names[0] ?? "default"
        return [
            ("tokenizer.ggml.model", .text("gpt2")), ("tokenizer.ggml.pre", .text(pre)), ("tokenizer.ggml.tokens", .textList(tokens)),
            ("tokenizer.ggml.token_type", .signedList(types, bytes: 4)), ("tokenizer.ggml.merges", .textList(rules)),
        ]
    }

    private func ggufText(_ id: Int32) -> String {
        if case .piece(let bytes) = entries[Int(id)] { ByteAlphabet.text(bytes) } else { "" }
    }
}
