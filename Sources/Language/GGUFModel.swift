import Foundation
import Tensors

/// A GGUF file as a decoder: Llama and Qwen2 architectures, without RoPE scaling and without experts.
///
/// The model's shape goes through the checks of `config.json`; the weights have their Hugging Face names here, their rows in
/// Hugging Face's order (llama.cpp permutes those of Llama's query and key), and stay in the file until they are asked for.
struct GGUFModel {
    let file: GGUFFile
    let config: DecoderConfig
    private var path: String { file.path }

    init(_ url: URL) throws(ModelFolderError) {
        do throws(GGUFError) { file = try GGUFFile(url) } catch { throw .gguf(error) }
        config = try Self.config(of: file)
        try checkWeights()
    }

    // MARK: Config

    /// Keys of `config.json` and where a GGUF file has the same; `@` stands for the architecture.
    private static let keys: [(key: String, gguf: String)] = [
        ("num_hidden_layers", "@.block_count"), ("hidden_size", "@.embedding_length"), ("intermediate_size", "@.feed_forward_length"),
        ("num_attention_heads", "@.attention.head_count"), ("num_key_value_heads", "@.attention.head_count_kv"),
        ("head_dim", "@.attention.key_length"), ("rope_theta", "@.rope.freq_base"), ("rms_norm_eps", "@.attention.layer_norm_rms_epsilon"),
        ("max_position_embeddings", "@.context_length"), ("bos_token_id", "tokenizer.ggml.bos_token_id"),
        ("pad_token_id", "tokenizer.ggml.padding_token_id"),
    ]

    private static func config(of file: GGUFFile) throws(ModelFolderError) -> DecoderConfig {
        let path = file.path
        func wrong(_ key: String, _ problem: String) -> ModelFolderError { .ggufModel(path: path, key: key, problem: problem) }
        let architecture = file["general.architecture"]?.text ?? "none"
        guard let modelType = DecoderConfig.ModelType(rawValue: architecture) else {
            throw wrong("general.architecture", "\"\(architecture)\" is not supported")
        }
        func name(_ key: String) -> String { key.replacingOccurrences(of: "@", with: architecture) }
        func value(_ key: String) -> GGUFFile.Value? { file[name(key)] }

        if let experts = value("@.expert_count")?.integer, experts > 0 { throw wrong(name("@.expert_count"), "a mixture of \(experts) experts is not supported") }
        if let scaling = value("@.rope.scaling.type")?.text, scaling != "none" { throw wrong(name("@.rope.scaling.type"), "RoPE scaling \"\(scaling)\" is not supported") }
        if let scale = value("@.rope.scale_linear")?.number, scale != 1 { throw wrong(name("@.rope.scale_linear"), "RoPE scaling by \(scale) is not supported") }
        if file.entry("rope_freqs.weight") != nil { throw wrong("rope_freqs.weight", "RoPE with frequency factors (Llama 3.1 and later) is not supported") }
        if value("@.attention.causal")?.bool == false { throw wrong(name("@.attention.causal"), "attention to later tokens is not supported") }

        var json: [String: Any] = ["model_type": architecture]
        for (key, gguf) in keys {
            guard let found = value(gguf) else { continue }
            guard let number = found.number, number.isFinite, abs(number) < 1e15 else { throw wrong(name(gguf), "expected a number, found \(found.kind)") }
            json[key] = found.integer.map { $0 as Any } ?? number as Any
        }
        guard let table = file.entry("token_embd.weight"), table.shape.count == 2 else { throw ModelFolderError.missingWeight(path: path, name: "token_embd.weight") }
        if let size = value("@.vocab_size")?.integer, size != table.shape[0] {
            throw wrong(name("@.vocab_size"), "\(size) tokens, token_embd.weight has \(table.shape[0])")
        }
        json["vocab_size"] = table.shape[0]
        json["tie_word_embeddings"] = file.entry("output.weight") == nil
        if modelType == .llama { json["attention_bias"] = file.entry("blk.0.attn_q.bias") != nil }
        let ends = endTokens(of: file)
        if !ends.isEmpty { json["eos_token_id"] = ends }
        let config: DecoderConfig
        do { config = try JSONDecoder().decode(DecoderConfig.self, from: JSONSerialization.data(withJSONObject: json)) } catch {
            guard case .config(_, let key, let problem) = ModelFolderError.config(path: path, error) else { throw wrong("metadata", "\(error)") }
            throw wrong(keys.first { $0.key == key }.map { name($0.gguf) } ?? key, problem)
        }
        for key in ["@.rope.dimension_count", "@.attention.value_length"] {
            if let width = value(key)?.integer, width != config.headWidth {
                throw wrong(name(key), "\(width), while heads are \(config.headWidth) wide; RoPE over a part of a head and values of another width are not supported")
            }
        }
        return config
    }

    /// What ends a text: the tokens that the file names, and control tokens that end a text or a turn by their names.
    private static func endTokens(of file: GGUFFile) -> [Int] {
        var ends = ["eos", "eot"].compactMap { file["tokenizer.ggml.\($0)_token_id"]?.integer }
        let names: Set = ["<|endoftext|>", "<|im_end|>", "<|eot_id|>", "<|end_of_text|>"]
        if let tokens = file["tokenizer.ggml.tokens"]?.texts, let types = file["tokenizer.ggml.token_type"]?.integers {
            for (id, type) in types.enumerated() where type == 3 && id < tokens.count && names.contains(tokens[id]) { ends.append(id) }
        }
        var seen = Set<Int>()
        return ends.filter { seen.insert($0).inserted }
    }

    /// llama.cpp's rule: what the file says, else yes for Llama 3's pattern only.
    var startsWithBegin: Bool {
        file["tokenizer.ggml.add_bos_token"]?.bool ?? Tokenizer.startsWithBegin(pre: file["tokenizer.ggml.pre"]?.text ?? "")
    }

    // MARK: Weights

    /// The file's name of a weight: `model.layers.3.self_attn.q_proj.weight` is `blk.3.attn_q.weight`.
    static func name(of weight: String) -> String {
        let parts = weight.split(separator: ".").map(String.init)
        switch parts.count {
        case 2: return "output.weight"                                                          // lm_head.weight
        case 3: return parts[1] == "norm" ? "output_norm.weight" : "token_embd.weight"
        default: return "blk.\(parts[2]).\(inner[parts[parts.count - 2]] ?? parts[parts.count - 2]).\(parts[parts.count - 1])"
        }
    }

    private static let inner = [
        "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "q_proj": "attn_q", "k_proj": "attn_k", "v_proj": "attn_v",
        "o_proj": "attn_output", "gate_proj": "ffn_gate", "up_proj": "ffn_up", "down_proj": "ffn_down",
    ]

    /// The order in which a weight's rows are to be read.
    static func order(of weight: String, _ config: DecoderConfig) -> GGUFFile.RowOrder {
        guard config.modelType == .llama else { return .stored }
        if weight.contains(".q_proj.") { return .halves(heads: config.heads) }
        return weight.contains(".k_proj.") ? .halves(heads: config.keyValueHeads) : .stored
    }

    /// Compares names and shapes with what the metadata describe, before a value is read.
    private func checkWeights() throws(ModelFolderError) {
        var rest = Set(file.entries.map(\.name))
        for (weight, shape) in Decoder.weights(of: config) {
            let name = Self.name(of: weight)
            guard let entry = file.entry(name) else {
                if weight.hasSuffix("o_proj.bias") { continue }      // read as zeros
                throw .missingWeight(path: path, name: name)
            }
            guard entry.shape == shape else { throw .ggufModel(path: path, key: name, problem: "expected \(shape) from the metadata, found \(entry.shape)") }
            rest.remove(name)
        }
        if let name = rest.min() { throw .ggufModel(path: path, key: name, problem: "has no place in a \(config.modelType.rawValue) model") }
    }

    /// A weight by its Hugging Face name: the one place where weights leave the file.
    func weight(_ name: String, _ shape: [Int]) -> StoredWeight {
        guard let entry = file.entry(Self.name(of: name)) else { return .tensor(Tensor(zeros: shape)) }
        return .blocks(WeightBlocks(file: file, entry: entry, order: Self.order(of: name, config)))
    }
}
