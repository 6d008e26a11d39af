import Painter
import Sketches
import Tensors
import Testing

@Suite("Groups of strokes, whole and with mistakes")
struct StrokeGroupTests {
    private let canvases: [ReadCanvas] = (0..<40).map { seed in
        var random = PainterFixture.random(UInt64(seed))
        return ReadCanvas(PainterFixture.composer.compose(count: 1 + seed % 4, relationCount: 0, &random))
    }

    @Test("A group has a class where it is an object's strokes and no others, and only there")
    func truth() {
        var random = PainterFixture.random(1), whole = 0, more = 0, fewer = 0
        for canvas in canvases {
            for _ in 0..<25 {
                let group = StrokeGroup.random(on: canvas, &random)
                #expect(!group.strokes.isEmpty && group.strokes == Set(group.strokes).sorted() && group.strokes.allSatisfy(canvas.strokes.indices.contains))
                #expect(group.classIndex == canvas.objects.first { $0.strokes == group.strokes }?.classIndex)
                guard group.classIndex == nil else { whole += 1; continue }
                if canvas.objects.contains(where: { Set($0.strokes).isStrictSubset(of: group.strokes) }) { more += 1 } else { fewer += 1 }
                #expect(Set(group.strokes.map { canvas.owners[$0] }).count <= 2, "strokes change hands between two objects")
            }
        }
        #expect(whole > 300 && more > 100 && fewer > 50)
    }

    @Test("Strokes that lie near are taken first")
    func near() {
        func line(_ x: Double) -> Stroke { Stroke([Point(x: x, y: 10), Point(x: x, y: 50)]) }
        var canvas = canvases[0]
        canvas.strokes = [10, 20, 30, 100, 120, 140, 160].map(line)
        canvas.owners = [0, 0, 1, 1, 1, 1, 1]
        canvas.objects = [[0, 1], [2, 3, 4, 5, 6]].map { CanvasObject(classIndex: 0, box: GridBox(x0: 0, y0: 0, x1: 1, y1: 1), strokes: $0) }
        var random = PainterFixture.random(2), gained: [Int: Int] = [:]
        for _ in 0..<500 {
            let group = StrokeGroup.random(on: canvas, &random)
            if Set(group.strokes).isStrictSuperset(of: [0, 1]) { for stroke in group.strokes where stroke > 1 { gained[stroke, default: 0] += 1 } }
        }
        #expect(gained[2, default: 0] > gained[6, default: 0] && gained[3, default: 0] > gained[6, default: 0])
    }

    @Test("As a document, a group asks for a class or for none")
    func documents() throws {
        let v = PainterFixture.vocabulary, canvas = try #require(canvases.first { $0.objects.count > 1 }), strokes = canvas.objects[0].strokes.map { canvas.strokes[$0] }
        let whole = PainterFixture.documents.name(3, strokes, detail: .usual), broken = PainterFixture.documents.name(nil, strokes, detail: .usual)
        #expect(whole.tokens.dropLast() == broken.tokens.dropLast() && whole.weights == broken.weights)
        #expect(whole.tokens.last.map(Int.init) == v.classToken(3) && broken.tokens.last.map(Int.init) == v.anyClass)
    }
}
