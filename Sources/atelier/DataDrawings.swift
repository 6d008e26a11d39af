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

        func run() throws {
            try exitCleanly {
                let pack = try DrawingPack(contentsOf: QuickDrawData.url(of: .painter, in: URL(fileURLWithPath: drawings)))
                let progress = CountProgress(of: pack.total)
                let grades = DrawingGrades(pack, by: try Judge(folder: URL(fileURLWithPath: ranker), role: .ranker)) { progress.show(done: $0) }
                progress.clear()
                try grades.write(to: URL(fileURLWithPath: output))
                let all = grades.values.joined()
                try say("\(counted(all.count, "drawing")) graded, mean \(String(format: "%.3f", all.reduce(0, +) / Float(max(all.count, 1)))); wrote \(output)")
            }
        }
    }
}
