import Reasoner
import Scenes

/// An answer as `ask --json` prints it.
struct AnswerReport: Encodable {
    /// An object: `id`, its attributes under their own names, place, box, confidence.
    struct Object: Encodable {
        let id: Int, object: ObjectScene.Object

        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(_ name: String) { stringValue = name }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        func encode(to encoder: any Encoder) throws {
            var keys = encoder.container(keyedBy: Key.self)
            for (name, value) in object.attributes { try keys.encode(value, forKey: Key(name)) }
            try keys.encode(id, forKey: Key("id"))
            try keys.encodeIfPresent(object.position.map { [$0.x, $0.y, $0.z] }, forKey: Key("position"))
            try keys.encodeIfPresent(object.box.map { [$0.x, $0.y, $0.z, $0.w] }, forKey: Key("box"))
            try keys.encodeIfPresent(object.confidence, forKey: Key("confidence"))
        }
    }

    /// The edit that would give another answer; without `edit` none was found.
    struct WhyNot: Encodable {
        let answer: String, edit: String?, objects: [Object]?

        init(answer: String, edit: String?, scene: ObjectScene?) {
            (self.answer, self.edit) = (answer, edit)
            objects = scene?.objects.enumerated().map { Object(id: $0, object: $1) }
        }
    }

    let answer: String, confidence: Double, objects: [Object], trace: [TraceReport.Step], refusal: String?, supposition: String?, whyNot: WhyNot?
    /// Whether the executor gives the values that the language model wrote; null where it wrote none.
    let agreement: Bool?

    init(_ answer: SceneAnswer, whyNot: WhyNot? = nil) {
        self.whyNot = whyNot
        self.answer = answer.text ?? "unknown"
        confidence = answer.text == nil ? 0 : answer.confidence
        objects = answer.scene.objects.enumerated().map { Object(id: $0, object: $1) }
        trace = answer.trace.map { TraceReport($0).trace } ?? []
        refusal = answer.refusal?.description
        supposition = answer.supposition
        agreement = answer.agreement
    }

    private enum Key: CodingKey { case answer, confidence, objects, trace, refusal, supposition, whyNot, agreement }
    func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: Key.self)
        try keys.encode(answer, forKey: .answer)
        try keys.encode(confidence, forKey: .confidence)
        try keys.encode(objects, forKey: .objects)
        try keys.encode(trace, forKey: .trace)
        try keys.encode(agreement, forKey: .agreement)
        try keys.encodeIfPresent(refusal, forKey: .refusal)
        try keys.encodeIfPresent(supposition, forKey: .supposition)
        try keys.encodeIfPresent(whyNot, forKey: .whyNot)
    }
}
