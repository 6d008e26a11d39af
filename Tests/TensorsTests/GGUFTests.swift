import Foundation
import Tensors
import Testing

/// A GGUF file put together by hand, field by field, so that any field can be wrong.
private struct HandMade {
    var bytes = Data("GGUF".utf8)

    init(version: UInt32 = 3, tensors: UInt64 = 0, pairs: UInt64 = 0) { put(version); put(tensors); put(pairs) }

    mutating func put(_ value: some FixedWidthInteger) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }
    mutating func put(_ text: String) { put(UInt64(text.utf8.count)); bytes.append(contentsOf: text.utf8) }
    mutating func tensor(_ name: String, _ sizes: [UInt64], type: UInt32 = 0, offset: UInt64 = 0) {
        put(name); put(UInt32(sizes.count))
        for size in sizes { put(size) }
        put(type); put(offset)
    }
    /// With padding and data.
    func with(_ data: [UInt8]) -> Data { bytes + Data(count: (32 - bytes.count % 32) % 32) + Data(data) }
    func with(zeros count: Int) -> Data { with([UInt8](repeating: 0, count: count)) }
}

private struct BadGGUF: Sendable, CustomTestStringConvertible {
    let name: String, part: String
    let make: @Sendable () -> Data
    var testDescription: String { name }
    init(_ name: String, says part: String, _ make: @escaping @Sendable () -> Data) { (self.name, self.part, self.make) = (name, part, make) }
}

private func oneTensor(_ sizes: [UInt64], type: UInt32 = 0, offset: UInt64 = 0, data: Int = 64) -> Data {
    var file = HandMade(tensors: 1)
    file.tensor("a", sizes, type: type, offset: offset)
    return file.with(zeros: data)
}
private func oneValue(_ write: (inout HandMade) -> Void) -> Data {
    var file = HandMade(pairs: 1)
    file.put("k")
    write(&file)
    return file.bytes
}
private func two(_ a: String, _ b: String, _ offset: UInt64, data: Int = 96) -> Data {
    var file = HandMade(tensors: 2)
    file.tensor(a, [16])
    file.tensor(b, [4], offset: offset)
    return file.with(zeros: data)
}

@Suite("GGUF files") struct GGUFTests {
    @Test func everyKindOfMetadataComesBack() throws {
        let metadata: [(key: String, value: GGUFFile.Value)] = [
            ("u8", .unsigned(200, bytes: 1)), ("u16", .unsigned(60_000, bytes: 2)), ("u32", .count(7)), ("u64", .unsigned(.max, bytes: 8)),
            ("i8", .signed(-3, bytes: 1)), ("i16", .signed(-300, bytes: 2)), ("i32", .signed(-70_000, bytes: 4)), ("i64", .signed(.min, bytes: 8)),
            ("f32", .float(0.5, bytes: 4)), ("f64", .float(0.1, bytes: 8)), ("yes", .bool(true)), ("text", .text("한 \"x\"\n")),
            ("texts", .textList(["", "a", "Ġb"])), ("u8s", .unsignedList([1, 255], bytes: 1)), ("i32s", .signedList([-1, 3], bytes: 4)),
            ("u64s", .unsignedList([], bytes: 8)), ("f32s", .floatList([1, -2], bytes: 4)), ("bools", .boolList([true, false])),
            ("lists", .lists([.textList(["x"]), .lists([.signedList([5], bytes: 8)])])),
        ]
        let file = try GGUFFile(GGUFFile.encode(metadata: metadata, tensors: []), path: "x")
        #expect(file.metadata.map(\.key) == metadata.map(\.key))
        for (key, value) in metadata { #expect(file[key] == value) }
        #expect(file["u64"]?.integer == nil && file["i8"]?.integer == -3 && file["i32s"]?.integers == [-1, 3] && file["none"] == nil)
    }

    @Test(arguments: [GGUFFile.TensorType.f32, .bf16, .q8_0]) func tensorsComeBack(type: GGUFFile.TensorType) throws {
        var random = RandomSource(seed: 4)
        let matrix = Tensor.normal([5, 64], deviation: 2, using: &random), vector = Tensor([1, -2, 0.5], shape: [3])
        let data = try GGUFFile.encode(metadata: [("k", .text("odd length"))], tensors: [
            .init(NamedTensor(name: "v", tensor: vector), as: .f32), .init(NamedTensor(name: "m", tensor: matrix), as: type),
        ])
        let file = try GGUFFile(data, path: "x"), entry = try #require(file.entry("m"))
        #expect(entry.type == type && entry.shape == [5, 64])
        #expect(try file.tensor(#require(file.entry("v"))).array() == [1, -2, 0.5])
        let values = matrix.array(), found = try file.tensor(entry).array()
        for row in 0..<10 {
            let block = values[(row * 32)..<(row * 32 + 32)], step = block.map(abs).max() ?? 0
            let bound = switch type { case .f32: Float(0); case .bf16: step / 256; default: step / 127 * 0.57 }      // half a step, and the scale's own rounding 127 times
            for i in (row * 32)..<(row * 32 + 32) where abs(found[i] - values[i]) > bound { Issue.record("\(found[i]) for \(values[i])") }
        }
        file.withBytes(of: entry) { #expect($0 == type && $1.count == 320 / type.blockValues * type.blockBytes) }
        // What was rounded once is not rounded again.
        let again = try GGUFFile.encode(metadata: [], tensors: [.init(NamedTensor(name: "m", tensor: Tensor(found, shape: [5, 64])), as: type)])
        #expect(try GGUFFile(again, path: "x").tensor(#require(GGUFFile(again, path: "x").entry("m"))).array().elementsEqual(found) { abs($0 - $1) <= abs($1) / 512 })
    }

    @Test("Each block type equals a plain reading of it", arguments: GGUFFile.TensorType.allCases) func blocks(type: GGUFFile.TensorType) throws {
        var random = RandomSource(seed: UInt64(type.rawValue) + 1)
        let width = 512, rows = 3, count = rows * width / type.blockValues * type.blockBytes
        var bytes = (0..<count).map { _ in UInt8(random.int(below: 256)) }
        // Exponents that no arithmetic makes infinite: of each 16-bit float the high byte is kept small.
        for block in stride(from: 0, to: count, by: type.blockBytes) {
            for at in Reference.scalePlaces(type) { bytes[block + at + 1] = UInt8(random.int(below: 2) * 128 + random.int(below: 64)) }
        }
        var file = HandMade(tensors: 1)
        file.tensor("a", [UInt64(width), UInt64(rows)], type: type.rawValue)
        let read = try GGUFFile(file.with(bytes), path: "x"), entry = try #require(read.entry("a"))
        let found = try read.tensor(entry).array(), wanted = Reference.values(type, bytes)
        #expect(found.map(\.bitPattern) == wanted.map(\.bitPattern))
        read.withBytes(of: entry) { #expect(Array($1) == bytes) }
        // llama.cpp's neighbours are Hugging Face's halves.
        #expect((0..<4).map { GGUFFile.RowOrder.halves(heads: 1).stored($0, of: 4) } == [0, 2, 1, 3])
        #expect((0..<8).map { GGUFFile.RowOrder.halves(heads: 2).stored($0, of: 8) } == [0, 2, 1, 3, 4, 6, 5, 7])
    }

    @Test("A hostile file gives an error that says where", arguments: [
        BadGGUF("empty", says: "GGUF") { Data() }, BadGGUF("another format", says: "not a GGUF") { Data("PK\u{3}\u{4}".utf8) },
        BadGGUF("version 1", says: "version 1") { HandMade(version: 1).bytes }, BadGGUF("big-endian", says: "big-endian") { HandMade(version: 0x0300_0000).bytes },
        BadGGUF("cut in the version", says: "the version") { Data("GGUF\u{3}".utf8) },
        BadGGUF("huge tensor count", says: "number of tensors") { HandMade(tensors: .max).bytes },
        BadGGUF("huge pair count", says: "number of metadata") { HandMade(pairs: 1 << 60).bytes },
        BadGGUF("pairs missing", says: "metadata") { HandMade(pairs: 1).bytes + Data(count: 8) },
        BadGGUF("huge key", says: "key 0") { var f = HandMade(pairs: 1); f.put(UInt64.max); f.put(UInt64(0)); return f.bytes },
        BadGGUF("unknown value type", says: "type 13") { oneValue { $0.put(UInt32(13)); $0.put(UInt64(0)) } },
        BadGGUF("bool of 2", says: "truth value of 2") { oneValue { $0.put(UInt32(7)); $0.put(UInt8(2)); $0.put(UInt64(0)) } },
        BadGGUF("text beyond the end", says: "metadata k") { oneValue { $0.put(UInt32(8)); $0.put(UInt64(1_000)); $0.put(UInt64(0)) } },
        BadGGUF("list beyond the end", says: "metadata k") { oneValue { $0.put(UInt32(9)); $0.put(UInt32(0)); $0.put(UInt64(1) << 40) } },
        BadGGUF("list of overflowing size", says: "metadata k") { oneValue { $0.put(UInt32(9)); $0.put(UInt32(10)); $0.put(UInt64.max) } },
        BadGGUF("deep lists", says: "deep") { oneValue { f in f.put(UInt32(9)); for _ in 0..<10_000 { f.put(UInt32(9)); f.put(UInt64(1)) } } },
        BadGGUF("key twice", says: "two entries") {
            var f = HandMade(pairs: 2)
            for _ in 0..<2 { f.put("k"); f.put(UInt32(4)); f.put(UInt32(1)) }
            return f.bytes
        },
        BadGGUF("alignment of 3", says: "power of two") { var f = HandMade(pairs: 1); f.put("general.alignment"); f.put(UInt32(4)); f.put(UInt32(3)); return f.bytes },
        BadGGUF("alignment of 0", says: "power of two") { var f = HandMade(pairs: 1); f.put("general.alignment"); f.put(UInt32(4)); f.put(UInt32(0)); return f.bytes },
        BadGGUF("no axes", says: "0 axes") { oneTensor([]) }, BadGGUF("many axes", says: "5 axes") { oneTensor([1, 1, 1, 1, 1]) },
        BadGGUF("empty axis", says: "axis of 0") { oneTensor([4, 0]) }, BadGGUF("huge axis", says: "axis") { oneTensor([.max]) },
        BadGGUF("overflowing shape", says: "too large") { oneTensor([1 << 40, 1 << 40]) },
        BadGGUF("unknown type", says: "type 16") { oneTensor([256], type: 16) }, BadGGUF("half a block", says: "whole blocks") { oneTensor([16], type: 8) },
        BadGGUF("unaligned", says: "multiple of 32") { oneTensor([4], offset: 4) }, BadGGUF("offset beyond Int", says: "begin") { oneTensor([4], offset: .max - 31) },
        BadGGUF("offset that overflows", says: "beyond") { oneTensor([16], offset: UInt64(Int.max - 31)) },
        BadGGUF("data beyond the end", says: "cut short") { oneTensor([17]) }, BadGGUF("overlap", says: "overlap") { two("a", "b", 32) },
        BadGGUF("name twice", says: "two entries") { two("a", "a", 64) }, BadGGUF("empty name", says: "name of tensor") { two("", "a", 64) },
    ]) fileprivate func rejects(_ bad: BadGGUF) {
        do throws(GGUFError) {
            _ = try GGUFFile(bad.make(), path: "file.gguf")
            Issue.record("was read")
        } catch { #expect("\(error)".contains(bad.part) && "\(error)".hasPrefix("file.gguf: "), "\(error)") }
    }

    @Test func everyCutGivesAnErrorAndNoByteACrash() throws {
        let whole = try GGUFFile.encode(
            metadata: [("texts", .textList(["a", "bc"])), ("n", .count(3)), ("lists", .lists([.boolList([true])]))],
            tensors: [.init(NamedTensor(name: "m", tensor: Tensor(zeros: [2, 32])), as: .q8_0)])
        for length in 0..<(whole.count - 31) { #expect(throws: GGUFError.self) { try GGUFFile(whole.prefix(length), path: "x") } }
        var random = RandomSource(seed: 2)
        for _ in 0..<2_000 {
            var broken = whole
            for _ in 0..<3 { broken[random.int(below: broken.count)] = UInt8(random.int(below: 256)) }
            if let file = try? GGUFFile(broken, path: "x") { for entry in file.entries { _ = try file.tensor(entry) } }
        }
    }

    @Test func theWriterRefusesWhatItCannotStore() {
        let vector = NamedTensor(name: "a", tensor: Tensor(zeros: [16])), empty = NamedTensor(name: "b", tensor: Tensor(zeros: [0]))
        for parts in [[GGUFFile.Part(vector, as: .q8_0)], [.init(vector, as: .q4_0)], [.init(empty, as: .f32)], [.init(vector, as: .f32), .init(vector, as: .f32)]] {
            #expect(throws: GGUFError.self) { try GGUFFile.encode(metadata: [], tensors: parts) }
        }
        #expect(throws: GGUFError.duplicateName(path: "data", name: "k")) { try GGUFFile.encode(metadata: [("k", .count(1)), ("k", .count(2))], tensors: []) }
    }
}

/// The block types as ggml defines them, value by value.
private enum Reference {
    static func scalePlaces(_ type: GGUFFile.TensorType) -> [Int] {
        switch type {
        case .f32: [2]
        case .f16, .bf16, .q4_0, .q5_0, .q8_0: [0]
        case .q4_1, .q5_1, .q4_K, .q5_K: [0, 2]
        case .q6_K: [208]
        }
    }

    static func values(_ type: GGUFFile.TensorType, _ bytes: [UInt8]) -> [Float] {
        stride(from: 0, to: bytes.count, by: type.blockBytes).flatMap { start in
            let block = Array(bytes[start..<(start + type.blockBytes)])
            return (0..<type.blockValues).map { value(type, block, $0) }
        }
    }

    private static func half(_ b: [UInt8], _ at: Int) -> Float { Float(Float16(bitPattern: UInt16(b[at]) | UInt16(b[at + 1]) << 8)) }
    private static func nibble(_ b: [UInt8], _ at: Int, _ i: Int) -> Int { Int(i < 16 ? b[at + i] & 15 : b[at + i - 16] >> 4) }
    private static func bit(_ b: [UInt8], _ at: Int, _ i: Int) -> Int { Int(b[at + i / 8] >> UInt8(i % 8) & 1) }

    private static func value(_ type: GGUFFile.TensorType, _ b: [UInt8], _ i: Int) -> Float {
        switch type {
        case .f32: return Float(bitPattern: UInt32(b[0]) | UInt32(b[1]) << 8 | UInt32(b[2]) << 16 | UInt32(b[3]) << 24)
        case .f16: return half(b, 0)
        case .bf16: return Float(bitPattern: UInt32(b[0]) << 16 | UInt32(b[1]) << 24)
        case .q8_0: return Float(Int8(bitPattern: b[2 + i])) * half(b, 0)
        case .q4_0: return Float(nibble(b, 2, i) - 8) * half(b, 0)
        case .q4_1: return Float(nibble(b, 4, i)) * half(b, 0) + half(b, 2)
        case .q5_0: return Float(nibble(b, 6, i) + 16 * bit(b, 2, i) - 16) * half(b, 0)
        case .q5_1: return Float(nibble(b, 8, i) + 16 * bit(b, 4, i)) * half(b, 0) + half(b, 2)
        case .q4_K, .q5_K:
            let j = i / 32, s = b[4..<16].map(Int.init), at = (type == .q4_K ? 16 : 48) + j / 2 * 32 + i % 32
            let scale = j < 4 ? s[j] & 63 : (s[j + 4] & 15) | (s[j - 4] >> 6) << 4
            let minimum = j < 4 ? s[j + 4] & 63 : (s[j + 4] >> 4) | (s[j] >> 6) << 4
            var q = Int(j % 2 == 0 ? b[at] & 15 : b[at] >> 4)
            if type == .q5_K { q += Int(b[16 + i % 32] >> UInt8(j) & 1) * 16 }
            return half(b, 0) * Float(scale) * Float(q) - half(b, 2) * Float(minimum)
        case .q6_K:
            let part = i / 128, j = i % 128, quarter = j / 32, l = j % 32
            let low = b[part * 64 + l + (quarter % 2) * 32], high = b[128 + part * 32 + l] >> UInt8(2 * quarter) & 3
            let q = Int(quarter < 2 ? low & 15 : low >> 4) | Int(high) << 4
            return half(b, 208) * Float(Int8(bitPattern: b[192 + part * 8 + quarter * 2 + l / 16])) * Float(q - 32)
        }
    }
}
