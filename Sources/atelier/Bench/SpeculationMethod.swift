import ArgumentParser
import Foundation
import Language
import Speculation
import Tensors

/// One way of decoding, as `bench speculation` names it: `plain`, `plain:int8`, `lookup:5`, `chain:5`, `chain:10:adaedl`, `rsd-c:3,2,1`, `rsd-s:4x5`, `iid:2,2`.
struct SpeculationMethod: ExpressibleByArgument, CustomStringConvertible {
    enum Kind {
        case plain(WeightFormat?)
        case lookup(Int)
        case model(DraftShape, DraftOptions.Rule)
    }

    let description: String
    let kind: Kind

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map(String.init), rest = parts.dropFirst()
        func number(_ text: String?) -> Int? { text.flatMap { Int($0) }.flatMap { 1...63 ~= $0 ? $0 : nil } }
        let kind: Kind? = switch (parts[0], rest.count) {
        case ("plain", 0): .plain(nil)
        case ("plain", 1): WeightFormat(rawValue: parts[1]).map { .plain($0) }
        case ("lookup", 1): number(parts[1]).map { .lookup($0) }
        case ("chain", 1): number(parts[1]).map { .model(.chain($0), .fixed) }
        case ("chain", 2): number(parts[1]).flatMap { length in DraftOptions.Rule(rawValue: parts[2]).map { .model(.chain(length), $0) } }
        case ("rsd-c", 1), ("iid", 1): DraftOptions.counts(parts[1]).map { .model(.branching($0, replacement: parts[0] == "iid"), .fixed) }
        case ("rsd-s", 1): Self.beam(parts[1]).map { .model($0, .fixed) }
        default: nil
        }
        guard let kind else { return nil }
        if case .model(let shape, _) = kind, shape.problem != nil { return nil }
        (description, self.kind) = (argument, kind)
    }

    private static func beam(_ text: String) -> DraftShape? {
        let sides = text.split(separator: "x").compactMap { Int($0) }
        return sides.count == 2 ? .beam(width: sides[0], depth: sides[1]) : nil
    }

    /// Plain decoding of the weights that speculation has too.
    var isBaseline: Bool { if case .plain(nil) = kind { true } else { false } }

    /// The most guesses that the target looks at in a round.
    var budget: Int {
        switch kind {
        case .plain: 0
        case .lookup(let length): length
        case .model(let shape, _): shape.guesses
        }
    }

    /// A chain, trees with and without replacement and a beam, of so many guesses each; none where there is no such choice.
    static func all(ofBudget budget: Int) -> [SpeculationMethod] {
        let names = switch budget {
        case 6: ["chain:6", "rsd-c:2,2", "rsd-s:2x3", "iid:2,2"]
        case 10: ["chain:10", "rsd-c:2,2,1", "rsd-s:2x5", "iid:2,2,1"]
        case 14: ["chain:14", "rsd-c:2,2,2", "rsd-s:2x7", "iid:2,2,2"]
        case 21: ["chain:21", "rsd-c:3,2,2", "rsd-s:3x7", "iid:3,2,2"]
        case 30: ["chain:30", "rsd-c:2,2,2,2", "rsd-s:5x6", "iid:2,2,2,2"]
        default: [String]()
        }
        return names.compactMap { SpeculationMethod(argument: $0) }
    }
}

/// What `bench speculation` lets models write: instructions for a chat, and beginnings of texts to go on. Never trained on here.
enum FrozenPrompts {
    static let instructions = [
        "Explain to a child why the sky is blue.", "Write a short letter to a neighbour who plays loud music at night.", "List five things to pack for a week by the sea.",
        "How do I bake a simple loaf of bread?", "Summarise the story of Little Red Riding Hood.", "What is the difference between a virus and a bacterium?",
        "Give three reasons to learn a second language.", "Write a Python function that counts the vowels of a string.", "Describe a morning in a small fishing village.",
        "What should I look at before I buy a used bicycle?", "Explain how a refrigerator keeps food cold.", "Write a polite refusal of an invitation to a wedding.",
    ]
    static let beginnings = [
        "The old lighthouse had been empty for years when", "In this chapter we describe how the heart pumps blood", "Once there was a tailor who lived at the edge of a forest.",
        "The committee met on Tuesday to decide whether", "To install the program, first download", "The river rises in the mountains and flows south until",
        "Most people think of deserts as hot and empty, but", "She opened the letter, read it twice, and", "A prime number is a number that", "The history of tea begins in",
        "When the first trains came to the town,", "There are three kinds of clouds:",
    ]
}
