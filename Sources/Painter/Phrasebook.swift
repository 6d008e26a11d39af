import Tensors

/// How things may be put: named rules of weighted alternatives, which may name other rules and hold slots.
///
///     draw: draw *8 | sketch *3 | [make] me
///     make: make *2 | create
///     told: {s} {is/are} [.where] {o}
///
/// | written | is |
/// |---|---|
/// | `[draw]` | another rule |
/// | `[.where]` | the rule of this name of the kind that is spoken of, as `left.where`; where it has none, `where` |
/// | `{s}` | a slot: whoever asks fills it |
/// | `{is/are}` | the first for one subject, the second for several |
/// | `{o:its/their}` | the same by the number of objects |
/// | `*8` | the weight of an alternative, 1 where none is told |
/// | `-` | nothing at all |
///
/// A line that begins with white space goes on with the rule above it.
package struct Phrasebook: Sendable {
    /// A part of an alternative. Rules have been followed once it is given out.
    package enum Piece: Sendable, Equatable {
        case text(String)
        case rule(String)
        /// A rule of the kind that is spoken of.
        case own(String)
        case slot(String)
        case agree(one: String, many: String, withObject: Bool)
    }

    private struct Rule: Sendable {
        var alternatives: [[Piece]] = []
        /// Sums of weights up to and with each alternative.
        var sums: [Int] = []
    }

    private var rules: [String: Rule] = [:]

    /// - Parameter texts: tables of rules; a name occurs once.
    package init(_ texts: [String]) {
        for text in texts {
            var current: String?
            for line in text.split(separator: "\n") {
                var body = line[...]
                if let first = line.first, !first.isWhitespace, let colon = line.firstIndex(of: ":") {
                    let name = String(line[..<colon])
                    precondition(rules[name] == nil, "two rules \(name)")
                    rules[name] = Rule()
                    current = name
                    body = line[line.index(after: colon)...]
                }
                guard let name = current else { continue }
                for alternative in body.split(separator: "|") { add(alternative, to: name) }
            }
        }
    }

    private mutating func add(_ alternative: Substring, to name: String) {
        var words = alternative.split(separator: " ")
        guard !words.isEmpty else { return }
        var weight = 1
        if let last = words.last, last.first == "*", let number = Int(last.dropFirst()) {
            weight = number
            words.removeLast()
        }
        let text = words.joined(separator: " ")
        let sum = (rules[name]?.sums.last ?? 0) + weight
        rules[name]?.alternatives.append(text == "-" ? [] : Self.pieces(text))
        rules[name]?.sums.append(sum)
    }

    private static func pieces(_ text: String) -> [Piece] {
        var pieces: [Piece] = [], rest = text[...]
        while let open = rest.firstIndex(where: { $0 == "[" || $0 == "{" }) {
            if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
            let isRule = rest[open] == "["
            guard let close = rest[open...].firstIndex(of: isRule ? "]" : "}") else { preconditionFailure("not closed: \(text)") }
            let inner = rest[rest.index(after: open)..<close]
            if isRule { pieces.append(inner.first == "." ? .own(String(inner)) : .rule(String(inner))) }
            else if inner.contains("/") {
                let isObject = inner.hasPrefix("o:"), forms = inner.dropFirst(isObject ? 2 : 0).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
                pieces.append(.agree(one: String(forms[0]), many: String(forms[1]), withObject: isObject))
            } else { pieces.append(.slot(String(inner))) }
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        return pieces
    }

    /// Whether there is such a rule.
    package func has(_ name: String) -> Bool { rules[name] != nil }
    /// Names of all rules.
    package var names: [String] { rules.keys.sorted() }

    /// One way of saying it, all rules followed.
    /// - Parameter kind: whose rules `[.name]` means.
    package func expand(_ name: String, kind: String = "", _ r: inout RandomSource) -> [Piece] {
        var pieces: [Piece] = []
        expand(name, kind, into: &pieces, &r)
        return pieces
    }

    private func expand(_ name: String, _ kind: String, into pieces: inout [Piece], _ r: inout RandomSource) {
        guard let rule = rules[name], let total = rule.sums.last else { preconditionFailure("no rule \(name)") }
        let place = r.int(below: total)
        let index = rule.sums.firstIndex { place < $0 } ?? 0
        for piece in rule.alternatives[index] {
            switch piece {
            case .rule(let other): expand(other, kind, into: &pieces, &r)
            case .own(let suffix): expand(rules[kind + suffix] == nil ? String(suffix.dropFirst()) : kind + suffix, kind, into: &pieces, &r)
            default: pieces.append(piece)
            }
        }
    }

    /// One way of saying something without slots.
    package func say(_ name: String, kind: String = "", _ r: inout RandomSource) -> String {
        expand(name, kind: kind, &r).map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }

    /// What a rule's alternatives say by themselves: their texts, in order, without the rules that they name.
    package func texts(of name: String) -> [String] {
        (rules[name]?.alternatives ?? []).flatMap { pieces in
            pieces.flatMap { piece -> [String] in
                switch piece {
                case .text(let text): [text]
                case .agree(let one, let many, _): [one, many]
                default: []
                }
            }
        }
    }
}
