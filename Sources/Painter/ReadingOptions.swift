/// How bare strokes are read.
public struct ReadingOptions: Sendable {
    /// The most readings of a canvas there may be.
    public static let most = 64
    /// Readings unless others are asked for: more give no better ones.
    public static let usual = 32

    /// Readings made of each part of a canvas, 1…64: the first takes the likeliest object for every stroke, the others draw it, and the best is taken.
    public let readings: Int
    /// What is drawn follows from it.
    public var seed: UInt64
    package var weights = ReadingWeights()

    /// - Precondition: 1 to 64 readings.
    public init(readings: Int = Self.usual, seed: UInt64 = 0) {
        precondition(1...Self.most ~= readings, "\(readings) readings")
        (self.readings, self.seed) = (readings, seed)
    }

    /// The same with another number of readings.
    func making(_ readings: Int) -> ReadingOptions {
        var options = ReadingOptions(readings: readings, seed: seed)
        options.weights = weights
        return options
    }

    /// The same with another seed.
    package func seeded(_ seed: UInt64) -> ReadingOptions {
        var options = self
        options.seed = seed
        return options
    }
}

/// What readings are drawn and judged by. To be chosen on drawings that no figure is measured on.
package struct ReadingWeights: Sendable, Equatable {
    /// The temperature at which a stroke's object is drawn, above 0: below 1, so that most readings differ in what is doubtful alone.
    package var ownerTemperature = 0.7
    /// Whether half of the readings, where there are several, are of the canvas as a mirror shows it, and every object is named both ways.
    package var mirrors = true
    /// How much a score has of the logarithms of the strokes' objects, of the classes, and of the objects' being whole.
    package var owners = 0.5, classes = 1.0, wholeness = 3.0
    /// The ranker's part in the shares of classes, 0…1.
    package var ranker = 0.5
    /// The temperature of the shares of classes that are reported: above 1 where they are too sure. `ShareTemperature.fitted` finds it.
    package var classTemperature = 0.76

    package init() {}
}
