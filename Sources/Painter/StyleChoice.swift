import Sketches
import Tensors

/// Which of a class's two styles a model draws better, as a ranker sees it.
///
/// Measured on what `draw` would give: of every eight sketches the one that the ranker chooses. The judge has no part in it, so that its figures stay independent.
public struct StyleChoice: Sendable {
    /// A class in both styles.
    public struct Row: Sendable {
        /// The class.
        public var className: String
        /// How surely the ranker names the drawings of a style as the class, 0…1 in the mean.
        public var doodle: Double, icon: Double
        /// The first drawing in each style.
        public var doodleScene: Scene, iconScene: Scene

        package init(className: String, doodle: Double, icon: Double, doodleScene: Scene, iconScene: Scene) {
            (self.className, self.doodle, self.icon, self.doodleScene, self.iconScene) = (className, doodle, icon, doodleScene, iconScene)
        }

        /// Icons are clearly the better ones.
        public var prefersIcon: Bool { icon - doodle > StyleChoice.margin }
    }

    /// By how much icons must be named more surely to be preferred: a sketch is a doodle unless there is a reason, and means of few drawings are rough.
    public static let margin = 0.1
    /// Sketches of which one is chosen, as `draw` does.
    public static let candidates = DrawingOptions().candidates

    /// Largest difference in favour of icons first.
    public let rows: [Row]
    /// Classes of both styles that the ranker does not know: nothing is said of them.
    public let unknown: [String]

    package init(_ rows: [Row], unknown: [String]) {
        self.rows = rows.sorted { ($1.icon - $1.doodle, $0.className) < ($0.icon - $0.doodle, $1.className) }
        self.unknown = unknown
    }

    /// A model's table with what was found: classes that the ranker does not know are drawn as before.
    public func applied(to table: StyleTable) -> StyleTable {
        var table = table
        table.preferred = table.preferred.intersection(unknown).union(rows.filter(\.prefersIcon).map(\.className))
        return table
    }
}

extension Painter {
    /// Classes that the model draws in both styles, in the order of the vocabulary.
    public var classesOfBothStyles: [String] { vocabulary.classes.filter { styles.icons.contains($0) && !styles.onlyIcons.contains($0) } }

    /// Draws every class of both styles in each, and has a ranker say in which it is drawn better.
    /// - Parameters:
    ///   - samples: sketches of a class in a style: a multiple of `StyleChoice.candidates`, which give one drawing.
    ///   - progress: called with the number of classes done.
    public func chooseStyles(by ranker: Judge, samples: Int = 32, seed: UInt64, progress: (Int) -> Void = { _ in }) throws -> StyleChoice {
        precondition(samples > 0 && samples % StyleChoice.candidates == 0, "\(samples) sketches are not whole drawings of \(StyleChoice.candidates)")
        let before = self.ranker
        self.ranker = ranker
        defer { self.ranker = before }
        let known = Set(ranker.classes), classes = classesOfBothStyles
        var rows: [StyleChoice.Row] = []
        for (place, name) in classes.enumerated() where known.contains(name) {
            // What is drawn is given, so that only the drawing counts; the model says how wide and how high. Both styles have the same boxes.
            let plan = Scene(
                width: SketchCodec.canvasSide, height: SketchCodec.canvasSide, objects: [SceneObject(className: name, box: Box(x0: 0, y0: 0, x1: 0, y1: 0), strokes: [])])
            let orders = (0..<samples / StyleChoice.candidates).map { Order(ClassWords.withArticle(name), line: 1_000 * (place + 1) + $0, plan: plan) }
            func drawn(_ style: SketchStyle) throws -> (mean: Double, first: Scene) {
                var options = DrawingOptions()
                options.style = style
                let all = try draw(orders, seed: seed, options: options).map { try $0.get() }
                // A drawing without a stroke is named as nothing.
                return (all.reduce(0) { $0 + (($1.recognised.first ?? nil) ?? 0) } / Double(all.count), all[0].scene)
            }
            let doodle = try drawn(.doodle), icon = try drawn(.icon)
            rows.append(StyleChoice.Row(className: name, doodle: doodle.mean, icon: icon.mean, doodleScene: doodle.first, iconScene: icon.first))
            progress(place + 1)
        }
        return StyleChoice(rows, unknown: classes.filter { !known.contains($0) })
    }
}
