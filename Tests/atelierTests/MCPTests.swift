import Foundation
import Sketches
import Testing

/// A conversation with `atelier mcp`: what a client says, line by line, and what it hears.
private struct Conversation {
    typealias Message = [String: Any]

    let status: Int32?, error: String
    /// Every message that was heard, in order.
    let messages: [Message]

    /// Says the lines and nothing more. Whatever is heard must be messages.
    init(_ lines: [String], in folder: WorkFolder, arguments: [String] = []) throws {
        let result = try Program.run(["mcp"] + arguments, in: folder.url, input: Data((lines.joined(separator: "\n") + "\n").utf8))
        (status, error) = (result.status, result.error)
        #expect(result.text.isEmpty || result.text.hasSuffix("\n"))
        messages = try result.text.split(separator: "\n").flatMap { line -> [Message] in
            let json = try JSONSerialization.jsonObject(with: Data(line.utf8))
            return try #require(json as? [Message] ?? (json as? Message).map { [$0] }, "\(line.prefix(200))")
        }
        for message in messages { #expect(message["jsonrpc"] as? String == "2.0") }
    }

    /// The answer to a request.
    func answer(_ id: Int) throws -> Message { try #require(messages.first { $0["id"] as? Int == id }, "no answer to \(id): \(error)") }
    /// What a request gave.
    func result(_ id: Int) throws -> Message {
        let answer = try answer(id)
        return try #require(answer["result"] as? Message, "\(answer)")
    }
    /// The number of the error that a request met.
    func code(_ id: Int) throws -> Int? { try (answer(id)["error"] as? Message)?["code"] as? Int }
    /// Names of the notifications, in order.
    var notifications: [String] { messages.compactMap { ($0["method"] as? String).map { String($0.dropFirst("notifications/".count)) } } }

    /// The structured answer of a tool, which its first block must repeat as text.
    func told(_ id: Int) throws -> Message {
        let result = try result(id)
        #expect(result["isError"] as? Bool == false, "\(result)")
        let told = try #require(result["structuredContent"] as? Message), text = try #require((result["content"] as? [Message])?.first?["text"] as? String)
        let again = try JSONSerialization.jsonObject(with: Data(text.utf8))
        #expect(try JSONSerialization.data(withJSONObject: told, options: .sortedKeys) == JSONSerialization.data(withJSONObject: again, options: .sortedKeys))
        return told
    }

    /// Why a tool could not do what it was asked.
    func refusal(_ id: Int) throws -> String {
        let result = try result(id)
        #expect(result["isError"] as? Bool == true, "\(result)")
        return try #require((result["content"] as? [Message])?.first?["text"] as? String)
    }

    /// The pictures of a tool's answer.
    func pictures(_ id: Int) throws -> [Data] {
        try (result(id)["content"] as? [Message] ?? []).filter { $0["type"] as? String == "image" }.compactMap { Data(base64Encoded: $0["data"] as? String ?? "") }
    }
}

/// A request as a line.
private func request(_ id: Int, _ method: String, _ parameters: [String: Any] = [:]) throws -> String {
    String(decoding: try JSONSerialization.data(withJSONObject: ["jsonrpc": "2.0", "id": id, "method": method, "params": parameters], options: .sortedKeys), as: UTF8.self)
}

/// A call of a tool as a line.
private func call(_ id: Int, _ tool: String, _ arguments: [String: Any] = [:]) throws -> String { try request(id, "tools/call", ["name": tool, "arguments": arguments]) }

/// The two lines that begin a session; id 0.
private func hello(_ version: String = "2025-11-25") throws -> [String] {
    [try request(0, "initialize", ["protocolVersion": version, "capabilities": [String: Any](), "clientInfo": ["name": "test", "version": "1"]]), #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#]
}

/// A box and a sun, named.
private var named: [String: Any] {
    [
        "version": 1, "width": 256, "height": 256, "mine": ["kept": true],
        "strokes": [[[10, 60, 60, 10, 10], [10, 10, 60, 60, 10]], [[150, 200], [150, 200.25]]],
        "objects": [["class": "box", "box": [10, 10, 60, 60], "strokes": [0]], ["class": "sun", "box": [150, 150, 200, 200.25], "strokes": [1]]],
    ]
}

@Suite("atelier mcp")
struct MCPTests {
    static let tools = ["draw", "open", "edit", "erase", "complete", "undo", "render", "detect", "describe", "ask", "scenes"]

    // MARK: protocol

    @Test("A session by handshake, in each revision", arguments: [
        ("2024-11-05", "2024-11-05"), ("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"), ("2025-11-25", "2025-11-25"), ("2026-07-28", "2025-11-25"), ("1999-01-01", "2025-11-25"),
    ])
    func handshake(asked: String, agreed: String) throws {
        let folder = try WorkFolder()
        let heard = try Conversation([request(7, "ping"), request(8, "tools/list")] + hello(asked) + [request(1, "tools/list"), request(2, "ping"), request(3, "initialize", ["protocolVersion": asked]),
                                      #"{"jsonrpc":"2.0","method":"notifications/strange"}"#, #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#,
                                      #"{"jsonrpc":"2.0","id":4,"result":{}}"#, request(5, "resources/templates/list"), request(6, "prompts/list")], in: folder)
        #expect(heard.status == 0 && heard.messages.count == 8, "\(heard.error)")
        #expect(try heard.result(7).isEmpty && heard.code(8) == -32_600, "a ping may come first")
        let greeting = try heard.result(0)
        #expect(greeting["protocolVersion"] as? String == agreed && (greeting["instructions"] as? String)?.isEmpty == false)
        #expect((greeting["serverInfo"] as? [String: Any])?["name"] as? String == "atelier")
        #expect(Set(try #require(greeting["capabilities"] as? [String: Any]).keys) == ["tools", "resources"])
        let listed = try #require(heard.result(1)["tools"] as? [[String: Any]])
        #expect(listed.map { $0["name"] as? String } == Self.tools)
        for tool in listed {
            let schema = try #require(tool["inputSchema"] as? [String: Any])
            #expect(schema["type"] as? String == "object" && schema["properties"] is [String: Any] && (tool["description"] as? String ?? "").count > 40)
            for (name, input) in schema["properties"] as? [String: [String: Any]] ?? [:] { #expect(input["description"] is String, "\(name)") }
            #expect((tool["annotations"] != nil) == (agreed >= "2025-03-26"))
            #expect((tool["title"] != nil) == (agreed >= "2025-06-18"))
            #expect((tool["outputSchema"] != nil) == (agreed >= "2025-06-18" && tool["name"] as? String != "render"))
        }
        #expect(try heard.code(3) == -32_600 && heard.code(6) == -32_601)
        #expect((try heard.result(5)["resourceTemplates"] as? [Any])?.count == 3)
    }

    @Test("Requests of the revision without a handshake say all that is needed")
    func stateless() throws {
        let folder = try WorkFolder()
        func modern(_ id: Int, _ method: String, _ parameters: [String: Any] = [:], version: String = "2026-07-28", client: Any? = [String: Any]()) throws -> String {
            var meta: [String: Any] = ["io.modelcontextprotocol/protocolVersion": version]
            meta["io.modelcontextprotocol/clientCapabilities"] = client
            return try request(id, method, parameters.merging(["_meta": meta]) { $1 })
        }
        let heard = try Conversation([
            modern(1, "server/discover"), modern(2, "tools/list", version: "2999-01-01"), modern(3, "tools/list", client: nil), request(4, "server/discover"), modern(5, "tools/list"),
            modern(6, "subscriptions/listen", ["notifications": ["resourcesListChanged": true, "resourceSubscriptions": ["atelier://scene/1"], "toolsListChanged": true]]),
            modern(7, "tools/call", ["name": "open", "arguments": ["scene": named, "image": false]]),
            modern(8, "tools/call", ["name": "erase", "arguments": ["scene": 1, "revision": 1, "command": "the sun"]]),
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":6}}"#,
            modern(9, "tools/call", ["name": "undo", "arguments": ["scene": 1, "revision": 2]]),
            modern(10, "resources/read", ["uri": "atelier://scene/1"]), modern(11, "resources/read", ["uri": "atelier://scene/2"]), modern(12, "ping"), request(13, "tools/list"),
        ], in: folder)
        #expect(heard.status == 0)
        let found = try heard.result(1)
        #expect(found["supportedVersions"] as? [String] == ["2026-07-28"] && found["resultType"] as? String == "complete" && found["ttlMs"] is Int && found["cacheScope"] is String)
        let refused = try #require(heard.answer(2)["error"] as? [String: Any])
        #expect(refused["code"] as? Int == -32_022 && (refused["data"] as? [String: Any])?["supported"] as? [String] == ["2026-07-28"])
        #expect(try [3, 4, 11].map(heard.code) == [-32_602, -32_602, -32_602] && heard.code(12) == -32_601 && heard.code(13) == -32_600)
        #expect(try heard.result(5)["ttlMs"] is Int)
        #expect(try heard.told(9)["revision"] as? Int == 3)
        #expect(try heard.result(10)["cacheScope"] as? String == "private")
        #expect(heard.notifications == ["subscriptions/acknowledged", "resources/list_changed", "resources/updated"], "no more after the cancellation")
        for message in heard.messages where message["method"] != nil {
            let meta = (message["params"] as? [String: Any])?["_meta"] as? [String: Any]
            #expect(meta?["io.modelcontextprotocol/subscriptionId"] as? Int == 6)
        }
        let honoured = (heard.messages.first { $0["method"] != nil }?["params"] as? [String: Any])?["notifications"] as? [String: Any]
        #expect(Set(honoured?.keys.map { $0 } ?? []) == ["resourcesListChanged", "resourceSubscriptions"])
    }

    @Test("Lists of messages are answered in the one revision that has them")
    func batches() throws {
        let folder = try WorkFolder()
        let batch = #"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/x"},7,{"jsonrpc":"2.0","id":2,"method":"nothing"},{"jsonrpc":"2.0","id":3,"method":"initialize"}]"#
        let old = try Conversation(hello("2025-03-26") + [batch, "[]", #"[{"jsonrpc":"2.0","method":"notifications/x"}]"#, request(4, "ping")], in: folder)
        #expect(old.status == 0 && old.messages.count == 7)
        #expect(try old.result(1).isEmpty && old.code(2) == -32_601 && old.code(3) == -32_600 && old.result(4).isEmpty)
        #expect(old.messages.filter { $0["id"] is NSNull }.count == 2)
        let new = try Conversation(hello("2025-06-18") + [batch], in: folder)
        #expect(new.messages.count == 2 && (new.messages[1]["error"] as? [String: Any])?["code"] as? Int == -32_600)
    }

    struct Line: CustomTestStringConvertible, Sendable {
        let name: String, text: String, code: Int
        /// The id of the answer; nil for null.
        var id: Int?
        var testDescription: String { name }
    }

    static let lines: [Line] = [
        Line(name: "words", text: "hello", code: -32_700), Line(name: "half a message", text: #"{"jsonrpc":"2.0","id":5,"method":"pi"#, code: -32_700, id: 5),
        Line(name: "two messages", text: #"{"jsonrpc":"2.0","id":5,"method":"ping"}{}"#, code: -32_700, id: 5), Line(name: "no quotes", text: "{jsonrpc:2}", code: -32_700),
        Line(name: "a control character", text: "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"a\u{1}\"}", code: -32_700, id: 5), Line(name: "half a pair", text: #"{"id":5,"a":"\ud800"}"#, code: -32_700, id: 5),
        Line(name: "a number", text: "7", code: -32_600), Line(name: "null", text: "null", code: -32_600), Line(name: "a string", text: "\"ping\"", code: -32_600),
        Line(name: "an empty object", text: "{}", code: -32_600), Line(name: "another protocol", text: #"{"jsonrpc":"1.0","id":5,"method":"ping"}"#, code: -32_600, id: 5),
        Line(name: "no method", text: #"{"jsonrpc":"2.0","id":5}"#, code: -32_600, id: 5), Line(name: "a method of numbers", text: #"{"jsonrpc":"2.0","id":5,"method":[1]}"#, code: -32_600, id: 5),
        Line(name: "null for an id", text: #"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, code: -32_600), Line(name: "an object for an id", text: #"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, code: -32_600),
        Line(name: "parameters in a list", text: #"{"jsonrpc":"2.0","id":5,"method":"ping","params":[1]}"#, code: -32_602, id: 5),
        Line(name: "deep lists before the id", text: #"{"jsonrpc":"2.0","params":{"a":"# + String(repeating: "[", count: 200_000) + #"{"id":9}"# + String(repeating: "]", count: 200_000) + #"},"id":5}"#,
             code: -32_600, id: 5),
        Line(name: "deep lists", text: #"{"id":5,"jsonrpc":"2.0","method":"tools/call","params":{"a":"# + String(repeating: "[", count: 500) + String(repeating: "]", count: 500) + "}}", code: -32_600, id: 5),
        Line(name: "a number out of range", text: #"{"id":5,"jsonrpc":"2.0","method":"ping","params":{"a":1e999}}"#, code: -32_600, id: 5),
        Line(name: "no tool's name", text: #"{"id":5,"jsonrpc":"2.0","method":"tools/call","params":{}}"#, code: -32_602, id: 5),
        Line(name: "no such tool", text: #"{"id":5,"jsonrpc":"2.0","method":"tools/call","params":{"name":"paint"}}"#, code: -32_602, id: 5),
        Line(name: "arguments in a list", text: #"{"id":5,"jsonrpc":"2.0","method":"tools/call","params":{"name":"draw","arguments":["a cat"]}}"#, code: -32_602, id: 5),
        Line(name: "no address", text: #"{"id":5,"jsonrpc":"2.0","method":"resources/read"}"#, code: -32_602, id: 5),
        Line(name: "another address", text: #"{"id":5,"jsonrpc":"2.0","method":"resources/read","params":{"uri":"file:///etc/passwd"}}"#, code: -32_002, id: 5),
        Line(name: "a scene that is none", text: #"{"id":5,"jsonrpc":"2.0","method":"resources/read","params":{"uri":"atelier://scene/99999999999999999999"}}"#, code: -32_002, id: 5),
        Line(name: "a cursor", text: #"{"id":5,"jsonrpc":"2.0","method":"tools/list","params":{"cursor":"x"}}"#, code: -32_602, id: 5),
    ]

    @Test("A hostile line is answered with an error, and the next one as ever", arguments: lines)
    func hostile(_ line: Line) throws {
        let folder = try WorkFolder()
        let heard = try Conversation(hello() + ["", "   ", line.text, request(1, "ping")], in: folder)
        #expect(heard.status == 0 && heard.messages.count == 3, "\(heard.error)")
        #expect(try heard.result(1).isEmpty)
        let answer = heard.messages[1]
        #expect((answer["error"] as? [String: Any])?["code"] as? Int == line.code, "\(answer)")
        #expect(answer["id"] as? Int == line.id)
        #expect(((answer["error"] as? [String: Any])?["message"] as? String ?? "").count < 1_000)
    }

    @Test("Lines beyond the limit, ids of all kinds, no input, a full disk")
    func edges() throws {
        let folder = try WorkFolder()
        let long = #"{"jsonrpc":"2.0","id":5,"method":"ping","params":{"a":""# + String(repeating: "x", count: 17 << 20) + #""}}"#
        let heard = try Conversation(hello() + [long, #"{"jsonrpc":"2.0","id":"five","method":"ping"}"#, #"{"jsonrpc":"2.0","id":1.50,"method":"ping"}"#, request(1, "ping")], in: folder)
        #expect(heard.status == 0 && heard.messages.count == 5)
        #expect(try heard.code(5) == -32_600 && heard.result(1).isEmpty)
        #expect(heard.messages[2]["id"] as? String == "five" && heard.messages[3]["id"] as? Double == 1.5)
        let silent = try folder.run("mcp")
        #expect(silent.status == 0 && silent.output.isEmpty)
        let unfinished = try folder.run("mcp", input: request(1, "ping"))                  // without a line end
        #expect(try unfinished.json()["id"] as? Int == 1)
        #expect(try folder.run("mcp", input: request(1, "ping"), outputPath: "/dev/full").status == 74)
        #expect(try folder.run("mcp", "--model", "none").status == 66)
        #expect(folder.files.isEmpty)
    }

    // MARK: tools

    @Test("A drawing is that of the command line, and is read back as a resource")
    func draws() throws {
        let folder = try WorkFolder()
        let heard = try Conversation(hello() + [
            call(1, "draw", ["prompt": "a sun above a house", "seed": 7, "candidates": 2]), request(2, "resources/list"), request(3, "resources/read", ["uri": "atelier://scene/1"]),
            request(4, "resources/read", ["uri": "atelier://scene/1.svg"]), request(5, "resources/read", ["uri": "atelier://scene/1.png"]), request(6, "resources/read", ["uri": "atelier://classes"]),
            call(7, "draw", ["objects": [["class": "sun", "box": [10, 10, 90, 90]], ["class": "house", "box": [100, 120, 240, 250]]], "candidates": 1, "image": false]),
        ], in: folder)
        #expect(heard.status == 0)
        let told = try heard.told(1)
        #expect(told["scene"] as? Int == 1 && told["revision"] as? Int == 1 && told["uri"] as? String == "atelier://scene/1" && told["seed"] as? Int == 7)
        #expect((told["objects"] as? [Any])?.count == told["objectCount"] as? Int && told["relations"] is [String] && told["notShown"] is [String] && told["notices"] is [String])
        #expect(try heard.pictures(1).allSatisfy { $0.starts(with: [0x89, 0x50, 0x4E, 0x47]) } && heard.pictures(1).count == 1)
        let blocks = try #require(heard.result(1)["content"] as? [[String: Any]])
        #expect(blocks.map { $0["type"] as? String } == ["text", "image", "resource_link"] && blocks[2]["uri"] as? String == "atelier://scene/1")

        #expect(try folder.run("draw", "a sun above a house", "--seed", "7", "--candidates", "2", "-o", "a.json").status == 0)
        let drawn = try SketchFile.read(folder.data("a.json"), name: "a")[0]
        func contents(_ id: Int) throws -> [String: Any] { try #require((heard.result(id)["contents"] as? [[String: Any]])?.first) }
        var held = try SketchFile.read(Data((contents(3)["text"] as? String ?? "").utf8), name: "resource")[0]
        #expect(held.extra["revision"] == .integer(1))
        held.extra["revision"] = nil
        #expect(held == drawn)
        #expect(try (contents(4)["text"] as? String)?.hasPrefix("<svg ") == true && contents(4)["mimeType"] as? String == "image/svg+xml")
        #expect(try Data(base64Encoded: contents(5)["blob"] as? String ?? "")?.starts(with: [0x89, 0x50]) == true)
        #expect(try (contents(6)["text"] as? String)?.split(separator: "\n").contains("house") == true)
        let resources = try #require(heard.result(2)["resources"] as? [[String: Any]]).compactMap { $0["uri"] as? String }
        #expect(resources == ["atelier://classes", "atelier://scene/1", "atelier://scene/1.svg"])
        #expect(heard.notifications == ["resources/list_changed", "resources/list_changed"])

        let laidOut = try #require(heard.told(7)["objects"] as? [[String: Any]])
        #expect(laidOut.map { $0["class"] as? String } == ["sun", "house"])
        #expect(try heard.pictures(7).isEmpty)
    }

    @Test("Every change names the revision that it is meant for, and can be taken back")
    func revisions() throws {
        let folder = try WorkFolder()
        let erase: [String: Any] = ["scene": 1, "revision": 1, "command": "the sun", "image": false]
        let heard = try Conversation(hello() + [
            call(1, "open", ["scene": named]), request(2, "resources/subscribe", ["uri": "atelier://scene/1"]), call(3, "erase", erase), call(4, "erase", erase),
            call(5, "undo", ["scene": 1, "revision": 1]), call(6, "undo", ["scene": "atelier://scene/1", "revision": 2]), call(7, "undo", ["scene": 1, "revision": 3]), call(8, "scenes"),
            request(9, "resources/unsubscribe", ["uri": "atelier://scene/1"]), call(10, "erase", erase.merging(["revision": 3, "command": "the box"]) { $1 }),
            call(11, "erase", erase.merging(["revision": 9]) { $1 }), call(12, "describe", ["scene": 1, "revision": 3]), call(13, "erase", ["scene": 1, "command": "the sun"]),
            call(14, "render", ["scene": 1, "format": "json"]),
        ], in: folder)
        #expect(heard.status == 0)
        let erased = try heard.told(3)
        #expect(erased["revision"] as? Int == 2 && erased["erased"] as? [String] == ["sun"] && erased["strokeCount"] as? Int == 1 && (erased["objects"] as? [Any])?.count == 1)
        for id in [4, 5] { #expect(try heard.refusal(id).contains("current revision is 2") && heard.refusal(id).contains("the sun")) }
        let undone = try heard.told(6)
        #expect(undone["revision"] as? Int == 3 && undone["undone"] as? String == "erase the sun" && undone["strokeCount"] as? Int == 2 && (undone["left"] as? [Any])?.isEmpty == true)
        #expect(try heard.refusal(7).contains("no change to take back"))
        #expect((try heard.told(8)["scenes"] as? [[String: Any]])?.first?["revision"] as? Int == 3)
        #expect(try heard.told(10)["revision"] as? Int == 4)
        #expect(try heard.refusal(11).contains("no revision 9 yet") && heard.refusal(12).contains("current revision is 4") && heard.refusal(13).contains("\"revision\""))
        #expect(heard.notifications == ["resources/list_changed", "resources/updated", "resources/updated"], "none before and after the subscription")
        let text = try #require((heard.result(14)["content"] as? [[String: Any]])?.first?["text"] as? String), left = try SketchFile.read(Data(text.utf8), name: "left")[0]
        #expect(left.objects.map(\.className) == ["sun"] && left.extra["mine"] != nil && left.extra["revision"] == .integer(4))
    }

    @Test("A scene that was opened from an SVG is edited in place, as the command line edits the file")
    func opensSVG() throws {
        let folder = try WorkFolder()
        try folder.write(EditTests.svg, to: "in.svg")
        #expect(try folder.run("erase", "in.svg", "the sun", "-o", "out.svg").status == 0)
        let heard = try Conversation(hello() + [
            call(1, "open", ["content": EditTests.svg]), call(2, "render", ["scene": 1, "format": "svg"]), call(3, "erase", ["scene": 1, "revision": 1, "command": "the sun"]),
            call(4, "render", ["scene": 1, "format": "svg"]), call(5, "undo", ["scene": 1, "revision": 2]), request(6, "resources/read", ["uri": "atelier://scene/1.svg"]),
            call(7, "render", ["scene": 1, "format": "svg", "labels": true]),
        ], in: folder)
        func text(_ id: Int) throws -> String? { try (heard.result(id)["content"] as? [[String: Any]])?.first?["text"] as? String }
        #expect(try heard.told(1)["form"] as? String == "svg" && (heard.told(1)["notices"] as? [String])?.isEmpty == false, "text that cannot be read is named")
        #expect(try text(2) == EditTests.svg)
        #expect(try heard.told(3)["notices"] as? [String] == [], "the SVG can be edited along")
        #expect(try text(4) == folder.text("out.svg"))
        #expect(try (heard.result(6)["contents"] as? [[String: Any]])?.first?["text"] as? String == EditTests.svg)
        #expect(try text(7) != EditTests.svg && text(7)?.contains("sun") == true)
    }

    @Test("edit, complete, detect, describe and render answer as they promise")
    func edits() throws {
        let folder = try WorkFolder()
        let heard = try Conversation(hello() + [
            call(1, "open", ["scene": named]), call(2, "edit", ["scene": 1, "revision": 1, "command": "make the sun bigger", "sureness": 0, "candidates": 1]),
            call(3, "open", ["content": #"{"version":1,"width":640,"height":480,"strokes":[[[100.25,300],[80,90]]]}"#]), call(4, "complete", ["scene": 2, "revision": 1, "prompt": "a house", "seed": 3]),
            call(5, "detect", ["scene": 2, "image": true]), call(6, "describe", ["scene": 1]), call(7, "render", ["scene": 1, "size": 300, "boxes": true]),
            call(8, "render", ["scene": 1, "animate": true]), call(9, "open", ["content": #"{"version":1,"width":9,"height":9,"strokes":[]}"#]), call(10, "detect", ["scene": 3]),
            call(11, "edit", ["scene": 2, "revision": 2, "command": "please"]), call(12, "scenes"),
        ], in: folder)
        #expect(heard.status == 0)
        // The smallest model may read the sentence as it likes, or be lost; it never breaks the protocol.
        for (id, next) in [(2, 2), (11, 3)] {
            if try heard.result(id)["isError"] as? Bool == false {
                #expect(try heard.told(id)["revision"] as? Int == next && (heard.told(id)["steps"] as? [Any])?.isEmpty == false)
            } else { #expect(try !heard.refusal(id).isEmpty && !heard.refusal(id).contains("--")) }
        }
        let completed = try heard.told(4)
        #expect(completed["revision"] as? Int == 2 && completed["class"] is String && completed["strokeCount"] as? Int == 1 + (completed["newStrokes"] as? Int ?? 0))
        let found = try heard.told(5)
        #expect((found["objects"] as? [[String: Any]])?.allSatisfy { $0["confidence"] as? Double != nil && ($0["box"] as? [Any])?.count == 4 } == true && found["revision"] as? Int == 2)
        #expect(try heard.pictures(5).count == 1)
        #expect((try heard.told(6)["text"] as? String)?.isEmpty == false)
        #expect(try heard.pictures(7).count == 1)
        #expect(try heard.refusal(8).contains("svg") && heard.refusal(10).contains("no strokes"))
        #expect((try heard.told(12)["scenes"] as? [Any])?.count == 3)
    }

    @Test("ask says which model is missing, and answers with one; the smallest is trained for it")
    func asks() throws {
        let folder = try WorkFolder()
        let lines = try hello() + [call(1, "open", ["scene": named]), call(2, "ask", ["scene": 1, "question": "Is there a box left of the sun?"])]
        #expect(try Conversation(lines, in: folder).refusal(2).contains("--reasoner"))
        try folder.write("""
            name: reasoner-tiny
            kind: questions
            steps: 1
            optimizer: {learningRate: 1e-3}
            model: {width: 16, layers: 1, heads: 2, keyValueHeads: 1, hiddenWidth: 16, textVocabulary: 300}
            data: {rows: 1}

            """, to: "tiny.yaml")
        #expect(try folder.run("train", "tiny.yaml", "--export", "tiny").status == 0)
        let told = try Conversation(lines, in: folder, arguments: ["--reasoner", "tiny", "--threads", "2"]).told(2)
        #expect(told["answer"] is String && told["steps"] is [Any] && told["confidence"] as? Double != nil)
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        let tool: String, arguments: String, says: String
        var testDescription: String { "\(tool) \(arguments)" }
    }

    static let refusals: [Refusal] = [
        Refusal(tool: "draw", arguments: "{}", says: "needs a \"prompt\""), Refusal(tool: "draw", arguments: #"{"prompt":""}"#, says: "needs a \"prompt\""),
        Refusal(tool: "draw", arguments: #"{"promt":"a sun"}"#, says: "takes no \"promt\"; it takes prompt"), Refusal(tool: "draw", arguments: #"{"prompt":7}"#, says: "is a string, not 7"),
        Refusal(tool: "draw", arguments: #"{"prompt":"a sun","seed":-1}"#, says: "whole number from 0"), Refusal(tool: "draw", arguments: #"{"prompt":"a sun","seed":1e300}"#, says: "\"seed\""),
        Refusal(tool: "draw", arguments: #"{"prompt":"a sun","candidates":65}"#, says: "1 to 64"), Refusal(tool: "draw", arguments: #"{"prompt":"a sun","style":"oil"}"#, says: "one of auto, doodle, icon"),
        Refusal(tool: "draw", arguments: #"{"prompt":"a sun","image":"yes"}"#, says: "true or false"), Refusal(tool: "draw", arguments: #"{"prompt":"a quxblorf"}"#, says: "quxblorf"),
        Refusal(tool: "draw", arguments: #"{"objects":[{"box":[0,0,9,9]}]}"#, says: "objects[0] needs a \"class\""), Refusal(tool: "draw", arguments: #"{"objects":[{"class":"sun","box":[9,9,0,0]}]}"#, says: "four numbers"),
        Refusal(tool: "draw", arguments: #"{"objects":[{"class":"quxblorf"}]}"#, says: "atelier://classes"), Refusal(tool: "draw", arguments: #"{"objects":[1,2,3,4,5,6,7,8,9]}"#, says: "at most 8"),
        Refusal(tool: "open", arguments: "{}", says: "open needs"), Refusal(tool: "open", arguments: #"{"content":"<svg/>","scene":{}}"#, says: "not several"),
        Refusal(tool: "open", arguments: #"{"content":"hello"}"#, says: "no form known"), Refusal(tool: "open", arguments: #"{"content":""}"#, says: "is empty"),
        Refusal(tool: "open", arguments: #"{"scene":{"version":1,"width":9,"height":9}}"#, says: "\"strokes\""), Refusal(tool: "open", arguments: #"{"picture":"aGVsbG8="}"#, says: "no PNG or JPEG"),
        Refusal(tool: "open", arguments: #"{"picture":"%%"}"#, says: "base64"), Refusal(tool: "open", arguments: #"{"content":"[[[5,5,1]],[[5,5,1]]]"}"#, says: "one at a time"),
        Refusal(tool: "edit", arguments: #"{"scene":1,"revision":1}"#, says: "needs \"command\""), Refusal(tool: "edit", arguments: #"{"scene":1,"command":"erase the sun"}"#, says: "needs \"revision\""),
        Refusal(tool: "erase", arguments: #"{"scene":9,"revision":1,"command":"the sun"}"#, says: "there is no scene 9; none is open"), Refusal(tool: "render", arguments: #"{"scene":"one"}"#, says: "number of a scene"),
        Refusal(tool: "render", arguments: #"{"scene":1,"size":1}"#, says: "16 to 2048"), Refusal(tool: "ask", arguments: #"{"scene":1}"#, says: "needs \"question\""),
        Refusal(tool: "scenes", arguments: #"{"scene":1}"#, says: "takes no \"scene\"; it takes nothing"),
    ]

    @Test("What a tool cannot do it says, so that the caller can do better", arguments: refusals)
    func isRefused(_ refusal: Refusal) throws {
        let folder = try WorkFolder()
        let line = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"\(refusal.tool)\",\"arguments\":\(refusal.arguments)}}"
        let heard = try Conversation(hello() + [line], in: folder)
        #expect(heard.status == 0 && heard.notifications.isEmpty)
        let said = try heard.refusal(1)
        #expect(said.contains(refusal.says), "\(said)")
    }

    @Test("At most a hundred scenes stay open; the one longest unused goes first, and that is told")
    func closes() throws {
        let folder = try WorkFolder()
        let open = try (1...100).map { try call($0, "open", ["scene": named, "image": false]) }
        let heard = try Conversation(hello() + open + [call(101, "describe", ["scene": 1]), call(102, "open", ["scene": named]), call(103, "describe", ["scene": 2]), call(104, "describe", ["scene": 1])], in: folder)
        #expect(heard.status == 0)
        #expect((try heard.told(102)["notices"] as? [String])?.contains("closed to make room: scene 2") == true)
        #expect(try heard.refusal(103).contains("was closed to make room") && heard.told(104)["scene"] as? Int == 1)
    }
}
