import Files
import Foundation

/// A world that the renderer shows: what objects can be, how each value looks, how many objects there are and where they are seen from. CLEVR's by
/// default; another is read from YAML, where what is left out is as in CLEVR:
///
/// ```yaml
/// sizes: [{name: small, half: 0.35}, {name: large, half: 0.7}]
/// colors: [{name: orange, rgb: [230, 120, 20]}, {name: teal, rgb: [20, 140, 140]}]
/// materials: [{name: clay, finish: matte}, {name: chrome, finish: mirror}]
/// shapes: [{name: ball, solid: sphere}, {name: can, solid: cylinder}]
/// objects: [2, 6]
/// camera: {distance: 9.9, height: 5.3, angle: 49.1, jitter: 0.5}
/// words: {ball: [ball, orb]}
/// ```
public struct World: Codable, Hashable, Sendable {
    /// A word for how large an object is.
    public struct Size: Codable, Hashable, Sendable {
        public var name: String
        /// Half the object's height, scene units: 0.1 to 1.5.
        public var half: Double
    }
    /// A word for a colour.
    public struct Paint: Codable, Hashable, Sendable {
        public var name: String
        /// Red, green, blue, 0…255, of which the renderer takes the 255th part as reflectance (as CLEVR's does).
        public var rgb: [Double]
    }
    /// A word for a surface.
    public struct Material: Codable, Hashable, Sendable {
        public enum Finish: String, Codable, Sendable { case matte, mirror }
        public var name: String
        public var finish: Finish
    }
    /// A word for a form.
    public struct Shape: Codable, Hashable, Sendable {
        public enum Solid: String, Codable, Sendable { case cube, sphere, cylinder }
        public var name: String
        public var solid: Solid
    }
    /// Where scenes are seen from: from CLEVR's side always, so that right and behind are what they are there.
    public struct View: Codable, Hashable, Sendable {
        /// From the middle of the scene along the ground, and above it; scene units.
        public var distance = 9.916, height = 5.344
        /// Degrees that the picture shows across.
        public var angle = 49.13
        /// Each coordinate of the camera differs by up to this, scene units.
        public var jitter = 0.5
    }

    public var sizes = [Size(name: "small", half: 0.35), Size(name: "large", half: 0.7)]
    public var colors: [Paint] = [
        ("gray", [87, 87, 87]), ("red", [173, 35, 35]), ("blue", [42, 75, 215]), ("green", [29, 105, 20]),
        ("brown", [129, 74, 25]), ("purple", [129, 38, 192]), ("cyan", [41, 208, 208]), ("yellow", [255, 238, 51]),
    ].map { Paint(name: $0.0, rgb: $0.1) }
    public var materials = [Material(name: "rubber", finish: .matte), Material(name: "metal", finish: .mirror)]
    public var shapes = [Shape(name: "cube", solid: .cube), Shape(name: "sphere", solid: .sphere), Shape(name: "cylinder", solid: .cylinder)]
    /// The fewest and the most objects of a scene.
    public var objects = [3, 10]
    /// Where scenes are seen from.
    public var camera = View()
    /// Words for values, besides the values themselves: ``Domain/synonyms``.
    public var words: [String: [String]] = [:]

    /// CLEVR's world (Johnson et al. 2017).
    public static let clevr = World()

    private init() {}

    /// Keys of the YAML form.
    public static var keys: [String] { CodingKeys.allCases.map(\.rawValue) }
    private enum CodingKeys: String, CodingKey, CaseIterable { case sizes, colors, materials, shapes, objects, camera, words }

    /// - Throws: `DecodingError` for a world that cannot be shown or asked about.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        try keys.read(.sizes, into: &sizes)
        try keys.read(.colors, into: &colors)
        try keys.read(.materials, into: &materials)
        try keys.read(.shapes, into: &shapes)
        try keys.read(.objects, into: &objects)
        try keys.read(.camera, into: &camera)
        try keys.read(.words, into: &words)
        for (key, count) in [(CodingKeys.sizes, sizes.count), (.colors, colors.count), (.materials, materials.count), (.shapes, shapes.count)] {
            try keys.check(key, 1...32 ~= count, "1 to 32 values")
        }
        try keys.check(.sizes, sizes.allSatisfy { 0.1...1.5 ~= $0.half }, "halves of 0.1 to 1.5")
        try keys.check(.colors, colors.allSatisfy { $0.rgb.count == 3 && $0.rgb.allSatisfy { 0...255 ~= $0 } }, "three numbers of 0 to 255 as rgb")
        let names = sizes.map(\.name) + colors.map(\.name) + materials.map(\.name) + shapes.map(\.name)
        try keys.check(.shapes, Set(names).count == names.count, "another name for each value")
        let letters = { (word: String) in 1...24 ~= word.count && word.allSatisfy { ("a"..."z").contains($0) || $0 == " " } && word.first != " " && word.last != " " }
        try keys.check(.shapes, names.allSatisfy(letters), "names of 1 to 24 letters a to z")
        try keys.check(.objects, objects.count == 2 && objects[0] >= 1 && objects[0] <= objects[1] && objects[1] <= 10, "the fewest and the most, 1 to 10")
        try keys.check(.camera, 4...40 ~= camera.distance && 1...40 ~= camera.height && 10...100 ~= camera.angle && 0...2 ~= camera.jitter,
                  "distance 4 to 40, height 1 to 40, angle 10 to 100, jitter 0 to 2")
        try keys.check(.words, words.count <= 64 && words.allSatisfy { (names + Domain.clevr.relations + ["thing"]).contains($0.key) && (1...16 ~= $0.value.count) && $0.value.allSatisfy(letters) },
                  "for values, relations or \"thing\" 1 to 16 words of letters a to z")
    }

    /// What objects can be, in words; a value's own name is among its words.
    public var domain: Domain {
        Domain(
            attributes: [
                .init("size", sizes.map(\.name)), .init("color", colors.map(\.name)), .init("material", materials.map(\.name)), .init("shape", shapes.map(\.name)),
            ],
            relations: Domain.clevr.relations, synonyms: words)
    }

    /// Half the height of an object of a size, scene units; 0 for a size that is none here.
    public func half(of size: String?) -> Double { sizes.first { $0.name == size }?.half ?? 0 }

    /// The camera without jitter.
    public var viewpoint: Camera {
        let flat = SIMD3(7.481, -6.508, 0), spread = 2 * tan(camera.angle / 2 * .pi / 180)
        if camera == View() { return Camera() }
        return Camera(place: unit(flat) * camera.distance + SIMD3(0, 0, camera.height), spread: spread)
    }

    /// The camera of one picture.
    public func camera(using random: inout some RandomNumberGenerator) -> Camera { viewpoint.jittered(by: camera.jitter, using: &random) }
}

extension World.View {
    private enum CodingKeys: String, CodingKey { case distance, height, angle, jitter }
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        try keys.read(.distance, into: &distance)
        try keys.read(.height, into: &height)
        try keys.read(.angle, into: &angle)
        try keys.read(.jitter, into: &jitter)
    }
}
