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
/// object. What cannot be read as strokes (text, images, …) is named in `warnings` and never touched.
public struct SVGDocument: Sendable {
    /// The strokes and objects that were read.
    public let scene: Scene
    /// What the file has besides strokes: what it is, why it is not read, in which lines.
    public let warnings: [String]

    private let bytes: [UInt8]
    private let elements: [XMLElement]
    private let sources: [SVGReader.Source]
    private let groups: [Int]
    private let paths: [Int: SVGReader.Path]
    private let placement: Transform

    /// Reads an SVG file's bytes; `name` is how errors call the file.
    /// - Throws: `FileError` where it is no SVG, is broken, or is beyond a limit of points, elements or nesting.
    public init(_ data: Data, name: String = "SVG") throws(FileError) {
        bytes = [UInt8](data)
        guard bytes.contains(where: { !$0.isXMLSpace }) else { throw FileError(file: name, .empty(expected: "SVG")) }
        elements = try XMLScanner.elements(of: bytes, file: name)
        var reader = SVGReader(bytes, elements, file: name)
        (scene, sources, groups) = try reader.read()
        warnings = reader.warnings
        paths = reader.paths
        placement = reader.placement
    }

    /// The file without those strokes.
    ///
    /// A shape goes whole, with its line where it stands alone on it; of a path with several subpaths only the part of `d` goes (a relative
    /// moveto that follows becomes absolute, for the rest to stay in place); the `<g>` of an object that has no ink left goes too.
    public func removing(strokes removed: Set<Int>) -> Data {
        var cuts: [(range: Range<Int>, text: String)] = []
        var removedElements: Set<Int> = []
        var removedSubpaths: [Int: Set<Int>] = [:]
        for index in removed where sources.indices.contains(index) {
            if let subpath = sources[index].subpath {
                removedSubpaths[sources[index].element, default: []].insert(subpath)
            } else {
                removedElements.insert(sources[index].element)
            }
        }
        let readSubpaths = Dictionary(grouping: sources.filter { $0.subpath != nil }, by: \.element).mapValues(\.count)
        for (element, subpaths) in removedSubpaths {
            if readSubpaths[element] == subpaths.count, paths[element]?.subpaths.count(where: \.isDrawn) == subpaths.count {
                removedElements.insert(element)
            } else if let path = paths[element] {
                cuts += SVGDocument.cuts(of: path, removing: subpaths)
            }
        }
        let touched = ancestors(of: removed)
        let emptied = groups.filter { touched.contains($0) && isEmptied($0, removedElements) }
        removedElements.formUnion(emptied)
        for element in removedElements where !hasRemovedAncestor(element, removedElements) {
            cuts.append((elements[element].range, ""))
        }
        return apply(cuts)
    }

    /// The file with the scene's objects and loose strokes added at the end, everything before and after them byte for byte as it was.
    ///
    /// What is added undoes the root's transform and the corner of its `viewBox`, is in SVG's namespace whatever prefix the file has for it,
    /// and ends its lines as the file does.
    /// - Parameter addition: in the coordinates of `scene`. Its ids begin with `added-`.
    public func appending(_ addition: Scene, options: RenderOptions = RenderOptions()) -> Data {
        var text = SVGWriter.groups(addition, options: options, idPrefix: "added-", standalone: true)
        let root = elements[0]
        let name = String(decoding: bytes[(root.range.lowerBound + 1)...].prefix { !$0.isXMLSpace && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ">") }, as: UTF8.self)
        var around = name.contains(":") ? " xmlns=\"\(svgNamespace)\"" : ""
        // A root whose transform has no inverse shows nothing, wherever it stands.
        if let inverse = placement.inverse, inverse != .identity { around += " transform=\"\(inverse.svg)\"" }
        if !around.isEmpty { text = "<g\(around)>\n\(text)</g>\n" }
        let end = root.contentEnd ?? root.range.upperBound - 2
        if root.contentEnd == nil { text = ">\n\(text)</\(name)>" }
        if endsLinesWithCarriageReturn(at: end) { text = text.replacing("\n", with: "\r\n") }
        return apply([(end..<(root.contentEnd ?? root.range.upperBound), text)])
    }

    /// Whether the line end next to the offset, before it where there is one, is CR LF.
    private func endsLinesWithCarriageReturn(at offset: Int) -> Bool {
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

    /// The edits that take subpaths out of a path's data.
    private static func cuts(of path: SVGReader.Path, removing removed: Set<Int>) -> [(range: Range<Int>, text: String)] {
        func inFile(_ range: Range<Int>) -> Range<Int> { path.text.offsets[range.lowerBound]..<path.text.offsets[range.upperBound] }
        var cuts: [(range: Range<Int>, text: String)] = []
        for (i, subpath) in path.subpaths.enumerated() {
            if removed.contains(i) {
                cuts.append((inFile(subpath.text), ""))
            } else if i > 0, removed.contains(i - 1) {
                let move = "M\(exact(subpath.start.x)) \(exact(subpath.start.y))"
                switch subpath.lead {
                case .absoluteMove: break
                case .relativeMove(let text, let hasImplicitLines): cuts.append((inFile(text), move + (hasImplicitLines ? "l" : "")))
                case .none: cuts.append((inFile(subpath.text.lowerBound..<subpath.text.lowerBound), move))
                }
            }
        }
        return cuts
    }

    /// The file with each range replaced by its text. A cut that leaves its line blank takes the line along.
    private func apply(_ cuts: [(range: Range<Int>, text: String)]) -> Data {
        // Cuts that touch are one, so that a line whose elements all go is seen to be blank.
        var merged: [(range: Range<Int>, text: String)] = []
        for cut in cuts.sorted(by: { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }) {
            if let last = merged.last, last.range.upperBound == cut.range.lowerBound {
                merged[merged.count - 1] = (last.range.lowerBound..<cut.range.upperBound, last.text + cut.text)
            } else {
                merged.append(cut)
            }
        }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var position = 0
        for (range, text) in merged {
            let range = text.isEmpty ? wholeLine(range) : range
            result += bytes[position..<max(position, range.lowerBound)]
            result += text.utf8
            position = max(position, range.upperBound)
        }
        result += bytes[position...]
        return Data(result)
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
