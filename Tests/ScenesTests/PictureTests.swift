import Files
import Foundation
import Pictures
import Scenes
import Testing

@Suite("Pictures of scenes")
struct PictureTests {
    static func single(_ shape: String, _ material: String = "rubber", color: String = "red", size: String = "large", at place: SIMD3<Double>) -> ObjectScene {
        ObjectScene([.init(["shape": shape, "size": size, "color": color, "material": material], position: place, rotation: 30)])
    }

    @Test("The camera is CLEVR's: its middle is the origin, and pixels go back to the points they came from")
    func camera() throws {
        let camera = Camera()
        let middle = camera.project(.zero, width: 320, height: 240)
        #expect(abs(middle.x - 160) < 1e-9 && abs(middle.y - 120) < 1e-9 && abs(middle.z - 11.2642) < 1e-3)
        for point in [SIMD3(1.0, 2, 0.7), [-3, 3, 0.35], [2.5, -2.9, 0]] {
            let seen = camera.project(point, width: 320, height: 240)
            let back = try #require(camera.point(at: [seen.x, seen.y], z: point.z, width: 320, height: 240))
            #expect(abs(back.x - point.x) < 1e-9 && abs(back.y - point.y) < 1e-9)
        }
        #expect(camera.point(at: [160, -5_000], z: 0, width: 320, height: 240) == nil)
    }

    @Test("Another world is shown in its own colours and sizes; what it leaves out is CLEVR's")
    func world() throws {
        func world(_ json: String) throws -> World { try JSONDecoder().decode(World.self, from: Data(json.utf8)) }
        #expect(try world("{}") == .clevr && World.clevr.domain == .clevr)
        let fruit = try world(#"{"colors": [{"name": "orange", "rgb": [250, 90, 5]}], "shapes": [{"name": "ball", "solid": "sphere"}, {"name": "can", "solid": "cylinder"}], "sizes": [{"name": "huge", "half": 1.1}], "objects": [1, 3], "camera": {"distance": 14}}"#)
        var random = Dice(3)
        for _ in 0..<6 {
            let renderer = SceneRenderer(width: 160, height: 120, camera: fruit.camera(using: &random), world: fruit), scene = SceneSampler(fruit).sample(renderer, using: &random)
            #expect(1...3 ~= scene.objects.count && SceneSampler(fruit).obeysRules(scene))
            let rendering = renderer.render(scene)
            for (object, box) in zip(scene.objects, rendering.boxes) {
                #expect(object.attributes["color"] == "orange" && object.position?.z == 1.1 && ["ball", "can"].contains(object.attributes["shape"]))
                let box = try #require(box), pixel = try #require(object.pixel)
                #expect(box.z - box.x > 10 && box.x - 1 <= pixel.x && pixel.x <= box.z + 1)
                guard object.attributes["material"] == "rubber", scene.objects.count == 1 else { continue }
                let at = (Int(pixel.y) * 160 + Int(pixel.x)) * 3
                #expect(rendering.picture.bytes[at] > rendering.picture.bytes[at + 1] && rendering.picture.bytes[at + 1] > rendering.picture.bytes[at + 2])
            }
        }
        #expect(fruit.viewpoint.place.z == 5.344 && abs((fruit.viewpoint.place.x * fruit.viewpoint.place.x + fruit.viewpoint.place.y * fruit.viewpoint.place.y).squareRoot() - 14) < 1e-9)
        for bad in [
            #"{"colors": []}"#, #"{"colors": [{"name": "red", "rgb": [1, 2]}]}"#, #"{"sizes": [{"name": "large", "half": 40}]}"#, #"{"shapes": [{"name": "cone", "solid": "cone"}]}"#,
            #"{"materials": [{"name": "red", "finish": "matte"}]}"#, #"{"objects": [3, 2]}"#, #"{"objects": [0, 99]}"#, #"{"camera": {"distance": 0}}"#, #"{"words": {"teapot": ["pot"]}}"#,
        ] {
            #expect(throws: DecodingError.self, "\(bad)") { try world(bad) }
        }
    }

    @Test("Scenes obey the rules", arguments: [SceneSampler.ColorSet.all, .cogentA, .cogentB])
    func rules(_ colors: SceneSampler.ColorSet) {
        var sampler = SceneSampler(), random = Dice(5), counts: Set<Int> = []
        sampler.colors = colors
        for _ in 0..<25 {
            let renderer = SceneRenderer(width: 160, height: 120, camera: World.clevr.camera(using: &random))
            let scene = sampler.sample(renderer, using: &random)
            counts.insert(scene.objects.count)
            #expect(3...10 ~= scene.objects.count)
            for (i, object) in scene.objects.enumerated() {
                let place = object.position ?? .zero, half = object.attributes["size"] == "large" ? 0.7 : 0.35
                #expect(abs(place.x) <= 3 && abs(place.y) <= 3 && place.z == half)
                #expect(colors.colors(of: object.attributes["shape"] ?? "").contains(object.attributes["color"] ?? ""))
                for other in scene.objects[..<i] {
                    let there = other.position ?? .zero, dx = place.x - there.x, dy = place.y - there.y
                    #expect((dx * dx + dy * dy).squareRoot() - place.z - there.z >= 0.25)
                    for name in ["right", "behind"] {
                        let way = scene.directions[name] ?? .zero
                        #expect(abs(dx * way.x + dy * way.y) >= 0.4)
                    }
                }
            }
            #expect(scene.relationships["left"]?.count == scene.objects.count)
            #expect(renderer.render(scene).visible.allSatisfy { $0 >= 12 })      // a share of 200 in 480 × 320, with an eye to rounding
        }
        #expect(counts.count >= 5, "the number of objects varies")
    }

    @Test("A sphere covers what geometry says")
    func sphere() throws {
        let scene = Self.single("sphere", at: [0, 0, 0.7]), renderer = SceneRenderer(width: 640, height: 480), picture = renderer.render(scene)
        // The cone around a sphere cuts the picture's plane in an ellipse: axes f·tan(a + b) ± …; here it is nearly central.
        let seen = renderer.camera.project([0, 0, 0.7], width: 640, height: 480), away = renderer.camera.place - SIMD3(0, 0, 0.7)
        let distance = (away * away).sum().squareRoot(), focal = 640 / renderer.camera.spread, sine = 0.7 / distance
        let tangent = sine / (1 - sine * sine).squareRoot(), cosine = seen.z / distance
        // Area of the ellipse (Green 2003): π f² tan²a · cosθ / (cos²θ − tan²a·sin²θ)^(3/2).
        let squared = cosine * cosine - tangent * tangent * (1 - cosine * cosine)
        let area = Double.pi * focal * focal * tangent * tangent * cosine / (squared * squared.squareRoot())
        #expect(abs(Double(picture.visible[0]) - area) < 0.01 * area, "\(picture.visible[0]) pixels, \(area) by geometry")
        let box = try #require(picture.boxes[0])
        #expect(box.x < seen.x && seen.x < box.z && box.y < seen.y && seen.y < box.w)
    }

    @Test("Depth at an object's middle is nearer than its centre by about its half size")
    func depth() {
        let renderer = SceneRenderer(width: 320, height: 240), picture = renderer.render(Self.single("sphere", at: [1, 0.5, 0.7]))
        let seen = renderer.camera.project([1, 0.5, 0.7], width: 320, height: 240), at = Int(seen.y) * 320 + Int(seen.x)
        #expect(picture.ids[at] == 0 && abs(Double(picture.depth[at]) - (seen.z - 0.7)) < 0.03)
    }

    @Test("A cube turns by its rotation in radians, as the public set's cubes do")
    func rotation() throws {
        var scene = Self.single("cube", at: [0, 0, 0.7])
        let renderer = SceneRenderer(width: 160, height: 120)
        func ids(_ rotation: Double) -> [Int8] {
            scene.objects[0].rotation = rotation
            return renderer.render(scene).ids
        }
        // A cube looks the same after each quarter of a turn, and not in between.
        let changed = zip(ids(0.3), ids(0.3 + .pi / 2)).count { $0 != $1 }
        #expect(changed <= 2, "\(changed) pixels at the edges, from rounding")
        #expect(zip(ids(0.3), ids(0.3 + .pi / 4)).count { $0 != $1 } > 40)
    }

    @Test("Ids are those of the pixels' middles, whatever the samples, and the pass of ids alone counts the same pixels")
    func middles() {
        var random = Dice(12), renderer = SceneRenderer(width: 160, height: 120)
        let scene = SceneSampler().sample(renderer, using: &random), two = renderer.render(scene)
        renderer.style.samples = 3
        let three = renderer.render(scene)
        #expect(two.ids == three.ids && two.depth == three.depth && two.boxes == three.boxes)
        #expect(renderer.visiblePixels(scene) == two.visible)
        // A pixel's middle, sent back to the ground, comes at the depth that was found there.
        for at in stride(from: 40, to: two.ids.count, by: 997) where two.ids[at] == -1 {
            let middle = SIMD2(Double(at % 160) + 0.5, Double(at / 160) + 0.5)
            let depth = renderer.camera.point(at: middle, z: 0, width: 160, height: 120).map { renderer.camera.project($0, width: 160, height: 120).z }
            #expect(abs(Double(two.depth[at]) - (depth ?? 0)) < 1e-3)
        }
    }

    @Test("The sun's shadow hugs the foot of what stands in it")
    func contactShadow() throws {
        let renderer = SceneRenderer(width: 640, height: 480)
        let with = renderer.render(Self.single("cylinder", at: [0, 0, 0.7])), empty = renderer.render(ObjectScene([])).picture
        // Beside the foot, inside the shadow that a cylinder of radius 0.7 and height 1.4 throws along (-0.63, 0.36).
        let spot = renderer.camera.project([-0.78, -0.32, 0], width: 640, height: 480), at = Int(spot.y) * 640 + Int(spot.x)
        try #require(with.ids[at] == -1)
        #expect(Double(with.picture.bytes[at * 3]) < 0.9 * Double(empty.bytes[at * 3]), "\(with.picture.bytes[at * 3]), without it \(empty.bytes[at * 3])")
    }

    @Test("The same seed gives the same bytes, another seed other noise")
    func seeds() {
        var random = Dice(9), style = RenderStyle.sampled(using: &random)
        style.noise = 0.02
        let renderer = SceneRenderer(width: 120, height: 80, style: style), scene = SceneSampler().sample(renderer, using: &random)
        #expect(renderer.render(scene, seed: 4).picture == renderer.render(scene, seed: 4).picture)
        #expect(renderer.render(scene, seed: 4).picture != renderer.render(scene, seed: 5).picture)
    }

    /// Mean of the three channels where `holds`.
    static func mean(_ picture: Picture, _ holds: (Int) -> Bool) -> [Double] {
        var sums = [0.0, 0, 0], count = 0.0
        for at in 0..<picture.width * picture.height where holds(at) {
            count += 1
            for c in 0..<3 { sums[c] += Double(picture.bytes[at * 3 + c]) }
        }
        return sums.map { $0 / max(count, 1) }
    }

    @Test("An object throws a shadow: some ground is darker than without it, none is much brighter")
    func shadow() {
        let renderer = SceneRenderer(width: 160, height: 120), empty = renderer.render(ObjectScene([])).picture
        let with = renderer.render(Self.single("cube", at: [0, 0, 0.7]))
        var darker = 0, brighter = 0
        for at in with.ids.indices.dropFirst(161).dropLast(161) where [-161, -160, -159, -1, 0, 1, 159, 160, 161].allSatisfy({ with.ids[at + $0] == -1 }) {
            let change = Int(with.picture.bytes[at * 3]) - Int(empty.bytes[at * 3])
            if change < -6 { darker += 1 }
            if change > 12 { brighter += 1 }
        }
        #expect(darker > 150 && brighter < 20, "\(darker) darker, \(brighter) brighter")
    }

    @Test("Colours look like their names", arguments: [("red", 0), ("green", 1), ("blue", 2)])
    func colors(_ name: String, channel: Int) {
        for material in ["rubber", "metal"] {
            let found = SceneRenderer(width: 160, height: 120).render(Self.single("cube", material, color: name, at: [0, 0, 0.7]))
            let mean = Self.mean(found.picture) { found.ids[$0] == 0 }
            #expect(mean[channel] == mean.max() && mean[channel] > 1.25 * (mean.reduce(0, +) - mean[channel]) / 2, "\(name) \(material): \(mean)")
        }
    }

    @Test("Metal mirrors its neighbour, rubber does not")
    func mirror() {
        func redness(_ material: String) -> Double {
            var scene = Self.single("sphere", material, color: "gray", at: [0, 0, 0.7])
            scene.objects.append(.init(["shape": "cube", "size": "large", "color": "red", "material": "rubber"], position: [1.05, 1.2, 0.7], rotation: 0))
            let found = SceneRenderer(width: 320, height: 240).render(scene)
            var most = 0.0
            for at in found.ids.indices.dropFirst(321).dropLast(321) where [-321, -320, -319, -1, 0, 1, 319, 320, 321].allSatisfy({ found.ids[at + $0] == 0 }) {      // not its edge
                most = max(most, Double(found.picture.bytes[at * 3]) - Double(found.picture.bytes[at * 3 + 1]))
            }
            return most
        }
        let (metal, rubber) = (redness("metal"), redness("rubber"))
        #expect(metal > 20 && rubber < 10, "\(metal), \(rubber)")
    }

    @Test("PNG comes back as it was written")
    func png() throws {
        var random = Dice(2)
        let picture = Picture(width: 7, height: 5, bytes: (0..<105).map { _ in UInt8.random(in: 0...255, using: &random) })
        #expect(try Picture.read(picture.png(), name: "p") == picture)
    }

    @Test("What is no picture is an error")
    func badPNG() throws {
        let good = try Picture(width: 40, height: 30, bytes: [UInt8](repeating: 90, count: 3_600)).png()
        var huge = good
        huge.replaceSubrange(16..<20, with: [0x7F, 0xFF, 0xFF, 0xFF])
        for (data, part) in [(Data(), "is empty"), (Data("hello".utf8), "neither a PNG nor a JPEG"), (Data([0xFF, 0xD8, 0xFF, 0xE0]), "JPEG cannot be read"), (good.prefix(20), "header"), (huge, "pixels")] {
            let error = #expect(throws: FileError.self) { try Picture.read(data, name: "x.png") }
            #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
        }
        for count in stride(from: 24, to: good.count - 12, by: 9) {
            #expect(throws: FileError.self) { try Picture.read(good.prefix(count), name: "x.png") }
        }
    }

    /// 16 × 12: red on the left, blue on the right.
    private static let jpeg = Data(base64Encoded: """
        /9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggLDAsKDAkKCgr/2wBDAQICAgICAgUDAwUK
        BwYHCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgr/wAARCAAMABADAREAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL
        /8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1
        dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQF
        BgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVm
        Z2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwD5br+fz/UQ
        83r/AHUP8Sz0iv8ACs/20PN6/wB1D/Es/9k=
        """, options: .ignoreUnknownCharacters) ?? Data()

    @Test("A JPEG is read, and a damaged one is an error")
    func jpeg() throws {
        let picture = try Picture.read(Self.jpeg, name: "x.jpg")
        #expect((picture.width, picture.height) == (16, 12))
        for (x, color) in [(3, [200, 40, 30]), (12, [30, 60, 220])] {
            let at = (6 * 16 + x) * 3
            for c in 0..<3 { #expect(abs(Int(picture.bytes[at + c]) - color[c]) < 12) }
        }
        for count in [3, 10, 30, Self.jpeg.count / 2, Self.jpeg.count - 12] {
            #expect(throws: FileError.self, "\(count) bytes") { try Picture.read(Self.jpeg.prefix(count), name: "x.jpg") }
        }
    }

    @Test("Resizing keeps the mean, and a constant picture constant")
    func resize() {
        let flat = Picture(width: 33, height: 21, bytes: [UInt8](repeating: 77, count: 33 * 21 * 3))
        for (width, height) in [(10, 7), (33, 21), (80, 50), (1, 1)] {
            #expect(flat.resized(width: width, height: height).bytes.allSatisfy { $0 == 77 })
        }
        let halves = Picture(width: 4, height: 1, bytes: [0, 0, 0, 100, 100, 100, 200, 200, 200, 40, 40, 40])
        #expect(halves.resized(width: 2, height: 1).bytes == [50, 50, 50, 120, 120, 120])
    }
}
