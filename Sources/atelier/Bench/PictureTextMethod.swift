import ArgumentParser
import Language
import Tensors

/// One way of writing about a picture, as `bench picture-text` names it: `plain`, `plain:int8`, `lookup:4`, `table:8`, `text:chain:8:confidence`, `picture:rsd-c:2,2,1`.
struct PictureTextMethod: ExpressibleByArgument, CustomStringConvertible {
    enum Kind {
        case plain(WeightFormat?), lookup(Int), table(Int)
        case draft(Sight, SpeculationMethod)
    }

    /// A draft that knows the text alone, or one that asks the picture too.
    enum Sight: String, CaseIterable { case text, picture }

    let description: String
    let kind: Kind

    init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init), rest = parts.count > 1 ? parts[1] : nil
        let kind: Kind?
        switch parts[0] {
        case Sight.text.rawValue, Sight.picture.rawValue:
            let method = rest.flatMap(SpeculationMethod.init)
            if case .model? = method?.kind, let method, let sight = Sight(rawValue: parts[0]) { kind = .draft(sight, method) } else { kind = nil }
        case "table": kind = rest.flatMap { Int($0) }.flatMap { 1...63 ~= $0 ? .table($0) : nil }
        default:
            switch SpeculationMethod(argument: argument)?.kind {
            case .plain(let format)?: kind = .plain(format)
            case .lookup(let length)?: kind = .lookup(length)
            default: kind = nil
            }
        }
        guard let kind else { return nil }
        (description, self.kind) = (argument, kind)
    }

    /// Plain decoding of the weights that speculation has too.
    var isBaseline: Bool { if case .plain(nil) = kind { true } else { false } }
    var isPlain: Bool { if case .plain = kind { true } else { false } }
}
