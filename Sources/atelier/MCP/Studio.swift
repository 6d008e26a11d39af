import Files
import Foundation
import Painter
import Reasoner
import Sketches

/// What the tools work with: the open scenes, and the models, which are read when they are first needed and stay.
///
/// Not thread-safe, as models are not: messages are answered one after the other.
final class Studio {
    let scenes = SceneStore()
    private let options: ModelOptions, reasonerName: String?
    private var loadedPainter: Painter?, loadedReader: QuestionReader?

    /// - Parameters:
    ///   - options: which painter.
    ///   - reasoner: a reasoner's folder or name; nil: the one that is installed.
    init(_ options: ModelOptions, reasoner: String?) { (self.options, reasonerName) = (options, reasoner) }

    /// What draws, edits and reads strokes.
    func painter() throws -> Painter {
        if let loadedPainter { return loadedPainter }
        let painter = try loading("painter") { try options.loadPainter(ranks: true) }
        note("mcp: read \(painter.name)")
        loadedPainter = painter
        return painter
    }

    /// What reads questions.
    func reader() throws -> QuestionReader {
        if let loadedReader { return loadedReader }
        let reader = try loading("reasoner") { try QuestionReader(folder: ModelLibrary.folder(reasonerName, family: .reasoner)) }
        loadedReader = reader
        return reader
    }

    /// The error of a model that is not there says what the person who runs the server can do.
    private func loading<Model>(_ option: String, _ load: () throws -> Model) throws -> Model {
        do { return try load() } catch CommandError.noModel(let family, let tried, _) {
            let start = option == "painter" ? "--model DIR" : "--reasoner DIR"
            let remedy = "the server has to be started with `atelier mcp \(start)`, or with ATELIER_MODELS set"
            throw CommandError.data("no \(family) model is installed; looked in \(tried.joined(separator: ", ")); \(remedy)")
        }
    }

    /// The scene that a call means, of the revision that it names.
    func scene(_ arguments: ToolArguments) throws -> SceneStore.Entry {
        guard let name = arguments["scene"].flatMap({ SceneName($0) }) else { throw ArgumentError(description: "\"scene\" is the number of a scene") }
        return try scenes.entry(name.number, revision: arguments.whole("revision"))
    }

    /// A scene with the objects that it names, else with those that are found in its strokes.
    func named(_ entry: SceneStore.Entry) throws -> Scene {
        var scene = entry.version.scene
        guard scene.objects.isEmpty else { return scene }
        scene.objects = try found(in: entry)
        return scene
    }

    /// The objects in a scene's strokes, whatever it names; read once a revision.
    func found(in entry: SceneStore.Entry) throws -> [SceneObject] {
        if let found = entry.found { return found }
        let found = try painter().detect(entry.version.scene).objects
        scenes.remember(found, in: entry.number)
        return found
    }

    /// A picture of a scene for an answer, small; nothing for a scene that cannot be drawn.
    func preview(of scene: Scene, if wanted: Bool, named: Bool = false) -> [ToolResult.Block] {
        let options = RenderOptions(size: 256, colors: named, boxes: named, labels: named)
        guard wanted, let png = try? SketchFile.write([scene], format: .png, options: options) else { return [] }
        return [.image(png: png)]
    }

    /// What an error says to an agent: of arguments where people have options.
    static func sentence(of error: any Error) -> String {
        if case PainterError.badPlan(let reason) = error { return "the objects cannot be drawn: \(reason)" }
        return worded(atelier.sentence(of: error))
    }

    /// A sentence for people at a command line as one for agents, on one line.
    static func worded(_ sentence: String) -> String {
        singleLine(wording.reduce(sentence) { $0.replacingOccurrences(of: $1.0, with: $1.1) })
    }

    private static let wording = [
        ("`atelier models info` lists", "the resource \(SceneResources.classes) lists"), ("--seed", "seed"), ("--sureness", "sureness"), ("--size", "size"),
    ]
}
