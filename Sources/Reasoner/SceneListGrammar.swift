import Language

/// How a list of objects may go on: number, box, values, place, then the next number or the end (`<ask>`).
package struct SceneListGrammar: TokenConstraint {
    private let vocabulary: ReasonerVocabulary
    private var object = 0, place = 0
    /// Steps of the box's first corner: the second lies to its right and below.
    private var corner = (x: 0, y: 0)
    package private(set) var isComplete = false

    package init(_ vocabulary: ReasonerVocabulary) { self.vocabulary = vocabulary }

    /// Tokens of an object: its number, x and y of two corners, its values, x and y of its place.
    private var length: Int { 1 + vocabulary.domain.attributes.count + 6 }

    package func allowed(_ mask: inout TokenMask) {
        let attributes = vocabulary.domain.attributes
        if place == 0 {
            if object < ReasonerVocabulary.objectCount { mask.allow(vocabulary.object(object)) }
            // In place of a list: the picture shows something else.
            mask.allow(object == 0 ? vocabulary.unknown : vocabulary.ask)
        } else if attributes.indices.contains(place - 5) {
            vocabulary.tokens(for: .attribute(attributes[place - 5].name)).forEach { mask.allow($0) }
        } else {
            let isX = (place < 5 ? place : place - attributes.count) % 2 == 1, all = isX ? vocabulary.xs : vocabulary.ys
            mask.allow(3...4 ~= place ? all.dropFirst(isX ? corner.x : corner.y) : all)
        }
    }

    package mutating func accept(_ token: Int) {
        if token == vocabulary.ask || token == vocabulary.unknown {
            isComplete = true
        } else {
            if place == 1 { corner.x = vocabulary.step(token) ?? 0 } else if place == 2 { corner.y = vocabulary.step(token) ?? 0 }
            place += 1
            if place == length { (object, place) = (object + 1, 0) }
        }
    }
}
