import Files
import Foundation
import Tensors

/// Hugging Face's `tokenizer.json`.
extension Tokenizer {
    /// Largest file that is read: ten times the largest tokenizer in common use.
    private static let largestFile = 256 << 20
    /// Largest id, so that a hostile id cannot make the table of entries fill the memory.
    private static let largestID = 4_000_000

    // MARK: Reading

    /// Reads a byte-level BPE `tokenizer.json`, written here or by Hugging Face `tokenizers`.
    ///
    /// Read: `model.vocab`, `model.merges` (as "a b" or ["a", "b"]), `model.ignore_merges`, `added_tokens`, the normalizer
    /// `NFC`, and a `pre_tokenizer` that is `ByteLevel`, `Digits` then `ByteLevel`, or a `Split` by Llama 3's or Qwen2's
    /// pattern then `ByteLevel`. `post_processor` is not applied: `encode` gives the text alone.
    public init(contentsOf url: URL) throws(TokenizerError) {
        let path = url.path
        let data: Data
        do { data = try Data(contentsOf: url) } catch {
            let missing = !FileManager.default.fileExists(atPath: path)
            throw .unreadable(path: path, reason: missing ? "no such file" : "not a readable file")
        }
        guard data.count <= Self.largestFile else {
            throw .unreadable(path: path, reason: "\(data.count) bytes, the limit is \(Self.largestFile)")
        }
        try self.init(json: data, path: path)
    }

    /// Reads the file's bytes; `path` is for messages.
    init(json data: Data, path: String) throws(TokenizerError) {
        guard let file = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else {
            throw .malformed(path: path, key: "(whole file)", expected: "a JSON object")
        }
        func malformed(_ key: String, _ expected: String) -> TokenizerError {
            .malformed(path: path, key: key, expected: expected)
        }
        guard let model = file["model"] as? [String: Any] else { throw malformed("model", "an object") }
        let type = model["type"] as? String ?? "BPE"
        guard type == "BPE" else { throw .unsupported(path: path, key: "model.type", found: type) }
        if model["byte_fallback"] as? Bool == true { throw .unsupported(path: path, key: "model.byte_fallback", found: "true") }
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let text = model[key] as? String, !text.isEmpty {
                throw .unsupported(path: path, key: "model.\(key)", found: text)
            }
        }
        var habits = Habits(takesWholeWords: model["ignore_merges"] as? Bool == true)
        if let normalizer = file["normalizer"], !(normalizer is NSNull) {
            guard Self.kind(of: normalizer) == "NFC" else { throw .unsupported(path: path, key: "normalizer", found: Self.kind(of: normalizer)) }
            habits.composes = true
        }
        let preTokenizer = try Self.preTokenizer(file["pre_tokenizer"], path: path)

        // Added tokens first: a token that stands both there and in the vocabulary is added, not text.
        var added: [Int: String] = [:], names: Set<String> = []
        let list = file["added_tokens"] ?? [Any]()
        guard let addedList = list is NSNull ? [] : list as? [[String: Any]] else {
            throw malformed("added_tokens", "an array of objects")
        }
        for (index, token) in addedList.enumerated() {
            let key = "added_tokens[\(index)]"
            guard let id = Self.int(token["id"]), (0...Self.largestID).contains(id) else {
                throw malformed("\(key).id", "an integer from 0 to \(Self.largestID)")
            }
            guard let content = token["content"] as? String, !content.isEmpty else {
                throw malformed("\(key).content", "a text")
            }
            guard added.updateValue(content, forKey: id) == nil else { throw malformed("\(key).id", "an id not used twice") }
            guard names.insert(content).inserted else { throw malformed("\(key).content", "a name not used twice") }
        }

        guard let vocab = model["vocab"] as? [String: Any] else { throw malformed("model.vocab", "an object") }
        var idOfPiece: [[UInt8]: Int32] = [:], pieces: [Int: [UInt8]] = [:]
        idOfPiece.reserveCapacity(vocab.count)
        for (text, value) in vocab {
            let key = "model.vocab[\"\(text)\"]"
            guard let id = Self.int(value), (0...Self.largestID).contains(id) else {
                throw malformed(key, "an integer from 0 to \(Self.largestID)")
            }
            if let name = added[id] {
                guard name == text else { throw malformed(key, "an id that no added token has") }
                continue
            }
            guard let bytes = ByteAlphabet.bytes(of: text), !bytes.isEmpty else {
                throw malformed(key, "a piece of GPT-2's byte alphabet")
            }
            guard pieces.updateValue(bytes, forKey: id) == nil else { throw malformed(key, "an id not used twice") }
            idOfPiece[bytes] = Int32(id)
        }
        if let byte = Self.missingByte(in: idOfPiece) {
            throw malformed("model.vocab", "a piece for each byte (\"\(ByteAlphabet.text([byte]))\" is missing)")
        }
        let size = max(pieces.keys.max() ?? 0, added.keys.max() ?? 0) + 1
        guard size <= 2 * (pieces.count + added.count) + 1_024 else {
            throw malformed("model.vocab", "ids without wide gaps (\(pieces.count + added.count) tokens, highest id \(size - 1))")
        }
        var entries = [Entry](repeating: .unused, count: size)
        for (id, piece) in pieces { entries[id] = .piece(piece) }
        for (id, name) in added { entries[id] = .added(name) }

        guard let mergeList = model["merges"] as? [Any] else { throw malformed("model.merges", "an array") }
        var merges: [Merge] = []
        merges.reserveCapacity(mergeList.count)
        for (index, item) in mergeList.enumerated() {
            let parts = (item as? String)?.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
                ?? item as? [String] ?? []
            guard parts.count == 2, let merge = Self.merge(parts[0], parts[1], idOfPiece) else {
                throw malformed("model.merges[\(index)]", "two pieces of the vocabulary whose join is one too")
            }
            merges.append(merge)
        }
        self.init(entries: entries, merges: merges, preTokenizer: preTokenizer, habits: habits)
    }

    /// A byte that has no piece and should: all but those that some tokenizers leave out, never having met them, which are
    /// control characters, bytes that never occur in UTF-8, and the first bytes of the rarest characters.
    static func missingByte(in idOfPiece: [[UInt8]: Int32]) -> UInt8? {
        (UInt8.min...UInt8.max).first { byte in
            switch byte {
            case 0x09, 0x0A, 0x0D: idOfPiece[[byte]] == nil
            case 0..<0x20, 0x7F, 0xC0, 0xC1, 0xF1...0xFF: false
            default: idOfPiece[[byte]] == nil
            }
        }
    }

    /// The merge of two pieces in the byte alphabet; nil unless both and their join are of the vocabulary.
    static func merge(_ left: some StringProtocol, _ right: some StringProtocol, _ idOfPiece: [[UInt8]: Int32]) -> Merge? {
        guard let left = ByteAlphabet.bytes(of: left), let right = ByteAlphabet.bytes(of: right), let leftID = idOfPiece[left],
              let rightID = idOfPiece[right], let result = idOfPiece[left + right] else { return nil }
        return Merge(left: leftID, right: rightID, result: result)
    }

    private static func preTokenizer(_ value: Any?, path: String) throws(TokenizerError) -> PreTokenizer {
        func unsupported(_ found: String) -> TokenizerError {
            .unsupported(path: path, key: "pre_tokenizer", found: found)
        }
        guard let object = value as? [String: Any] else { throw unsupported("none") }
        var steps = [object]
        if object["type"] as? String == "Sequence" {
            guard let list = object["pretokenizers"] as? [[String: Any]] else { throw unsupported("an empty sequence") }
            steps = list
        }
        var result = PreTokenizer()
        for (index, step) in steps.enumerated() {
            let last = index == steps.count - 1
            switch step["type"] as? String {
            case "Digits" where !last && step["individual_digits"] as? Bool == true: result.splitsDigits = true
            case "Split" where index == steps.count - 2:
                let regex = (step["pattern"] as? [String: Any])?["Regex"] as? String
                guard step["behavior"] as? String == "Isolated", step["invert"] as? Bool != true,
                      let pattern = splitPatterns.first(where: { $0.regex == regex })?.pattern else {
                    throw unsupported("Split by \(regex ?? "a text") at place \(index)")
                }
                result.pattern = pattern
            case "ByteLevel" where last:
                guard step["add_prefix_space"] as? Bool != true else { throw unsupported("add_prefix_space") }
                guard step["use_regex"] as? Bool ?? true == (result.pattern == .gpt2) else {
                    throw unsupported(result.pattern == .gpt2 ? "use_regex false" : "Split and use_regex true")
                }
            default: throw unsupported(kind(of: step) + " at place \(index)")
            }
        }
        guard steps.last?["type"] as? String == "ByteLevel" else { throw unsupported("no ByteLevel") }
        return result
    }

    /// The patterns that a `Split` is known by, as Llama 3's and Qwen2's files have them.
    private static let splitPatterns: [(regex: String, pattern: PreTokenizer.Pattern)] = [("{1,3}", .llama3), ("", .qwen2)].map { digits, pattern in
        (#"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}\#(digits)| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#, pattern)
    }

    private static func kind(of value: Any) -> String {
        ((value as? [String: Any])?["type"] as? String) ?? "an unknown form"
    }

    private static func int(_ value: Any?) -> Int? {
        guard let number = value as? NSNumber else { return nil }
        let double = number.doubleValue
        return double == double.rounded() && abs(double) < 1e15 ? Int(double) : nil
    }

    // MARK: Writing

    /// Writes `tokenizer.json` as Hugging Face `tokenizers` reads it: whole or not at all.
    public func write(to url: URL) throws { try json().write(to: url, options: .atomic) }

    /// The bytes of `tokenizer.json`, ids in order.
    func json() -> Data {
        let lastPiece = entries.lastIndex { if case .piece = $0 { true } else { false } } ?? -1
        var vocab: [String] = [], added: [String] = []
        for (id, entry) in entries.enumerated() {
            switch entry {
            case .piece(let bytes): vocab.append("      \(quoted(ByteAlphabet.text(bytes))): \(id)")
            case .added(let name):
                // `tokenizers` numbers added tokens after the vocabulary; one that comes earlier must stand in both.
                if id < lastPiece { vocab.append("      \(quoted(name)): \(id)") }
                added.append("""
                        {"id": \(id), "content": \(quoted(name)), "single_word": false, "lstrip": false, \
                    "rstrip": false, "normalized": false, "special": true}
                    """)
            case .unused: break
            }
        }
        let byteLevel = #"{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}"#
        let words = wordSteps(byteLevel)
        let rules = merges.map { merge in
            "      " + quoted(piece(merge.left) + " " + piece(merge.right))
        }
        let text = """
            {
              "version": "1.0",
              "truncation": null,
              "padding": null,
              "added_tokens": [
            \(added.joined(separator: ",\n"))
              ],
              "normalizer": \(habits.composes ? #"{"type": "NFC"}"# : "null"),
              "pre_tokenizer": \(words),
              "post_processor": null,
              "decoder": \(byteLevel),
              "model": {
                "type": "BPE",
                "dropout": null,
                "unk_token": null,
                "continuing_subword_prefix": null,
                "end_of_word_suffix": null,
                "fuse_unk": false,
                "byte_fallback": false,
                "ignore_merges": \(habits.takesWholeWords),
                "vocab": {
            \(vocab.joined(separator: ",\n"))
                },
                "merges": [
            \(rules.joined(separator: ",\n"))
                ]
              }
            }

            """
        return Data(text.utf8)
    }

    /// The `pre_tokenizer`. llama.cpp's "default" has no file form of its own; it is written as GPT-2's words.
    private func wordSteps(_ byteLevel: String) -> String {
        var steps = preTokenizer.splitsDigits ? [#"{"type": "Digits", "individual_digits": true}"#] : []
        if let regex = Self.splitPatterns.first(where: { $0.pattern == preTokenizer.pattern })?.regex {
            steps.append(#"{"type": "Split", "pattern": {"Regex": \#(quoted(regex))}, "behavior": "Isolated", "invert": false}"#)
            steps.append(byteLevel.replacingOccurrences(of: #""use_regex": true"#, with: #""use_regex": false"#))
        } else { steps.append(byteLevel) }
        return steps.count == 1 ? steps[0] : #"{"type": "Sequence", "pretokenizers": [\#(steps.joined(separator: ", "))]}"#
    }

    private func piece(_ id: Int32) -> String {
        if case .piece(let bytes) = entries[Int(id)] { ByteAlphabet.text(bytes) } else { "" }
    }
}
