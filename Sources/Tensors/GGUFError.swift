/// What is wrong with a GGUF file: which file, where in it, what was expected.
public enum GGUFError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be opened or mapped.
    case cannotRead(path: String, reason: String)
    /// The file cannot be written; `isFull` where the disk or the user's share of it is full.
    case cannotWrite(path: String, reason: String, isFull: Bool = false)
    /// The file does not begin as a GGUF file does.
    case notGGUF(path: String)
    /// A version that is not read: 2 and 3 are.
    case version(path: String, found: UInt32)
    /// The file, or what is read of its header, ends inside `part`.
    case truncated(path: String, part: String, at: Int)
    /// One metadata value is not what it should be; `key` is the place.
    case metadata(path: String, key: String, reason: String)
    /// One tensor's type, shape or place makes no sense, or cannot be read here.
    case tensor(path: String, name: String, reason: String)
    /// Two tensors share bytes.
    case overlap(path: String, name: String, other: String)
    /// Two tensors or two metadata values of one name, read or to be written.
    case duplicateName(path: String, name: String)
    /// The system has not the memory for this tensor.
    case noMemory(path: String, name: String, shape: [Int])

    /// The sentence for the user: which file, where in it, what was expected.
    public var description: String {
        switch self {
        case .cannotRead(let path, let reason): "\(path): cannot read: \(reason)"
        case .cannotWrite(let path, let reason, _): "\(path): cannot write: \(reason)"
        case .notGGUF(let path): "\(path): does not begin with \"GGUF\"; not a GGUF file"
        case .version(let path, let found):
            found.byteSwapped < 256 && found > 255
                ? "\(path): a big-endian GGUF file; convert the model for little-endian machines"
                : "\(path): GGUF version \(found); versions 2 and 3 are read, so convert the model again with a newer llama.cpp"
        case .truncated(let path, let part, let at): "\(path): ends inside \(part), at byte \(at); the file is damaged or cut short, fetch it anew"
        case .metadata(let path, let key, let reason): "\(path): metadata \(key): \(reason)"
        case .tensor(let path, let name, let reason): "\(path): tensor \(name): \(reason)"
        case .overlap(let path, let name, let other): "\(path): the data of tensor \(name) overlap those of \(other); fetch the file anew"
        case .duplicateName(let path, let name): "\(path): two entries are named \(name)"
        case .noMemory(let path, let name, let shape): "\(path): tensor \(name): no memory for \(shape) values; free some or take a smaller model"
        }
    }
}
