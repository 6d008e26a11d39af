import Language
import Sketches

/// The grammar of one sketch: strokes of points, then the object's end.
package struct SketchGrammar: TokenConstraint {
    package struct Limits: Sendable {
        package var strokes = 40
        package var points = 160

        package init() {}
    }
    private enum State { case x, y, finished }

    private let vocabulary: SketchVocabulary
    private let limits: Limits
    private var state = State.x
    private var strokes = 0, points = 0, pointsOfStroke = 0
    /// Points and pen-ups, as `SketchCodec.strokes` reads them.
    package private(set) var tokens: [Int] = []

    package init(_ vocabulary: SketchVocabulary, limits: Limits = Limits()) { (self.vocabulary, self.limits) = (vocabulary, limits) }

    package var isComplete: Bool { state == .finished }

    package mutating func allowed(_ mask: inout TokenMask) {
        mask.forbidAll()
        switch state {
        case .x:
            let room = points < limits.points && strokes < limits.strokes
            if room { mask.allow(vocabulary.xIDs) }
            if pointsOfStroke > 0 { mask.allow(vocabulary.penUp) }
            if pointsOfStroke == 0, strokes > 0 || !room { mask.allow(vocabulary.objectEnd) }
        case .y: mask.allow(vocabulary.yIDs)
        case .finished: mask.allow(vocabulary.objectEnd)
        }
    }

    package mutating func accept(_ token: Int) {
        switch state {
        case .x:
            if token == vocabulary.objectEnd { state = .finished; return }
            tokens.append(token)
            if token == vocabulary.penUp { strokes += 1; pointsOfStroke = 0 } else { state = .y }
        case .y:
            tokens.append(token)
            points += 1
            pointsOfStroke += 1
            state = .x
        case .finished: break
        }
    }
}
