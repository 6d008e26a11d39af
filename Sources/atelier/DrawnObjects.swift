import Foundation
import Painter
import Scenes
import Sketches

extension ObjectScene {
    /// The objects of a drawing, to be asked about: `shape` is the class, `size` large or small where they differ clearly, and they are left, right, above
    /// and below of each other by the middles of their ink.
    init(drawing: Scene) {
        let boxes = drawing.objects.map(\.box), sides = boxes.map(\.longestSide)
        let least = max(sides.min() ?? 0, 1e-9), most = max(sides.max() ?? 0, 1e-9)
        // Sizes are of this drawing: its largest object is large.
        let middle = (least * most).squareRoot(), areSized = most / least >= Self.clearRatio
        self.init(zip(drawing.objects, sides).map { object, side in
            var attributes = ["shape": object.className]
            if areSized { attributes["size"] = side >= middle ? "large" : "small" }
            var known = ObjectScene.Object(attributes)
            known.box = SIMD4(object.box.x0, object.box.y0, object.box.x1, object.box.y1)
            known.pixel = SIMD3(object.box.center.x, object.box.center.y, 0)
            known.confidence = object.confidence
            return known
        })
        for (name, kind) in Self.drawnRelations {
            relationships[name] = boxes.indices.map { of in boxes.indices.filter { $0 != of && drawing.holds(kind, subject: $0, object: of) } }
        }
    }

    /// The largest object is so much longer than the smallest, or sizes say nothing.
    private static let clearRatio = 1.3

    /// CLEVR's names for a drawing's directions: what is behind in a picture of a table is above in a drawing.
    private static let drawnRelations: [(String, RelationKind)] = [("left", .leftOf), ("right", .rightOf), ("behind", .above), ("front", .below)]

    /// A question about a drawing in the words of scenes. "Is the dog left of the tree?" asks whether there is a dog there, "What is above the tree?" for the class of the thing there.
    static func question(aboutDrawing question: String) -> String {
        var text = question
        for (words, instead) in [("on top of", "behind"), ("above", "behind"), ("over", "behind"), ("underneath", "in front of"), ("below", "in front of"), ("under", "in front of"), ("beneath", "in front of")] {
            if let pattern = try? Regex("\\b\(words)\\b").ignoresCase() { text = text.replacing(pattern, with: instead) }
        }
        text = text.replacing(/\b(left|right)[ -]hand\b/.ignoresCase()) { "\($0.output.1)" }
        let relation = /(?:to\s+the\s+|on\s+the\s+)?(?:left|right|behind|in\s+front)(?:\s+side)?(?:\s+of)?\s+(?:the|a|an)\s+[\w -]+\??\s*$/.ignoresCase()
        // Only where nothing follows but one thing: comparisons have forms of their own, which the reader knows.
        if let start = text.firstMatch(of: relation)?.range.lowerBound, text[start...].matches(of: /\b(the|an?)\b/.ignoresCase()).count <= (text[start...].contains(/^(to|on)\s/.ignoresCase()) ? 2 : 1),
           !text.contains(/\b(same|than|equal|number|size|color|shape|thing|as|that)\b/.ignoresCase()) {
            let before = text[..<start]
            if let match = before.wholeMatch(of: /\s*is\s+the\s+([\w -]+?)\s+/.ignoresCase()) { text = "is there a \(match.output.1) " + text[start...] }
            else if before.wholeMatch(of: /\s*what(?:'s|\s+is)\s+/.ignoresCase()) != nil { text = "what shape is the thing " + text[start...] }
        }
        return text
    }
}

extension Domain {
    /// What a drawing's objects can be: all classes, with everyday words for them, and sizes.
    static let drawings: Domain = {
        let nouns = SynonymTable.nouns
        func words(_ noun: Noun) -> [String] { [noun.singular, noun.plural] }
        return Domain(
            attributes: [Attribute("size", ["small", "large"]), Attribute("shape", nouns.keys.sorted())], relations: ["left", "right", "behind", "front"],
            synonyms: nouns.mapValues { all in all.flatMap(words) })
    }()
}
