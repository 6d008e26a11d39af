import Sketches
import Tensors

/// A command in words and the objects that it names: made for training and evaluation, never used to answer one.
package struct EraseCommand: Sendable, Equatable {
    package var text: String
    /// Ascending indices of the objects to erase; empty when the drawing holds nothing of the kind.
    package var erased: [Int]

    package static let verbs = ["erase ", "remove ", "delete ", "rub out ", "", "", "take away "]
    /// Least ratio of longest sides, and least difference of centres in grid steps, for "the small cat", "the left cat" to be clear.
    package static let clearRatio = 1.2, clearSteps = 4

    package static func random(_ objects: [CanvasObject], classes: [String], _ r: inout RandomSource) -> EraseCommand {
        func name(_ classIndex: Int) -> String { classes[classIndex].lowercased() }
        func definite(_ phrase: String) -> String { phrase.hasPrefix("the ") ? phrase : "the " + phrase }
        func list(_ phrases: [String]) -> String {
            phrases.count < 2 ? phrases.first ?? "" : phrases.dropLast().joined(separator: ", ") + " and " + (phrases.last ?? "")
        }
        let verb = verbs[r.int(below: verbs.count)]
        let present = Array(Set(objects.map(\.classIndex))).sorted()
        func all(of classIndex: Int) -> [Int] { objects.indices.filter { objects[$0].classIndex == classIndex } }
        /// "the cat" or "the cats", "both cats", "all the cats".
        func group(_ classIndex: Int) -> String {
            let own = all(of: classIndex), plural = ClassWords.plural(classes[classIndex])
            guard own.count > 1 else { return definite(name(classIndex)) }
            return [definite(plural), "all " + plural, "all the " + plural, own.count == 2 ? "both " + plural : "every " + name(classIndex)][r.int(below: 4)]
        }
        if r.uniform() < 0.06 {                                  // something that is not there
            let absent = (0..<20).map { _ in r.int(below: classes.count) }.first { !present.contains($0) }
            if let absent { return EraseCommand(text: verb + definite(name(absent)), erased: []) }
        }
        if r.uniform() < 0.03 { return EraseCommand(text: (verb.isEmpty ? "erase " : verb) + "everything", erased: Array(objects.indices)) }
        if present.count > 1, r.uniform() < 0.2 {                // everything but some
            var kept = [present[r.int(below: present.count)]]
            if present.count > 2, r.uniform() < 0.3, let other = present.first(where: { $0 != kept[0] }) { kept.append(other) }
            let except = ["everything except ", "everything but ", "all except ", "everything apart from "][r.int(below: 4)]
            return EraseCommand(text: verb + except + list(kept.map(group)), erased: objects.indices.filter { !kept.contains(objects[$0].classIndex) })
        }
        if let twin = present.first(where: { all(of: $0).count > 1 }), r.uniform() < 0.7, let told = distinguished(all(of: twin), in: objects, &r) {
            return EraseCommand(text: verb + "the \(told.word) \(name(twin))", erased: [told.index])
        }
        if present.count > 2, r.uniform() < 0.25 {               // two kinds
            let first = present[r.int(below: present.count)]
            if let second = present.filter({ $0 != first }).randomElement(using: &r) {
                return EraseCommand(text: verb + list([group(first), group(second)]),
                                    erased: objects.indices.filter { [first, second].contains(objects[$0].classIndex) })
            }
        }
        let chosen = present[r.int(below: present.count)]
        return EraseCommand(text: verb + group(chosen), erased: all(of: chosen))
    }

    /// One of several alike and the word that tells it from the others, if any word does clearly.
    private static func distinguished(_ alike: [Int], in objects: [CanvasObject], _ r: inout RandomSource) -> (index: Int, word: String)? {
        func extreme(_ value: (GridBox) -> Int, clear: (Int, Int) -> Bool) -> Int? {
            let sorted = alike.sorted { value(objects[$0].box) < value(objects[$1].box) }
            return clear(value(objects[sorted[0]].box), value(objects[sorted[1]].box)) ? sorted[0] : nil
        }
        let ratio: (Int, Int) -> Bool = { Double(abs($1)) >= clearRatio * Double(abs($0)) }
        let inverseRatio: (Int, Int) -> Bool = { Double(abs($0)) >= clearRatio * Double(abs($1)) }
        let steps: (Int, Int) -> Bool = { $1 - $0 >= 2 * clearSteps }
        var choices: [(Int, [String])] = []
        if let index = extreme({ $0.longestSide }, clear: ratio) { choices.append((index, ["small", "little", "smaller", "smallest"])) }
        if let index = extreme({ -$0.longestSide }, clear: inverseRatio) { choices.append((index, ["big", "large", "bigger", "biggest"])) }
        if let index = extreme({ $0.x0 + $0.x1 }, clear: steps) { choices.append((index, ["left", "leftmost"])) }
        if let index = extreme({ -$0.x0 - $0.x1 }, clear: steps) { choices.append((index, ["right", "rightmost"])) }
        if let index = extreme({ $0.y0 + $0.y1 }, clear: steps) { choices.append((index, ["top", "upper"])) }
        if let index = extreme({ -$0.y0 - $0.y1 }, clear: steps) { choices.append((index, ["bottom", "lower"])) }
        guard !choices.isEmpty else { return nil }
        let (index, words) = choices[r.int(below: choices.count)]
        return (index, words[r.int(below: words.count)])
    }
}
