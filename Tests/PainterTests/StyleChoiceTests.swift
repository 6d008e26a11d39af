import Foundation
import Painter
import Sketches
import Testing

@Suite("A ranker chooses the style that draws a class better")
struct StyleChoiceTests {
    private static let empty = Scene(width: 256, height: 256)

    private func row(_ name: String, doodle: Double, icon: Double) -> StyleChoice.Row {
        StyleChoice.Row(className: name, doodle: doodle, icon: icon, doodleScene: Self.empty, iconScene: Self.empty)
    }

    @Test func iconsArePreferredWhereTheyAreClearlyBetter() {
        let choice = StyleChoice([row("cat", doodle: 0.5, icon: 0.62), row("sun", doodle: 0.9, icon: 0.2), row("key", doodle: 0.3, icon: 0.35), row("bee", doodle: 0.1, icon: 0.8)],
                                 unknown: ["box"])
        #expect(choice.rows.map(\.className) == ["bee", "cat", "key", "sun"] && choice.rows.map(\.prefersIcon) == [true, true, false, false])
        var table = StyleTable()
        (table.icons, table.onlyIcons, table.preferred) = (["bee", "cat", "key", "sun", "box", "heart"], ["heart"], ["sun", "box"])
        let applied = choice.applied(to: table)
        #expect(applied.preferred == ["bee", "cat", "box"])                   // what the ranker does not know stays as it was
        #expect(applied.icons == table.icons && applied.onlyIcons == table.onlyIcons)
        #expect(applied.style(of: "cat") == .icon && applied.style(of: "sun") == .doodle && applied.style(of: "heart") == .icon)
    }

    @Test func everyClassOfBothStylesIsDrawnInBoth() throws {
        var styles = StyleTable()
        (styles.icons, styles.onlyIcons) = (["fish", "sun", "moon", "house"], ["house"])
        let ranker = try RankerFixture.ranker(classes: ["fish", "sun", "house"]), painter = PainterFixture.painter(styles: styles)
        var done: [Int] = []
        let choice = try painter.chooseStyles(by: ranker, samples: 16, seed: 3) { done.append($0) }
        #expect(painter.classesOfBothStyles == ["fish", "moon", "sun"] && painter.ranker == nil && done == [1, 3])
        #expect(Set(choice.rows.map(\.className)) == ["fish", "sun"] && choice.unknown == ["moon"])
        for row in choice.rows {
            #expect(0...1 ~= row.doodle && 0...1 ~= row.icon && row.doodle != row.icon)
            #expect(row.doodleScene.objects.map(\.className) == [row.className] && row.iconScene.objects.map(\.className) == [row.className])
            #expect(row.doodleScene.objects[0].extra["style"] == nil && row.iconScene.objects[0].extra["style"] == .string("icon"))
        }
        // The figure is the mean of what the ranker says of the drawings that `draw` gives.
        let fish = try #require(choice.rows.first { $0.className == "fish" })
        painter.ranker = ranker
        var options = DrawingOptions()
        options.style = .icon
        let plan = Scene(width: 256, height: 256, objects: [SceneObject(className: "fish", box: Box(x0: 0, y0: 0, x1: 0, y1: 0), strokes: [])])
        let drawn = try painter.draw((0..<2).map { Painter.Order("a fish", line: 1_000 + $0, plan: plan) }, seed: 3, options: options).map { try $0.get() }
        let sure = drawn.map { ($0.recognised.first ?? nil) ?? 0 }
        #expect(abs(fish.icon - (sure[0] + sure[1]) / 2) < 1e-12 && fish.iconScene == drawn[0].scene)
        let again = try painter.chooseStyles(by: ranker, samples: 16, seed: 3)
        #expect(again.rows.map(\.icon) == choice.rows.map(\.icon) && again.rows.map(\.doodle) == choice.rows.map(\.doodle) && painter.ranker === ranker)
    }

    @Test func theTableIsWrittenAndReadBack() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("styles-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try StyleTable(folder: folder) == StyleTable())
        var table = StyleTable()
        (table.icons, table.onlyIcons, table.preferred) = (["cat", "heart"], ["heart"], ["cat"])
        try table.write(to: folder)
        #expect(try StyleTable(folder: folder) == table)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [StyleTable.fileName])
        try Data("{\"icons\":3}".utf8).write(to: folder.appendingPathComponent(StyleTable.fileName))
        #expect(throws: PainterError.self) { _ = try StyleTable(folder: folder) }
    }
}
