import Foundation
import Testing
import Training

@Suite struct EventFileTests {
    @Test(arguments: [("", 0 as UInt32), ("123456789", 0xe306_9283), ("a", 0xc1d0_4330)])
    func checksumsAreTheKnownOnes(_ text: String, _ crc: UInt32) {
        #expect(CRC32C.checksum(Array(text.utf8)) == crc)
    }

    @Test func zerosHaveTheChecksumOfRFC3720() {
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
    }

    @Test func fileHasTheLayoutTensorBoardReads() throws {
        let folder = try TemporaryFolder()
        try EventFile(in: folder.url, keepingThrough: 0).write(["b": 2, "a": 0.5], step: 300)
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).first)
        #expect(name.hasPrefix("events.out.tfevents."))
        let bytes = [UInt8](try Data(contentsOf: folder.url.appendingPathComponent(name)))

        // First record: length, its masked checksum, then wall_time (field 1, fixed64) and file_version (field 3).
        #expect(Array(bytes[0..<8]) == [24, 0, 0, 0, 0, 0, 0, 0])
        let length = CRC32C.checksum(Array(bytes[0..<8]))
        let masked = (length >> 15 | length << 17) &+ 0xa282_ead8
        #expect(Array(bytes[8..<12]) == (0..<4).map { UInt8(truncatingIfNeeded: masked >> (8 * $0)) })
        #expect(bytes[12] == 0x09)
        #expect(Array(bytes[21..<36]) == [0x1a, 13] + Array("brain.Event:2".utf8))

        let messages = EventFile.messages(in: Data(bytes))
        #expect(messages.count == 2)
        // step 300 as varint, summary of two values in the order of their tags.
        #expect(Array(messages[1][9...]) == [0x10, 0xac, 0x02, 0x2a, 20]
            + [0x0a, 8, 0x0a, 1, UInt8(ascii: "a"), 0x15, 0, 0, 0, 0x3f]
            + [0x0a, 8, 0x0a, 1, UInt8(ascii: "b"), 0x15, 0, 0, 0, 0x40])
    }

    @Test func resumingCutsLaterEventsAndATornRecord() throws {
        let folder = try TemporaryFolder()
        let first = try EventFile(in: folder.url, keepingThrough: 0)
        for step in [100, 200, 300] { try first.write(["loss": 1], step: step) }
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).first)
        let url = folder.url.appendingPathComponent(name)
        let whole = try Data(contentsOf: url)
        try whole.dropLast(5).write(to: url)
        #expect(EventFile.messages(in: try Data(contentsOf: url)).count == 3)

        try EventFile(in: folder.url, keepingThrough: 100).write(["loss": 2], step: 150)
        let messages = EventFile.messages(in: try Data(contentsOf: url))
        #expect(messages.count == 3)
        #expect(messages.last?[10...11] == [0x96, 0x01])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 1)
    }
}
