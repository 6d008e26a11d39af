import Files

/// Who wants to hear of which changes: a session by its handshake (`resources/subscribe`), or a request that stays open (`subscriptions/listen`).
struct Subscriptions {
    /// A request that stays open until it is cancelled.
    private struct Listener {
        let id: RequestID
        let hearsLists: Bool, uris: [String]

        /// What each of its notifications carries.
        var meta: JSONValue { ["io.modelcontextprotocol/subscriptionId": id.json] }
    }

    /// The most that are kept of either kind; and of addresses of one listener.
    static let limit = 1_000

    private var uris: Set<String> = [], listeners: [Listener] = []

    /// A session wants to hear of a resource.
    /// - Throws: `RPCError` where there are too many.
    mutating func subscribe(to uri: String) throws(RPCError) {
        guard uris.count < Self.limit || uris.contains(uri) else { throw .unexpected("there are \(Self.limit) subscriptions already") }
        uris.insert(uri)
    }

    /// A session wants to hear no more of a resource.
    mutating func unsubscribe(from uri: String) { uris.remove(uri) }

    /// Opens a stream of notifications; another of the same id takes its place.
    /// - Parameter wanted: the kinds of notifications asked for.
    /// - Returns: the acknowledgement, which comes before all others: what will be told.
    /// - Throws: `RPCError` where there are too many, or the kinds are of another form.
    mutating func listen(_ id: RequestID, to wanted: JSONValue?) throws(RPCError) -> JSONValue {
        guard let wanted = wanted?.object else { throw .invalidParameters("\"notifications\" is an object of the kinds that are wanted") }
        guard listeners.count < Self.limit else { throw .unexpected("there are \(Self.limit) subscriptions already") }
        let uris = (wanted["resourceSubscriptions"]?.array ?? []).prefix(Self.limit).compactMap(\.string).filter { SceneName(uri: $0) != nil }
        let listener = Listener(id: id, hearsLists: wanted["resourcesListChanged"]?.bool == true, uris: uris)
        cancel(id)
        listeners.append(listener)
        var honoured: [String: JSONValue] = [:]
        if listener.hearsLists { honoured["resourcesListChanged"] = true }
        if !uris.isEmpty { honoured["resourceSubscriptions"] = .strings(uris) }
        return RPCMessage.notification("subscriptions/acknowledged", ["notifications": .object(honoured), "_meta": listener.meta])
    }

    /// Ends a stream of notifications, if there is one of this id.
    mutating func cancel(_ id: RequestID) { listeners.removeAll { $0.id == id } }

    /// What is told of changes.
    /// - Parameter session: whether there is a session that is ready to hear.
    mutating func notifications(of changes: SceneStore.Changes, session: Bool) -> [JSONValue] {
        func isOf(_ uri: String) -> Bool { SceneName(uri: uri).map { changes.numbers.contains($0.number) } ?? false }
        var told: [JSONValue] = []
        if session {
            if changes.isListOther { told.append(RPCMessage.notification("resources/list_changed")) }
            told += uris.filter(isOf).sorted().map { RPCMessage.notification("resources/updated", ["uri": .string($0)]) }
        }
        for listener in listeners {
            if listener.hearsLists, changes.isListOther { told.append(RPCMessage.notification("resources/list_changed", ["_meta": listener.meta])) }
            told += listener.uris.filter(isOf).map { RPCMessage.notification("resources/updated", ["uri": .string($0), "_meta": listener.meta]) }
        }
        return told
    }
}
