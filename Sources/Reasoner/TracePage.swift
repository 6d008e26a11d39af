import Files
import Foundation
import Pictures
import Scenes

/// An answer as a page: the picture once for each step, with the objects that the step gave outlined.
public struct TracePage {
    /// The question in words.
    public var question: String
    /// What was answered.
    public var answer: SceneAnswer
    /// The picture's bytes (PNG or JPEG), as they lie in the page; nil: objects that have places are drawn as discs where CLEVR's camera would see them.
    public var picture: Data?
    /// The picture's pixels.
    public var width: Int, height: Int

    /// A page about a picture of this size.
    public init(question: String, answer: SceneAnswer, picture: Data?, width: Int, height: Int) {
        (self.question, self.answer, self.picture, self.width, self.height) = (question, answer, picture, width, height)
    }

    /// The page as HTML that needs nothing else.
    public var html: String {
        let image = picture.map { data in
            let form = data.starts(with: [0xFF, 0xD8]) ? "jpeg" : "png"
            return #"<image id="picture" width="\#(width)" height="\#(height)" href="data:image/\#(form);base64,\#(data.base64EncodedString())"/>"#
        } ?? map
        let verdict = answer.text.map { "<b>\(escapedMarkup($0))</b>, confidence \(Self.percent(answer.confidence))" }
            ?? "no answer: \(escapedMarkup(answer.refusal?.description ?? ""))"
        let supposed = answer.supposition.map { "<p>Supposing that \(escapedMarkup($0)).</p>" } ?? ""
        let steps = (answer.trace?.steps ?? []).enumerated().map { number, step in figure(number, step) }.joined(separator: "\n")
        let style = """
            .steps{display:flex;flex-wrap:wrap;gap:16px;margin:16px 0}
            figure{width:\(min(360, max(width, 240)))px} svg{width:100%;height:auto;display:block;border-radius:4px}
            """
        let body = """
            <svg width="0" height="0" style="position:absolute"><defs>\(image)</defs></svg>
            <h1>\(escapedMarkup(question))</h1>
            <p>\(verdict)</p>\(supposed)
            <div class="steps">
            \(steps)
            </div>
            \(table)
            """
        return HTMLPage(title: question, style: style, body: body).text
    }

    private func figure(_ number: Int, _ step: Trace.Step) -> String {
        let name = step.node.function.name + (step.node.argument.map { " " + $0 } ?? ""), inputs = step.node.inputs.map(String.init).joined(separator: ", ")
        let shown = Set(step.value.objects), value: String = switch step.value {
        case .objects(let all): all.count == 1 ? "1 object" : "\(all.count) objects"
        case .object(let one): "object \(one)"
        default: step.value.text
        }
        let outlines = answer.scene.objects.enumerated().filter { shown.contains($0.offset) }.map { outline($0.offset, $0.element) }.joined()
        return """
            <figure><svg viewBox="0 0 \(width) \(height)" role="img"><use href="#picture"/>\(outlines)</svg>
            <figcaption>\(number) · <code>\(escapedMarkup(name))</code>\(inputs.isEmpty ? "" : " of \(inputs)") → <b>\(escapedMarkup(value))</b></figcaption></figure>
            """
    }

    /// In place of a picture.
    private var map: String {
        let discs = answer.scene.objects.compactMap { object -> String? in
            guard let box = box(of: object) else { return nil }
            let color = object.attributes["color"].flatMap { $0.allSatisfy(\.isLetter) && $0.count < 24 ? $0 : nil } ?? "white"
            return String(format: ##"<circle cx="%.1f" cy="%.1f" r="%.1f" fill="\##(escapedMarkup(color))" stroke="#222"/>"##, (box.x + box.z) / 2, (box.y + box.w) / 2, (box.z - box.x) / 2)
        }
        return ##"<g id="picture"><rect width="\##(width)" height="\##(height)" fill="#999"/>\##(discs.joined())</g>"##
    }

    /// An object's box, or, without a picture, where CLEVR's camera would see it.
    private func box(of object: ObjectScene.Object) -> SIMD4<Double>? {
        guard picture == nil, let place = object.position else { return object.box }
        let camera = Camera(), seen = camera.project(place, width: width, height: height), half = max(0.2, place.z) * Double(width) / camera.spread / seen.z
        return seen.z > 0 ? [seen.x - half, seen.y - half, seen.x + half, seen.y + half] : nil
    }

    private func outline(_ index: Int, _ object: ObjectScene.Object) -> String {
        guard let box = box(of: object) else { return "" }
        let color = Picture.frameColors[index % Picture.frameColors.count] * 255, line = max(1.5, Double(width) / 200), size = max(9, Double(width) / 28)
        let paint = "rgb(\(Int(color.x)),\(Int(color.y)),\(Int(color.z)))"
        func n(_ value: Double) -> String { String(format: "%.1f", value) }
        return #"<rect x="\#(n(box.x))" y="\#(n(box.y))" width="\#(n(box.z - box.x))" height="\#(n(box.w - box.y))" fill="none" stroke="\#(paint)" stroke-width="\#(n(line))"/>"#
            + ##"<text x="\##(n(box.x + 2))" y="\##(n(max(box.y - 2, size)))" font-size="\##(n(size))" font-family="sans-serif" fill="\##(paint)" stroke="#000" stroke-width="0.4">\##(index)</text>"##
    }

    private var table: String {
        guard !answer.scene.objects.isEmpty else { return "" }
        let names = Set(answer.scene.objects.flatMap { $0.attributes.keys }).sorted()
        let head = "<tr><th>object</th>" + names.map { "<th>\(escapedMarkup($0))</th>" }.joined() + "<th>place</th><th>confidence</th></tr>"
        let rows = answer.scene.objects.enumerated().map { index, object in
            let place = object.position.map { String(format: "%.2f, %.2f", $0.x, $0.y) } ?? ""
            return "<tr><td>\(index)</td>" + names.map { "<td>\(escapedMarkup(object.attributes[$0] ?? ""))</td>" }.joined()
                + "<td>\(place)</td><td>\(object.confidence.map(Self.percent) ?? "")</td></tr>"
        }
        return "<table>\(head)\n\(rows.joined(separator: "\n"))</table>"
    }

    private static func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }
}
