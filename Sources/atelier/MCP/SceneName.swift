import Files

/// How a scene, or a picture of it, is called: `atelier://scene/3`, `atelier://scene/3.svg`, `atelier://scene/3.png`.
struct SceneName: Hashable {
    /// In what form the scene is given.
    enum Form: String, CaseIterable {
        case json = "", svg = ".svg", png = ".png"

        var mimeType: String {
            switch self {
            case .json: "application/json"
            case .svg: "image/svg+xml"
            case .png: "image/png"
            }
        }
    }

    let number: Int
    var form = Form.json

    /// The resource's address.
    var uri: String { Self.prefix + "\(number)" + form.rawValue }

    private static let prefix = "atelier://scene/"

    /// The scene of that number.
    init(number: Int, form: Form = .json) { (self.number, self.form) = (number, form) }

    /// Reads an address; nil for any other.
    init?(uri: String) {
        guard uri.hasPrefix(Self.prefix) else { return nil }
        let rest = uri.dropFirst(Self.prefix.count)
        let form = Form.allCases.first { $0 != .json && rest.hasSuffix($0.rawValue) } ?? .json, digits = rest.dropLast(form.rawValue.count)
        guard digits.count <= 9, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits) else { return nil }
        (self.number, self.form) = (number, form)
    }

    /// What a caller may write for a scene: its number, also as a string, or its address.
    init?(_ value: JSONValue) {
        if let number = value.whole, number > 0 { self.init(number: number); return }
        guard let text = value.string else { return nil }
        if let name = SceneName(uri: text) { self = name } else if let number = Int(text), number > 0 { self.init(number: number) } else { return nil }
    }
}
