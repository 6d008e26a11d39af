import Foundation

/// Which styles a model draws each class in; `styles.json` of its folder.
public struct StyleTable: Codable, Sendable, Equatable {
    /// Classes that have icons, and those that have nothing else.
    public var icons: Set<String> = [], onlyIcons: Set<String> = []
    /// Classes that are better as icons: what `auto` draws so.
    public var preferred: Set<String> = []

    /// The file's name in the model's folder.
    public static let fileName = "styles.json"

    /// Doodles only.
    public init() {}

    /// Of what a model is trained on.
    /// - Parameter known: what it could before; it keeps that, but for classes that were icons alone and now have doodles.
    package init(_ drawings: StyledDrawings, after known: StyleTable = StyleTable()) {
        self = known
        for (index, name) in drawings.classes.enumerated() where drawings.count(of: index, .icon) > 0 {
            icons.insert(name)
            if !known.icons.contains(name), drawings.count(of: index, .doodle) == 0 { onlyIcons.insert(name) }
        }
        for (index, name) in drawings.classes.enumerated() where drawings.count(of: index, .doodle) > 0 { onlyIcons.remove(name) }
    }

    /// Of a model's folder; doodles only where it has no such file.
    /// - Throws: `PainterError.badStyles`.
    package init(folder: URL) throws(PainterError) {
        self.init()
        let file = folder.appendingPathComponent(Self.fileName)
        guard FileManager.default.fileExists(atPath: file.path) else { return }
        guard let data = try? Data(contentsOf: file), let table = try? JSONDecoder().decode(StyleTable.self, from: data) else { throw .badStyles(path: file.path) }
        self = table
    }

    /// The style that a class is drawn in.
    /// - Parameter asked: nil: whichever draws it better. A style that the class does not have gives the other.
    public func style(of className: String, asked: SketchStyle? = nil) -> SketchStyle {
        if onlyIcons.contains(className) { return .icon }
        guard icons.contains(className) else { return .doodle }
        return asked ?? (preferred.contains(className) ? .icon : .doodle)
    }

    package func write(to folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        // Sets have no order of their own: lists in the file are sorted.
        let lists = ["icons": icons.sorted(), "onlyIcons": onlyIcons.sorted(), "preferred": preferred.sorted()]
        try encoder.encode(lists).write(to: folder.appendingPathComponent(Self.fileName), options: .atomic)
    }
}
