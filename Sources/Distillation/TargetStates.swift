import Files
import Foundation
import Language
import Tensors

/// What a target's head reads before each learnt token of some texts, after the final norm: with the head's rows its law there, whole, for a draft to learn.
///
/// A law of 49,152 probabilities a token would be 85 times as much as the 576 numbers that it is made from. A folder of files `states-00000.safetensors`, …, one
/// for every 64 texts, each [learnt tokens, C] in bf16 (1.15 KB a token for SmolLM2-135M), with a hash of the texts' tokens and one of the model; a folder that
/// was not finished is gone on with.
package struct TargetStates {
    private static let textsAFile = 64
    private let files: [SafeTensors.File]
    /// For each text, its rows in its file.
    private let rows: [Range<Int>]
    /// C.
    package let width: Int

    /// Opens what was written for these texts by this target.
    /// - Throws: `DistillationError` where it is not there, not finished, or for others; `SafeTensorsError` for a file that is none.
    package init(_ folder: URL, for texts: [TokenDocument], by target: Decoder) throws {
        let fingerprint = target.fingerprint
        var files: [SafeTensors.File] = [], rows: [Range<Int>] = []
        for (index, part) in Self.parts(texts).enumerated() {
            let url = Self.url(index, in: folder)
            guard FileManager.default.fileExists(atPath: url.path) else { throw DistillationError.noStates(path: url.path) }
            let file = try SafeTensors.File(url)
            if let problem = Self.problem(file, part, fingerprint, width: target.config.width) { throw DistillationError.badStates(path: url.path, problem: problem) }
            files.append(file)
            var start = 0
            for text in part {
                let end = start + text.learntInputs.count
                rows.append(start..<end)
                start = end
            }
        }
        (self.files, self.rows, width) = (files, rows, target.config.width)
    }

    /// The states before the learnt tokens of a text.
    /// - Returns: [learnt tokens, C].
    package func states(of text: Int) throws -> Tensor {
        let file = files[text / Self.textsAFile]
        return try file.tensor(file.header.entries[0], rows: rows[text])
    }

    /// Lets a model read texts and keeps its states; files of these texts and this model that are there already are left.
    /// - Parameters:
    ///   - length: of the longest text's inputs, at most the model's positions.
    ///   - progress: told how many texts are read.
    package static func write(_ texts: [TokenDocument], by target: Decoder, to folder: URL, length: Int, progress: (Int) -> Void = { _ in }) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let fingerprint = target.fingerprint, width = target.config.width
        for (index, part) in parts(texts).enumerated() {
            let url = url(index, in: folder)
            if let file = try? SafeTensors.File(url), problem(file, part, fingerprint, width: width) == nil {
                progress(part.endIndex)
                continue
            }
            let states = Tensor(zeros: [part.reduce(0) { $0 + $1.learntInputs.count }, width])
            var at = 0, next = part.startIndex
            while next < part.endIndex {
                // As many as fit a row are read together; each sees itself only.
                var row = PackedRows(rows: 1, length: length, pad: 0), places: [(text: Int, first: Int)] = []
                while next < part.endIndex {
                    let first = row.used[0]
                    guard row.add(tokens: part[next].tokens, weights: part[next].weights) else { break }
                    places.append((next, first))
                    next += 1
                }
                precondition(!places.isEmpty, "a text of more than \(length + 1) tokens")
                let used = row.used[0]
                let read = withoutGradients { target.states(ids: Array(row.ids.prefix(used)), batch: 1, length: used, mask: .causalFrom(Array(row.starts.prefix(used)))) }     // [used, C]
                guard read.isFinite else { throw DecodingError.notFinite(position: used) }
                for (text, first) in places {
                    for place in part[text].learntInputs {
                        states.copyRow(from: read, row: first + place, to: at)
                        at += 1
                    }
                }
                progress(next)
            }
            try SafeTensors.write([NamedTensor(name: "states", tensor: states)], to: url, format: .bf16, metadata: ["texts": digest(part), "model": fingerprint])
        }
    }

    // MARK: files

    private static func url(_ index: Int, in folder: URL) -> URL {
        let number = String(index)
        return folder.appending(path: "states-\(String(repeating: "0", count: max(0, 5 - number.count)))\(number).safetensors")
    }

    private static func parts(_ texts: [TokenDocument]) -> [ArraySlice<TokenDocument>] {
        stride(from: 0, to: texts.count, by: textsAFile).map { texts[$0..<min($0 + textsAFile, texts.count)] }
    }

    private static func digest(_ texts: ArraySlice<TokenDocument>) -> String {
        var bytes: [UInt8] = []
        for text in texts {
            for token in text.tokens + text.weights.map({ $0 > 0 ? 1 : 0 }) { withUnsafeBytes(of: token.littleEndian) { bytes += $0 } }
        }
        return String(fnv1a(bytes), radix: 16)
    }

    /// Why a file is not that of these texts and this model; nil: it is.
    private static func problem(_ file: SafeTensors.File, _ texts: ArraySlice<TokenDocument>, _ fingerprint: String, width: Int) -> String? {
        let count = texts.reduce(0) { $0 + $1.learntInputs.count }, metadata = file.header.metadata
        if metadata["texts"] != digest(texts) { return "these are the states of other texts, or of texts cut at another length" }
        if metadata["model"] != fingerprint { return "these are the states of another model" }
        guard file.header.entries.count == 1, file.header.entries[0].shape == [count, width], file.header.entries[0].format != .u8 else { return "one tensor of numbers, [\(count), \(width)], was expected" }
        return nil
    }
}
