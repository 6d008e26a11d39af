import Foundation
import Painter
import Sketches
import Tensors
import Testing

@Suite("Drawings of two styles, their grades and their small changes")
struct StyledDrawingsTests {
    /// Four classes, one drawing of each for every number in `counts`: a stroke whose height tells class and number.
    private struct Marked: DrawingSource {
        var classes: [String]
        var counts: [Int]
        var height: Double
        func count(of classIndex: Int) -> Int { counts[classIndex] }
        func drawing(_ classIndex: Int, _ index: Int) -> [Stroke] {
            [Stroke([Point(x: 0, y: 0), Point(x: 255, y: height + Double(index))]), Stroke([Point(x: 0, y: 5), Point(x: 100, y: 5)])]
        }
    }

    private let both = StyledDrawings(
        doodles: Marked(classes: ["ant", "cat"], counts: [3, 10], height: 10), icons: Marked(classes: ["cat", "heart"], counts: [2, 1], height: 100),
        grades: [[0.9, 0.2, 0.6], (0..<10).map { Float($0) / 10 }])

    @Test func iconsJoinTheirClassesAndAddTheirOwn() {
        #expect(both.classes == ["ant", "cat", "heart"])
        #expect(both.classes.indices.map { both.count(of: $0, .doodle) } == [3, 10, 0] && both.classes.indices.map { both.count(of: $0, .icon) } == [0, 2, 1])
        #expect(both.drawing(1, .icon, 1)[0].points[1].y == 101 && both.drawing(1, .doodle, 1)[0].points[1].y == 11)
        #expect(both.drawing(2, .doodle, 0).isEmpty)
    }

    @Test func theBetterThreeFifthsAreGood() {
        #expect((0..<10).filter { both.quality(1, .doodle, $0) == .good } == Array(3..<10))     // the one on the edge is still good
        #expect((0..<2).allSatisfy { both.quality(1, .icon, $0) == .good })
        let ungraded = StyledDrawings(doodles: Marked(classes: ["ant"], counts: [3], height: 1))
        #expect((0..<3).allSatisfy { ungraded.quality(0, .doodle, $0) == .good })
    }

    @Test func trainingOnKeepsStyles() {
        var known = StyleTable()
        (known.icons, known.onlyIcons, known.preferred) = (["rocket", "ant", "moon"], ["rocket", "moon"], ["ant"])
        let after = StyleTable(StyledDrawings(doodles: Marked(classes: ["ant", "moon"], counts: [2, 1], height: 3), classes: ["ant", "moon", "rocket"]), after: known)
        #expect(after.icons == known.icons && after.preferred == ["ant"] && after.onlyIcons == ["rocket"])
        #expect(after.style(of: "moon") == .doodle && after.style(of: "rocket") == .icon)
    }

    @Test func aStyleIsAskedForOrTaken() {
        var composer = SceneComposer(both), random = PainterFixture.random(1)
        composer.augments = false
        #expect((0..<20).allSatisfy { _ in composer.randomDrawing(2, &random).style == .icon })
        #expect((0..<20).allSatisfy { _ in composer.randomDrawing(0, iconShare: 1, &random).style == .doodle })
        let styles = (0..<400).map { _ in composer.randomDrawing(1, iconShare: 0.3, &random).style }
        #expect(80...160 ~= styles.count { $0 == .icon })
        var table = StyleTable()
        table.icons = ["cat", "heart"]; table.onlyIcons = ["heart"]
        #expect(table.style(of: "heart", asked: .doodle) == .icon && table.style(of: "ant", asked: .icon) == .doodle)
        #expect(table.style(of: "cat") == .doodle && table.style(of: "cat", asked: .icon) == .icon)
        table.preferred = ["cat"]
        #expect(table.style(of: "cat") == .icon && table.style(of: "cat", asked: .doodle) == .doodle)
    }

    @Test func favouredClassesComeTwiceAsOften() {
        let even = StyledDrawings(doodles: Marked(classes: ["a", "b"], counts: [9, 9], height: 3))
        let composer = SceneComposer(even, favoured: ["b"])
        var random = PainterFixture.random(2)
        #expect(1_850...2_150 ~= (0..<3_000).count { _ in composer.randomClass(&random) == 1 })
    }

    @Test func smallChangesStaySmallAndNormalised() throws {
        var random = PainterFixture.random(3)
        for (count, style) in [(2_000, SketchStyle.doodle), (30, .doodle), (2, .icon)] {
            let change = Augmentation(count: count, style: style)
            for index in 0..<200 {
                let drawing = PainterFixture.drawings.drawing(index % 12, index % 40), changed = change(drawing, &random)
                let ink = try #require(Box.of(changed))
                #expect(abs(ink.x0) < 1e-9 && abs(ink.y0) < 1e-9 && abs(ink.longestSide - 255) < 1e-6)
                #expect(drawing.count - changed.count <= (style == .icon ? 0 : 1))
                guard changed.count == drawing.count else { continue }
                // Unmirrored, no point leaves its place by more than the reach of turn, shear, stretch, wave and shift together.
                let mirrored = changed.map { Stroke($0.points.map { Point(x: ink.width - $0.x, y: $0.y) }) }
                func farthest(_ other: [Stroke]) -> Double { zip(drawing, other).flatMap { zip($0.points, $1.points) }.map { $0.distance(to: $1) }.max() ?? 0 }
                #expect(min(farthest(changed), farthest(mirrored)) < 40 * change.strength + 12)
            }
        }
        #expect(Augmentation(count: 2_000, style: .doodle).strength < Augmentation(count: 30, style: .doodle).strength)
    }

    @Test func iconsThatShowAClassArePacked() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("icons-\(UUID().uuidString)"), output = folder.appendingPathComponent("out")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func icon(_ name: String, _ words: String, _ set: String = "lucide") -> String {
            "{\"name\":\"\(name)\",\"words\":[\(words)],\"tags\":[],\"src\":\"\(set)\",\"drawing\":[[[0,100],[0,50]],[[3,9],[9,3]]]}"
        }
        let lines = [icon("cat", "\"cat\""), icon("kitty", "\"kitty\",\"cat\"", "tabler"), icon("mouse", "\"mouse\""), icon("heart", "\"heart\""), icon("arrow-up", "\"arrow up\"")]
        try Data(lines.joined(separator: "\n").utf8).write(to: folder.appendingPathComponent("icons.ndjson"))
        let report = try IconData.prepare(from: folder, to: output, doodles: ["cat", "mouse"])
        #expect(report.read == 5 && report.classes == ["cat": 2, "heart": 1])            // a computer's mouse is none
        let pack = try DrawingPack(contentsOf: IconData.url(in: output))
        #expect(pack.classes == ["cat", "heart"] && pack.count(of: 0) == 2 && pack.drawing(1, 0).count == 2)
        try Data((lines[0] + "\n{\"name\":3}\n").utf8).write(to: folder.appendingPathComponent("icons.ndjson"))
        #expect(throws: PainterError.self) { try IconData.prepare(from: folder, to: output, doodles: ["cat"]) }
        #expect(throws: PainterError.self) { try IconData.prepare(from: output, to: output, doodles: ["cat"]) }
    }

    @Test func gradesBelongToTheirPack() throws {
        let pack = try DrawingPack(contentsOf: write(counts: [3, 2])), other = try DrawingPack(contentsOf: write(counts: [3, 3]))
        let recipe = try RankerFixture.ranker(classes: ["a", "b"])
        let grades = DrawingGrades(pack, by: recipe)
        #expect(grades.values.map(\.count) == [3, 2] && grades.values.joined().allSatisfy { 0...1 ~= $0 })
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("grades-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: url) }
        try grades.encoded().write(to: url)
        let back = try DrawingGrades(contentsOf: url, for: pack)
        for (a, b) in zip(grades.values.joined(), back.values.joined()) { #expect(abs(a - b) <= 0.5 / 255 + 1e-6) }
        #expect(throws: PainterError.self) { try DrawingGrades(contentsOf: url, for: other) }
        #expect(throws: PainterError.self) { try DrawingGrades(contentsOf: url.appendingPathExtension("none"), for: pack) }
    }

    private func write(counts: [Int]) throws -> URL {
        let source = Marked(classes: ["a", "b"], counts: counts, height: 20)
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("pack-\(UUID().uuidString)")
        try DrawingPack.encoded(classes: source.classes, drawings: counts.enumerated().map { index, count in (0..<count).map { source.drawing(index, $0) } }).write(to: url)
        return url
    }
}
