import Foundation
import Sketches

/// A request for a drawing as somebody may put it, with what it asks for: a line of `datasets/paraphrases.ndjson`.
public struct SpecRequest: Decodable, Sendable {
    struct Group: Decodable, Sendable {
        var `class`: String
        var count: Int
        var size: String?
        var place: String?
    }
    /// The sentence.
    public var text: String
    let objects: [Group]
    /// Kind, subject and object; groups by their places in `objects`, all members alike.
    let relations: [(kind: RelationKind, subject: Int, object: Int)]
    let isRow: Bool

    private enum Key: String, CodingKey { case text, objects, relations, row }

    /// - Throws: `DecodingError` also for a relation about a group that is not there.
    public init(from decoder: any Swift.Decoder) throws {
        let keys = try decoder.container(keyedBy: Key.self)
        text = try keys.decode(String.self, forKey: .text)
        objects = try keys.decode([Group].self, forKey: .objects)
        guard objects.allSatisfy({ 1...SketchVocabulary.objectCount ~= $0.count }) else {
            throw DecodingError.dataCorruptedError(forKey: .objects, in: keys, debugDescription: "counts are 1 to \(SketchVocabulary.objectCount)")
        }
        isRow = try keys.decodeIfPresent(Bool.self, forKey: .row) ?? false
        var list = try keys.nestedUnkeyedContainer(forKey: .relations), relations: [(RelationKind, Int, Int)] = []
        while !list.isAtEnd {
            var one = try list.nestedUnkeyedContainer()
            let word = try one.decode(String.self)
            // "larger" and "smaller" may stand without "than".
            guard let kind = RelationKind(rawValue: word) ?? RelationKind(rawValue: word + " than") else {
                throw DecodingError.dataCorruptedError(in: list, debugDescription: "no relation is called \(word)")
            }
            let subject = try one.decode(Int.self), object = try one.decode(Int.self)
            guard objects.indices.contains(subject), objects.indices.contains(object) else {
                throw DecodingError.dataCorruptedError(in: list, debugDescription: "a relation is about a group that is not there")
            }
            relations.append((kind, subject, object))
        }
        self.relations = relations
    }

    /// Whether a plan asks for just this: the same things, sizes, places and relations, in whatever order and whichever way round.
    package func isMet(by plan: Scene) -> Bool { SpecWish(self) == SpecWish(plan) }

    /// Reads a file of requests, one a line.
    /// - Throws: `PainterError.noData`, `badLine`.
    public static func read(_ url: URL) throws -> [SpecRequest] {
        guard let data = try? Data(contentsOf: url) else { throw PainterError.noData(path: url.path, remedy: "--requests takes a file of requests, a line each, as datasets/paraphrases.ndjson") }
        return try data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().filter { !$0.element.isEmpty }.map { line, bytes in
            do { return try JSONDecoder().decode(SpecRequest.self, from: bytes) } catch {
                throw PainterError.badLine(path: url.path, line: line + 1, reason: "no request", expected: "{\"text\":…,\"objects\":[{\"class\":…,\"count\":1 to \(SketchVocabulary.objectCount)},…],\"relations\":[[\"left of\",0,1],…]}")
            }
        }
    }
}

/// What a sentence asks for in a form in which equal wishes are equal: left of and right of are one relation, and things are told apart by class,
/// size and place only.
struct SpecWish: Hashable {
    struct Thing: Hashable {
        var className: String
        var size: String?
        var place: String?
    }
    private struct Statement: Hashable {
        var kind: RelationKind
        var subject, object: Thing
    }
    var things: [Thing: Int] = [:]
    private var statements: [Statement: Int] = [:]
    var isRow = false

    init(_ request: SpecRequest) {
        let groups = request.objects.map { Thing(className: $0.class, size: $0.size, place: $0.place) }
        for (thing, group) in zip(groups, request.objects) { things[thing, default: 0] += group.count }
        for relation in request.relations {
            state(relation.kind, groups[relation.subject], groups[relation.object], request.objects[relation.subject].count * request.objects[relation.object].count)
        }
        isRow = request.isRow
    }

    init(_ scene: Scene) {
        func text(_ object: SceneObject, _ key: String) -> String? { if case .string(let text)? = object.extra[key] { text } else { nil } }
        let all = scene.objects.map { Thing(className: $0.className, size: text($0, "size"), place: text($0, "place")) }
        for thing in all { things[thing, default: 0] += 1 }
        for relation in scene.relations { state(relation.kind, all[relation.subject], all[relation.object], 1) }
        isRow = scene.extra["row"] == .bool(true)
    }

    private mutating func state(_ kind: RelationKind, _ subject: Thing, _ object: Thing, _ count: Int) {
        switch kind {
        case .rightOf, .below, .smaller: statements[Statement(kind: kind.inverse ?? kind, subject: object, object: subject), default: 0] += count
        case .nextTo:
            // Either way round is the same.
            let swaps = (object.className, object.place ?? "", object.size ?? "") < (subject.className, subject.place ?? "", subject.size ?? "")
            statements[Statement(kind: kind, subject: swaps ? object : subject, object: swaps ? subject : object), default: 0] += count
        default: statements[Statement(kind: kind, subject: subject, object: object), default: 0] += count
        }
    }

    /// The same relations between things of the same classes, whatever their sizes and places.
    func hasRelations(of other: SpecWish) -> Bool { bare == other.bare }

    /// Statements about classes alone.
    private var bare: [Statement: Int] {
        statements.reduce(into: [:]) { all, one in
            func bare(_ thing: Thing) -> Thing { Thing(className: thing.className) }
            all[Statement(kind: one.key.kind, subject: bare(one.key.subject), object: bare(one.key.object)), default: 0] += one.value
        }
    }
}

/// How well plans are what sentences ask for.
public struct SpecFigures: Codable, Sendable, CustomStringConvertible {
    /// Plans that are exactly right; right in classes and counts; in sizes and places too; in relations.
    public var exact = Rate(), objects = Rate(), attributes = Rate(), relations = Rate()
    /// Requests that were refused, and some that went wrong.
    public var refused = 0, wrong: [String] = []

    init() {}

    /// A table of the figures.
    public var description: String {
        """
        plans exactly right          \(exact)
          classes and counts         \(objects)
          with sizes and places      \(attributes)
          relations                  \(relations)
          refused                    \(refused)
        """
    }
}

extension PainterEvaluation {
    /// The plans of requests that no recipe has seen.
    func spec(_ requests: [SpecRequest], _ samples: inout EvaluationSamples?) throws -> SpecFigures {
        var figures = SpecFigures()
        for request in requests {
            let wanted = SpecWish(request)
            do {
                let made = SpecWish(try painter.plan(request.text, seed: seed).scene)
                func counts(_ wish: SpecWish) -> [String: Int] { wish.things.reduce(into: [:]) { $0[$1.key.className, default: 0] += $1.value } }
                figures.objects.record(counts(made) == counts(wanted))
                figures.attributes.record(made.things == wanted.things && made.isRow == wanted.isRow)
                figures.relations.record(made.hasRelations(of: wanted))
                figures.exact.record(made == wanted)
                if made != wanted { figures.wrong.append(request.text) }
                samples?.judgements.append(Judgement("spec", request.text, isRight: made == wanted))
            } catch is PainterError {
                figures.refused += 1
                for path in [\SpecFigures.objects, \.attributes, \.relations, \.exact] { figures[keyPath: path].record(false) }
                figures.wrong.append(request.text)
                samples?.judgements.append(Judgement("spec, refused", request.text, isRight: false))
            }
        }
        return figures
    }
}
