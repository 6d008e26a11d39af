import Files

/// The id of a request, a string or a number; answers have it as it was spelt.
struct RequestID: Hashable {
    /// The id as JSON.
    let json: JSONValue

    /// - Returns: nil for another kind of value, null too.
    init?(_ json: JSONValue) {
        switch json {
        case .string, .integer, .digits, .number: self.json = json
        default: return nil
        }
    }

    /// The id of a message that cannot be read as a whole, if it stands among the message's own members: so that whoever waits for an answer gets one.
    init?(recoveredFrom bytes: [UInt8]) {
        guard let first = bytes.firstIndex(where: { $0 > 32 }), bytes[first] == UInt8(ascii: "{") else { return nil }
        var depth = 0, position = first
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                let start = position
                position += 1
                while position < bytes.count, bytes[position] != UInt8(ascii: "\"") { position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1 }
                position = min(position + 1, bytes.count)
                if depth == 1, bytes[start..<position].elementsEqual("\"id\"".utf8), let id = Self.value(in: bytes, after: position) {
                    self = id
                    return
                }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            position += 1
        }
        return nil
    }

    private static func value(in bytes: [UInt8], after key: Int) -> RequestID? {
        var scanner = JSONScanner(bytes, file: "message", from: key)
        guard scanner.peek() == UInt8(ascii: ":") else { return nil }
        scanner.jump(to: scanner.position + 1)
        guard let next = scanner.peek(), next != UInt8(ascii: "{"), next != UInt8(ascii: "[") else { return nil }
        return (try? scanner.value()).flatMap { RequestID($0) }
    }
}

/// Why a request is not answered with a result: JSON-RPC's error.
struct RPCError: Error, Equatable {
    /// JSON-RPC's and MCP's number of the error.
    let code: Int
    /// One sentence.
    let message: String
    /// More for a program.
    var data: JSONValue?

    /// The message is no JSON.
    static func parse(_ message: String) -> RPCError { RPCError(code: -32_700, message: message) }
    /// JSON, but no message that is valid here.
    static func invalidRequest(_ message: String) -> RPCError { RPCError(code: -32_600, message: message) }
    /// No such method.
    static func unknownMethod(_ method: String) -> RPCError { RPCError(code: -32_601, message: "there is no method \"\(singleLine(method, limit: 100))\" here") }
    /// The method does not take these parameters.
    static func invalidParameters(_ message: String) -> RPCError { RPCError(code: -32_602, message: message) }
    /// A bug of the server's.
    static func unexpected(_ message: String) -> RPCError { RPCError(code: -32_603, message: message) }
    /// There is no such resource; revisions before 2026-07-28 have a number of its own for it.
    static func noResource(_ message: String, uri: String, in version: MCPVersion) -> RPCError {
        RPCError(code: version.isStateless ? -32_602 : -32_002, message: message, data: ["uri": .string(String(uri.prefix(200)))])
    }
    /// A request of a revision that is not known here.
    static func unsupportedVersion(_ requested: String) -> RPCError {
        let known = MCPVersion.allCases.filter(\.isStateless).map(\.rawValue)
        return RPCError(
            code: -32_022, message: "protocol version \(singleLine(requested, limit: 40)) is not spoken here",
            data: ["requested": .string(String(requested.prefix(40))), "supported": .strings(known)])
    }

    /// The error as a member of an answer.
    var json: JSONValue {
        var members: [String: JSONValue] = ["code": .integer(code), "message": .string(message)]
        members["data"] = data
        return .object(members)
    }
}

/// What a client sends: JSON-RPC 2.0.
enum RPCMessage {
    /// Wants an answer.
    case request(id: RequestID, method: String, parameters: [String: JSONValue])
    /// Wants none.
    case notification(method: String, parameters: [String: JSONValue])
    /// Answers a request, of which this server makes none.
    case answer

    /// A message that is not one, with the id to answer under where it has one.
    struct Fault: Error {
        let id: RequestID?, error: RPCError
    }

    /// - Throws: `Fault` for anything but a message.
    init(_ json: JSONValue) throws(Fault) {
        guard let members = json.object else { throw Fault(id: nil, error: .invalidRequest("a message is a JSON object, not \(json.kind)")) }
        let id = members["id"].flatMap { RequestID($0) }
        guard members["jsonrpc"] == "2.0" else { throw Fault(id: id, error: .invalidRequest("a message has \"jsonrpc\": \"2.0\"")) }
        guard let method = members["method"]?.string else {
            guard members["method"] == nil, members["result"] != nil || members["error"] != nil else {
                throw Fault(id: id, error: .invalidRequest("a message has a \"method\", which is a string"))
            }
            self = .answer
            return
        }
        if let given = members["id"], id == nil { throw Fault(id: nil, error: .invalidRequest("an \"id\" is a string or a number, not \(given.kind)")) }
        let parameters = members["params"] ?? [:]
        guard let parameters = parameters.object else {
            guard let id else { self = .notification(method: method, parameters: [:]); return }
            throw Fault(id: id, error: .invalidParameters("\"params\" is an object, not \(parameters.kind)"))
        }
        self = id.map { .request(id: $0, method: method, parameters: parameters) } ?? .notification(method: method, parameters: parameters)
    }

    /// An answer with what was asked for.
    static func result(_ result: JSONValue, to id: RequestID) -> JSONValue { ["jsonrpc": "2.0", "id": id.json, "result": result] }

    /// An answer that says why there is none. Without an id where the question's could not be read.
    static func failure(_ error: RPCError, to id: RequestID?) -> JSONValue { ["jsonrpc": "2.0", "id": id?.json ?? .null, "error": error.json] }

    /// A message to the client that wants no answer.
    static func notification(_ method: String, _ parameters: JSONValue? = nil) -> JSONValue {
        var members: [String: JSONValue] = ["jsonrpc": "2.0", "method": .string("notifications/" + method)]
        members["params"] = parameters
        return .object(members)
    }
}
