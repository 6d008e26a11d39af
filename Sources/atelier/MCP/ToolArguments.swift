import Files
import Language
import Painter

/// A tool was called with other arguments than it takes; the sentence says which ones it takes.
struct ArgumentError: Error, Equatable, CustomStringConvertible {
    let description: String
}

/// The arguments of a call, checked, with what is usual for those that were not given.
struct ToolArguments {
    private var values: [String: JSONValue] = [:]

    /// - Throws: `ArgumentError` for one that is missing, unknown, of another kind or out of range.
    init(_ given: [String: JSONValue], for tool: any MCPTool) throws(ArgumentError) {
        let known = tool.inputs.map(\.name)
        if let stranger = given.keys.sorted().first(where: { !known.contains($0) }) {
            throw ArgumentError(description: "\(tool.name) takes no \"\(singleLine(stranger, limit: 40))\"; it takes \(listed(known))")
        }
        for input in tool.inputs {
            // Callers often write null for what they leave out.
            guard let value = given[input.name], value != .null else {
                guard !input.isRequired else { throw ArgumentError(description: "\(tool.name) needs \"\(input.name)\": \(input.about)") }
                values[input.name] = input.usual
                continue
            }
            if let complaint = input.complaint(about: value) { throw ArgumentError(description: complaint) }
            values[input.name] = value
        }
    }

    /// An argument that was given or has a usual value.
    subscript(name: String) -> JSONValue? { values[name] }
    /// A string; nil where it was not given.
    func text(_ name: String) -> String? { values[name]?.string }
    /// A flag; one that was not given and has no usual value is false.
    func flag(_ name: String) -> Bool { values[name]?.bool ?? false }
    /// A whole number; nil where it was not given.
    func whole(_ name: String) -> Int? { values[name]?.whole }
    /// A number; nil where it was not given.
    func number(_ name: String) -> Double? { values[name]?.double }

    /// The seed.
    var seed: UInt64 { UInt64(max(whole("seed") ?? 0, 0)) }

    /// How new strokes are drawn.
    var drawing: DrawingOptions {
        var options = DrawingOptions()
        options.sampling = Sampling(temperature: number("temperature").map(Float.init) ?? Painter.defaultSampling.temperature, topP: Painter.defaultSampling.topP)
        options.candidates = whole("candidates") ?? options.candidates
        options.style = text("style").flatMap(SketchStyle.init)
        options.detail = whole("detail").flatMap(SketchDetail.init) ?? .usual
        return options
    }
}
