import Tensors

/// What is wrong with a model folder, where, and what to do.
public enum ModelFolderError: Error, Equatable, CustomStringConvertible {
    case notAFolder(path: String)
    case missing(path: String, remedy: String)
    case unreadable(path: String, reason: String)
    /// `config.json`; `key` is the place.
    case config(path: String, key: String, problem: String)
    case tokenizer(TokenizerError)
    case weights(SafeTensorsError)
    /// `model.safetensors.index.json`
    case index(path: String, problem: String)
    case missingWeight(path: String, name: String)
    case weightShape(path: String, name: String, expected: [Int], found: [Int])
    case unexpectedWeight(path: String, name: String)
    case vocabulary(path: String, tokens: Int, vocabularySize: Int)
    case unwritable(path: String, reason: String)

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
        case .vocabulary(let path, let tokens, let size):
            "\(path): tokenizer.json has \(tokens) tokens, config.json a vocabulary of \(size); do the two files belong together?"
        case .unwritable(let path, let reason): "\(path): cannot be written (\(reason)); check the folder's permissions and the space left"
        }
    }
}
