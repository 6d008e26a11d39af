/// What a world's objects can be: attributes in a fixed order, the values of each, and the words people use for them.
public struct Domain: Hashable, Sendable, Codable {
    /// One attribute and its values.
    public struct Attribute: Hashable, Sendable, Codable {
        /// As in files and programs: `color`.
        public var name: String
        /// As in files and programs, in the order in which models number them.
        public var values: [String]

        /// An attribute with these values.
        public init(_ name: String, _ values: [String]) {
            self.name = name
            self.values = values
        }
    }

    /// The attributes, in the order in which they stand before a noun ("large red metal cube").
    public var attributes: [Attribute]
    /// The relations two objects can have, by their names in programs.
    public var relations: [String]
    /// Other words for a value or relation, itself among them, the first the most common: `["large": ["large", "big"]]`. "thing" has those for any object.
    public var synonyms: [String: [String]]

    /// A world of these attributes.
    public init(attributes: [Attribute], relations: [String], synonyms: [String: [String]] = [:]) {
        self.attributes = attributes
        self.relations = relations
        self.synonyms = synonyms
    }

    /// The values of an attribute; nil for one that this world does not have.
    public func values(of attribute: String) -> [String]? { attributes.first { $0.name == attribute }?.values }

    /// The attribute that has this value; nil for a word that is no value here.
    public func attribute(of value: String) -> String? { attributes.first { $0.values.contains(value) }?.name }

    /// What an object is, in words: `small red metal cube`.
    public func name(of object: ObjectScene.Object) -> String { attributes.compactMap { object.attributes[$0.name] }.joined(separator: " ") }

    /// CLEVR's world (Johnson et al. 2017).
    public static let clevr = Domain(
        attributes: [
            Attribute("size", ["small", "large"]),
            Attribute("color", ["gray", "red", "blue", "green", "brown", "purple", "cyan", "yellow"]),
            Attribute("material", ["rubber", "metal"]),
            Attribute("shape", ["cube", "sphere", "cylinder"]),
        ],
        relations: ["left", "right", "behind", "front"])
}
