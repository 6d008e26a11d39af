import Foundation
import Sketches
import Testing

@Suite struct PathTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let d: String
        let strokes: [[(Double, Double)]]
        var testDescription: String { d }
    }

    private static func strokes(_ shapes: String, viewBox: String = "0 0 100 100") throws -> [[Point]] {
        try read("<svg viewBox='\(viewBox)'>\(shapes)</svg>")[0].strokes.map(\.points)
    }

    @Test(arguments: [
        Case(d: "M1 2L3 4", strokes: [[(1, 2), (3, 4)]]),
        Case(d: "M1,2 3,4 5,6", strokes: [[(1, 2), (3, 4), (5, 6)]]),
        Case(d: "m1 2 3 4", strokes: [[(1, 2), (4, 6)]]),
        Case(d: "M10 10h5v5H10z", strokes: [[(10, 10), (15, 10), (15, 15), (10, 15), (10, 10)]]),
        Case(d: "M0 0h1m1 1h1", strokes: [[(0, 0), (1, 0)], [(2, 1), (3, 1)]]),
        Case(d: "M5 5h1zh2", strokes: [[(5, 5), (6, 5), (5, 5)], [(5, 5), (7, 5)]]),
        Case(d: "M1 1M2 2M3 3l1 0", strokes: [[(3, 3), (4, 3)]]),
        Case(d: "M.5.5-.5-.5", strokes: [[(0.5, 0.5), (-0.5, -0.5)]]),
        Case(d: "M1e1 1E+1 2e1,.2e2", strokes: [[(10, 10), (20, 20)]]),
        Case(d: "M7 8L7 8", strokes: [[(7, 8)]]),
        Case(d: "M7 8z", strokes: [[(7, 8)]]),
        Case(d: "M0 0 5 5 x 9 9", strokes: [[(0, 0), (5, 5)]]),
        Case(d: "M0 0a0 5 0 1 1 4 4", strokes: [[(0, 0), (4, 4)]]),
        Case(d: "L5 5", strokes: []),
        Case(d: "", strokes: []),
        Case(d: "M0 0V", strokes: []),
    ])
    func commands(_ c: Case) throws {
        #expect(try Self.strokes("<path d='\(c.d)'/>") == c.strokes.map { $0.map { Point(x: $0.0, y: $0.1) } })
    }

    @Test func brokenDataIsNamed() throws {
        let content = try SketchFile.content(of: Data("<svg viewBox='0 0 9 9'>\n<path d='M0 0 5 5 x 9'/></svg>".utf8), name: "x")
        #expect(content.warnings == ["line 2: path data is broken at \"x 9\"; what follows there is not read"])
    }

    @Test(arguments: ["M90 50A40 40 0 0 1 10 50A40 40 0 0 1 90 50", "M90 50a40 40 0 01-80 0 40 40 0 0180 0", "M50 10a40,40,0,1,0,.01,0z"])
    func arcsAreRound(_ d: String) throws {
        let strokes = try Self.strokes("<path d='\(d)'/>")
        #expect(strokes.count == 1 && strokes[0].count > 20)
        for p in strokes[0] { #expect(abs(p.distance(to: Point(x: 50, y: 50)) - 40) < 0.06) }
        #expect(abs((Box.of(strokes[0])?.width ?? 0) - 80) < 0.2)
    }

    @Test func arcsTurnAsToldAndGrowWhenTooSmall() throws {
        let up = try Self.strokes("<path d='M10 50A20 20 0 0 1 50 50'/>")[0], down = try Self.strokes("<path d='M10 50A20 20 0 0 0 50 50'/>")[0]
        #expect(abs((Box.of(up)?.y0 ?? 0) - 30) < 0.1 && abs((Box.of(down)?.y1 ?? 0) - 70) < 0.1)
        let small = try Self.strokes("<path d='M10 50A1 1 0 0 1 50 50'/>")[0]       // radius grows to 20
        #expect(abs((Box.of(small)?.y0 ?? 0) - 30) < 0.1)
    }

    @Test func curves() throws {
        let c = try Self.strokes("<path d='M0 0C0 40 100 40 100 0'/>")[0]
        #expect(abs((Box.of(c)?.y1 ?? 0) - 30) < 0.06)                              // 3/4 of 40 at t = 1/2
        let q = try Self.strokes("<path d='M0 0Q50 40 100 0'/>")[0]
        #expect(abs((Box.of(q)?.y1 ?? 0) - 20) < 0.06)                              // half of 40
        let t = try Self.strokes("<path d='M0 50Q25 90 50 50T100 50'/>")[0]
        #expect(abs((Box.of(t)?.y0 ?? 0) - 30) < 0.06)                              // reflected control: 50 - 20
        let s = try Self.strokes("<path d='M0 50C0 90 50 90 50 50S100 10 100 50'/>")[0]
        #expect(abs((Box.of(s)?.y0 ?? 0) - 20) < 0.06)
        let h = try Self.strokes("<path d='M0 50L10 50T20 50'/>")[0]                // no curve before: a line
        #expect(h.allSatisfy { abs($0.y - 50) < 1e-9 })
    }

    @Test func shapes() throws {
        #expect(try Self.strokes("<line x1='1' y1='2' x2='3' y2='4'/>") == [[Point(x: 1, y: 2), Point(x: 3, y: 4)]])
        #expect(try Self.strokes("<polyline points='1,2 3,4 5,6 7'/>")[0].count == 3)
        #expect(try Self.strokes("<polygon points='0 0 9 0 9 9'/>")[0].last == Point(x: 0, y: 0))
        #expect(try Self.strokes("<rect x='1' y='2' width='3' height='4'/>")[0].count == 5)
        let round = try Self.strokes("<rect x='10' y='10' width='40' height='20' rx='5'/>")[0]
        #expect(Box.of(round) == Box(x0: 10, y0: 10, x1: 50, y1: 30) && !round.contains(Point(x: 10, y: 10)))
        let circle = try Self.strokes("<circle cx='50' cy='50' r='20'/>")[0]
        #expect(circle.allSatisfy { abs($0.distance(to: Point(x: 50, y: 50)) - 20) < 0.06 } && circle.first == circle.last)
        #expect(abs((Box.of(try Self.strokes("<ellipse cx='50' cy='50' rx='20' ry='7'/>")[0])?.height ?? 0) - 14) < 0.1)
    }

    @Test(arguments: [
        ("translate(10)", 11.0, 2.0), ("translate(10,20) scale(2)", 12, 24), ("scale(2)translate(10 20)", 22, 44), ("rotate(90)", -2, 1),
        ("rotate(90 1 1)", 0, 1), ("matrix(1 2 3 4 5 6)", 12, 16), ("skewX(45)", 3, 2), ("skewY(45)", 1, 3), ("nonsense(3)", 1, 2), ("scale(2", 1, 2),
    ])
    func transforms(_ transform: String, x: Double, y: Double) throws {
        let p = try Self.strokes("<g transform='\(transform)'><path d='M1 2L50 50'/></g>")[0][0]
        #expect(abs(p.x - x) < 1e-9 && abs(p.y - y) < 1e-9)
    }

    @Test func canvas() throws {
        let box = try read("<svg viewBox='-10 -20 30 40' width='999'><path d='M0 0L1 1'/></svg>")[0]
        #expect(box.width == 30 && box.height == 40 && box.strokes[0].points[0] == Point(x: 10, y: 20))
        let inches = try read("<svg width='1in' height='72pt'><path d='M0 0L1 1'/></svg>")[0]
        #expect(inches.width == 96 && inches.height == 96)
        let nested = try read("<svg viewBox='0 0 100 100'><svg x='50' y='50' width='50' height='50' viewBox='0 0 10 10'><path d='M0 0L10 10'/></svg></svg>")[0]
        #expect(nested.strokes[0].points == [Point(x: 50, y: 50), Point(x: 100, y: 100)])
        #expect(try read("<svg width='100%'><path d='M0 0L200 500'/></svg>")[0].height == 500)
    }

    @Test func onlyVisibilityCanBeUndoneByADescendant() throws {
        let strokes = try Self.strokes("""
            <g display="none"><path visibility="visible" d="M1 1h1"/><g style="visibility:visible"><path display="inline" d="M2 2h1"/></g></g>
            <g visibility="hidden"><path d="M3 3h1"/><path visibility="visible" d="M4 4h1"/><path visibility="inherit" d="M5 5h1"/></g>
            <path visibility="collapse" d="M6 6h1"/><path d="M7 7h1"/>
            """)
        #expect(strokes == [line(4, 4, 5, 4).points, line(7, 7, 8, 7).points])
    }

    @Test func whatIsNoInkIsNamedOrKnown() throws {
        let text = """
            <svg viewBox="0 0 24 24" fill="none" stroke="black"><!-- <path d="M0 0L1 1"/> -->
            <path stroke="none" d="M0 0h24v24H0z"/>
            <g style="display: none"><path d="M0 0h9"/></g>
            <text>cat</text><image href="x"/>
            <use href="#a"/><text/>
            <rect width="24" height="24" fill="white" stroke="none"/>
            <defs><path id="a" d="M0 0L1 1"/></defs>
            <path d="M1 1L2 2"/>
            </svg>
            """
        let content = try SketchFile.content(of: Data(text.utf8), name: "x")
        #expect(content.scenes[0].strokes == [line(1, 1, 2, 2)])
        #expect(content.warnings == [
            "line 2: a <path> without stroke and fill is invisible and not read", "line 3: a hidden <path> is not read",
            "lines 4, 5: <text> is not read: it is not a stroke", "line 4: <image> is not read: it is not a stroke",
            "line 5: <use> is not read: it is not a stroke", "line 6: a rectangle behind the whole picture is taken as background",
        ])
    }
}
