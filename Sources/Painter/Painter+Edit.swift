import Foundation
import Language
import Sketches
import Speculation

extension Painter {
    /// A class, and how sure it is that an object is one.
    public struct ClassShare: Sendable, Equatable, Codable {
        /// The class word.
        public var className: String
        /// 0…1, of the object's strokes and this class together.
        public var confidence: Double

        enum CodingKeys: String, CodingKey { case className = "class", confidence }
    }

    /// What was found on a canvas; stroke indices are the scene's.
    public struct Found: Sendable {
        /// In reading order; each stroke with ink belongs to exactly one.
        public var objects: [SceneObject]
        /// The likeliest classes of each object, as many as were asked for, its own first.
        public var classes: [[ClassShare]]
        /// Areas in which the canvas was read; an object that lies in several is found in parts.
        public var windows: Int
    }

    /// Names what is drawn: class, exact ink box, strokes and confidence of each object.
    ///
    /// Reads strokes only, in an order of its own; neither the file's order nor the objects that the scene may carry matter. A canvas
    /// with more strokes or points than one context holds is read in windows, each an area of the drawing.
    /// - Parameters:
    ///   - top: how many classes to tell of each object, 1 or more.
    ///   - options: how often and by which seed the strokes are read.
    ///   - progress: called after each window with how many are done, and of how many.
    /// - Throws: `PainterError.emptyCanvas`; `DecodingError`.
    public func detect(
        _ scene: Scene, top: Int = 3, reading options: ReadingOptions = ReadingOptions(), progress: (_ done: Int, _ count: Int) -> Void = { _, _ in }
    ) throws -> Found {
        let (objects, windows) = try read(scene, strokes: scene.strokes.indices, options, progress: progress)
        guard windows > 0 else { throw PainterError.emptyCanvas }
        return Found(
            objects: objects.map { scene.object($0.className, strokes: $0.strokes, confidence: $0.confidence) },
            classes: objects.map { object in
                object.likeliest(top).map { ClassShare(className: vocabulary.classes[$0.classIndex], confidence: Scene.rounded(confidence: $0.confidence)) }
            },
            windows: windows)
    }

    /// The strokes that a command names.
    public struct Erased: Sendable {
        /// Indices into the scene's strokes.
        public var strokes: Set<Int>
        /// The erased objects, and how sure the model is of each: of the words, and of the object that they mean.
        public var steps: [EditStep] = []
        /// Classes of the erased objects.
        public var classes: [String] { steps.map(\.className) }
        /// Classes of all objects found.
        public var found: [String]
        /// What the user should know: words replaced, classes not found.
        public var notices: [String]
    }

    /// Finds the strokes that a command names: "the cat", "everything except the house", "the small dog".
    ///
    /// The words say which classes are meant, the drawing which objects are of them, and the model, where a class leaves several open
    /// ("the small dog", "the left one of two"), which of these. Everything that an exclusion or a plural names is erased.
    /// - Parameters:
    ///   - trustsObjects: take the objects that the scene carries, and the parts of them that it labels, as found; read only strokes that belong to none.
    ///   - options: how these are read.
    ///   - sureness: nothing is erased where the model is less sure of a part than this; 0 does everything.
    /// - Throws: `PainterError.nothingNamed` when the drawing holds nothing of the kind; `partOnly` for a part that it does not label; `unsure`.
    public func erase(
        _ command: String, from scene: Scene, trustsObjects: Bool = true, reading options: ReadingOptions = ReadingOptions(), sureness: Double = 0
    ) throws -> Erased {
        let erased = try erase(command, from: scene, LabelledParts(scene, trustsObjects: trustsObjects)) {
            try readObjects(of: scene, for: $0, trustsObjects: trustsObjects, options)
        }
        try EditStep.check(erased.steps, sureness: sureness, command: command)
        return erased
    }

    /// The same where all strokes have been read before.
    package func erase(_ command: String, from scene: Scene, read windows: [ReadWindow], _ options: ReadingOptions) throws -> Erased {
        try erase(command, from: scene, LabelledParts(scene, trustsObjects: false)) { (heard(windows, options, named: Set($0.mentioned)), []) }
    }

    private func erase(
        _ command: String, from scene: Scene, _ labelled: LabelledParts, find: (PromptReader.Reading) throws -> (objects: [ReadObject], loose: [Int])
    ) throws -> Erased {
        let reading = try reader.read(command, needsObject: false, labels: labelled.labels), named = labelled.named(in: reading.text)
        // A thing's bare name is enough here, an order of another kind is not.
        guard !CommandWords.asksForSomethingElse(reading) else { throw PainterError.notUnderstood(command: command) }
        if !named.isEmpty { return try erase(named, reading, command, from: scene, find: find) }
        if reading.mentioned.isEmpty, let named = reading.parts.first { throw PainterError.partOnly(command: command, part: named.part, whole: named.whole) }
        guard !reading.mentioned.isEmpty || reading.isEverything else { throw PainterError.noObject(prompt: command) }
        guard scene.strokes.contains(where: { !$0.points.isEmpty }) else { throw PainterError.emptyCanvas }
        var erased = Erased(strokes: [], found: [], notices: reading.notices)

        let (objects, loose) = try find(reading)
        erased.found = objects.map(\.className)

        // What is meant, class by class.
        let here = reading.mentioned.filter(erased.found.contains)
        guard !here.isEmpty || reading.isEverything else { throw PainterError.nothingNamed(command: command, found: erased.found) }
        for name in Set(reading.mentioned).subtracting(here).sorted() { erased.notices.append("found no \(name)") }
        var chosen: [Int], open: [[Int]] = [], sure: [Int: Double] = [:]
        // What is kept is told by its class alone, wherever it is.
        let isByPlace = Self.hasLandmarks(reading) && objects.count <= SketchVocabulary.objectCount && !(reading.isExclusion && Set(here).count == 1)
        if isByPlace {
            // "The cat next to the house", "everything left of the house" name a house that stays: what is meant is for the model to say.
            sure = try choose([], of: objects, among: reading.isWholesale ? [] : here, command: command, text: reading.text, scene)
            chosen = Array(sure.keys)
        } else if reading.isExclusion || reading.isEverything {
            chosen = objects.indices.filter { !here.contains(objects[$0].className) }
            erased.strokes = Set(loose)                          // what the file gives to nobody is not what it excepts
        } else {
            // "The hat on the snowman" does not mean the snowman.
            let meant = here.filter { !reading.owners.contains($0) }
            let groups = Set(meant.isEmpty ? here : meant).sorted().map { name in objects.indices.filter { objects[$0].className == name } }
            chosen = groups.filter { $0.count == 1 || reading.plurals.contains(objects[$0[0]].className) }.flatMap { $0 }
            open = groups.filter { $0.count > 1 && !reading.plurals.contains(objects[$0[0]].className) }
        }
        if !open.isEmpty {
            sure = try choose(open, of: objects, command: command, text: reading.text, scene)
            chosen += sure.keys
        }
        let excepted = reading.isExclusion && !isByPlace ? here.compactMap(vocabulary.classIndex) : nil
        for index in chosen.sorted() {
            let object = objects[index]
            erased.strokes.formUnion(object.strokes)
            erased.steps.append(EditStep(
                verb: "erase", className: object.className, strokes: object.strokes, confidence: object.confidence(excepting: excepted) * sure[index, default: 1]))
        }
        for index in erased.steps.indices where reading.isOneTooMany(erased.steps[index], of: erased.steps) {
            erased.steps[index].confidence = min(erased.steps[index].confidence, Self.unaskedSureness)
        }
        guard !erased.strokes.isEmpty else { throw PainterError.nothingNamed(command: command, found: erased.found) }
        try NamedPart.check(reading, changed: Set(erased.classes), command: command)
        return erased
    }

    /// The strokes of parts that the file labels.
    /// - Parameter named: parts that the command names, one or more; of what, its other words say, or the model.
    private func erase(
        _ named: [LabelledParts.Part], _ reading: PromptReader.Reading, _ command: String, from scene: Scene,
        find: (PromptReader.Reading) throws -> (objects: [ReadObject], loose: [Int])
    ) throws -> Erased {
        let owners = Set(reading.mentioned), meant = named.filter { owners.isEmpty || owners.contains($0.className) }, objects = try find(reading).objects
        var erased = Erased(strokes: [], found: objects.map(\.className), notices: reading.notices)
        // "Everything but the wings", "the wings and the house" mean more than parts.
        if let whole = reading.isWholesale ? named[0].className : owners.subtracting(meant.map(\.className)).sorted().first {
            guard erased.found.contains(whole) else { throw PainterError.nothingNamed(command: command, found: erased.found) }
            throw PainterError.partOnly(command: command, part: named[0].label, whole: whole)
        }
        if let other = reading.parts.first(where: { part in !meant.contains { $0.isCalled(part.part) } }) {
            throw PainterError.partOnly(command: command, part: other.part, whole: other.whole)
        }
        let groups = Dictionary(grouping: meant) { owners.isEmpty ? "" : $0.className }.values.map { Set($0.map(\.object)).sorted() }
        let open = groups.filter { $0.count > 1 && !reading.plurals.contains(objects[$0[0]].className) }
        let sure = open.isEmpty ? [:] : try choose(open, of: objects, command: command, text: reading.text, scene)
        for part in meant where sure[part.object] != nil || !open.joined().contains(part.object) {
            erased.strokes.formUnion(part.strokes)
            erased.steps.append(EditStep(verb: "erase", className: part.name, strokes: part.strokes.sorted(), confidence: sure[part.object, default: 1]))
        }
        return erased
    }

    /// What is there: first what the file tells, then, where that does not account for every word, what the rest looks like.
    /// - Returns: the objects, and strokes of none that were not read.
    func readObjects(
        of scene: Scene, for reading: PromptReader.Reading, trustsObjects: Bool, _ options: ReadingOptions
    ) throws -> (objects: [ReadObject], loose: [Int]) {
        var objects: [ReadObject] = [], loose = Array(scene.strokes.indices)
        if trustsObjects, !scene.objects.isEmpty {
            objects = scene.objects.map { ReadObject(classIndex: vocabulary.classIndex($0.className), className: $0.className, strokes: $0.strokes) }
            loose = scene.looseStrokes
        }
        let missing = Set(reading.mentioned).subtracting(objects.map(\.className))
        if objects.isEmpty || (!missing.isEmpty && !loose.isEmpty) {
            objects += heard(try readings(of: scene, strokes: loose, options), options, named: missing)
            loose = []
        }
        return (objects, loose)
    }

    /// Whether a command tells what it means by where it is: a relation's words stand between the things that it names.
    private static func hasLandmarks(_ reading: PromptReader.Reading) -> Bool {
        let text = " \(reading.text) "
        return PromptWriter.phrases.values.joined().contains { text.contains(" \($0) ") }
    }

    /// Asks the model which objects of each group a command means: of all objects if they are few enough, else of the open ones alone.
    /// - Parameters:
    ///   - groups: objects that the words leave open, of each of which some are meant; none: any of the classes `named`.
    /// - Returns: the objects, and how sure the model is of the words about each.
    private func choose(_ groups: [[Int]], of objects: [ReadObject], among named: [String] = [], command: String, text: String, _ scene: Scene) throws -> [Int: Double] {
        let open = groups.flatMap { $0 }.sorted()
        let tellable = objects.indices.filter { isTellable(objects[$0], scene) }
        for shown in [tellable, open.filter(tellable.contains)] where !shown.isEmpty && shown.count <= SketchVocabulary.objectCount {
            let shown = fromLeftToRight(shown, of: objects, scene), known = canvasObjects(shown.map { objects[$0] }, scene)
            var scope = CommandGrammar.Scope()
            scope.groups = groups.isEmpty ? [shown.indices.filter { named.contains(objects[shown[$0]].className) || named.isEmpty }]
                : groups.map { group in shown.indices.filter { group.contains(shown[$0]) } }
            guard scope.groups.allSatisfy({ !$0.isEmpty }) else { continue }
            scope.erasesOnly = true
            let (answer, confidences) = try operations(for: text, known, scope)
            return Dictionary(zip(answer.operations, confidences).compactMap { operation, confidence in
                if case .erase(let index) = operation { (shown[index], confidence) } else { nil }
            }, uniquingKeysWith: max)
        }
        throw PainterError.tooManyAlike(command: command, count: groups.reduce(0) { $0 + $1.count })
    }

    /// Whether a command's document can tell of an object: it has ink and a known class.
    func isTellable(_ object: ReadObject, _ scene: Scene) -> Bool { object.classIndex != nil && object.strokes.contains { !scene.strokes[$0].points.isEmpty } }

    /// Tellable objects in the order in which a command's document lists them.
    func fromLeftToRight(_ shown: [Int], of objects: [ReadObject], _ scene: Scene) -> [Int] {
        zip(shown, canvasObjects(shown.map { objects[$0] }, scene)).sorted { $0.1.box.isFartherLeft(than: $1.1.box) }.map(\.0)
    }

    /// Objects as a command's document tells them: class and box on the standard canvas. Those of no known class or without ink are left out.
    func canvasObjects(_ objects: [ReadObject], _ scene: Scene) -> [CanvasObject] {
        let frame = CanvasFrame(width: scene.width, height: scene.height, strokes: scene.strokes, enlarges: false)
        return objects.compactMap { object in
            guard let classIndex = object.classIndex, let ink = Box.of(object.strokes.map { frame.standard(scene.strokes[$0]) }) else { return nil }
            return CanvasObject(classIndex: classIndex, box: GridBox(ink), strokes: object.strokes)
        }
    }

    /// The operations that a command asks for with the boxes of what it moves, resizes or adds, and how sure the model is of each, 0…1.
    func operations(for text: String, _ objects: [CanvasObject], _ scope: CommandGrammar.Scope) throws -> (grammar: CommandGrammar, confidences: [Double]) {
        let part = try part(.planner), prompt = part.documents.commandPrompt(objects, text)
        guard prompt.count < part.session.capacity / 2 else { throw PainterError.promptTooLong(words: text.split(separator: " ").count, limit: PromptReader.wordLimit) }
        var grammar = CommandGrammar(part.vocabulary, objects: objects, scope: scope, shapes: part.shapes)
        let log: TokenLog
        if let guesser = try planGuesser() {
            let written = try part.write(prompt, &grammar, guessedBy: guesser.drafter { $0.commandPrompt(objects, text) })
            (log, guesses) = (written.log, guesses + written.guesses)
        } else {
            log = try part.write(prompt, &grammar)
        }
        tokenCount += log.tokens.count
        return (grammar, grammar.ranges.map { range in log.probabilities[range.clamped(to: log.probabilities.indices)].reduce(1) { $0 * Double($1) } })
    }

    /// What was read, after hearing which classes the user named: both the reading and the classes of its objects follow that.
    private func heard(_ windows: [ReadWindow], _ options: ReadingOptions, named: Set<String>) -> [ReadObject] {
        let objects = objects(of: windows, options, named: named.compactMap(vocabulary.classIndex)), named = named.subtracting(objects.map(\.className))
        let classes = objects.map { $0.classIndex ?? 0 }
        let heard = Self.renaming(classes, shares: objects.map(\.shares), named: named.sorted().compactMap(vocabulary.classIndex), hearing: Self.hearing)
        return zip(objects, heard).map { object, classIndex in
            guard object.classIndex != classIndex, object.shares.indices.contains(classIndex) else { return object }
            var object = object
            (object.classIndex, object.className) = (classIndex, vocabulary.classes[classIndex])
            let odds = Self.hearing * object.shares[classIndex]
            object.confidence = object.agreement * odds / max(odds + 1 - object.shares[classIndex], 1e-30)
            return object
        }
    }

    /// How many times likelier a class becomes by being named (Bayes' factor). Chosen by `eval painter --only editing --seed 5`: with 440, 60 and 10
    /// 73, 72 and 68 of 100 erasures are exact, and 73, 87 and 97 of 100 things that are not there are refused.
    static let hearing = 60.0

    /// Classes after hearing which ones the user named. That is evidence: where no object is of a named class, the likeliest one is taken
    /// to be, if hearing it makes it likelier than its first choice. An object serves one name at most.
    /// - Parameter hearing: how many times likelier a class becomes by being named.
    package static func renaming(_ classes: [Int], shares: [[Double]], named: [Int], hearing: Double) -> [Int] {
        var result = classes, taken = Set(classes.indices.filter { named.contains(classes[$0]) })
        for name in named where !result.contains(name) {
            func odds(_ index: Int) -> Double { shares[index][name] / max(shares[index][classes[index]], 1e-30) }
            guard let best = classes.indices.filter({ !taken.contains($0) }).max(by: { odds($0) < odds($1) }),
                  odds(best) * hearing > 1 else { continue }
            result[best] = name
            taken.insert(best)
        }
        return result
    }
}
