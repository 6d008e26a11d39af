import ArgumentParser
import Distillation
import Files
import Foundation
import Painter
import Reasoner
import Sketches
import Training

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Trains a model by a recipe; stops cleanly on Ctrl-C and resumes to the same weights.",
        discussion: """
            The run folder holds recipe.yaml, log.jsonl, TensorBoard events, samples/, checkpoint/ and, at the end, model/.

            Examples:  atelier train datasets/recipes/painter-tiny.yaml --export models/painter-tiny
                       atelier train datasets/recipes/painter-sketcher.yaml --resume
                       atelier train datasets/recipes/painter-tiny.yaml --set seed=2 --run runs/second
            """)

    @Argument(help: "Recipe (YAML).") var recipe: String
    @Option(name: .customLong("set"), parsing: .singleValue, help: ArgumentHelp("Another value for a key of the recipe, as data.rows=4; may be given again. A run is resumed with the same ones.", valueName: "key=value")) var assignments: [String] = []
    @Flag(help: "Go on from the run folder's checkpoint.") var resume = false
    @Option(name: .customLong("run"), help: ArgumentHelp("Run folder; by default the recipe's `output`, else runs/NAME.", valueName: "dir")) var runFolder: String?
    @Option(help: ArgumentHelp("Stop in good order after this many steps of the run.", valueName: "n")) var maximumSteps: Int?
    @Option(help: ArgumentHelp("Also copy the finished model into this folder.", valueName: "dir")) var export: String?
    @OptionGroup var compute: ThreadOptions
    @Flag(help: "Print one JSON document at the end: outcome, steps, tokens, losses.") var json = false

    func validate() throws {
        if let maximumSteps, maximumSteps < 1 { throw ValidationError("--maximum-steps takes 1 or more, not \(maximumSteps)") }
        if runFolder == "" || export == "" { throw ValidationError("--run and --export need a folder") }
    }

    func run() throws {
        try exitCleanly {
            compute.apply()
            let document = try RecipeDocument(contentsOf: URL(fileURLWithPath: recipe)).setting(assignments)
            let kinds = ["painter": PainterJob.sections, "judge": JudgeJob.sections, "ranker": JudgeJob.sections, "questions": QuestionJob.sections, "look": LookJob.sections, "reasoner": ReasonerJob.sections, "draft": DraftJob.sections,
                         "picture-draft": PictureDraftJob.sections]
            let settings = try document.run(jobSections: nil)
            guard let sections = kinds[settings.kind] else {
                throw PainterError.badRecipe("kind \"\(settings.kind)\" is not known; use \(kinds.keys.sorted().joined(separator: " or "))")
            }
            let checked = try document.run(jobSections: sections)
            if let export { try Self.makeFolder(export) }
            let folder = URL(fileURLWithPath: runFolder ?? checked.output ?? "runs/\(checked.name)"), begun = resume ? folder : nil
            let job: any TrainingJob = switch settings.kind {
            case "painter": try PainterJob(recipe: checked, document: document, run: begun)
            case "judge": try JudgeJob(recipe: checked, document: document, role: .judge)
            case "ranker": try JudgeJob(recipe: checked, document: document, role: .ranker)
            case "look": try LookJob(recipe: checked, document: document)
            case "reasoner": try ReasonerJob(recipe: checked, document: document)
            case "picture-draft": try PictureDraftJob(recipe: checked, document: document, run: begun)
            case "draft": try DraftJob(recipe: checked, document: document, run: begun)
            default: try QuestionJob(recipe: checked, document: document, run: begun)
            }
            note("\(checked.name): \(job.parameters.reduce(0) { $0 + $1.tensor.count }) parameters, run folder \(folder.path)")
            Interruption.install()
            let line = ProgressLine()
            let summary = try train(checked, recipeText: document.text, job: job, run: folder, resume: resume, maximumSteps: maximumSteps,
                                    isCancelled: { Interruption.isRequested }, progress: { line.show($0) })
            if let export, summary.outcome != .cancelled { try Self.copy(folder.appendingPathComponent("model"), to: export) }
            if json { try printJSON(summary) }
            if summary.outcome == .cancelled {
                note("stopped at step \(summary.step); go on with --resume")
                throw ExitCode(ExitStatus.interrupted)
            }
        }
    }

    private static func makeFolder(_ path: String) throws(OutputError) {
        do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
            throw .cannotCreate(path: path, reason: sentence(of: error))
        }
    }

    /// Copies the model's files, each whole or not at all; others that are there (a model card) stay.
    private static func copy(_ model: URL, to path: String) throws {
        // With the folders in it: a painter may have several decoders.
        for name in try FileManager.default.subpathsOfDirectory(atPath: model.path).sorted() {
            let file = model.appendingPathComponent(name), target = (path as NSString).appendingPathComponent(name)
            if ModelLibrary.isFolder(file) { try makeFolder(target) } else { try SketchFile.writeAtomically(Data(contentsOf: file, options: .mappedIfSafe), to: target) }
        }
        note("model copied to \(path)")
    }
}
