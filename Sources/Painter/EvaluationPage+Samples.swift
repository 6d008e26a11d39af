import Files
import Sketches

extension EvaluationPage {
    /// A figure, or nothing where there is none of it.
    private typealias Card = (isRight: Bool, html: String)

    // MARK: single drawings

    /// Every judged class with its drawings, the worst first.
    var worstClasses: Section? {
        guard !samples.classes.isEmpty else { return nil }
        let blocks = samples.worstFirst.map { own in
            let drawings = own.drawings.map { drawing in
                let isRight = drawing.seenAs == own.name
                let text = "\(isRight ? "✓" : "✗") \(drawing.seenAs) \(Int((100 * drawing.probability).rounded()))\u{202f}%"
                return "<figure class=\"one \(isRight ? "right" : "wrong")\">\(InlineDrawing(alone: drawing.strokes, title: own.name).svg)"
                    + "<figcaption class=\"\(isRight ? "good" : "bad")\">\(escapedMarkup(text))</figcaption></figure>"
            }
            return """
                <h3>\(escapedMarkup(own.name))</h3>
                <p>recognised \(Self.outOf(own.recognised)); single samples \(Self.outOf(own.oneSample)); people's \(Self.outOf(own.people))</p>
                <div class="strip">\(drawings.joined(separator: "\n"))</div>
                """
        }
        return Section(id: "classes", title: "Classes, the worst first", body: """
            <p>What the model draws of each class that the judge knows, all of it, with what the judge takes it for and how surely.</p>
            \(blocks.joined(separator: "\n"))
            """)
    }

    /// What each class is taken for most.
    var confusions: Section? {
        let all = samples.confusions
        guard !all.isEmpty else { return nil }
        let rows = all.map {
            "<tr><td>\(escapedMarkup($0.asked))</td><td>\(escapedMarkup($0.seenAs))</td><td class=\"number\">\($0.count) of \($0.drawings)</td></tr>"
        }
        return Section(id: "confusions", title: "Taken for something else", body: """
            <table><thead><tr><th>drawn</th><th>taken for most</th><th>times</th></tr></thead><tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table>
            """)
    }

    /// "5 of 12 (41.7 %)".
    private static func outOf(_ rate: Rate) -> String { "\(rate.hits) of \(rate.trials) (\(percent(rate.value)))" }

    // MARK: scenes

    /// Scenes that the judge looked at.
    var scenes: Section? {
        section("scenes", "Scenes, as the judge sees them", "The first scene of each sentence. Boxes are named by what the Painter meant and, where the judge disagrees, by what that sees.", samples.scenes.map(card))
    }

    /// Scenes whose objects count as what the Painter calls them.
    var prompts: Section? {
        section("prompts", "Sentences, by objects and places", "One sample of each sentence; objects are taken for what the Painter calls them.", samples.prompts.map(card))
    }

    private func card(_ asked: EvaluationSamples.AskedScene) -> Card {
        var drawing = InlineDrawing(asked.scene.strokes, title: asked.truth.prompt)
        drawing.notes = asked.scene.objects.enumerated().map { index, object in
            let seen = asked.seenAs.indices.contains(index) ? asked.seenAs[index] : object.className, isRight = seen == object.className
            return .init(box: asked.scene.inkBox(ofObject: index), text: isRight ? object.className : "\(object.className): \(seen ?? "nothing")", kind: isRight ? "good" : "bad")
        }
        let relations = asked.relations.map { relation, holds in
            let text = "\(holds ? "✓" : "✗") \(asked.truth.classes[relation.subject]) \(relation.kind.rawValue) \(asked.truth.classes[relation.object])"
            return "<li class=\"\(holds ? "good" : "bad")\">\(escapedMarkup(text))</li>"
        }
        let list = relations.isEmpty ? "" : "<ul>\(relations.joined())</ul>"
        return (asked.isRight, "<figure class=\"canvas \(asked.isRight ? "right" : "wrong")\">\(drawing.svg)<figcaption>\(escapedMarkup(asked.truth.prompt))\(list)</figcaption></figure>")
    }

    // MARK: erased, found

    /// Each command with the drawing before and after it.
    var erasures: Section? {
        section("erasures", "Erased", "Before: what the command means is blue. After: red strokes should have gone, dashed red ones should have stayed.", samples.erasures.map { own in
            var before = InlineDrawing(own.strokes, title: "before"), after = before
            before.kinds = Dictionary(uniqueKeysWithValues: own.wanted.map { ($0, "asked") })
            let erased = own.erased ?? [], shown = own.strokes.indices.filter { !erased.contains($0) || !own.wanted.contains($0) }
            after.title = "after"
            after.strokes = shown.map { own.strokes[$0] }
            for (place, index) in shown.enumerated() {
                if own.wanted.contains(index) { after.kinds[place] = "bad" } else if erased.contains(index) { after.kinds[place] = "gone" }
            }
            let refusal = own.erased == nil ? " <span class=\"bad\">refused</span>" : ""
            return (own.isExact, """
                <figure class="pair \(own.isExact ? "right" : "wrong")"><div class="two">\(before.svg)\(after.svg)</div><figcaption>\(escapedMarkup(own.command))\(refusal)</figcaption></figure>
                """)
        })
    }

    /// What was found in each drawing; those with the most faults first.
    var detections: Section? {
        let cards = samples.detections.enumerated().sorted { ($1.element.faults, $0.offset) < ($0.element.faults, $1.offset) }.map { _, own -> Card in
            let (right, missed) = own.matches, isRight = own.faults == 0
            var drawing = InlineDrawing(own.strokes, title: own.truth.map(\.className).joined(separator: ", "))
            drawing.notes = missed.map { .init(box: own.truth[$0].box, text: "not found: \(own.truth[$0].className)", kind: "missed") }
            drawing.notes += own.found.enumerated().map { index, object in
                let sure = object.confidence.map { " \(Int((100 * $0).rounded()))\u{202f}%" } ?? ""
                return .init(box: object.box, text: object.className + sure, kind: right.contains(index) ? "good" : "bad")
            }
            return (isRight, "<figure class=\"canvas \(isRight ? "right" : "wrong")\">\(drawing.svg)<figcaption>\(right.count) of \(own.truth.count) found</figcaption></figure>")
        }
        return section("detections", "Found", "Green boxes are right in class and place, red ones are not; dashed is what was missed.", cards)
    }

    /// Failures, then, folded up, the rest; each in its order.
    private func section(_ id: String, _ title: String, _ about: String, _ cards: [Card]) -> Section? {
        guard !cards.isEmpty else { return nil }
        func strip(_ some: [Card]) -> String { "<div class=\"strip\">\(some.map(\.html).joined(separator: "\n"))</div>" }
        let wrong = cards.filter { !$0.isRight }, right = cards.filter(\.isRight)
        let rest = right.isEmpty ? "" : "<details><summary>\(right.count) of \(cards.count) are right</summary>\(strip(right))</details>"
        return Section(id: id, title: title, body: "<p>\(escapedMarkup(about))</p>\n<h3>\(wrong.count) of \(cards.count) are wrong</h3>\n\(strip(wrong))\n\(rest)")
    }

    // MARK: novelty

    /// Distances to the nearest training drawing as two histograms, each of shares of its own number.
    var distances: Section? {
        guard let all = samples.distances, let most = (all.painter + all.people).max(), most > 0 else { return nil }
        let bins = 30, width = 720.0, height = 180.0
        func shares(_ values: [Double]) -> [Double] {
            let counts = values.reduce(into: [Int](repeating: 0, count: bins)) { $0[min(bins - 1, Int($1 / most * Double(bins)))] += 1 }
            return counts.map { values.isEmpty ? 0 : Double($0) / Double(values.count) }
        }
        func n(_ value: Double) -> String { brief(value, decimals: 1) }
        let own = shares(all.painter), people = shares(all.people), top = (own + people).max() ?? 1, step = width / Double(bins)
        let bars = own.enumerated().map { bin, share in
            "<rect x=\"\(n(Double(bin) * step + 1))\" y=\"\(n(height - share / top * height))\" width=\"\(n(step - 2))\" height=\"\(n(share / top * height))\"/>"
        }
        let line = "M0 \(n(height))" + people.enumerated().map { bin, share in "L\(n(Double(bin) * step)) \(n(height - share / top * height))H\(n(Double(bin + 1) * step))" }.joined()
        let near = all.nearCopy / most * width
        return Section(id: "distances", title: "Distances to the training drawings", body: """
            <p>Bars: what the model draws; line: people's held-out drawings; each to the nearest training drawing of its class. Left of the dashed line is a near copy.</p>
            <svg class="chart" viewBox="0 0 \(n(width)) \(n(height + 20))" role="img"><title>distances</title>\(bars.joined())<path d="\(line)"/>
            <line x1="\(n(near))" y1="0" x2="\(n(near))" y2="\(n(height))"/><text x="0" y="\(n(height + 15))">0</text><text x="\(n(width))" y="\(n(height + 15))" text-anchor="end">\(Self.three(most))</text></svg>
            """)
    }
}
