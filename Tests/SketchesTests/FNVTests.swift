import Files
import Testing

@Suite("Checksums of what is remembered")
struct FNVTests {
    @Test("The values that its authors publish", arguments: [("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8)] as [(String, UInt64)])
    func published(text: String, hash: UInt64) { #expect(fnv1a(text.utf8) == hash) }
}
