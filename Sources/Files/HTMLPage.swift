/// A page that needs nothing beside itself: no scripts and no other files. Light or dark, as the reader's system is.
package struct HTMLPage {
    /// What the window is called, as plain text.
    package var title: String
    /// Rules of its own, after the common ones, which give the colours `--paper`, `--ink`, `--soft` (text that matters less) and `--line`.
    package var style: String
    /// What the page shows, as HTML: text in it must be `escapedMarkup`.
    package var body: String

    /// A page by its parts.
    package init(title: String, style: String = "", body: String) { (self.title, self.style, self.body) = (title, style, body) }

    /// The whole file. It is well-formed XML too, where the body is.
    package var text: String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"/><meta name="viewport" content="width=device-width"/><title>\(escapedMarkup(title))</title>
        <style>
        \(Self.common)
        \(style)
        </style></head><body>
        \(body)
        </body></html>

        """
    }

    private static let common = """
        :root{color-scheme:light dark;--paper:#fff;--ink:#222;--soft:#666;--line:#ddd}
        @media(prefers-color-scheme:dark){:root{--paper:#15171b;--ink:#e4e6ea;--soft:#9aa0aa;--line:#3a3e46}}
        body{font:16px/1.4 system-ui,sans-serif;margin:24px;background:var(--paper);color:var(--ink)}
        h1{font-size:22px;margin:0 0 4px} figure{margin:0} figcaption{font-size:14px}
        table{border-collapse:collapse;font-size:14px} td,th{padding:2px 10px;text-align:left;border-bottom:1px solid var(--line)}
        code{font-size:13px}
        """
}

/// Text as HTML, XML and SVG hold it, between tags and in attribute values. Control characters, which XML cannot hold, become spaces.
package func escapedMarkup(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "\n", "\r", "\t": result += "&#\(scalar.value);"
        case _ where scalar.value < 32 || scalar.value == 0xfffe || scalar.value == 0xffff: result += " "
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
