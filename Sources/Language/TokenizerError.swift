/// What is wrong with a `tokenizer.json`, or with the tokenizer in a GGUF file, where, and what to do.
public enum TokenizerError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be read.
    case unreadable(path: String, reason: String)
    /// The file is not the JSON it should be; `key` is the place.
    case malformed(path: String, key: String, expected: String)
    /// The file asks for something that this reader does not do.
    case unsupported(path: String, key: String, found: String)

    /// The sentence for the user: where, what was expected, what to do.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path): cannot be read (\(reason)); a model needs a Hugging Face tokenizer.json or a GGUF file with a tokenizer"
        case .malformed(let path, let key, let expected):
            "\(path): \(key): expected \(expected); save the tokenizer again or fetch the file anew"
        case .unsupported(let path, let key, let found):
            "\(path): \(key): \(found) is not supported; only byte-level BPE is, with the words of GPT-2, "
                + "SmolLM2, Llama 3 or Qwen2"
        }
    }
}
