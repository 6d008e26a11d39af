import Files
import Foundation

/// The figures of a Painter as a page to look at: the table, and what stands behind it, failures first.
public struct EvaluationPage: Sendable {
    /// What was measured.
    public var report: PainterEvaluation.Report
    /// What stands behind it.
    public var samples: EvaluationSamples
    /// The parts that were measured.
    public var parts: [PainterEvaluation.Part]
    /// The command that measures all parts; with `--only` and a part's name behind it, that part.
    public var command: String
    /// What else shall be told of how it was measured: CPU, threads, version.
    public var facts: [(name: String, value: String)]

    /// A page by its parts.
    public init(_ report: PainterEvaluation.Report, _ samples: EvaluationSamples, parts: [PainterEvaluation.Part], command: String, facts: [(name: String, value: String)]) {
        (self.report, self.samples, self.parts, self.command, self.facts) = (report, samples, parts, command, facts)
    }

    // MARK: the file

    /// The page's name in its folder, and that of the judgements, one a line.
    public static let fileName = "index.html", judgementsName = "judgements.ndjson"

    /// Finds out before long work whether the page can be written: a folder that is there, or a new one.
    public static func check(folder: String) throws(OutputError) {
        let manager = FileManager.default
        var isFolder: ObjCBool = false, path = URL(fileURLWithPath: folder).standardizedFileURL
        while !manager.fileExists(atPath: path.path, isDirectory: &isFolder), path.path != "/" { path.deleteLastPathComponent() }
        guard isFolder.boolValue else { throw .cannotCreate(path: folder, reason: "\(path.path) is a file") }
        guard manager.isWritableFile(atPath: path.path) else { throw .cannotCreate(path: folder, reason: "\(path.path) may not be written") }
    }

    /// Writes the page and every judgement into a folder, which is made where there is none; each file whole or not at all.
    /// - Returns: its path.
    @discardableResult
    public func write(to folder: String) throws(OutputError) -> String {
        let manager = FileManager.default, isNew = !manager.fileExists(atPath: folder), path = (folder as NSString).appendingPathComponent(Self.fileName)
        do { try manager.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
            throw .cannotCreate(path: folder, reason: (error as NSError).localizedDescription)
        }
        do throws(OutputError) {
            try OutputFile.write(Data(html.utf8), to: path)
            try OutputFile.write(judgements, to: (folder as NSString).appendingPathComponent(Self.judgementsName))
        } catch {
            if isNew { try? manager.removeItem(atPath: folder) }
            throw error
        }
        return path
    }

    /// Every judgement as a line of JSON.
    private var judgements: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return samples.judgements.reduce(into: Data()) { lines, judgement in
            if let line = try? encoder.encode(judgement) { lines += line + Data("\n".utf8) }
        }
    }

    // MARK: the page

    /// The page as HTML that needs nothing else, and well-formed XML.
    public var html: String {
        let sections = self.sections
        let links = sections.map { "<a href=\"#\($0.id)\">\(escapedMarkup($0.title))</a>" }.joined(separator: " ")
        let body = """
            <h1>\(escapedMarkup(report.model))</h1>
            <dl>\(about.map { "<div><dt>\(escapedMarkup($0.name))</dt><dd>\(escapedMarkup($0.value))</dd></div>" }.joined())</dl>
            <div class="tiles">\(tiles)</div>
            <nav>\(links)</nav>
            \(sections.map { "<section id=\"\($0.id)\">\n<h2>\(escapedMarkup($0.title))</h2>\n\($0.body)\n</section>" }.joined(separator: "\n"))
            """
        return HTMLPage(title: "\(report.model): figures", style: Self.style, body: body).text
    }

    /// A part of the page.
    struct Section {
        var id: String
        var title: String
        /// HTML.
        var body: String
    }

    /// The table, then every part that there are samples of.
    private var sections: [Section] {
        [table, worstClasses, confusions, scenes, prompts, erasures, detections, distances].compactMap { $0 }
    }

    private var about: [(name: String, value: String)] {
        [("model", report.model), ("weights", report.precision), ("judge", report.judge), ("seed", String(report.seed))] + facts + [("seconds", Self.three(report.seconds))]
    }

    /// The few figures that say most.
    private var tiles: String {
        func tile(_ value: String, _ what: String, _ beside: String) -> String {
            "<div class=\"tile\"><b>\(escapedMarkup(value))</b><span>\(escapedMarkup(what))</span><small>\(escapedMarkup(beside))</small></div>"
        }
        var tiles: [String] = []
        if parts.contains(.recognition) {
            tiles.append(tile(Self.percent(report.recognition.best.value), "of drawings recognised", "people's: \(Self.percent(report.recognition.human.value))"))
        }
        for scene in report.scenes {
            tiles.append(tile(Self.percent(scene.painter.right.value), "of scenes of \(scene.objects) objects right", "people's, placed right: \(Self.percent(scene.people.right.value))"))
        }
        if let spec = report.spec { tiles.append(tile(Self.percent(spec.exact.value), "of requests understood exactly", "\(spec.exact.trials) requests of no recipe")) }
        if parts.contains(.editing) {
            tiles.append(tile(Self.percent(report.editing.erasedExactly.value), "of erasures exact", "a found object at random: \(Self.percent(report.editing.erasedAtRandom.value))"))
            tiles.append(tile(Self.three(report.editing.meanAveragePrecision), "mean average precision of detection", "strokes joined by touch: \(Self.three(report.editing.meanAveragePrecisionTouching))"))
        }
        return tiles.joined()
    }

    static func percent(_ share: Double) -> String { "\((share * 1_000).rounded() / 10) %" }
    static func three(_ value: Double) -> String { "\((value * 1_000).rounded() / 1_000)" }

    private static let style = """
        :root{--good:#2f855a;--bad:#c53030;--known:#2563a8}
        @media(prefers-color-scheme:dark){:root{--good:#5fbf8a;--bad:#f28b82;--known:#8ab4f8}}
        body{max-width:1240px;margin:24px auto;padding:0 24px}
        h2{font-size:19px;margin:36px 0 8px} h3{font-size:16px;margin:18px 0 4px} p{margin:4px 0 10px;color:var(--soft)}
        dl{display:flex;flex-wrap:wrap;gap:4px 20px;margin:4px 0 14px;font-size:14px} dl div{display:flex;gap:6px} dt{color:var(--soft)} dd{margin:0}
        nav{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:14px;margin:14px 0} a{color:var(--known)}
        .tiles{display:flex;flex-wrap:wrap;gap:10px} .tile{border:1px solid var(--line);border-radius:8px;padding:8px 14px;display:flex;flex-direction:column}
        .tile b{font-size:24px} .tile span{font-size:14px} .tile small{color:var(--soft);font-size:13px}
        tbody th{font-weight:normal;color:var(--soft);padding-top:12px} td.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
        .strip{display:flex;flex-wrap:wrap;gap:10px} figure.one{width:88px} figure.canvas{width:210px} figure.pair{width:430px} figure.pair .two{display:flex;gap:6px}
        svg.ink{display:block;width:100%;box-sizing:border-box;border:1px solid var(--line);border-radius:4px}
        .right svg.ink{border-color:var(--good)} .wrong svg.ink{border-color:var(--bad)} .one svg.ink{border-width:2px}
        figcaption{font-size:13px;line-height:1.3;margin-top:2px;overflow-wrap:anywhere} .good{color:var(--good)} .bad{color:var(--bad)} ul{margin:2px 0;padding:0;list-style:none}
        svg.ink path,svg.ink rect{fill:none;stroke:currentColor;stroke-width:1.5px;stroke-linecap:round;stroke-linejoin:round;vector-effect:non-scaling-stroke}
        svg.ink text{font-size:12px;fill:currentColor}
        svg.ink path.asked{stroke:var(--known)} svg.ink path.bad,svg.ink rect.bad{stroke:var(--bad)} svg.ink path.gone{stroke:var(--bad);stroke-dasharray:3 4}
        svg.ink rect.good{stroke:var(--good)} svg.ink text.good{fill:var(--good)} svg.ink text.bad,svg.ink text.missed{fill:var(--bad)}
        svg.ink rect.missed{stroke:var(--bad);stroke-dasharray:3 4}
        details{margin-top:12px} summary{cursor:pointer;color:var(--known);font-size:14px;margin-bottom:8px}
        svg.chart{max-width:720px;width:100%} svg.chart text{font-size:12px;fill:var(--soft)} svg.chart rect{fill:var(--known);opacity:.55}
        svg.chart path{fill:none;stroke:currentColor;stroke-width:1.5} svg.chart line{stroke:var(--bad);stroke-dasharray:4 4}
        """
}
