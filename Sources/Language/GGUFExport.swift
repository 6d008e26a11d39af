import Tensors
import Foundation

extension ModelFile {
    /// Number formats of an exported GGUF file.
    public enum ExportType: String, Sendable, CaseIterable {
        case f32, bf16, q8_0

        fileprivate var tensorType: GGUFFile.TensorType {
            switch self {
            case .f32: .f32
            case .bf16: .bf16
            case .q8_0: .q8_0
            }
        }

        /// `general.file_type`, llama.cpp's number of the format.
        fileprivate var fileType: Int {
            switch self {
            case .f32: 0
            case .bf16: 32
            case .q8_0: 7
            }
        }
    }

    /// The bytes of a GGUF file that llama.cpp and `read` load. Norms and biases stay f32, as do matrices whose rows are no
    /// whole blocks of the type.
    public func gguf(as type: ExportType) throws(ModelFolderError) -> Data {
        guard config.crossAttention == nil, config.hintWidth == nil else { throw .unreadable(path: url.path, reason: "GGUF has no form for a decoder with cross-attention or hints") }
        let decoder = try decoder()
        do throws(GGUFError) {
            var parts: [GGUFFile.Part] = []
            for parameter in decoder.parameters {
                let tensor = Self.stored(parameter, config), isMatrix = tensor.shape.count > 1
                let fits = isMatrix && tensor.shape[tensor.shape.count - 1].isMultiple(of: type.tensorType.blockValues)
                parts.append(.init(NamedTensor(name: GGUFModel.name(of: parameter.name), tensor: tensor), as: fits ? type.tensorType : .f32))
            }
            return try GGUFFile.encode(metadata: metadata(type), tensors: parts, path: url.path)
        } catch { throw .gguf(error) }
    }

    private func metadata(_ type: ExportType) -> [(key: String, value: GGUFFile.Value)] {
        let at = config.modelType.rawValue + "."
        var pairs: [(key: String, value: GGUFFile.Value)] = [
            ("general.architecture", .text(config.modelType.rawValue)), ("general.type", .text("model")),
            ("general.name", .text(url.deletingPathExtension().lastPathComponent)), ("general.file_type", .count(type.fileType)),
            ("general.quantization_version", .count(2)),
            (at + "block_count", .count(config.layers)), (at + "context_length", .count(config.positions)),
            (at + "embedding_length", .count(config.width)), (at + "feed_forward_length", .count(config.hiddenWidth)),
            (at + "attention.head_count", .count(config.heads)), (at + "attention.head_count_kv", .count(config.keyValueHeads)),
            (at + "attention.key_length", .count(config.headWidth)), (at + "attention.value_length", .count(config.headWidth)),
            (at + "rope.dimension_count", .count(config.headWidth)), (at + "rope.freq_base", .float(Double(config.ropeBase), bytes: 4)),
            (at + "attention.layer_norm_rms_epsilon", .float(Double(config.epsilon), bytes: 4)), (at + "vocab_size", .count(config.vocabularySize)),
        ]
        guard let tokenizer else { return pairs }
        pairs += tokenizer.ggufMetadata(size: config.vocabularySize)
        let ids = [("bos", config.beginToken), ("eos", config.endTokens.first), ("eot", config.endTokens.dropFirst().first), ("padding", config.padToken)]
        for case (let name, let id?) in ids where (0..<config.vocabularySize).contains(id) { pairs.append(("tokenizer.ggml.\(name)_token_id", .count(id))) }
        pairs.append(("tokenizer.ggml.add_bos_token", .bool(startsWithBegin && config.beginToken != nil)))
        if let chatTemplate { pairs.append(("tokenizer.chat_template", .text(chatTemplate))) }
        return pairs
    }

    /// A weight with its rows in llama.cpp's order.
    private static func stored(_ parameter: NamedTensor, _ config: DecoderConfig) -> Tensor {
        let order = GGUFModel.order(of: parameter.name, config), tensor = parameter.tensor
        guard order != .stored else { return tensor }
        let values = tensor.array(), rows = tensor.shape[0], width = tensor.count / rows
        var moved = values
        for row in 0..<rows {
            let target = order.stored(row, of: rows)
            moved.replaceSubrange((target * width)..<((target + 1) * width), with: values[(row * width)..<((row + 1) * width)])
        }
        return Tensor(moved, shape: tensor.shape)
    }
}
