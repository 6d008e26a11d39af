/// How well commands erase: what is gone beside what was meant, stroke by stroke.
public struct Erasures: Codable, Sendable, Equatable {
    /// Commands after which all that was meant is gone, and nothing else.
    public var exactly = Rate()
    /// Strokes that should have stayed and are gone. The interval takes strokes as independent of each other.
    public var wronglyRemoved = Rate()
    /// Strokes both meant and gone over strokes meant or gone, the mean of all commands, 0…1.
    public var strokeIoU = 0.0

    /// Of no commands.
    public init() {}

    /// - Parameters:
    ///   - meant: the strokes that the command means, one or more.
    ///   - count: strokes of the drawing.
    package mutating func record(gone: Set<Int>, meant: Set<Int>, of count: Int) {
        exactly.record(gone == meant)
        wronglyRemoved.hits += gone.subtracting(meant).count
        wronglyRemoved.trials += count - meant.count
        let overlap = Double(gone.intersection(meant).count) / Double(max(gone.union(meant).count, 1))
        strokeIoU += (overlap - strokeIoU) / Double(exactly.trials)
    }
}

/// Erasures from strokes without ids, beside programs that know no more than where strokes touch.
public struct ErasureFigures: Codable, Sendable, Equatable, CustomStringConvertible {
    /// What the Painter erases, however sure it is.
    public var painter = Erasures()
    /// The same as `erase` does it: nothing where it is less sure than `Painter.defaultSureness`.
    public var sure = Erasures()
    /// Commands that are refused so.
    public var refused = Rate()
    /// Baseline: strokes are joined where they touch, and of the boxes around them the one most like the meant object's true box is emptied: every stroke
    /// goes whose middle lies in it. It is told what the words mean, and where that is.
    public var boxCrop = Erasures()
    /// Baseline: strokes are joined where they touch, and named by the nearest training drawing; of the groups of the meant object's class the one
    /// most like its true box goes. It is told what the words mean.
    public var nearestDrawing = Erasures()

    /// Of no commands.
    public init() {}

    /// A table.
    public var description: String {
        func row(_ name: String, _ erasures: Erasures) -> String {
            let overlap = "\((erasures.strokeIoU * 1_000).rounded() / 1_000)"
            return "\(name) \(erasures.exactly); strokes wrongly gone \(erasures.wronglyRemoved); stroke IoU \(overlap)"
        }
        return [
            row("exactly                    ", painter), row("  only where it is sure    ", sure) + "; refused \(refused)", row("  boxes of touching strokes", boxCrop), row("  their nearest drawing    ", nearestDrawing),
        ].joined(separator: "\n")
    }
}
