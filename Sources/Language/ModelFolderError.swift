import Tensors

/// What is wrong with a model folder, where, and what to do.
public enum ModelFolderError: Error, Equatable, CustomStringConvertible {
    /// There is no folder at this place.
    case notAFolder(path: String)
    /// A file of the folder is not there.
    case missing(path: String, remedy: String)
    /// A file is there and cannot be read.
    case unreadable(path: String, reason: String)
    /// `config.json`; `key` is the place.
    case config(path: String, key: String, problem: String)
    /// `tokenizer.json`
    case tokenizer(TokenizerError)
    /// `model.safetensors` or a shard, as a file.
    case weights(SafeTensorsError)
    /// `model.safetensors.index.json`
    case index(path: String, problem: String)
    /// A weight that `config.json` asks for is in no file.
    case missingWeight(path: String, name: String)
    /// A weight has another shape than `config.json` gives it.
    case weightShape(path: String, name: String, expected: [Int], found: [Int])
    /// A weight that `config.json` has no place for.
    case unexpectedWeight(path: String, name: String)
    /// A weight holds NaN or infinity.
    case notFinite(path: String, name: String)
    /// The weights, in f32, are more than the memory of this machine.
    case tooLarge(path: String, bytes: UInt64, memory: UInt64)
    /// More tokens than the model has rows for.
    case vocabulary(path: String, tokens: Int, vocabularySize: Int)
    /// A GGUF file, as a file.
    case gguf(GGUFError)
    /// What a GGUF file says of its model; `key` is the place.
    case ggufModel(path: String, key: String, problem: String)
    /// An adapter and its base that do not go together.
    case adapter(path: String, problem: String)
    /// Chat was asked of a model that has no chat turns.
    case noChat(path: String, reason: String)
    /// The folder cannot be written.
    case unwritable(path: String, reason: String)

    /// The sentence for the user: what, where, what to do.
    public var description: String {
        switch self {
        case .notAFolder(let path):
            "\(path): not a folder; a model folder holds config.json, tokenizer.json and model.safetensors"
        case .missing(let path, let remedy): "\(path): no such file; \(remedy)"
        case .unreadable(let path, let reason): "\(path): cannot be read (\(reason)); check the file and its permissions"
        case .config(let path, let key, let problem):
            "\(path): \(key): \(problem); Llama and Qwen2 shapes can be loaded"
        case .tokenizer(let error): error.description
        case .weights(let error): "\(error)"
        case .index(let path, let problem): "\(path): \(problem); save the model again or fetch the file anew"
        case .missingWeight(let path, let name): "\(path): no tensor \(name); was the folder saved by another model type?"
        case .weightShape(let path, let name, let expected, let found):
            "\(path): \(name): expected \(expected) from config.json, found \(found); do the two files belong together?"
        case .unexpectedWeight(let path, let name):
            "\(path): \(name) has no place in the model that config.json describes; do the two files belong together?"
        case .notFinite(let path, let name):
            "\(path): tensor \(name) holds values that are not finite numbers; fetch or train the model anew"
        case .tooLarge(let path, let bytes, let memory):
            "\(path): its weights need \(bytes / 1_000_000) MB of memory, this machine has \(memory / 1_000_000) MB; take a smaller model"
        case .vocabulary(let path, let tokens, let size):
            "\(path): tokenizer.json has \(tokens) tokens, config.json a vocabulary of \(size); do the two files belong together?"
        case .gguf(let error): "\(error)"
        case .ggufModel(let path, let key, let problem): "\(path): \(key): \(problem); Llama and Qwen2 models with plain RoPE can be loaded"
        case .adapter(let path, let problem): "\(path): \(problem)"
        case .noChat(let path, let reason): "\(path): no chat turns: \(reason); leave --chat out, or take a model tuned for chat"
        case .unwritable(let path, let reason): "\(path): cannot be written (\(reason)); check the folder's permissions and the space left"
        }
    }
}
