import ArgumentParser
import Foundation
import Painter
import Sketches
import Tensors

extension ModelsCommand {
    struct Styles: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Finds out which words a painter draws better as icons, and writes it into its styles.json.",
            discussion: """
                Draws each class that has doodles and icons in both styles, has the ranker name them, and lets `draw` take icons where they are named more \
                surely by more than \(StyleChoice.margin). Of every \(StyleChoice.candidates) sketches the one that the ranker chooses counts, as in `draw`. `--style` of `draw` still takes either.

                Example:  atelier models styles models/painter-small --ranker models/ranker-small -o styles.png
                """)

        @Argument(help: "Model folder, or the name of an installed model.") var folder: String
        @Option(help: ArgumentHelp("Folder of the ranker, or its name; else the installed one.", valueName: "dir")) var ranker: String?
        @Option(help: ArgumentHelp("Sketches of each class in each style, a multiple of \(StyleChoice.candidates), up to 1024.", valueName: "n")) var samples = 32
        @Option(help: ArgumentHelp("Same seed, same choice.", valueName: "n")) var seed: UInt64 = 0
        @Option(name: [.short, .customLong("output")], help: ArgumentHelp("Also draw a sheet of each class in both styles (PNG).", valueName: "file")) var output: String?
        @OptionGroup var compute: ThreadOptions
        @Flag(help: "Print one JSON document: both figures of each class, what is preferred.") var json = false

        func validate() throws {
            guard 1...1_024 ~= samples, samples % StyleChoice.candidates == 0 else {
                throw ValidationError("--samples takes a multiple of \(StyleChoice.candidates), \(StyleChoice.candidates) to 1024, not \(samples)")
            }
            if let output, (output as NSString).pathExtension.lowercased() != "png" { throw ValidationError("-o takes a picture to write, as in -o styles.png") }
        }

        struct Entry: Encodable {
            let `class`: String
            let doodle, icon: Double
            let preferred: SketchStyle
        }
        struct Report: Encodable {
            let model, ranker, file: String
            let samples: Int, seed: UInt64
            let margin: Double
            let classes: [Entry]
            /// Classes that the ranker does not know: as they were.
            let unknown: [String]
            let sheet: String?
        }

        func run() throws {
            try exitCleanly {
                compute.apply()
                if let output { try Destination.check(output) }
                let folder = try ModelLibrary.folder(folder), painter = try Painter(folder: folder), classes = painter.classesOfBothStyles
                guard !classes.isEmpty else { throw CommandError.data("\(painter.name): has no class in two styles; a painter that was trained with icons has") }
                guard FileManager.default.isWritableFile(atPath: folder.path) else { throw PainterError.unwritable(path: folder.path) }
                let judge = try Judge(folder: ModelLibrary.folder(ranker, family: .ranker, option: "--ranker"), role: .ranker), progress = CountProgress(of: classes.count)
                let choice = try painter.chooseStyles(by: judge, samples: samples, seed: seed) { progress.show(done: $0) }
                progress.clear()
                guard !choice.rows.isEmpty else { throw CommandError.data("\(judge.name): knows none of the \(counted(classes.count, "class")) that \(painter.name) has in two styles") }
                do { try choice.applied(to: painter.styles).write(to: folder) } catch { throw PainterError.unwritable(path: folder.path) }
                let file = folder.appendingPathComponent(StyleTable.fileName).path
                note("wrote \(file): \(choice.rows.count(where: \.prefersIcon)) of \(choice.rows.count) as icons")
                if !choice.unknown.isEmpty { note("note: \(judge.name) does not know \(listed(choice.unknown)): as before") }
                if let output {
                    try SketchFile.writeAtomically(Self.sheet(choice), to: output)
                    note("wrote \(output)")
                }
                if json {
                    return try printJSON(Report(
                        model: painter.name, ranker: judge.name, file: file, samples: samples, seed: seed, margin: StyleChoice.margin,
                        classes: choice.rows.map { Entry(class: $0.className, doodle: $0.doodle, icon: $0.icon, preferred: $0.prefersIcon ? .icon : .doodle) },
                        unknown: choice.unknown, sheet: output))
                }
                try say(Self.table(choice))
            }
        }

        /// Columns: class, both figures, their difference, what is drawn.
        private static func table(_ choice: StyleChoice) -> String {
            let width = choice.rows.map(\.className.count).max() ?? 0
            func row(_ name: String, _ numbers: [String], _ style: String) -> String {
                name.padding(toLength: max(width, 5), withPad: " ", startingAt: 0) + numbers.map { String(repeating: " ", count: max(1, 9 - $0.count)) + $0 }.joined() + "  " + style
            }
            return ([row("class", ["doodle", "icon", "icon +"], "drawn as")] + choice.rows.map { one in
                row(singleLine(one.className), [one.doodle, one.icon, one.icon - one.doodle].map { String(format: "%.2f", $0) }, (one.prefersIcon ? SketchStyle.icon : .doodle).rawValue)
            }).joined(separator: "\n")
        }

        /// Each class twice, as a doodle and as an icon beside it, in the order of the table.
        private static func sheet(_ choice: StyleChoice) throws -> Data {
            let cells = choice.rows.flatMap { row in
                [(scene: row.doodleScene, title: "\(row.className) \(String(format: "%.2f", row.doodle))"), (scene: row.iconScene, title: "icon \(String(format: "%.2f", row.icon))")]
            }
            return try contactSheet(cells, columns: 12, cell: 150, options: RenderOptions())
        }
    }
}
