import Foundation
import Language
import Sketches

extension Painter {
    /// What was found on a canvas; stroke indices are the scene's.
    public struct Found: Sendable {
        /// In reading order; each stroke with ink belongs to exactly one.
        public var objects: [SceneObject]
        /// Areas in which the canvas was read; an object that lies in several is found in parts.
        public var windows: Int
    }

    /// Names what is drawn: class, exact ink box, strokes and confidence of each object.
    ///
    /// Reads strokes only, in an order of its own; neither the file's order nor the objects that the scene may carry matter. A canvas
    /// with more strokes or points than one context holds is read in windows, each an area of the drawing.
    /// - Parameter progress: called after each window with how many are done, and of how many.
    /// - Throws: `PainterError.emptyCanvas`; `DecodingError`.
    public func detect(_ scene: Scene, progress: (_ done: Int, _ count: Int) -> Void = { _, _ in }) throws -> Found {
        let windows = windows(scene, scene.strokes.indices)
        guard !windows.isEmpty else { throw PainterError.emptyCanvas }
        var found = Found(objects: [], windows: windows.count)
        for (index, window) in windows.enumerated() {
            found.objects += try readObjects(window).map { scene.object($0.className, strokes: $0.strokes, confidence: $0.confidence) }
            progress(index + 1, windows.count)
        }
        return found
    }

    private func windows(_ scene: Scene, _ strokes: some Sequence<Int>, command: Int = 0) -> [CanvasWindow] {
        CanvasWindow.all(of: scene, strokes: strokes, documents: documents, capacity: session.capacity, command: command)
    }

    /// The strokes that a command names.
    public struct Erased: Sendable {
        /// Indices into the scene's strokes.
        public var strokes: Set<Int>
        /// Classes of the erased objects.
        public var classes: [String]
        /// Classes of all objects found.
        public var found: [String]
        /// What the user should know: words replaced, classes not found.
        public var notices: [String]
    }

    /// Finds the strokes that a command names: "the cat", "everything except the house", "the small dog".
    ///
    /// The words say which classes are meant, the drawing which objects are of them, and the model, where a class leaves several open
    /// ("the small dog", "the left one of two"), which of these. Everything that an exclusion or a plural names is erased.
    /// - Parameter trustsObjects: take the objects that the scene carries as found, and read only strokes that belong to none of them.
    /// - Throws: `PainterError.nothingNamed` when the drawing holds nothing of the kind.
    public func erase(_ command: String, from scene: Scene, trustsObjects: Bool = true) throws -> Erased {
        let reading = try reader.read(command, needsObject: false)
        guard !reading.mentioned.isEmpty || reading.isEverything else { throw PainterError.noObject(prompt: command) }
        guard scene.strokes.contains(where: { !$0.points.isEmpty }) else { throw PainterError.emptyCanvas }
        var erased = Erased(strokes: [], classes: [], found: [], notices: reading.notices)

        // What is there: first what the file tells, then, where that does not account for every word, what the rest looks like.
        var objects: [ReadObject] = []
        var loose = Array(scene.strokes.indices)
        if trustsObjects, !scene.objects.isEmpty {
            objects = scene.objects.map { ReadObject(classIndex: vocabulary.classIndex($0.className), className: $0.className, strokes: $0.strokes) }
            loose = scene.looseStrokes
        }
        let missing = Set(reading.mentioned).subtracting(objects.map(\.className))
        if objects.isEmpty || (!missing.isEmpty && !loose.isEmpty) {
            let told = objects.count
            for window in windows(scene, loose) { objects += try readObjects(window) }
            rename(&objects[told...], named: missing)
            loose = []
        }
        erased.found = objects.map(\.className)

        // What is meant, class by class.
        let here = reading.mentioned.filter(erased.found.contains)
        guard !here.isEmpty || reading.isEverything else { throw PainterError.nothingNamed(command: command, found: erased.found) }
        for name in Set(reading.mentioned).subtracting(here).sorted() { erased.notices.append("found no \(name)") }
        var chosen: [Int], open: [[Int]] = []
        if reading.isExclusion || reading.isEverything {
            chosen = objects.indices.filter { !here.contains(objects[$0].className) }
            erased.strokes = Set(loose)                          // what the file gives to nobody is not what it excepts
        } else {
            let groups = Set(here).sorted().map { name in objects.indices.filter { objects[$0].className == name } }
            chosen = groups.filter { $0.count == 1 || reading.plurals.contains(objects[$0[0]].className) }.flatMap { $0 }
            open = groups.filter { $0.count > 1 && !reading.plurals.contains(objects[$0[0]].className) }
        }
        if !open.isEmpty { chosen += try choose(open, of: objects, command: command, text: reading.text, scene) }
        for index in chosen.sorted() {
            erased.strokes.formUnion(objects[index].strokes)
            erased.classes.append(objects[index].className)
        }
        guard !erased.strokes.isEmpty else { throw PainterError.nothingNamed(command: command, found: erased.found) }
        return erased
    }

    /// Asks the model which objects of each group a command means: on the whole canvas where it fits a context, else among the open ones
    /// alone, else among these by the strokes that reach to the sides of their boxes, so that places and sizes are as they were.
    private func choose(_ groups: [[Int]], of objects: [ReadObject], command: String, text: String, _ scene: Scene) throws -> [Int] {
        let words = documents.erasePrompt(text)
        let open = groups.flatMap { $0 }.sorted()
        for (shown, isOutlined) in [(Array(objects.indices), false), (open, false), (open, true)] where shown.count <= SketchVocabulary.objectCount {
            let own = shown.map { isOutlined ? outline(objects[$0].strokes, scene) : objects[$0].strokes }, strokes = own.flatMap { $0 }
            guard Set(strokes).count == strokes.count, shown.allSatisfy({ objects[$0].classIndex != nil }) else { continue }
            let windows = windows(scene, strokes, command: words.count)
            guard windows.count == 1, let window = windows.first else { continue }
            let place = Dictionary(uniqueKeysWithValues: window.indices.enumerated().map { ($1, $0) })
            // In the order in which the model would have found them.
            var known: [(object: Int, canvas: CanvasObject)] = zip(shown, own).compactMap { index, own in
                let own = own.compactMap { place[$0] }.sorted()
                guard let classIndex = objects[index].classIndex, let ink = Box.of(own.map { window.strokes[$0] }) else { return nil }
                return (index, CanvasObject(classIndex: classIndex, box: GridBox(ink), strokes: own))
            }
            guard known.count == shown.count else { continue }
            known.sort { $0.canvas.strokes[0] < $1.canvas.strokes[0] }
            try write(known.map(\.canvas), window)
            let local = groups.map { group in known.indices.filter { group.contains(known[$0].object) } }
            var grammar = EraseGrammar(vocabulary, objects: known.map(\.canvas), groups: local), log = TokenLog()
            try write(words, &grammar, sampling: .greedy, seed: 0, &log)
            return grammar.erased.map { known[$0].object }
        }
        throw PainterError.tooManyAlike(command: command, count: groups.reduce(0) { $0 + $1.count })
    }

    /// Of some strokes those that reach to the sides of their common box, four at most.
    private func outline(_ strokes: [Int], _ scene: Scene) -> [Int] {
        let boxes = strokes.compactMap { index in scene.strokes[index].box.map { (index: index, box: $0) } }
        let sides = [boxes.min { $0.box.x0 < $1.box.x0 }, boxes.min { $0.box.y0 < $1.box.y0 }, boxes.max { $0.box.x1 < $1.box.x1 }, boxes.max { $0.box.y1 < $1.box.y1 }]
        return Set(sides.compactMap { $0?.index }).sorted()
    }

    private func rename(_ objects: inout ArraySlice<ReadObject>, named: Set<String>) {
        let classes = objects.map { $0.classIndex ?? 0 }
        let renamed = Self.renaming(classes, shares: objects.map(\.shares), named: named.sorted().compactMap(vocabulary.classIndex))
        for (place, classIndex) in zip(objects.indices, renamed) {
            objects[place].classIndex = classIndex
            objects[place].className = vocabulary.classes[classIndex]
        }
    }

    /// Classes after hearing which ones the user named. That is evidence: where no object is of a named class, the likeliest one is taken
    /// to be, if the class is likelier than by chance against its first choice. An object serves one name at most.
    package static func renaming(_ classes: [Int], shares: [[Double]], named: [Int]) -> [Int] {
        var result = classes, taken = Set(classes.indices.filter { named.contains(classes[$0]) })
        for name in named where !result.contains(name) {
            func odds(_ index: Int) -> Double { shares[index][name] / max(shares[index][classes[index]], 1e-30) }
            guard let best = classes.indices.filter({ !taken.contains($0) }).max(by: { odds($0) < odds($1) }),
                  odds(best) * Double(shares[best].count) > 1 else { continue }
            result[best] = name
            taken.insert(best)
        }
        return result
    }
}
