import Scenes
import Testing

@Suite("Functions")
struct FunctionTests {
    @Test("CLEVR's 27 names are read and written alike", arguments: [
        "scene", "unique", "relate", "union", "intersect", "count", "exist", "equal_integer", "less_than", "greater_than", "equal_object",
    ] + ["filter", "query", "same", "equal"].flatMap { kind in ["size", "color", "material", "shape"].map { "\(kind)_\($0)" } })
    func names(_ name: String) throws {
        #expect(try #require(Function(name: name)).name == name)
    }

    @Test("Other names are none", arguments: ["", "filter", "filter_", "paint_color", "Scene", "filter color"])
    func others(_ name: String) { #expect(Function(name: name) == nil) }
}
