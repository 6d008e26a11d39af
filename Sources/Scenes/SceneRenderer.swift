import CKernels
import Foundation
import Pictures

/// A picture of a scene, and where each object is in it.
public struct Rendering: Sendable {
    /// The picture.
    public var picture: Picture
    /// Depth along the camera's axis, scene units; infinite beyond the ground.
    public var depth: [Float]
    /// The object seen in the middle of each pixel; -1 for the ground, -2 beyond it.
    public var ids: [Int8]
    /// Pixels of each object.
    public var visible: [Int]
    /// Left, top, right, bottom of each object's pixels, right and bottom excluded; nil for one that is hidden.
    public var boxes: [SIMD4<Double>?]
}

/// Makes pictures of scenes of cubes, spheres and cylinders, CLEVR's or another world's.
public struct SceneRenderer: Sendable {
    /// Pixels.
    public var width: Int, height: Int
    /// Where it is seen from.
    public var camera: Camera
    /// How it looks.
    public var style: RenderStyle
    /// What objects can be and how each value looks.
    public let world: World

    /// The most objects of a scene.
    public static let objectLimit = 127

    private let paints: [String: SIMD3<Double>], solids: [String: World.Shape.Solid], mirrors: Set<String>

    /// A renderer of pictures of this size.
    /// - Parameter camera: nil: the world's, without jitter.
    /// - Precondition: 1 to 4,096 pixels a side.
    public init(width: Int, height: Int, camera: Camera? = nil, style: RenderStyle = RenderStyle(), world: World = .clevr) {
        precondition(1...4_096 ~= width && 1...4_096 ~= height, "a picture of \(width) × \(height)")
        (self.width, self.height, self.camera, self.style, self.world) = (width, height, camera ?? world.viewpoint, style, world)
        paints = Dictionary(world.colors.map { ($0.name, SIMD3($0.rgb[0], $0.rgb[1], $0.rgb[2]) / 255) }, uniquingKeysWith: { first, _ in first })
        solids = Dictionary(world.shapes.map { ($0.name, $0.solid) }, uniquingKeysWith: { first, _ in first })
        mirrors = Set(world.materials.filter { $0.finish == .mirror }.map(\.name))
    }

    /// The picture of a scene. The same scene, renderer and seed give the same bytes.
    /// - Precondition: every object has a place and the world's attributes; at most `objectLimit` of them.
    public func render(_ scene: ObjectScene, seed: UInt64 = 0) -> Rendering {
        var random = SplitMix(state: seed)
        let lampSeed = UInt32(truncatingIfNeeded: random.next()), solids = solids(of: scene, using: &random)
        var light = [Float](repeating: 0, count: width * height * 3), depth = [Float](repeating: 0, count: width * height), ids = [Int8](repeating: 0, count: width * height)
        withDescription(solids, seed: lampSeed) { description in
            ck_cast_rows(description, 0, height, &light)
            ck_cast_middles(description, &depth, &ids)
        }
        let (visible, boxes) = extents(ids, count: scene.objects.count)
        return Rendering(picture: develop(&light, using: &random), depth: depth, ids: ids, visible: visible, boxes: boxes)
    }

    /// Pixels of each object that are not hidden: the cheap part of `render`.
    public func visiblePixels(_ scene: ObjectScene) -> [Int] {
        var random = SplitMix(state: 0), ids = [Int8](repeating: 0, count: width * height)
        withDescription(solids(of: scene, using: &random), seed: 0) { ck_cast_middles($0, nil, &ids) }
        return extents(ids, count: scene.objects.count).visible
    }

    private func solids(of scene: ObjectScene, using random: inout SplitMix) -> [ck_solid] {
        precondition(scene.objects.count <= Self.objectLimit, "\(scene.objects.count) objects, at most \(Self.objectLimit)")
        return scene.objects.map { object in
            guard let place = object.position, case let half = world.half(of: object.attributes["size"]), half > 0,
                  let paint = object.attributes["color"].flatMap({ paints[$0] }), let shape = object.attributes["shape"].flatMap({ solids[$0] }) else {
                preconditionFailure("an object without a place, or with attributes that the world does not have: \(object.attributes)")
            }
            var solid = ck_solid()
            solid.shape = switch shape {
            case .sphere: Int32(CK_SPHERE)
            case .cylinder: Int32(CK_CYLINDER)
            case .cube: Int32(CK_CUBE)
            }
            let angle = object.rotation ?? 0            // see ObjectScene.Object.rotation
            solid.centre = floats(place)
            solid.half = Float(half)
            solid.bevel = Float(half * style.bevel) * (shape == .cylinder ? 0.25 : 1)
            (solid.cosine, solid.sine) = (Float(cos(angle)), Float(sin(angle)))
            var own = paint
            for channel in 0..<3 {
                let factor = 1 + style.paintJitter * (2 * random.uniform() - 1)
                own[channel] = min(1, own[channel] * factor)
            }
            solid.paint = floats(own)
            solid.metal = mirrors.contains(object.attributes["material"] ?? "") ? 1 : 0
            return solid
        }
    }

    private func withDescription(_ solids: [ck_solid], seed: UInt32, _ body: (UnsafePointer<ck_picture>) -> Void) {
        var c = ck_picture()
        let (right, up, forward) = camera.axes
        (c.width, c.height, c.samples, c.seed) = (width, height, max(1, style.samples), seed)
        c.eye = floats(camera.place)
        c.right = floats(right * (camera.spread / 2))
        c.up = floats(up * (camera.spread / 2 * Double(height) / Double(width)))
        c.forward = floats(forward)
        func lamp(_ lamp: RenderStyle.Lamp) -> ck_lamp {
            let facing = unit(-lamp.place), across = unit(cross(facing, [0, 0, 1])), along = cross(across, facing)
            let a = across * lamp.half, b = along * lamp.half
            var result = ck_lamp()
            result.place = floats(lamp.place)
            result.side = (Float(a.x), Float(a.y), Float(a.z), Float(b.x), Float(b.y), Float(b.z))
            result.facing = floats(facing)
            result.color = floats(lamp.color)
            return result
        }
        precondition(style.lamps.count == Int(CK_LAMPS), "\(style.lamps.count) lamps, the renderer has \(CK_LAMPS)")
        c.lamp = (lamp(style.lamps[0]), lamp(style.lamps[1]), lamp(style.lamps[2]), lamp(style.lamps[3]))
        (c.ambient, c.bounce, c.ground, c.sky) = (floats(style.ambient), floats(style.bounce), floats(style.ground), floats(style.sky))
        (c.metal_glint, c.rubber_glint, c.roughness) = (Float(style.metalGlint), Float(style.rubberGlint), Float(style.roughness))
        (c.fresnel, c.metal_haze) = (Float(style.fresnel), Float(style.metalHaze))
        (c.metal_diffuse, c.mirror, c.gloss) = (Float(style.metalDiffuse), Float(style.mirror), Int32(style.gloss))
        solids.withUnsafeBufferPointer { solids in
            c.solid = solids.baseAddress
            c.solids = solids.count
            body(&c)
        }
    }

    private func extents(_ ids: [Int8], count: Int) -> (visible: [Int], boxes: [SIMD4<Double>?]) {
        var visible = [Int](repeating: 0, count: count), boxes = [SIMD4<Double>?](repeating: nil, count: count)
        for y in 0..<height {
            for x in 0..<width {
                let id = Int(ids[y * width + x])
                guard id >= 0 else { continue }
                visible[id] += 1
                let (left, top, right, bottom) = (Double(x), Double(y), Double(x + 1), Double(y + 1))
                if let box = boxes[id] {
                    boxes[id] = [min(box.x, left), min(box.y, top), max(box.z, right), max(box.w, bottom)]
                } else {
                    boxes[id] = [left, top, right, bottom]
                }
            }
        }
        return (visible, boxes)
    }

    /// Linear light to bytes: exposure, balance, blur, sRGB, noise.
    private func develop(_ light: inout [Float], using random: inout SplitMix) -> Picture {
        let gain = [Float(style.exposure * style.balance.x), Float(style.exposure * style.balance.y), Float(style.exposure * style.balance.z)]
        if style.blur > 0.05 { blur(&light, deviation: Float(style.blur)) }
        let noise = Float(style.noise)
        var bytes = [UInt8](repeating: 0, count: light.count)
        for i in light.indices {
            var value = Self.shown(light[i] * gain[i % 3])
            if noise > 0 { value += noise * Float(random.uniform() + random.uniform() + random.uniform() - 1.5) * 2 }     // deviation 1 of the sum of three, doubled
            bytes[i] = UInt8(min(255, max(0, (value * 255).rounded())))
        }
        return Picture(width: width, height: height, bytes: bytes)
    }

    /// A separable blur over three pixels.
    private func blur(_ light: inout [Float], deviation: Float) {
        let side = exp(-0.5 / (deviation * deviation)), sum = 1 + 2 * side, middle = 1 / sum, beside = side / sum
        var rows = light
        for y in 0..<height {
            for x in 0..<width {
                for c in 0..<3 {
                    let at = (y * width + x) * 3 + c, left = x > 0 ? at - 3 : at, right = x + 1 < width ? at + 3 : at
                    rows[at] = middle * light[at] + beside * (light[left] + light[right])
                }
            }
        }
        let line = width * 3
        for y in 0..<height {
            for i in 0..<line {
                let at = y * line + i, above = y > 0 ? at - line : at, below = y + 1 < height ? at + line : at
                light[at] = middle * rows[at] + beside * (rows[above] + rows[below])
            }
        }
    }

    /// sRGB's curve, by table: linear 0…1 in steps of 1/4,096.
    private static func shown(_ linear: Float) -> Float { curve[Int(min(max(linear, 0), 1) * 4_095)] }
    private static let curve: [Float] = (0..<4_096).map { step in
        let x = (Double(step) + 0.5) / 4_096
        return Float(x <= 0.0031308 ? 12.92 * x : 1.055 * pow(x, 1 / 2.4) - 0.055)
    }
}

private func floats(_ v: SIMD3<Double>) -> (Float, Float, Float) { (Float(v.x), Float(v.y), Float(v.z)) }

/// SplitMix64: small, and the same everywhere.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    /// In 0..<1.
    mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}
