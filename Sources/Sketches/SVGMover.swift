import Files
import Foundation

/// Works out how a shape of an SVG file is moved: which of its bytes change.
struct SVGMover {
    private let document: SVGDocument
    /// Ids that `<use>` and others show elsewhere.
    private let referenced: Set<String>
    /// The file's own style sheets.
    private let sheets: String

    init(_ document: SVGDocument) {
        self.document = document
        var referenced: Set<String> = [], sheets = ""
        for element in document.elements {
            for attribute in element.attributes where attribute.name == "href" || attribute.name == "xlink:href" {
                let text = XMLText(document.bytes, attribute.value).string
                if text.hasPrefix("#") { referenced.insert(String(text.dropFirst())) }
            }
            if element.name == "style", element.namespace == .svg, let end = element.contentEnd,
               !element.attributes.contains(where: { $0.name == "data-atelier" }) {
                sheets += String(decoding: document.bytes[element.contentStart..<end], as: UTF8.self).lowercased()
            }
        }
        (self.referenced, self.sheets) = (referenced, sheets)
    }

    /// The changes that move a shape that is a stroke.
    /// - Throws: `EditError.cannotMove` where its surroundings have no inverse, or allow no transform.
    func cuts(moving element: Int, by move: Transform, stroke: Int) throws(EditError) -> [SVGDocument.Cut] {
        func refused(_ reason: String) -> EditError {
            let line = document.bytes.line(at: document.elements[element].range.lowerBound)
            return EditError(file: document.name, line: line, .cannotMove(stroke: stroke, reason))
        }
        guard let place = document.places[element], let own = move.seen(in: place.outer) else { throw refused("the transform around it has no inverse") }
        let pen = pen(of: element, place, under: own)
        let text = own.svg(decimals: document.decimals(in: place.outer))
        guard needsGroup(element) else { return pen.cuts + transform(element, text, pen.attributes) }
        guard let parent = document.elements[element].parent, document.elements[parent].name != "switch" else {
            throw refused("it has a transform of its own that cannot be added to, as one of a <switch>")
        }
        let outer = document.tagName(parent), name = outer.contains(":") ? outer.prefix { $0 != ":" } + ":g" : "g"
        let range = document.elements[element].range
        let attributes = pen.attributes.isEmpty ? [] : [SVGDocument.Cut(nameEnd(element), pen.attributes)]
        return [SVGDocument.Cut(range.lowerBound..<range.lowerBound, "<\(name) transform=\"\(text)\">")] + pen.cuts + attributes
            + [SVGDocument.Cut(range.upperBound..<range.upperBound, "</\(name)>")]
    }

    /// The changes that move an element that is no stroke, where the coordinates around it are `frame`; none where they have no inverse.
    func cuts(moving element: Int, by move: Transform, in frame: Transform) -> [SVGDocument.Cut] {
        guard let own = move.seen(in: frame) else { return [] }
        return transform(element, own.svg(decimals: document.decimals(in: frame)), "")
    }

    private func nameEnd(_ element: Int) -> Range<Int> {
        let end = document.tagNameRange(element).upperBound
        return end..<end
    }

    /// Puts a transform before the element's own.
    private func transform(_ element: Int, _ text: String, _ attributes: String) -> [SVGDocument.Cut] {
        guard let old = document.attribute("transform", of: element) else {
            return [SVGDocument.Cut(nameEnd(element), " transform=\"\(text)\"" + attributes)]
        }
        let value = XMLText(document.bytes, old.value).string.trimmingCharacters(in: .whitespacesAndNewlines)
        let cut = value.isEmpty || value == "none" ? SVGDocument.Cut(old.value, text)
            : SVGDocument.Cut(old.value.lowerBound..<old.value.lowerBound, text + " ")
        return attributes.isEmpty ? [cut] : [SVGDocument.Cut(nameEnd(element), attributes), cut]
    }

    private func style(of element: Int) -> StyleAttribute {
        StyleAttribute(document.attribute("style", of: element).map { XMLText(document.bytes, $0.value).bytes } ?? [])
    }

    /// Whether a `transform` attribute would not do: something else moves the element as well, or it is shown elsewhere too.
    private func needsGroup(_ element: Int) -> Bool {
        let style = style(of: element)
        if ["transform", "transform-origin", "transform-box", "translate", "rotate", "scale", "offset-path"].contains(where: { style[$0] != nil }) { return true }
        if document.attribute("transform-origin", of: element) != nil || document.attribute("transform-box", of: element) != nil { return true }
        if let old = document.attribute("transform", of: element), Transform(svg: XMLText(document.bytes, old.value).bytes) == nil { return true }
        if let id = document.attribute("id", of: element), referenced.contains(XMLText(document.bytes, id.value).string) { return true }
        if document.elements[element].children.contains(where: { ["animateTransform", "animateMotion", "set"].contains(document.elements[$0].name) }) { return true }
        return ["transform", "translate", "rotate", "scale", "offset"].contains(where: sheets.contains)
    }

    // MARK: the pen

    /// What keeps the pen as wide as it was: attributes to add and other changes.
    private func pen(of element: Int, _ place: SVGReader.Place, under own: Transform) -> (attributes: String, cuts: [SVGDocument.Cut]) {
        let across = hypot(own.a, own.b), down = hypot(own.c, own.d)
        guard abs(across - 1) > 1e-9 || abs(down - 1) > 1e-9 else { return ("", []) }
        if place.stroke ?? "none" == "none", !sheets.contains("stroke") { return ("", []) }
        let style = style(of: element)
        let effect = style["vector-effect"] ?? document.attribute("vector-effect", of: element).map { XMLText(document.bytes, $0.value).string }
        if effect?.trimmingCharacters(in: .whitespaces) == "non-scaling-stroke" { return ("", []) }
        let held = (attributes: effect == nil ? " vector-effect=\"non-scaling-stroke\"" : "", cuts: [SVGDocument.Cut]())

        let isUniform = abs(across - down) <= 1e-9 * across && abs(own.a * own.c + own.b * own.d) <= 1e-9 * across * down
        guard isUniform, let old = width(place.strokeWidth), old > 0, !sheets.contains("stroke-width") else { return held }
        let width = old / across
        let text = brief(width, decimals: Int(min(max(5 - log10(width).rounded(.down), 0), 15)))
        if style["stroke-width"] != nil {
            guard let attribute = document.attribute("style", of: element) else { return held }
            let value = XMLText(document.bytes, attribute.value).bytes
            let added = (value.last { !$0.isXMLSpace } == UInt8(ascii: ";") ? "" : ";") + "stroke-width:\(text)"
            guard StyleAttribute(value + added.utf8)["stroke-width"] == text else { return held }
            return ("", [SVGDocument.Cut(attribute.value.upperBound..<attribute.value.upperBound, added)])
        }
        if let attribute = document.attribute("stroke-width", of: element) { return ("", [SVGDocument.Cut(attribute.value, text)]) }
        return (" stroke-width=\"\(text)\"", [])
    }

    /// A pen's width in user units, 1 where none is given; `nil` where it cannot be told.
    private func width(_ text: String?) -> Double? {
        guard let text else { return 1 }
        var scanner = NumberScanner(Array(text.utf8))
        guard let number = scanner.number(), let unit = lengthUnits[scanner.word()], scanner.isAtEnd else { return nil }
        return number * unit
    }
}
