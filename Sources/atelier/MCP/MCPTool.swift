import Files
import Foundation

/// Something that an agent can have done.
///
/// Descriptions are written for a language model that has never seen the product: what the tool does, what it takes, what to do next.
protocol MCPTool {
    var name: String { get }
    var title: String { get }
    var description: String { get }
    var inputs: [ToolInput] { get }
    /// The members of its structured answer with their schemas, and which are always there; nil where it answers in no such form.
    var outputs: (members: [String: JSONValue], always: [String])? { get }
    var hints: ToolHints { get }
    /// - Throws: any error; its sentence is for whoever called.
    func call(_ arguments: ToolArguments, _ studio: Studio) throws -> ToolResult
}

/// What a tool does to the scenes.
struct ToolHints {
    /// It changes nothing.
    var isReadOnly = false
    /// What it takes away is gone from the scene (and can be taken back by undo).
    var isDestructive = false
    /// The same call again changes nothing more: a revision is named, which the first call has left behind.
    var isIdempotent = false
}

extension MCPTool {
    /// The tool as `tools/list` has it.
    func json(for version: MCPVersion) -> JSONValue {
        var schema: [String: JSONValue] = [
            "type": "object", "properties": .object(Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, $0.schema) })), "additionalProperties": false,
        ]
        let required = inputs.filter(\.isRequired).map(\.name)
        if !required.isEmpty { schema["required"] = .strings(required) }
        var members: [String: JSONValue] = ["name": .string(name), "description": .string(description), "inputSchema": .object(schema)]
        if version.hasHints {
            members["annotations"] = [
                "title": .string(title), "readOnlyHint": .bool(hints.isReadOnly), "destructiveHint": .bool(hints.isDestructive),
                "idempotentHint": .bool(hints.isReadOnly || hints.isIdempotent), "openWorldHint": false,
            ]
        }
        if version.hasStructure {
            members["title"] = .string(title)
            if let outputs { members["outputSchema"] = ["type": "object", "properties": .object(outputs.members), "required": .strings(outputs.always)] }
        }
        return .object(members)
    }
}

/// What a tool answers.
struct ToolResult {
    /// A piece of the answer.
    enum Block {
        case text(String)
        case image(png: Data)
        /// Where the scene can be read.
        case link(to: SceneStore.Entry)
    }

    /// The answer for a program, in the form of the tool's schema; for a reader it is the first block, as text.
    var structured: [String: JSONValue]?
    var blocks: [Block] = []
    /// The tool could not do it; the text says why.
    var isError = false

    /// An answer in the form of the tool's schema, and more.
    init(_ structured: [String: JSONValue], _ blocks: [Block] = []) { (self.structured, self.blocks) = (structured, blocks) }

    /// An answer for reading or looking at.
    init(_ blocks: [Block]) { self.blocks = blocks }

    /// Why there is no answer.
    init(failure: String) { (blocks, isError) = ([.text(failure)], true) }

    /// The answer as `tools/call` has it.
    func json(for version: MCPVersion) -> JSONValue {
        var content = blocks.compactMap { $0.json(for: version) }
        if let structured { content.insert(["type": "text", "text": .string(JSONValue.object(structured).text)], at: 0) }
        var members: [String: JSONValue] = ["content": .array(content), "isError": .bool(isError)]
        if version.hasStructure, let structured { members["structuredContent"] = .object(structured) }
        return .object(members)
    }
}

extension ToolResult.Block {
    /// The block as a member of `content`; nil where the revision has no such block.
    fileprivate func json(for version: MCPVersion) -> JSONValue? {
        switch self {
        case .text(let text): return ["type": "text", "text": .string(text)]
        case .image(let png): return ["type": "image", "mimeType": "image/png", "data": .string(png.base64EncodedString())]
        case .link(let entry):
            guard version.hasStructure, var members = entry.resource(.json, for: version).object else { return nil }
            members["type"] = "resource_link"
            return .object(members)
        }
    }
}
