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
    /// Read: `model.vocab`, `model.merges` (as "a b" or ["a", "b"]), `added_tokens`, and a `pre_tokenizer` that is
    /// `ByteLevel` or `Digits` then `ByteLevel`. `post_processor` is not applied: `encode` gives the text alone.
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
        for key in ["byte_fallback", "ignore_merges"] where model[key] as? Bool == true {
            throw .unsupported(path: path, key: "model.\(key)", found: "true")
        }
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
            if let text = model[key] as? String, !text.isEmpty {
                throw .unsupported(path: path, key: "model.\(key)", found: text)
            }
        }
        if let normalizer = file["normalizer"], !(normalizer is NSNull) {
            throw .unsupported(path: path, key: "normalizer", found: Self.kind(of: normalizer))
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
        for byte in UInt8.min...UInt8.max where idOfPiece[[byte]] == nil {
            // These eleven never occur in UTF-8, and some tokenizers leave them out.
            if byte == 0xC0 || byte == 0xC1 || byte >= 0xF5 { continue }
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
            guard parts.count == 2, let left = ByteAlphabet.bytes(of: parts[0]), let right = ByteAlphabet.bytes(of: parts[1]),
                  let leftID = idOfPiece[left], let rightID = idOfPiece[right], let result = idOfPiece[left + right] else {
                throw malformed("model.merges[\(index)]", "two pieces of the vocabulary whose join is one too")
            }
            merges.append(Merge(left: leftID, right: rightID, result: result))
        }
        self.init(entries: entries, merges: merges, preTokenizer: preTokenizer)
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
        var splitsDigits = false
        for (index, step) in steps.enumerated() {
            let last = index == steps.count - 1
            switch step["type"] as? String {
            case "Digits" where !last && step["individual_digits"] as? Bool == true: splitsDigits = true
            case "ByteLevel" where last:
                guard step["add_prefix_space"] as? Bool != true else { throw unsupported("add_prefix_space") }
                guard step["use_regex"] as? Bool != false else { throw unsupported("use_regex false") }
            default: throw unsupported(kind(of: step) + " at place \(index)")
            }
        }
        guard steps.last?["type"] as? String == "ByteLevel" else { throw unsupported("no ByteLevel") }
        return PreTokenizer(splitsDigits: splitsDigits)
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
            case .piece(let bytes): vocab.append("      \(jsonQuoted(ByteAlphabet.text(bytes))): \(id)")
            case .added(let name):
                // `tokenizers` numbers added tokens after the vocabulary; one that comes earlier must stand in both.
                if id < lastPiece { vocab.append("      \(jsonQuoted(name)): \(id)") }
                added.append("""
                        {"id": \(id), "content": \(jsonQuoted(name)), "single_word": false, "lstrip": false, \
                    "rstrip": false, "normalized": false, "special": true}
                    """)
            case .unused: break
            }
        }
        let byteLevel = #"{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}"#
        let digits = #"{"type": "Digits", "individual_digits": true}"#
        let words = preTokenizer.splitsDigits
            ? #"{"type": "Sequence", "pretokenizers": [\#(digits), \#(byteLevel)]}"# : byteLevel
        let rules = merges.map { merge in
            "      " + jsonQuoted(piece(merge.left) + " " + piece(merge.right))
        }
        let text = """
            {
              "version": "1.0",
              "truncation": null,
              "padding": null,
              "added_tokens": [
            \(added.joined(separator: ",\n"))
              ],
              "normalizer": null,
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
                "ignore_merges": false,
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

    private func piece(_ id: Int32) -> String {
        if case .piece(let bytes) = entries[Int(id)] { ByteAlphabet.text(bytes) } else { "" }
    }
}
