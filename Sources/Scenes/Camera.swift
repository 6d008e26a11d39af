/// A pinhole camera over the ground plane, z up: CLEVR's, with its jitter.
public struct Camera: Hashable, Sendable {
    /// Where it stands, scene units.
    public var place: SIMD3<Double>
    /// What it looks at.
    public var target: SIMD3<Double>
    /// Sensor width through focal length: 32 / 35 in CLEVR (49.1° across).
    public var spread: Double

    /// CLEVR's camera without jitter.
    public init(place: SIMD3<Double> = [7.481, -6.508, 5.344], target: SIMD3<Double> = .zero, spread: Double = 32.0 / 35) {
        (self.place, self.target, self.spread) = (place, target, spread)
    }

    /// The camera, moved by up to `jitter` in each coordinate.
    public func jittered(by jitter: Double, using random: inout some RandomNumberGenerator) -> Camera {
        var camera = self
        for i in 0..<3 { camera.place[i] += Double.random(in: -jitter...jitter, using: &random) }
        return camera
    }

    /// Unit vectors to the right of the picture, up in it, and into it.
    var axes: (right: SIMD3<Double>, up: SIMD3<Double>, forward: SIMD3<Double>) {
        let forward = unit(target - place), right = unit(cross(forward, [0, 0, 1]))
        return (right, cross(right, forward), forward)
    }

    /// Where a point is seen in a picture of this size: pixels from the top left, and its depth along the camera's axis.
    public func project(_ point: SIMD3<Double>, width: Int, height: Int) -> SIMD3<Double> {
        let (right, up, forward) = axes, away = point - place, depth = dot(away, forward), focal = Double(width) / spread
        return [Double(width) / 2 + focal * dot(away, right) / depth, Double(height) / 2 - focal * dot(away, up) / depth, depth]
    }

    /// The point at height `z` that is seen at a pixel; nil where the line of sight does not meet that height in front of the camera.
    public func point(at pixel: SIMD2<Double>, z: Double, width: Int, height: Int) -> SIMD3<Double>? {
        let (right, up, forward) = axes, focal = Double(width) / spread
        let ray = forward + right * ((pixel.x - Double(width) / 2) / focal) - up * ((pixel.y - Double(height) / 2) / focal)
        let t = (z - place.z) / ray.z
        return t.isFinite && t > 0 ? place + ray * t : nil
    }
}

func dot(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double { (a * b).sum() }
func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x]
}
func unit(_ a: SIMD3<Double>) -> SIMD3<Double> { a / dot(a, a).squareRoot() }
