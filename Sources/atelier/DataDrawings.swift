import ArgumentParser
import Foundation
import Painter
import Sketches

extension DataCommand {
    struct Icons: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "icons",
            abstract: "Packs the stroke icons that show a class: those of the drawings, and a hundred more.",
            discussion: """
                Reads icons.ndjson of a folder (an icon a line: name, words, src, drawing), prints counts and draws a contact sheet.

                Example:  atelier data icons --from ~/icons -o data/icons
                """)

        @Option(help: ArgumentHelp("Folder with icons.ndjson.", valueName: "dir")) var from: String
        @Option(help: ArgumentHelp("The folder that `atelier data quickdraw` prepared, for its classes.", valueName: "dir")) var drawings = "data/quickdraw"
        @Option(name: [.short, .customLong("output")], help: "Folder to write.") var output = "data/icons"
        @Flag(help: "Print the counts as JSON.") var json = false

        func run() throws {
            try exitCleanly {
                let doodles = try DrawingPack(contentsOf: QuickDrawData.url(of: .painter, in: URL(fileURLWithPath: drawings))).classes
                let folder = URL(fileURLWithPath: output)
                let report = try IconData.prepare(from: URL(fileURLWithPath: from), to: folder, doodles: doodles)
                guard report.kept > 0 else { throw CommandError.data("\(from): none of \(counted(report.read, "icon")) shows a class") }
                let pack = try DrawingPack(contentsOf: IconData.url(in: folder))
                let cells = pack.classes.indices.map { (scene: Scene(width: 256, height: 256, strokes: pack.drawing($0, 0)), title: pack.classes[$0]) }
                let sheet = folder.appendingPathComponent("sheet.png")
                try SketchFile.writeAtomically(contactSheet(cells, columns: 16, cell: 110), to: sheet.path)
                if json { try printJSON(report); return }
                let known = Set(doodles)
                try say("\(counted(report.kept, "icon")) of \(report.read) kept, in \(report.classes.count) classes, \(report.classes.keys.count { !known.contains($0) }) of them without drawings")
                try say("contact sheet: \(sheet.path)")
            }
        }
    }

    struct Drawings: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "drawings",
            abstract: "Packs drawings of your own, to train a painter on them.",
            discussion: """
                Reads every drawing below a folder (SVG, ndjson, Excalidraw, pictures of lines, …). A drawing's class is the name of its folder, or, beside
                folders, its file's name without a number at its end; QuickDraw lines have their own word.

                Example:  atelier data drawings --from my-drawings -o data/mine
                          atelier train datasets/recipes/painter-mine.yaml
                """)

        @Option(help: ArgumentHelp("Folder of drawings.", valueName: "dir")) var from: String
        @Option(name: [.short, .customLong("output")], help: "Folder to write.") var output = "data/mine"
        @Flag(help: "Print the counts as JSON.") var json = false

        func run() throws {
            try exitCleanly {
                guard ModelLibrary.isFolder(URL(fileURLWithPath: from)) else { throw CommandError.noInput(path: from, reason: "there is no such folder") }
                let report = try DrawingFolder.prepare(from: URL(fileURLWithPath: from), to: URL(fileURLWithPath: output)) { note($0) }
                for refused in report.refused.prefix(20) { note("left out: \(refused)") }
                if json { try printJSON(report); return }
                try say("\(counted(report.kept, "drawing")) of \(report.read) kept, from \(counted(report.files, "file")), in \(report.classes.count) classes")
                for (name, count) in report.classes.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }).prefix(40) { try say("  \(name): \(count)") }
            }
        }
    }

    struct Grades: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "grades",
            abstract: "Grades the Painter's drawings by how clearly each shows its class, with a ranker.",
            discussion: """
                A Painter trained with grades is asked for good drawings. The judge is never used for it.

                Example:  atelier data grades --ranker models/ranker-small -o data/quickdraw/painter.grades
                """)

        @Option(help: ArgumentHelp("A ranker's folder.", valueName: "dir")) var ranker: String
        @Option(help: ArgumentHelp("The folder that `atelier data quickdraw` prepared.", valueName: "dir")) var drawings = "data/quickdraw"
        @Option(name: [.short, .customLong("output")], help: "File to write.") var output = "data/quickdraw/painter.grades"
        @Flag(help: "Print the file, the number of drawings and their mean as JSON.") var json = false

        struct Report: Encodable { let file: String, drawings: Int, mean: Float }

        func run() throws {
            try exitCleanly {
                let pack = try DrawingPack(contentsOf: QuickDrawData.url(of: .painter, in: URL(fileURLWithPath: drawings)))
                try Destination.check(output)
                let progress = CountProgress(of: pack.total)
                let grades = DrawingGrades(pack, by: try Judge(folder: URL(fileURLWithPath: ranker), role: .ranker)) { progress.show(done: $0) }
                progress.clear()
                try SketchFile.writeAtomically(grades.encoded(), to: output)
                let all = grades.values.joined(), report = Report(file: output, drawings: all.count, mean: all.reduce(0, +) / Float(max(all.count, 1)))
                if json { return try printJSON(report) }
                try say("\(counted(report.drawings, "drawing")) graded, mean \(String(format: "%.3f", report.mean)); wrote \(output)")
            }
        }
    }
}
