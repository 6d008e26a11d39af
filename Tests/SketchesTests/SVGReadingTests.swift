import Files
import Foundation
import Sketches
import Testing

/// What stands around the shapes of an SVG: namespaces and styles.
@Suite struct SVGReadingTests {
    private func content(_ text: String) throws -> SketchFileContent { try SketchFile.content(of: Data(text.utf8), name: "x") }

    // MARK: namespaces

    @Test(arguments: [
        "<s:svg xmlns:s='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><s:g><s:path d='M1 2h3'/></s:g></s:svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><s:path xmlns:s='http://www.w3.org/2000/svg' d='M1 2h3'/></svg>",
        "<svg xmlns:s='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><s:g><s:path d='M1 2h3'/></s:g></svg>",
        "<!DOCTYPE svg [<!ENTITY ns 'http://www.w3.org/2000/svg'>]><svg xmlns='&ns;' viewBox='0 0 9 9'><path d='M1 2h3'/></svg>",
        "<x:svg xmlns:x='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><g xmlns='http://www.w3.org/2000/svg'><path d='M1 2h3'/></g></x:svg>",
        "<svg:svg viewBox='0 0 9 9'><svg:path d='M1 2h3'/></svg:svg>",
    ])
    func anyPrefixOfSVGIsRead(text: String) throws {
        let content = try content(text)
        #expect(content.scenes[0].strokes == [line(1, 2, 4, 2)] && content.warnings.isEmpty)
    }

    @Test func whatIsInNoNamespaceIsNamedAndOthersNotesAreNot() throws {
        let content = try content("""
            <s:svg xmlns:s="http://www.w3.org/2000/svg" xmlns:x="urn:x" viewBox="0 0 9 9">
            <path d="M1 1h1"/>
            <y:path d="M1 1h1"/><x:path d="M1 1h1"/>
            <s:g xmlns:s="urn:y"><s:path d="M1 1h1"/></s:g>
            <s:g xmlns="http://www.w3.org/2000/svg"><path d="M2 2h1"/><path xmlns="" d="M1 1h1"/></s:g>
            <s:path d="M3 3h1"/><path d="M1 1h1"/>
            </s:svg>
            """)
        #expect(content.scenes[0].strokes == [line(2, 2, 3, 2), line(3, 3, 4, 3)])
        #expect(content.warnings == ["lines 2, 5, 6: <path> is not read: it is not in SVG's namespace", "line 3: <y:path> is not read: it is not in SVG's namespace"])
        #expect(throws: FileError.self) { try read("<svg xmlns:s='urn:s'><s:g></g></svg>") }
    }

    // MARK: styles

    @Test(arguments: [
        ("transform: translate(10px, 5px) scale(2)", 12.0, 9.0), ("transform:translate(10,5)", 11, 7), ("transform: rotate(90deg)", -2, 1),
        ("transform:rotate(.25turn)", -2, 1), ("transform: matrix(1, 2, 3, 4, 5, 6);", 12, 16), ("transform:translateX(1in) translateY(3pt)", 97, 6),
        ("transform:scaleX(3)scaleY(-1)", 3, -2), ("transform: skew(45deg)", 3, 2), ("transform: skew(0deg, 45deg)", 1, 3), ("transform: none", 1, 2),
        ("fill:red;TRANSFORM:scale(2)", 2, 4), ("transform:scale(2);transform:scale(3)", 3, 6), ("transform:scale(2)!important;transform:scale(3)", 2, 4),
        ("/* transform:scale(9); */transform:scale(2)/**/", 2, 4), ("background:url(a;transform:scale(9));transform:scale(2)", 2, 4),
        ("font-family:';transform:scale(9)';transform:scale(2)", 2, 4), ("transform:scale(2);transform-origin:10px 20px", -8, -16),
        ("transform:translate(1px,1px);transform-origin:center", 2, 3), ("transform:", 5, 10), ("opacity:.5", 5, 10),
    ])
    func transformsInAStyle(style: String, x: Double, y: Double) throws {
        let content = try content("<svg viewBox='0 0 9 9'><g transform='scale(5)' style=\"\(style)\"><path d='M1 2h3'/></g></svg>")
        let point = content.scenes[0].strokes[0].points[0]
        #expect(point.distance(to: Point(x: x, y: y)) < 1e-9, "\(point)")
        #expect(content.warnings.isEmpty)
    }

    @Test(arguments: [
        ("transform:translate(50%,0)", "the transform \"translate(50%,0)\" cannot be read and was passed over", 1.0),
        ("transform:rotate3d(1,1,1,45deg)", "the transform \"rotate3d(1,1,1,45deg)\" cannot be read and was passed over", 1),
        ("transform:scale(2) translate(1em)", "the transform \"scale(2) translate(1em)\" cannot be read and was passed over", 1),
        ("transform:scale(2);transform-origin:50% 50%", "transform-origin \"50% 50%\" is not applied: only lengths from the canvas's corner are read", 2),
        ("transform:scale(2);transform-origin:1px 1px;transform-box:fill-box", "transform-origin \"1px 1px\" is not applied: only lengths from the canvas's corner are read", 2),
        ("rotate:45deg", "rotate in a style is not applied: strokes are read where they are without it", 1),
    ])
    func transformsThatCannotBeReadAreNamed(style: String, warning: String, x: Double) throws {
        let content = try content("<svg viewBox='0 0 9 9'>\n<path style='\(style)' d='M1 2h3'/></svg>")
        #expect(content.warnings == ["line 2: " + warning] && content.scenes[0].strokes[0].points[0].x == x)
    }

    @Test func longStylesAreRead() throws {
        let filler = String(repeating: "--note:1;", count: 20_000)
        let content = try content("<svg viewBox='0 0 9 9'><path style='\(filler)display:none' d='M1 2h3'/><path style='\(filler)stroke:none' fill='none' d='M1 2h3'/></svg>")
        #expect(content.scenes[0].strokes.isEmpty && content.warnings.count == 2)
    }
}
