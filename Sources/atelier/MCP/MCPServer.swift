import Files

/// Answers a client's messages: which revision of the protocol is spoken, which methods there are, and when the client hears of changes.
///
/// One message after the other, each answered before the next is read; a request can therefore not be cancelled while it runs.
final class MCPServer {
    private let studio: Studio
    private let tools: [any MCPTool] = [
        DrawTool(), OpenTool(), EditTool(), EraseTool(), CompleteTool(), UndoTool(), RenderTool(), DetectTool(), DescribeTool(), AskTool(), ScenesTool(),
    ]
    /// What `initialize` agreed on, and whether the client has said that it is ready.
    private var session: (version: MCPVersion, isReady: Bool)?
    private var subscriptions = Subscriptions()

    init(_ studio: Studio) { self.studio = studio }

    // MARK: messages

    /// What is sent in answer to a line, in order: answers, then notifications of what changed.
    func answers(to line: LineReader.Line) -> [JSONValue] {
        switch line {
        case .tooLong(let start):
            return [RPCMessage.failure(.invalidRequest("the message is longer than \(LineReader.limit >> 20) MiB"), to: RequestID(recoveredFrom: start))]
        case .whole(let bytes):
            if bytes.allSatisfy({ $0 <= 32 }) { return [] }
            let json: JSONValue
            do { json = try JSONValue(parsing: bytes, name: "message") } catch {
                return [RPCMessage.failure(Self.error(for: error), to: RequestID(recoveredFrom: bytes))]
            }
            return (json.array.map(answers(toBatch:)) ?? answers(to: json)) + news()
        }
    }

    /// No JSON at all, or some that is too much to read.
    private static func error(for error: FileError) -> RPCError {
        switch error.problem {
        case .tooDeep, .tooMany, .tooManyPoints, .outOfRange: .invalidRequest(singleLine(error.description, limit: 500))
        default: .parse("not JSON: \(singleLine(error.description, limit: 500))")
        }
    }

    private func answers(toBatch batch: [JSONValue]) -> [JSONValue] {
        guard session?.version.hasBatches == true else {
            let refusal = "a list of messages is no message; only revision \(MCPVersion.march2025.rawValue) of the protocol has batches"
            return [RPCMessage.failure(.invalidRequest(refusal), to: nil)]
        }
        guard !batch.isEmpty else { return [RPCMessage.failure(.invalidRequest("the list of messages is empty"), to: nil)] }
        let answers = batch.flatMap { message in
            guard message["method"] == "initialize" else { return self.answers(to: message) }
            return [RPCMessage.failure(.invalidRequest("initialize comes alone"), to: message["id"].flatMap { RequestID($0) })]
        }
        return answers.isEmpty ? [] : [.array(answers)]
    }

    private func answers(to json: JSONValue) -> [JSONValue] {
        do throws(RPCMessage.Fault) {
            switch try RPCMessage(json) {
            case .answer: return []
            case .notification(let method, let parameters):
                hear(method, parameters)
                return []
            case .request(let id, let method, let parameters): return [answer(id, method, parameters)]
            }
        } catch { return [RPCMessage.failure(error.error, to: error.id)] }
    }

    private func answer(_ id: RequestID, _ method: String, _ parameters: [String: JSONValue]) -> JSONValue {
        do {
            let version = try version(of: method, parameters)
            // A request that stays open is acknowledged, not answered.
            if method == "subscriptions/listen" { return try subscriptions.listen(id, to: parameters["notifications"]) }
            return RPCMessage.result(try result(of: method, parameters, version), to: id)
        } catch let error as RPCError { return RPCMessage.failure(error, to: id) } catch {
            note("mcp: \(method): \(sentence(of: error))")
            return RPCMessage.failure(.unexpected(Studio.sentence(of: error)), to: id)
        }
    }

    /// Notifications of the client's. Those that are not known change nothing; a request that is to be cancelled has been answered already.
    private func hear(_ method: String, _ parameters: [String: JSONValue]) {
        switch method {
        case "notifications/initialized": session?.isReady = true
        case "notifications/cancelled": if let id = parameters["requestId"].flatMap({ RequestID($0) }) { subscriptions.cancel(id) }
        default: break
        }
    }

    /// Notifications of what became of scenes.
    private func news() -> [JSONValue] { subscriptions.notifications(of: studio.scenes.takeChanges(), session: session?.isReady == true) }

    // MARK: versions

    private static let metaPrefix = "io.modelcontextprotocol/"

    /// The revision that a request is answered in.
    /// - Throws: `RPCError` for one before the handshake, or one that names no revision or another than those spoken here.
    private func version(of method: String, _ parameters: [String: JSONValue]) throws(RPCError) -> MCPVersion {
        let meta = parameters["_meta"]?.object ?? [:], versionKey = Self.metaPrefix + "protocolVersion", clientKey = Self.metaPrefix + "clientCapabilities"
        if method != "initialize", meta[versionKey] != nil || ["server/discover", "subscriptions/listen"].contains(method) {
            guard let text = meta[versionKey]?.string, meta[clientKey]?.object != nil else {
                throw .invalidParameters("\"params\" has a \"_meta\" with \"\(versionKey)\", a string, and \"\(clientKey)\", an object")
            }
            guard let version = MCPVersion(rawValue: text), version.isStateless else { throw .unsupportedVersion(text) }
            return version
        }
        if let session { return session.version }
        guard ["initialize", "ping"].contains(method) else {
            throw .invalidRequest("the first request is initialize (or one of revision \(MCPVersion.july2026.rawValue), which names the revision in its _meta)")
        }
        return .newestOfHandshake
    }

    private func initialize(_ parameters: [String: JSONValue]) throws(RPCError) -> JSONValue {
        guard session == nil else { throw .invalidRequest("initialize comes once") }
        guard let asked = parameters["protocolVersion"]?.string else { throw .invalidParameters("initialize names a \"protocolVersion\", a string") }
        let version = MCPVersion(askedFor: asked)
        session = (version, isReady: false)
        return [
            "protocolVersion": .string(version.rawValue), "capabilities": Self.capabilities, "serverInfo": Self.about(version), "instructions": .string(MCPText.instructions),
        ]
    }

    private static let capabilities: JSONValue = ["tools": [:], "resources": ["subscribe": true, "listChanged": true]]

    /// Who answers.
    private static func about(_ version: MCPVersion) -> JSONValue {
        var members: [String: JSONValue] = ["name": "atelier", "version": .string(Atelier.configuration.version)]
        if version.hasStructure { members["title"] = "Atelier" }
        if version >= .november2025 { members["description"] = .string(Atelier.configuration.abstract) }
        return .object(members)
    }

    // MARK: methods

    private func result(of method: String, _ parameters: [String: JSONValue], _ version: MCPVersion) throws -> JSONValue {
        /// How long a client may keep a result, in milliseconds: what never changes, what may change at any time.
        let constant = 3_600_000, changing = 0
        switch (method, version.isStateless) {
        case ("initialize", false): return try initialize(parameters)
        case ("ping", false): return [:]
        case ("server/discover", true):
            let members: [String: JSONValue] = [
                "supportedVersions": .strings(MCPVersion.allCases.filter(\.isStateless).map(\.rawValue)), "capabilities": Self.capabilities,
                "instructions": .string(MCPText.instructions),
            ]
            return complete(members, version, keepFor: constant)
        case ("tools/list", _):
            try checkCursor(parameters)
            return complete(["tools": .array(tools.map { $0.json(for: version) })], version, keepFor: constant)
        case ("tools/call", _): return complete(try call(parameters).json(for: version).object ?? [:], version)
        case ("resources/list", _):
            try checkCursor(parameters)
            return complete(["resources": SceneResources.list(studio, for: version)], version, keepFor: changing)
        case ("resources/templates/list", _):
            try checkCursor(parameters)
            return complete(["resourceTemplates": SceneResources.templates(for: version)], version, keepFor: constant)
        case ("resources/read", _):
            return complete(["contents": try SceneResources.contents(of: uri(parameters), studio, for: version)], version, keepFor: changing)
        case ("resources/subscribe", false):
            let uri = try uri(parameters)
            _ = try SceneResources.scene(uri, studio, for: version)
            try subscriptions.subscribe(to: uri)
            return [:]
        case ("resources/unsubscribe", false):
            subscriptions.unsubscribe(from: try uri(parameters))
            return [:]
        default: throw RPCError.unknownMethod(method)
        }
    }

    /// A result with what its revision wants besides.
    private func complete(_ members: [String: JSONValue], _ version: MCPVersion, keepFor milliseconds: Int? = nil) -> JSONValue {
        guard version.isStateless else { return .object(members) }
        var members = members
        members["resultType"] = "complete"
        members["_meta"] = [Self.metaPrefix + "serverInfo": Self.about(version)]
        if let milliseconds { members.merge(["ttlMs": .integer(milliseconds), "cacheScope": milliseconds > 0 ? "public" : "private"]) { $1 } }
        return .object(members)
    }

    /// Lists come whole: there is no cursor that could be asked for.
    private func checkCursor(_ parameters: [String: JSONValue]) throws(RPCError) {
        if let cursor = parameters["cursor"], cursor != .null { throw .invalidParameters("there is no such cursor: lists come whole") }
    }

    private func uri(_ parameters: [String: JSONValue]) throws(RPCError) -> String {
        guard let uri = parameters["uri"]?.string else { throw .invalidParameters("\"uri\" is the address of a resource, a string") }
        return uri
    }

    /// Has a tool do something. What the tool cannot do is its result, for the caller to read and do better.
    private func call(_ parameters: [String: JSONValue]) throws(RPCError) -> ToolResult {
        guard let name = parameters["name"]?.string else { throw .invalidParameters("tools/call names a tool: \"name\", a string") }
        guard let tool = tools.first(where: { $0.name == name }) else {
            throw .invalidParameters("there is no tool \"\(singleLine(name, limit: 60))\"; there are \(tools.map(\.name).joined(separator: ", "))")
        }
        let given = parameters["arguments"] ?? [:]
        guard let arguments = given == .null ? [:] : given.object else { throw .invalidParameters("\"arguments\" is an object, not \(given.kind)") }
        do { return try tool.call(ToolArguments(arguments, for: tool), studio) } catch { return ToolResult(failure: Studio.sentence(of: error)) }
    }
}
