/// The turns of a chat in ChatML, as SmolLM2 and Qwen2 have them: `<|im_start|>user\nHello<|im_end|>\n`.
///
/// The turn tokens are put in by their ids, so that no user's text can end its own turn.
public struct ChatTurns: Sendable, Equatable {
    /// One message of a chat.
    public struct Message: Sendable, Equatable {
        /// "system", "user" or "assistant".
        public let role: String
        /// What was said.
        public let text: String
        /// A message of a role.
        public init(role: String, text: String) { (self.role, self.text) = (role, text) }
        /// What the person says.
        public static func user(_ text: String) -> Message { Message(role: "user", text: text) }
        /// How the model is to behave.
        public static func system(_ text: String) -> Message { Message(role: "system", text: text) }
    }

    /// Why a model has no such turns.
    struct Missing: Error, Equatable { let reason: String }

    /// The ids of `<|im_start|>` and `<|im_end|>`.
    public let begin, end: Int
    /// What the template says to the model where the chat has no system message; nil where it says nothing.
    public let defaultSystem: String?

    private static let beginName = "<|im_start|>", endName = "<|im_end|>"

    init(template: String?, tokenizer: Tokenizer) throws(Missing) {
        guard let template else { throw Missing(reason: "it has no chat template") }
        guard template.contains(Self.beginName) else { throw Missing(reason: "its chat template is not ChatML (no \(Self.beginName))") }
        guard let begin = tokenizer.id(ofAdded: Self.beginName), let end = tokenizer.id(ofAdded: Self.endName) else {
            throw Missing(reason: "its tokenizer has no \(Self.beginName) and \(Self.endName)")
        }
        (self.begin, self.end) = (begin, end)
        defaultSystem = Self.defaultSystem(in: template)
    }

    /// The first system turn that the template spells out word by word.
    private static func defaultSystem(in template: String) -> String? {
        // Line ends stand as they are or, inside Jinja's quotes, as "\n".
        let template = template.replacing("\\n", with: "\n")
        for part in template.split(separator: beginName + "system\n").dropFirst() {
            guard let end = part.firstRange(of: endName) else { continue }
            let text = part[..<end.lowerBound]
            if !text.isEmpty, !text.contains(where: { "{}'\"+".contains($0) }) { return String(text) }
        }
        return nil
    }

    /// The ids of a chat, up to where the model is to speak.
    public func prompt(_ messages: [Message], _ tokenizer: Tokenizer) -> [Int] {
        var messages = messages
        if messages.first?.role != "system", let defaultSystem { messages.insert(.system(defaultSystem), at: 0) }
        let turns = messages.flatMap { message in
            [begin] + tokenizer.encode(message.role + "\n" + message.text) + [end] + tokenizer.encode("\n")
        }
        return turns + [begin] + tokenizer.encode("assistant\n")
    }
}
