import ArgumentParser
import Foundation
import Painter
import Sketches

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Prepares data sets for training, or makes them.",
        discussion: """
            Examples:  atelier data quickdraw --from ~/quickdraw -o data/quickdraw
                       atelier data icons --from ~/icons -o data/icons
                       atelier data texts --model models/base -o data/texts.ndjson
                       atelier data clevr --count 100 -o data/clevr
            """, subcommands: [QuickDraw.self, Icons.self, Drawings.self, Grades.self, Texts.self, States.self, Clevr.self])

    struct QuickDraw: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "quickdraw",
            abstract: "Filters, splits and packs QuickDraw drawings (ndjson of the public release's simplified form).",
            discussion: """
                Reads every *.ndjson of a folder, splits by SHA-256 of key_id into the Painter's, the judge's and the held-out share,
                prints counts and draws a contact sheet.

                Files may be larger than memory: lines are read one by one, and a kept drawing takes about 100 bytes.

                Examples:  atelier data quickdraw --from ~/quickdraw -o data/quickdraw
                           atelier data quickdraw --from ~/quickdraw --most 10000 -o data/quickdraw-large
                """)

        @Option(help: ArgumentHelp("Folder with *.ndjson files.", valueName: "dir")) var from: String
        @Option(name: [.short, .customLong("output")], help: "Folder to write.") var output = "data/quickdraw"
        @Option(help: ArgumentHelp("At most so many drawings of a class, as for the whole public release on a machine with little memory; by default all.", valueName: "n")) var most: Int?
        @Flag(help: "Print the counts as JSON.") var json = false

        func validate() throws {
            if let most, most < 1 { throw ValidationError("--most takes 1 or more, not \(most)") }
        }

        func run() throws {
            try exitCleanly {
                guard !output.isEmpty else { throw CommandError.usage("-o takes a folder to write, as in -o data/quickdraw") }
                guard ModelLibrary.isFolder(URL(fileURLWithPath: from)) else { throw CommandError.noInput(path: from, reason: "there is no such folder") }
                let files = try FileManager.default.contentsOfDirectory(atPath: from)
                guard files.contains(where: { $0.hasSuffix(".ndjson") }) else {
                    throw CommandError.noInput(path: from, reason: "has no *.ndjson files; datasets/README.md says where they come from")
                }
                let folder = URL(fileURLWithPath: output)
                let report = try QuickDrawData.prepare(from: URL(fileURLWithPath: from), to: folder, most: most ?? .max) { note($0) }
                guard report.kept > 0 else { throw CommandError.data("\(from): none of \(counted(report.read, "drawing")) could be used; expected QuickDraw's simplified form, one drawing a line") }
                let pack = try DrawingPack(contentsOf: QuickDrawData.url(of: .painter, in: folder))
                let cells = stride(from: 0, to: pack.classes.count, by: max(1, pack.classes.count / 48)).filter { pack.count(of: $0) > 0 }.prefix(48).map { index in
                    (scene: Scene(width: 256, height: 256, strokes: pack.drawing(index, 0)), title: pack.classes[index])
                }
                let sheet = folder.appendingPathComponent("sheet.png")
                if !cells.isEmpty { try SketchFile.writeAtomically(contactSheet(Array(cells), columns: 8, cell: 150), to: sheet.path) }
                if json { try printJSON(report); return }
                try say("\(report.read) drawings read from \(report.files.joined(separator: ", ")), \(report.kept) kept in \(report.classes.count) classes")
                for (reason, count) in report.dropped.sorted(by: { $0.key < $1.key }) { try say("  dropped, \(reason): \(count)") }
                for share in QuickDrawData.Share.allCases {
                    try say("  \(share.rawValue): \(report.classes.reduce(0) { $0 + ($1.shares[share.rawValue] ?? 0) })")
                }
                try say("  classes judged (\(QuickDrawData.judgedMinimum) drawings or more): \(report.classes.filter(\.judged).count)")
                try say("contact sheet: \(sheet.path)")
            }
        }
    }
}
