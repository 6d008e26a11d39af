/// Places on the ground along the two axes of CLEVR's relations: to the right in the picture, and into it.
enum GroundAxes {
    private static let right = SIMD2(0.65631, 0.75449), behind = SIMD2(-0.75449, 0.65631)

    /// A place's distances from the middle of the scene along right and behind, scene units.
    static func along(_ place: SIMD3<Double>) -> SIMD2<Double> {
        let flat = SIMD2(place.x, place.y)
        return SIMD2((flat * right).sum(), (flat * behind).sum())
    }

    /// Whether a direction runs along right (or left), rather than into the picture or out of it.
    static func isAcross(_ direction: SIMD3<Double>) -> Bool {
        let along = along(direction)
        return abs(along.x) > abs(along.y)
    }

    /// The place at these distances and this height.
    static func place(_ along: SIMD2<Double>, z: Double) -> SIMD3<Double> {
        let flat = right * along.x + behind * along.y
        return SIMD3(flat.x, flat.y, z)
    }

    /// The place as a mirror between left and right shows it.
    static func mirrored(_ place: SIMD3<Double>) -> SIMD3<Double> {
        let away = right * (2 * along(place).x)
        return SIMD3(place.x - away.x, place.y - away.y, place.z)
    }
}
