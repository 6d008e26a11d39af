import Foundation
import Tensors
import Testing

struct BadHeader: CustomTestStringConvertible, Sendable {
    let name: String, header: String
    var dataBytes = 8
    let expected: @Sendable (SafeTensorsError) -> Bool
    var testDescription: String { name }
}

@Suite("SafeTensors") struct SafeTensorsTests {
    static func file(_ header: String, dataBytes: Int) -> Data {
        var data = Data()
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { data.append(contentsOf: $0) }
        return data + Data(header.utf8) + Data(repeating: 0, count: dataBytes)
    }

    @Test(arguments: SafeTensors.Format.numbers) func roundTrip(format: SafeTensors.Format) throws {
        let exact: [Float] = [0, -0.0, 1, -2.5, 0.15625, 65_280, .infinity, -.infinity, .nan, 0x1p-14]
        let tensors = [
            NamedTensor(name: "odd \"name\"\\\n\u{1F600}", tensor: Tensor(exact, shape: [2, 5])),
            NamedTensor(name: "scalar", tensor: Tensor([3], shape: [])), NamedTensor(name: "empty", tensor: Tensor([], shape: [0, 4])),
        ]
        let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).safetensors")
        defer { try? FileManager.default.removeItem(at: url) }
        try SafeTensors.write(tensors, to: url, format: format, metadata: ["format": "pt", "note": "a\tb"])
        let read = try SafeTensors.read(url)
        #expect(read.metadata == ["format": "pt", "note": "a\tb"])
        #expect(Set(read.map(\.name)) == Set(tensors.map(\.name)))
        for tensor in tensors {
            let found = try #require(read.first { $0.name == tensor.name }).tensor
            #expect(found.shape == tensor.tensor.shape)
            for (a, b) in zip(found.array(), tensor.tensor.array()) { #expect(a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN)) }
        }
    }

    @Test func halvesRoundToNearestEven() throws {
        let x: [Float] = [0x1.002p0, 0x1.006p0, 65_519, 65_520, 0x1p-24, 0x1p-25, 0x3p-25, -0x1.8p-24, 0x1.ffep-15]
        let back = try SafeTensors.read(SafeTensors.encode([.init(name: "x", tensor: Tensor(x, shape: [9]))], format: .f16), path: "x")[0].tensor.array()
        #expect(back == x.map { Float(Float16($0)) })
        let y: [Float] = [0x1.01p0, 0x1.03p0, 0x1.011p0, 3.4e38]
        let rounded = try SafeTensors.read(SafeTensors.encode([.init(name: "y", tensor: Tensor(y, shape: [4]))], format: .bf16), path: "y")[0].tensor.array()
        #expect(rounded == [1, 0x1.04p0, 0x1.02p0, .infinity] as [Float])
    }

    @Test func oddHeaderLengthIsReadRight() throws {
        let header = #"{"a":{"dtype":"BF16","shape":[3],"data_offsets":[0,6]}} "#
        #expect(header.utf8.count % 2 == 0)
        var data = Self.file(header + " ", dataBytes: 0)
        data.append(contentsOf: [0x80, 0x3F, 0x00, 0x40, 0x40, 0x40])
        #expect(try SafeTensors.read(data, path: "x")[0].tensor.array() == [1, 2, 3])
    }

    @Test(arguments: [
        BadHeader(name: "huge count", header: #"{"a":{"dtype":"F32","shape":[4611686018427387904,8],"data_offsets":[0,8]}}"#) { if case .entry = $0 { true } else { false } },
        BadHeader(name: "number beyond Int", header: #"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}"#) { if case .headerSyntax = $0 { true } else { false } },
        BadHeader(name: "negative", header: #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#) { if case .headerSyntax = $0 { true } else { false } },
        BadHeader(name: "fraction", header: #"{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#) { if case .headerSyntax = $0 { true } else { false } },
        BadHeader(name: "overlap", header: #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#) { $0 == .overlap(path: "x", name: "b", other: "a") },
        BadHeader(name: "gap", header: #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#) { $0 == .coverage(path: "x", covered: 0, dataSize: 8) },
        BadHeader(name: "bytes left", header: #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#) { $0 == .coverage(path: "x", covered: 4, dataSize: 8) },
        BadHeader(name: "beyond the end", header: #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}"#) { if case .entry = $0 { true } else { false } },
        BadHeader(name: "reversed", header: #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#) { if case .entry = $0 { true } else { false } },
        BadHeader(name: "other size", header: #"{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}}"#) { if case .entry = $0 { true } else { false } },
        BadHeader(name: "dtype", header: #"{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#) { if case .entry = $0 { true } else { false } },
        BadHeader(name: "twice", header: #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#) { $0 == .duplicateName(path: "x", name: "a") },
        BadHeader(name: "deep", header: "{\"a\":" + String(repeating: "[", count: 200_000)) { if case .headerSyntax = $0 { true } else { false } },
        BadHeader(name: "not JSON", header: "hello") { if case .headerSyntax = $0 { true } else { false } },
        BadHeader(name: "cut", header: #"{"a":{"dtype":"F3"#) { if case .headerSyntax = $0 { true } else { false } },
        BadHeader(name: "escape at the end", header: #"{"a\"#) { if case .headerSyntax = $0 { true } else { false } },
        BadHeader(name: "tail", header: "{} x", dataBytes: 0) { if case .headerSyntax = $0 { true } else { false } },
    ]) func rejects(_ bad: BadHeader) {
        do throws(SafeTensorsError) {
            _ = try SafeTensors.read(Self.file(bad.header, dataBytes: bad.dataBytes), path: "x")
            Issue.record("was read")
        } catch {
            #expect(bad.expected(error), "\(error)")
        }
    }

    @Test func aFileGivesItsHeaderFirstAndThenOneTensorAtATime() throws {
        let tensors = [NamedTensor(name: "b", tensor: values([3, 2], seed: 1)), NamedTensor(name: "a", tensor: values([4], seed: 2))]
        let file = try SafeTensors.File(SafeTensors.encode(tensors, metadata: ["k": "v"]), path: "x")
        #expect(file.header.entries.map(\.name) == ["b", "a"] && file.header.entries.map(\.shape) == [[3, 2], [4]])
        #expect(file.header.metadata == ["k": "v"])
        let last = try #require(file.header.entries.last)
        #expect(try file.tensor(last).array() == tensors[1].tensor.array())
    }

    /// `/dev/full` takes nothing, as a full disk would.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))) func aFullDiskIsTold() throws {
        let error = try #require(throws: (any Error).self) { try Data([1]).write(to: URL(fileURLWithPath: "/dev/full")) }
        #expect(saysDiskIsFull(error))
        #expect(saysDiskIsFull(POSIXError(.EDQUOT)) && saysDiskIsFull(CocoaError(.fileWriteOutOfSpace)))
        #expect(saysDiskIsFull(SafeTensorsError.cannotWrite(path: "x", reason: "r", isFull: true)))
        let beneath = NSError(domain: NSCocoaErrorDomain, code: CocoaError.Code.fileWriteUnknown.rawValue, userInfo: [NSUnderlyingErrorKey: POSIXError(.ENOSPC)])
        #expect(saysDiskIsFull(beneath))
        for other: any Error in [POSIXError(.EACCES), CocoaError(.fileWriteNoPermission), SafeTensorsError.cannotWrite(path: "x", reason: "r")] {
            #expect(!saysDiskIsFull(other))
        }
    }

    @Test func rejectsLengthsOutsideTheFile() {
        for length in [UInt64.max, 1 << 40, 100, 9] {
            let data = withUnsafeBytes(of: length.littleEndian) { Data($0) } + Data("{}".utf8)
            #expect(throws: SafeTensorsError.headerLength(path: "x", length: length, fileSize: 10)) { _ = try SafeTensors.read(data, path: "x") }
        }
        #expect(throws: SafeTensorsError.headerLength(path: "x", length: 0, fileSize: 3)) { _ = try SafeTensors.read(Data([1, 2, 3]), path: "x") }
    }

    @Test func everyTruncationIsAnError() throws {
        let whole = try SafeTensors.encode([.init(name: "a", tensor: values([3, 2], seed: 1)), .init(name: "b", tensor: values([4], seed: 2))])
        for n in 0..<whole.count { #expect(throws: SafeTensorsError.self) { _ = try SafeTensors.read(Data(whole.prefix(n)), path: "x") } }
        // And no single changed header byte may crash.
        let headerEnd = 8 + Int(whole[0]) + Int(whole[1]) << 8
        for i in 0..<headerEnd {
            for byte: UInt8 in [0, 0x22, 0x2C, 0x39, 0x5B, 0x7D, 0xFF] {
                var changed = whole
                changed[i] = byte
                _ = try? SafeTensors.read(changed, path: "x")
            }
        }
    }

    @Test func missingFileAndFolderAreNamed() {
        let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        #expect { _ = try SafeTensors.read(url) } throws: { error in "\(error)".contains(url.path) }
        #expect { try SafeTensors.write([], to: url.appending(path: "a/b.safetensors")) } throws: { error in "\(error)".contains("cannot write") }
    }
}
