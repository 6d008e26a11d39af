import ArgumentParser
import Foundation
import Painter
import Training

struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Trains a model by a recipe; stops cleanly on Ctrl-C and resumes to the same weights.",
        discussion: """
            Examples:  atelier train datasets/recipes/painter-small.yaml
                       atelier train datasets/recipes/painter-small.yaml --resume
            """)

    @Argument(help: "Recipe (YAML).") var recipe: String
    @Flag(help: "Go on from the run folder's checkpoint.") var resume = false
    @Option(name: .customLong("run"), help: "Run folder; by default the recipe's `output`, else runs/NAME.") var runFolder: String?
    @Option(help: "Stop in good order after this many steps of the run.") var maximumSteps: Int?
    @Option(help: ArgumentHelp("Also copy the finished model into this folder.", valueName: "dir")) var export: String?

    func run() throws {
        try exitCleanly {
            let document = try RecipeDocument(contentsOf: URL(fileURLWithPath: recipe))
            let kinds = ["painter": PainterJob.sections, "judge": JudgeJob.sections]
            let settings = try document.run(jobSections: nil)
            guard let sections = kinds[settings.kind] else {
                throw PainterError.badRecipe("kind \"\(settings.kind)\" is not known; use \(kinds.keys.sorted().joined(separator: " or "))")
            }
            let checked = try document.run(jobSections: sections)
            let job: any TrainingJob = settings.kind == "painter" ? try PainterJob(recipe: checked, document: document) : try JudgeJob(recipe: checked, document: document)
            let folder = URL(fileURLWithPath: runFolder ?? checked.output ?? "runs/\(checked.name)")
            note("\(checked.name): \(job.parameters.reduce(0) { $0 + $1.tensor.count }) parameters, run folder \(folder.path)")
            Interruption.install()
            let line = ProgressLine()
            let summary = try train(checked, recipeText: document.text, job: job, run: folder, resume: resume, maximumSteps: maximumSteps,
                                    isCancelled: { Interruption.isRequested }, progress: { line.show($0) })
            if summary.outcome == .cancelled { throw ExitCode(ExitStatus.interrupted) }
            if let export {
                let target = URL(fileURLWithPath: export)
                try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
                for file in try FileManager.default.contentsOfDirectory(at: folder.appendingPathComponent("model"), includingPropertiesForKeys: nil) {
                    try Data(contentsOf: file).write(to: target.appendingPathComponent(file.lastPathComponent), options: .atomic)
                }
                note("model copied to \(target.path)")
            }
        }
    }
}
