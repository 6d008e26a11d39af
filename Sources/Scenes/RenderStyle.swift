/// How a scene is lit, painted and photographed. `init()` looks like the public pictures; `sampled` is varied widely around it, so that what is
/// learned from such pictures holds for pictures made elsewhere.
public struct RenderStyle: Hashable, Sendable {
    /// A square lamp that faces the middle of the scene.
    public struct Lamp: Hashable, Sendable {
        /// Where it hangs, scene units.
        public var place: SIMD3<Double>
        /// Half of its side, scene units: wide lamps throw soft shadows.
        public var half: Double
        /// Light sent out, linear red, green, blue.
        public var color: SIMD3<Double>
    }

    /// Sun (far away), key, fill and back lamp: at the places that the public set's lamps have (Kubric's copy of CLEVR lists them), as strong as
    /// the ground of its pictures is bright. Key and fill are a little warm and cool.
    public var lamps = [
        Lamp(place: [46.64, -26.51, 103.3], half: 6, color: .init(repeating: 2_500)),
        Lamp(place: [6.45, -2.91, 4.26], half: 0.5, color: [6.05, 5.55, 4.75]),
        Lamp(place: [-4.67, -4.01, 3.01], half: 0.5, color: [1.2, 1.33, 1.7]),
        Lamp(place: [-1.17, 2.65, 5.82], half: 0.5, color: [2.4, 2.4, 2.37]),
    ]
    /// What the ground throws back at the undersides of things, linear.
    public var bounce: SIMD3 = [0.17, 0.167, 0.163]
    /// Light from everywhere; reflectance of the ground; light of what is beyond it. Linear.
    public var ambient = SIMD3(repeating: 0.025), ground = SIMD3(repeating: 0.81), sky = SIMD3(repeating: 0.009)
    /// Strength of the lamps' glints on metal, of the haze around those, and of the soft glints on rubber.
    public var metalGlint = 12.0, metalHaze = 4.7, rubberGlint = 0.02
    /// How far a metal's tint turns white where it is seen at a grazing angle.
    public var fresnel = 0.1
    /// Bend of a metal's reflections, and the share of its light that is not mirrored.
    public var roughness = 0.12, metalDiffuse = 0.22, mirror = 0.93
    /// A metal's glint is the cosine to the power 2^gloss.
    public var gloss = 6
    /// Each object's paint is multiplied by 1 ± this in each channel.
    public var paintJitter = 0.0
    /// Width of rounded edges as a share of an object's half size.
    public var bevel = 0.2
    /// All light is multiplied by this before it is shown.
    public var exposure = 1.0
    /// Red, green and blue are multiplied by these.
    public var balance = SIMD3(repeating: 1.0)
    /// Deviation of the noise of each pixel, of 1; standard deviation of the blur, pixels.
    public var noise = 0.0, blur = 0.0
    /// Samples along a pixel's side.
    public var samples = 2

    /// The look of the public pictures.
    public init() {}

    /// A look around the public pictures'.
    public static func sampled(using random: inout some RandomNumberGenerator) -> RenderStyle {
        var style = RenderStyle()
        func around(_ value: Double, _ share: Double) -> Double { value * Double.random(in: 1 - share...1 + share, using: &random) }
        for i in style.lamps.indices {
            let far = dot(style.lamps[i].place, style.lamps[i].place).squareRoot() / 7       // 1 for the three lamps near by
            for axis in 0..<3 { style.lamps[i].place[axis] += max(1, far) * Double.random(in: -1...1, using: &random) }
            style.lamps[i].half = max(1, far) * Double.random(in: 0.2...1.2, using: &random)
            let strength = Double.random(in: 0.6...1.5, using: &random)
            for channel in 0..<3 { style.lamps[i].color[channel] *= strength * Double.random(in: 0.92...1.08, using: &random) }
        }
        style.ambient = .init(repeating: Double.random(in: 0...0.1, using: &random))
        style.bounce = style.bounce * Double.random(in: 0.5...1.5, using: &random)
        style.ground = .init(repeating: Double.random(in: 0.6...0.95, using: &random))
        style.sky = .init(repeating: Double.random(in: 0...0.12, using: &random))
        style.metalGlint = around(style.metalGlint, 0.5)
        style.metalHaze = Double.random(in: 0.5...8, using: &random)
        style.fresnel = Double.random(in: 0...0.5, using: &random)
        style.rubberGlint = Double.random(in: 0...0.12, using: &random)
        style.roughness = Double.random(in: 0.02...0.25, using: &random)
        style.metalDiffuse = Double.random(in: 0.1...0.4, using: &random)
        style.mirror = around(style.mirror, 0.25)
        style.gloss = Int.random(in: 5...8, using: &random)
        style.paintJitter = 0.12
        style.bevel = Double.random(in: 0.08...0.26, using: &random)
        style.exposure = Double.random(in: 0.7...1.35, using: &random)
        for channel in 0..<3 { style.balance[channel] = Double.random(in: 0.94...1.06, using: &random) }
        style.noise = Bool.random(using: &random) ? Double.random(in: 0...0.04, using: &random) : 0
        style.blur = Bool.random(using: &random) ? Double.random(in: 0...0.7, using: &random) : 0
        return style
    }
}
