extension KeyedDecodingContainer {
    /// Reads a key over the value that a variable has by default; an absent key leaves it.
    package func read<T: Decodable>(_ key: Key, into value: inout T) throws {
        if let found = try decodeIfPresent(T.self, forKey: key) { value = found }
    }

    /// An integer; nil for an absent key. Another number is a `DecodingError` that names the key, which `JSONDecoder`'s own does not, and says what was
    /// expected.
    package func integer(_ key: Key) throws -> Int? {
        do { return try decodeIfPresent(Int.self, forKey: key) } catch {
            guard let found = try? decode(Double.self, forKey: key) else { throw error }
            throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "an integer, found \(found)")
        }
    }

    /// Throws a `DecodingError` that says what was expected at `key` unless `holds`.
    package func check(_ key: Key, _ holds: Bool, _ expected: String) throws {
        guard holds else { throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: expected) }
    }
}
