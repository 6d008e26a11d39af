import Foundation
import Tensors

/// Questions as people type them: contracted, without small words, asked another way round. The meaning stays.
package enum Colloquial {
    /// Pieces of lower-case questions and what people put in their place.
    private static let forms: [(piece: String, others: [String])] = [
        ("what is ", ["what's ", "whats ", "tell me ", "name "]), ("there is ", ["there's ", "theres ", "i see "]), ("is there ", ["do you see ", "can you see ", "does it have ", "any chance there is "]),
        (" are there", [" do you see", " can you see", " does it have", ""]), ("are there ", ["do you see ", "can you see ", "does it show "]), ("how many ", ["what number of ", "count the ", "number of "]),
        (" that is ", [" ", " thats ", " which is "]), (" that are ", [" ", " which are "]), ("color", ["colour"]), ("what color is ", ["which color has ", "color of "]),
        ("on the left side of", ["left of", "to the left from"]), ("on the right side of", ["right of", "to the right from"]), ("to the left of", ["left of", "leftward of"]), ("to the right of", ["right of", "rightward of"]),
        ("in front of", ["in the front of", "before"]), ("made of", ["made out of", "made from"]), ("what number of ", ["how many "]),
    ]

    private static let openings = ["please tell me: ", "hey, ", "so ", "can you tell me ", "i wonder, "]

    /// All that may come into a question.
    static var pieces: [String] { forms.flatMap(\.others) + openings }

    /// The question in another form; the same where none fits.
    package static func form(of text: String, using random: inout RandomSource) -> String {
        var line = text.lowercased()
        for (piece, others) in forms where random.uniform() < 0.4 {
            guard let range = line.range(of: piece) else { continue }
            line.replaceSubrange(range, with: others[random.int(below: others.count)])
        }
        if random.uniform() < 0.2 { line = line.split(separator: " ").filter { $0 != "the" && $0 != "a" || random.uniform() < 0.5 }.joined(separator: " ") }
        if random.uniform() < 0.15 { line = openings[random.int(below: openings.count)] + line }
        return line
    }
}
