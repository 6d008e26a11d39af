import Foundation
import Tensors

/// A folder with weights as decoding reads them: `config.json`, `tokenizer.json` and, in place of `model.safetensors`,
/// `panels.safetensors`, which is mapped and used where it lies.
extension DecodingModel {
    static let panelsName = "panels.safetensors"

    /// Loads the weights of a model folder.
    ///
    /// - Parameters:
    ///   - format: how to keep them; nil: as the folder has them (bf16 where the file's numbers are, for instance). A folder with
    ///     panels has one format only.
    ///   - positions: how far sequences may go; nil: as far as the model's config allows, at most 8,192.
    public static func load(_ url: URL, format: WeightFormat? = nil, positions: Int? = nil) throws(ModelFolderError) -> DecodingModel {
        let config = try ModelFolder.readConfig(url), file = url.appending(path: panelsName)
        guard FileManager.default.fileExists(atPath: file.path) else {
            // A weight at a time, so that the f32 form of the whole model is never there.
            let weights = try ModelFolder.StoredWeights(url, config)
            return try DecodingModel(config: config, format: format ?? weights.format, positions: positions, path: url.path) { (name, _) throws(ModelFolderError) in
                .tensor(try weights.tensor(name))
            }
        }
        return try DecodingModel(panels: file, config, wanted: format, positions: positions)
    }

    /// Writes the folder but for its tokenizer and card, each file whole or not at all.
    public func write(to url: URL) throws(ModelFolderError) {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            var matrices = [("head", head)]
            if let hint { matrices.append(("hint", hint.projection)) }
            if !config.tied { matrices.append(("embedding", embedding)) }
            var tensors = [NamedTensor(name: "norm", tensor: norm)]
            if let hint { tensors.append(NamedTensor(name: "hintNorm", tensor: hint.norm)) }
            for (index, layer) in layers.enumerated() {
                let at = "layers.\(index)."
                matrices += [(at + "attention", layer.attention), (at + "output", layer.output), (at + "gated", layer.gated), (at + "down", layer.down)]
                if let cross = layer.cross {
                    matrices += [(at + "cross.query", cross.query), (at + "cross.keyValue", cross.keyValue), (at + "cross.output", cross.output)]
                    tensors.append(NamedTensor(name: at + "cross.norm", tensor: cross.norm))
                }
                tensors += [NamedTensor(name: at + "inputNorm", tensor: layer.inputNorm), NamedTensor(name: at + "hiddenNorm", tensor: layer.hiddenNorm)]
            }
            try PanelMatrix.write(matrices, tensors, metadata: ["format": format.rawValue, "layout": Self.layout], to: url.appending(path: Self.panelsName))
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try encoder.encode(config).write(to: url.appending(path: "config.json"), options: .atomic)
        } catch let error as SafeTensorsError {
            throw .weights(error)
        } catch {
            throw .unwritable(path: url.path, reason: error.localizedDescription)
        }
    }

    /// Changes with the layout of panels.
    private static let layout = "1"

    private convenience init(panels url: URL, _ config: DecoderConfig, wanted: WeightFormat?, positions: Int?) throws(ModelFolderError) {
        let file: SafeTensors.File
        do throws(SafeTensorsError) { file = try SafeTensors.File(url) } catch { throw .weights(error) }
        let path = url.path, metadata = file.header.metadata
        guard let format = metadata["format"].flatMap(WeightFormat.init), metadata["layout"] == Self.layout else {
            throw .unreadable(path: path, reason: "panels of another version; make them again with `atelier models quantize`")
        }
        if let wanted, wanted != format {
            throw .unreadable(path: path, reason: "its weights are \(format.rawValue); for \(wanted.rawValue) take the folder that it was made from")
        }
        var entries: [String: SafeTensors.Entry] = [:]
        for entry in file.header.entries { entries[entry.name] = entry }
        func tensor(_ name: String, _ count: Int) throws(ModelFolderError) -> Tensor {
            guard let entry = entries[name] else { throw .missingWeight(path: path, name: name) }
            guard entry.shape == [count] else { throw .weightShape(path: path, name: name, expected: [count], found: entry.shape) }
            let tensor: Tensor
            do throws(SafeTensorsError) { tensor = try file.tensor(entry) } catch { throw .weights(error) }
            guard tensor.isFinite else { throw .notFinite(path: path, name: name) }
            return tensor
        }
        func matrix(_ name: String, _ outputs: Int, _ inputs: Int, isGated: Bool = false, hasBias: Bool = false) throws(ModelFolderError) -> PanelMatrix {
            guard let entry = entries[name + ".panels"] else { throw .missingWeight(path: path, name: name + ".panels") }
            let bias = hasBias ? try tensor(name + ".bias", outputs) : nil
            do throws(SafeTensorsError) {
                return try PanelMatrix(entry, of: file, format: format, inputs: inputs, outputs: outputs, isGated: isGated, bias: bias)
            } catch { throw .weights(error) }
        }
        let C = config.width, F = config.hiddenWidth, V = config.vocabularySize
        let query = config.heads * config.headWidth, keyValue = config.keyValueHeads * config.headWidth
        func cross(_ at: String, _ layer: Int) throws(ModelFolderError) -> CrossLayer? {
            guard let cross = config.crossAttention, cross.isIn(layer: layer) else { return nil }
            return CrossLayer(
                norm: try tensor(at + "cross.norm", C), query: try matrix(at + "cross.query", query, C),
                keyValue: try matrix(at + "cross.keyValue", 2 * keyValue, cross.sourceWidth), output: try matrix(at + "cross.output", C, query))
        }
        var layers: [Layer] = []
        for index in 0..<config.layers {
            let at = "layers.\(index)."
            layers.append(Layer(
                inputNorm: try tensor(at + "inputNorm", C),
                attention: try matrix(at + "attention", query + 2 * keyValue, C, hasBias: config.attentionBias),
                output: try matrix(at + "output", C, query, hasBias: config.outputBias),
                cross: try cross(at, index),
                hiddenNorm: try tensor(at + "hiddenNorm", C),
                gated: try matrix(at + "gated", F, C, isGated: true),
                down: try matrix(at + "down", C, F)))
        }
        let head = try matrix("head", V, C)
        let hint = try config.hintWidth.map { G throws(ModelFolderError) in HintLayer(norm: try tensor("hintNorm", G), projection: try matrix("hint", C, G)) }
        self.init(
            config: config, format: format, embedding: config.tied ? head : try matrix("embedding", V, C), hint: hint, layers: layers,
            norm: try tensor("norm", C), head: head, positions: positions)
    }
}
