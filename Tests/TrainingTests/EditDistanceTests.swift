import Testing
import Training

@Suite struct EditDistanceTests {
    @Test(arguments: [
        ("", "", 0), ("cat", "cat", 0), ("cat", "cart", 1), ("cart", "cat", 1), ("cat", "cut", 1), ("", "abc", 3),
        ("kitten", "sitting", 3), ("saturday", "sunday", 3), ("ab", "ba", 2), ("flaw", "lawn", 2), ("\u{E9}t\u{E9}", "ete", 2),
    ])
    func distances(_ a: String, _ b: String, _ expected: Int) {
        #expect(editDistance(a, b) == expected)
        #expect(editDistance(b, a) == expected)
    }

    @Test func nearestWord() {
        let known = ["steps", "seed", "every"]
        #expect(nearest(to: "Setps", in: known) == "steps" && nearest(to: "sed", in: known) == "seed")
        #expect(nearest(to: "qq", in: known) == nil && nearest(to: "steps", in: []) == nil)
    }
}
