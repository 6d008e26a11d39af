import Files
import Foundation
import Painter
import Sketches
import Testing

@Suite("Drawings: hash, packs, preparation")
struct DataTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        (String(repeating: "a", count: 1_000), "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"),
    ])
    func publishedHashes(_ text: String, _ expected: String) {
        #expect(SHA256.hash(Array(text.utf8)).map { String(format: "%02x", $0) }.joined() == expected)
    }

    private func temporary(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("painter-data-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func line(_ word: String, _ key: Int, strokes: Int, recognized: Bool = true) -> String {
        let drawing = (0..<strokes).map { "[[\($0),\(100 + $0),7],[0,\(50 + $0),200]]" }.joined(separator: ",")
        return "{\"word\":\"\(word)\",\"key_id\":\"\(key)\",\"recognized\":\(recognized),\"drawing\":[\(drawing)]}"
    }

    @Test func preparationFiltersAndSplits() throws {
        try temporary { folder in
            let cats = (0..<400).map { line("cat", $0, strokes: 3) }, ants = (1_000..<1_010).map { line("ant", $0, strokes: 2) }
            let bad = [line("cat", 5_000, strokes: 1), line("cat", 5_001, strokes: 40), line("cat", 5_002, strokes: 3, recognized: false), line("cat", 0, strokes: 3)]
            try Data((cats + ants + bad).joined(separator: "\n").utf8).write(to: folder.appendingPathComponent("a.ndjson"))
            let output = folder.appendingPathComponent("out")
            let report = try QuickDrawData.prepare(from: folder, to: output)
            #expect(report.read == 414 && report.kept == 410)
            #expect(report.dropped == ["a single stroke": 1, "more than 15 strokes": 1, "not recognised in the game": 1, "same key_id twice": 1])
            let packs = try QuickDrawData.Share.allCases.map { try DrawingPack(contentsOf: QuickDrawData.url(of: $0, in: output)) }
            #expect(packs.allSatisfy { $0.classes == ["ant", "cat"] })
            #expect(packs.map { $0.count(of: 1) }.reduce(0, +) == 400)
            #expect(packs.map { $0.count(of: 0) } == [8, 0, 2])                  // too few to be judged: all but two to the painter
            #expect((240...320).contains(packs[0].count(of: 1)) && (50...110).contains(packs[1].count(of: 1)))
            #expect(try QuickDrawData.judgedClasses(in: output) == [1])
            let drawing = packs[0].drawing(1, 0)
            #expect(drawing.count == 3 && Box.of(drawing)?.longestSide == 255)
            // The order of files and lines changes nothing.
            try Data((bad.reversed() + cats.reversed()).joined(separator: "\n").utf8).write(to: folder.appendingPathComponent("a.ndjson"))
            try Data(ants.joined(separator: "\n").utf8).write(to: folder.appendingPathComponent("b.ndjson"))
            let again = folder.appendingPathComponent("again")
            _ = try QuickDrawData.prepare(from: folder, to: again)
            for share in QuickDrawData.Share.allCases where share != .painter {
                #expect(try Data(contentsOf: QuickDrawData.url(of: share, in: output)) == Data(contentsOf: QuickDrawData.url(of: share, in: again)))
            }
        }
    }

    @Test func fewOfAClassAreTheSameAmongMore() throws {
        try temporary { folder in
            let cats = (0..<900).map { line("cat", $0, strokes: 2 + $0 % 9) }, lines = (0..<30).map { line("line", 2_000 + $0, strokes: 1) }
            try Data((cats + lines).joined(separator: "\n").utf8).write(to: folder.appendingPathComponent("a.ndjson"))
            /// Strokes of each kept drawing, share by share: every drawing here has a number of strokes of its own, nine times over.
            func kept(_ most: Int) throws -> (report: QuickDrawData.Report, cats: [[[Stroke]]]) {
                let output = folder.appendingPathComponent("\(most)"), report = try QuickDrawData.prepare(from: folder, to: output, most: most)
                return (report, try QuickDrawData.Share.allCases.map { share in
                    let pack = try DrawingPack(contentsOf: QuickDrawData.url(of: share, in: output))
                    return (0..<pack.count(of: 0)).map { pack.drawing(0, $0) }
                })
            }
            let few = try kept(100), more = try kept(300), all = try kept(.max)
            #expect(few.report.kept == 130 && few.report.dropped == ["more than 100 of a class": 800] && more.report.kept == 330 && all.report.kept == 930)
            #expect(few.cats.map(\.count).reduce(0, +) == 100 && more.cats.map(\.count).reduce(0, +) == 300)
            #expect((55...85).contains(few.cats[0].count) && few.cats[1].count >= 8 && few.cats[2].count >= 3)       // split as all of them are
            // Each share of few is a part of that of more, in the same order.
            for (small, large) in zip(few.cats + more.cats, more.cats + all.cats) {
                var found = 0
                for drawing in large where found < small.count && drawing == small[found] { found += 1 }
                #expect(found == small.count)
            }
        }
    }

    @Test func aBadLineIsNamed() throws {
        try temporary { folder in
            try Data((line("cat", 1, strokes: 2) + "\n" + String(repeating: "9", count: 17 << 20)).utf8).write(to: folder.appendingPathComponent("a.ndjson"))
            #expect { try QuickDrawData.prepare(from: folder, to: folder) } throws: { "\($0)".contains("a.ndjson:2") && "\($0)".contains("16 MiB") }
            try Data((line("cat", 1, strokes: 2) + "\n{\"word\":3}\n").utf8).write(to: folder.appendingPathComponent("a.ndjson"))
            #expect { try QuickDrawData.prepare(from: folder, to: folder) } throws: { "\($0)".contains("a.ndjson:2") }
            #expect(throws: PainterError.self) { try QuickDrawData.prepare(from: folder.appendingPathComponent("none"), to: folder) }
        }
    }

    @Test func everyTruncationOfAPackIsRefused() throws {
        try temporary { folder in
            try Data((0..<100).map { line("cat", $0, strokes: 2) }.joined(separator: "\n").utf8).write(to: folder.appendingPathComponent("a.ndjson"))
            _ = try QuickDrawData.prepare(from: folder, to: folder)
            let path = QuickDrawData.url(of: .judge, in: folder), whole = try Data(contentsOf: path)
            let cut = folder.appendingPathComponent("cut.pack")
            for length in stride(from: 0, to: whole.count, by: 3) {
                try whole.prefix(length).write(to: cut)
                #expect(throws: PainterError.self) { try DrawingPack(contentsOf: cut) }
            }
            #expect(throws: PainterError.noData(path: folder.appendingPathComponent("none").path)) { try DrawingPack(contentsOf: folder.appendingPathComponent("none")) }
        }
    }

    @Test func proceduralDrawingsAreAFunctionOfTheirPlace() {
        let drawings = PainterFixture.drawings
        for index in drawings.classes.indices {
            #expect(drawings.drawing(index, 5) == drawings.drawing(index, 5))
            #expect(drawings.drawing(index, 5) != drawings.drawing(index, 6))
            #expect(abs((Box.of(drawings.drawing(index, 5))?.longestSide ?? 0) - 255) < 1e-6)
        }
    }
}
