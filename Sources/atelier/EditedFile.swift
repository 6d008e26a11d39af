import Foundation
import Painter
import Sketches

extension InputFile.Sketches {
    /// The file after edits: byte for byte where its form allows, else drawn anew.
    /// - Parameters:
    ///   - scene: the scene that the edits make of its only one.
    ///   - pictures: how new strokes look, and the whole where it is drawn anew.
    ///   - isPlain: nobody asked for another look than the file has.
    ///   - command: remembered in the file, for `undo`; nil remembers nothing.
    func edited(_ scene: Scene, _ edits: [SceneEdit], for destination: Destination, _ pictures: RenderOptions, isPlain: Bool, command: String?) throws -> Data {
        if let document = content.document, destination.format == .svg {
            if isPlain { return try document.applying(edits, options: pictures, command: command) }
            note("note: drawn anew as the picture options ask; without them every other byte of the file stays")
        }
        if content.form == .sceneJSON, destination.format == .json, scenes.count == 1 {
            return try SceneDocument(data, name: path).applying(edits, command: command)
        }
        return try SketchFile.write([scene], format: destination.format, options: pictures)
    }
}

extension [Painter.EditStep] {
    /// A line a step: what is done to which strokes, and how sure that is.
    var table: String {
        map { step in
            let which = step.strokes.isEmpty ? "new" : "strokes \(step.strokes.map(String.init).joined(separator: " "))"
            return "\(step.verb) \(step.className)   \(which)   \(Int((100 * step.confidence).rounded())) %"
        }.joined(separator: "\n")
    }

    /// Why none of it would be done, as a sentence; nil where all would.
    func doubt(below sureness: Double) -> String? {
        guard let least = map(\.confidence).min(), least < sureness else { return nil }
        return "this would not be done: one step has \(Int((100 * least).rounded())) %, less than --sureness \(Int((100 * sureness).rounded())) %"
    }
}
