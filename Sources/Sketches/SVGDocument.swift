import Files
import Foundation

/// An SVG file of the user's: its strokes as a scene, and edits that leave everything else byte for byte as it was.
///
/// ```swift
/// let document = try SVGDocument(data)
/// let cat = Set(document.scene.objects[0].strokes)
/// let without = document.removing(strokes: cat)       // the same file, less the bytes of those strokes
/// ```
///
/// A stroke is one shape, or one subpath of a `<path>`. Coordinates of the scene are `viewBox` units from its corner; a `<g data-class>` is an
/// object. What cannot be read as strokes (text, images, …) is named in `warnings` and never touched. ``applying(_:options:command:)`` carries
/// out edits of all kinds, and ``undone()`` takes back what it recorded.
public struct SVGDocument: Sendable {
    /// The strokes and objects that were read.
    public let scene: Scene
    /// What the file has besides strokes: what it is, why it is not read, in which lines.
    public let warnings: [String]

    let name: String
    let bytes: [UInt8]
    let elements: [XMLElement]
    let histories: [Range<Int>]
    let sources: [SVGReader.Source]
    let groups: [Int]
    let paths: [Int: SVGReader.Path]
    let places: [Int: SVGReader.Place]
    let placement: Transform
    let notesOrder: Bool
    let tolerance: Double

    /// Reads an SVG file's bytes; `name` is how errors call the file.
    /// - Throws: `FileError` where it is no SVG, is broken, or is beyond a limit of points, elements or nesting.
    public init(_ data: Data, name: String = "SVG") throws(FileError) {
        self.name = name
        bytes = [UInt8](data)
        guard bytes.contains(where: { !$0.isXMLSpace }) else { throw FileError(file: name, .empty(expected: "SVG")) }
        let scanner = try XMLScanner.scanned(bytes, file: name)
        (elements, histories) = (scanner.elements, scanner.histories)
        var reader = SVGReader(bytes, elements, file: name)
        (scene, sources, groups) = try reader.read()
        warnings = reader.warnings
        (paths, places, placement) = (reader.paths, reader.places, reader.placement)
        (notesOrder, tolerance) = (reader.notesOrder, reader.tolerance)
    }

    /// The file without those strokes.
    ///
    /// A shape goes whole, with its line where it stands alone on it; of a path with several subpaths only the part of `d` goes (a relative
    /// moveto that follows becomes absolute, for the rest to stay in place); the `<g>` of an object that has no ink left goes too.
    public func removing(strokes removed: Set<Int>) -> Data {
        let removal = removal(of: removed)
        var cuts = tops(of: removal).map { Cut(elements[$0].range, "") }
        for (element, subpaths) in removal.subpaths {
            if let path = paths[element] { cuts += SVGDocument.cuts(of: path, removing: subpaths) }
        }
        return Data(patches(cuts).applied(to: bytes))
    }

    /// A piece of the file and what stands there instead.
    struct Cut {
        var range: Range<Int>
        var text: String
        init(_ range: Range<Int>, _ text: String) { (self.range, self.text) = (range, text) }
    }

    /// What goes with some strokes.
    struct Removal {
        /// Whole elements, those inside of others among them.
        var elements: Set<Int> = []
        /// Subpaths of paths that stay.
        var subpaths: [Int: Set<Int>] = [:]
    }

    func removal(of removed: Set<Int>) -> Removal {
        var removal = Removal(), removedSubpaths: [Int: Set<Int>] = [:]
        for index in removed where sources.indices.contains(index) {
            if let subpath = sources[index].subpath {
                removedSubpaths[sources[index].element, default: []].insert(subpath)
            } else {
                removal.elements.insert(sources[index].element)
            }
        }
        let readSubpaths = Dictionary(grouping: sources.filter { $0.subpath != nil }, by: \.element).mapValues(\.count)
        for (element, subpaths) in removedSubpaths {
            if readSubpaths[element] == subpaths.count, paths[element]?.subpaths.count(where: \.isDrawn) == subpaths.count {
                removal.elements.insert(element)
            } else {
                removal.subpaths[element] = subpaths
            }
        }
        let touched = ancestors(of: removed)
        let emptied = groups.filter { touched.contains($0) && isEmptied($0, removal.elements) }
        removal.elements.formUnion(emptied)
        return removal
    }

    /// The removed elements that stand in no other.
    func tops(of removal: Removal) -> [Int] {
        removal.elements.filter { !hasRemovedAncestor($0, removal.elements) }
    }

    /// The file with the scene's objects and loose strokes added at the end, everything before and after them byte for byte as it was.
    ///
    /// What is added undoes the root's transform and the corner of its `viewBox`, is in SVG's namespace whatever prefix the file has for it,
    /// and ends its lines as the file does.
    /// - Parameter addition: in the coordinates of `scene`. Its ids begin with `added-`.
    public func appending(_ addition: Scene, options: RenderOptions = RenderOptions()) -> Data {
        let last = sources.compactMap { places[$0.element]?.order }.max() ?? 0
        let orders = notesOrder ? Dictionary(uniqueKeysWithValues: addition.strokes.indices.map { ($0, exact(last.rounded(.down) + 1 + Double($0))) }) : [:]
        let text = SVGWriter.groups(addition, options: options, idPrefix: freePrefixes(1)[0], standalone: true, orders: orders)
        return Data(patches([additionAtEnd(text)]).applied(to: bytes))
    }

    /// The change that adds elements, in the coordinates of `scene`, at the end.
    func additionAtEnd(_ text: String) -> Cut {
        let root = elements[0], end = root.contentEnd ?? root.range.upperBound - 2
        // A root whose transform has no inverse shows nothing, wherever it stands.
        var text = wrapped(text, in: 0, inverse: placement.inverse ?? .identity)
        if root.contentEnd == nil { text = ">\n\(text)</\(tagName(0))>" }
        if endsLinesWithCarriageReturn(at: end) { text = text.replacing("\n", with: "\r\n") }
        return Cut(end..<(root.contentEnd ?? root.range.upperBound), text)
    }

    /// Elements for a place in an element, where `inverse` takes the scene to the coordinates there, in SVG's namespace.
    func wrapped(_ text: String, in parent: Int, inverse: Transform) -> String {
        var around = tagName(parent).contains(":") ? " xmlns=\"\(svgNamespace)\"" : ""
        if inverse != .identity { around += " transform=\"\(inverse.svg)\"" }
        return around.isEmpty ? text : "<g\(around)>\n\(text)</g>\n"
    }

    /// Beginnings of ids that no element of the file has: `added-`, `added-2-`, …
    func freePrefixes(_ count: Int) -> [String] {
        var taken: Set<String> = []
        for element in elements {
            guard let id = element.attributes.first(where: { $0.name == "id" }) else { continue }
            let parts = String(decoding: bytes[id.value], as: UTF8.self).split(separator: "-", maxSplits: 2)
            guard parts.first == "added", parts.count > 1 else { continue }
            taken.formUnion(Int(parts[1]) == nil ? ["added-"] : ["added-", "added-\(parts[1])-"])
        }
        return Array((1...).lazy.map { $0 == 1 ? "added-" : "added-\($0)-" }.filter { !taken.contains($0) }.prefix(count))
    }

    /// An element's name as the file has it, with its prefix.
    func tagName(_ element: Int) -> String { String(decoding: bytes[tagNameRange(element)], as: UTF8.self) }

    func tagNameRange(_ element: Int) -> Range<Int> {
        let start = elements[element].range.lowerBound + 1
        let end = bytes[start...].firstIndex { $0.isXMLSpace || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ">") }
        return start..<(end ?? start)
    }

    /// Whether the line end next to the offset, before it where there is one, is CR LF.
    func endsLinesWithCarriageReturn(at offset: Int) -> Bool {
        guard let lineEnd = bytes[..<offset].lastIndex(of: 10) ?? bytes[offset...].firstIndex(of: 10) else { return false }
        return lineEnd > 0 && bytes[lineEnd - 1] == 13
    }

    /// All elements around those strokes.
    private func ancestors(of strokes: Set<Int>) -> Set<Int> {
        var all: Set<Int> = []
        for stroke in strokes where sources.indices.contains(stroke) {
            var element = elements[sources[stroke].element].parent
            while let current = element, all.insert(current).inserted { element = elements[current].parent }
        }
        return all
    }

    private func hasRemovedAncestor(_ element: Int, _ removed: Set<Int>) -> Bool {
        var parent = elements[element].parent
        while let current = parent {
            if removed.contains(current) { return true }
            parent = elements[current].parent
        }
        return false
    }

    /// Whether nothing to see is left in the element once `removed` are gone.
    private func isEmptied(_ element: Int, _ removed: Set<Int>) -> Bool {
        if removed.contains(element) { return true }
        let isNote = elements[element].attributes.contains { $0.name == "data-atelier" }
        if isNote { return true }
        guard elements[element].namespace == .svg else { return false }
        if ["title", "desc", "metadata"].contains(elements[element].name) { return true }
        guard elements[element].name == "g", !elements[element].hasText else { return false }
        return elements[element].children.allSatisfy { isEmptied($0, removed) }
    }

    /// The changes that take subpaths out of a path's data and put others in the place of some.
    static func cuts(of path: SVGReader.Path, removing removed: Set<Int>, rewriting texts: [Int: String] = [:]) -> [Cut] {
        func inFile(_ range: Range<Int>) -> Range<Int> { path.text.offsets[range.lowerBound]..<path.text.offsets[range.upperBound] }
        var cuts: [Cut] = []
        for (i, subpath) in path.subpaths.enumerated() {
            if removed.contains(i) {
                cuts.append(Cut(inFile(subpath.text), ""))
            } else if let text = texts[i] {
                let space = path.text.bytes[subpath.text].reversed().prefix { $0.isXMLSpace || $0 == 12 }.count
                cuts.append(Cut(inFile(subpath.text.lowerBound..<subpath.text.upperBound - space), text))
            } else if i > 0, removed.contains(i - 1) || texts[i - 1] != nil {
                let move = "M\(exact(subpath.start.x)) \(exact(subpath.start.y))"
                switch subpath.lead {
                case .absoluteMove: break
                case .relativeMove(let text, let hasImplicitLines): cuts.append(Cut(inFile(text), move + (hasImplicitLines ? "l" : "")))
                case .none: cuts.append(Cut(inFile(subpath.text.lowerBound..<subpath.text.lowerBound), move))
                }
            }
        }
        return cuts
    }

    /// The changes as patches, in order. One that leaves its line blank takes the line along.
    func patches(_ cuts: [Cut]) -> [BytePatch] {
        // Cuts that touch are one, so that a line whose elements all go is seen to be blank.
        var merged: [Cut] = []
        for patch in cuts.map({ BytePatch($0.range, $0.text) }).inOrder() {
            let text = String(decoding: patch.text, as: UTF8.self)
            if let last = merged.last, last.range.upperBound == patch.range.lowerBound {
                merged[merged.count - 1] = Cut(last.range.lowerBound..<patch.range.upperBound, last.text + text)
            } else {
                merged.append(Cut(patch.range, text))
            }
        }
        var patches: [BytePatch] = [], position = 0
        for cut in merged {
            let range = cut.text.isEmpty && !cut.range.isEmpty ? wholeLine(cut.range) : cut.range
            patches.append(BytePatch(max(position, range.lowerBound)..<max(position, range.upperBound), cut.text))
            position = max(position, range.upperBound)
        }
        return patches
    }

    private func wholeLine(_ range: Range<Int>) -> Range<Int> {
        guard bytes[range.lowerBound] == UInt8(ascii: "<") else { return range }
        var start = range.lowerBound, end = range.upperBound
        while start > 0, bytes[start - 1] == 32 || bytes[start - 1] == 9 { start -= 1 }
        while end < bytes.count, bytes[end] == 32 || bytes[end] == 9 || bytes[end] == 13 { end += 1 }
        guard start > 0, bytes[start - 1] == 10, end < bytes.count, bytes[end] == 10 else { return range }
        return start..<end + 1
    }
}
