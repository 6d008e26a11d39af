import Files
import Foundation
import Sketches
import Testing

/// sketch-rnn's rows as numpy keeps them.
@Suite("Stroke-3 in numpy's files") struct Stroke3ArchiveTests {
    private func content(_ data: Data) throws(FileError) -> SketchFileContent { try SketchFile.content(of: data, name: "x.npz") }

    /// What must not be read: the sentence, after the place.
    private func refusal(_ data: Data, _ says: String, key: String? = nil) {
        let error = #expect(throws: FileError.self) { try content(data) }
        #expect(error?.file == "x.npz" && error?.key == key && error?.exitCode == 65)
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "read")")
    }

    @Test("Scenes come back with their strokes", arguments: [1, 3])
    func roundTrip(count: Int) throws {
        let scenes = (0..<count).map { _ in sampleScene() }
        let again = try content(SketchFile.write(scenes, format: .npz))
        #expect(again.form == .npz && again.scenes.count == count && again.warnings.isEmpty)
        for (read, scene) in zip(again.scenes, scenes) {
            #expect(read.strokes.map(\.points.count) == scene.strokes.map(\.points.count))
            for (a, b) in zip(read.strokes.flatMap(\.points), scene.strokes.flatMap(\.points)) { #expect(a.distance(to: b) < 1e-4) }
        }
    }

    @Test("Whole offsets are int16 and exact, also far from each other")
    func whole() throws {
        let scene = Scene(width: 40_000, height: 9, strokes: [line(0, 0, 32_767, 8, 1, 1), line(5, 5)])
        let data = try SketchFile.write([scene], format: .npz)
        #expect(String(decoding: data, as: UTF8.self).contains("'descr': '<i2', 'fortran_order': False, 'shape': (4, 3), "))
        #expect(try content(data).scenes[0].strokes == scene.strokes)
        let wide = try SketchFile.write([Scene(width: 9, height: 9, strokes: [line(0, 0, 32_768, 0)])], format: .npz)
        #expect(String(decoding: wide, as: UTF8.self).contains("'<f4'") && !String(decoding: wide, as: UTF8.self).contains("'<i2'"))
        #expect(try content(SketchFile.write([Scene(width: 9, height: 9)], format: .npz)).scenes[0].strokes.isEmpty)
    }

    @Test("Roundings of float32 do not add up")
    func drift() throws {
        var dice = Dice(3), strokes: [Stroke] = []
        for _ in 0..<200 { strokes.append(Stroke((0..<50).map { _ in Point(x: .random(in: 0...1000, using: &dice), y: .random(in: 0...1000, using: &dice)) })) }
        let again = try content(SketchFile.write([Scene(width: 1000, height: 1000, strokes: strokes)], format: .npz)).scenes[0].strokes
        #expect(zip(again.flatMap(\.points), strokes.flatMap(\.points)).allSatisfy { $0.distance(to: $1) < 1e-3 })
    }

    @Test("Arrays that numpy wrote: deflated, and by columns")
    func numpy() throws {
        #expect(try content(NumpySamples.plain).scenes.map(\.strokes) == [[line(10, 20, 15, 20), line(10, 22, 10, 23)]])
        // The second drawing begins left of the canvas and is moved onto it.
        #expect(try content(NumpySamples.fortran).scenes.map(\.strokes) == [[line(1, 2, 4, 6)], [line(7, 6, 0, 14)]])
        let mixed = try content(NumpySamples.mixed)
        #expect(mixed.scenes.count == 1 && mixed.warnings == ["labels.npy is not read: it has the shape [4], not [N, 3]"])
    }

    @Test("sketch-rnn's own lists of arrays, as every Python pickles them",
          arguments: [NumpySamples.sketchRNN4, NumpySamples.sketchRNN3, NumpySamples.sketchRNN2, NumpySamples.sketchRNNPython2])
    func sketchRNN(_ data: Data) throws {
        let read = try content(data), one = [line(10, 20, 15, 20)], two = [line(3, 4, 8, 4, 9, 5)]
        #expect(read.scenes.map(\.strokes).prefix(2) == [one, two] && read.scenes.count == (data == NumpySamples.sketchRNN4 ? 3 : 2))
    }

    @Test("Pickles of anything else are refused, and nothing in them is run")
    func pickles() {
        refusal(NumpySamples.callsSystem, "the name posix.system; nothing of it was run", key: "train.npy")
        refusal(NumpySamples.holdsText, "something else than an array at [0]", key: "train.npy")
    }

    @Test("Arrays of other shapes and kinds are named")
    func shapes() {
        refusal(NumpySamples.sixNumbers, "expected an array of rows [dx, dy, p], shape [N, 3] or [B, N, 3], found the shape [6]")
        refusal(NumpySamples.fiveColumns, "found the shape [2, 5]")
        refusal(NumpySamples.complexNumbers, "numbers of the kind \"<c16\"")
        refusal(NumpySamples.records, "of a plain array")
    }

    /// A plain array [N, 3] of float64 with these numbers, alone.
    private func array(_ numbers: [Double], shape: String? = nil, kind: String = "<f8") -> Data {
        var header = "{'descr': '\(kind)', 'fortran_order': False, 'shape': \(shape ?? "(\(numbers.count / 3), 3)"), }"
        header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
        var data = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)]) + Data(header.utf8)
        for number in numbers { withUnsafeBytes(of: number.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
        return data
    }

    @Test("Bad numbers are named by their row")
    func numbers() throws {
        #expect(try content(array([1, 2, 0, 3, 4, 1])).scenes[0].strokes == [line(1, 2, 4, 6)])
        refusal(array([1, 2, 0, .nan, 0, 1]), "found [nan, 0, 1]", key: "[1]")
        refusal(array([1, 2, 0, 3, .infinity, 1]), "found [3, inf, 1]", key: "[1]")
        refusal(array([1, 2, 7]), "with p 0 or 1", key: "[0]")
        refusal(array([1, 2, .nan]), "with p 0 or 1", key: "[0]")
        refusal(array([9e6, 0, 0, 9e6, 0, 1]), "pixels away", key: "[1]")
        refusal(array([1, 2, 0], shape: "(2, 3)"), "needs others")
        refusal(array([1, 2, 0], shape: "(4611686018427387904, 3)"), "needs others")
        refusal(array([1, 2, 0], shape: "(-1, 3)"), "header is not")
        refusal(array([], shape: "(99999999999999999999, 3)"), "header is not")
        refusal(array([], shape: "(9999999, 0, 3)"), "more than 1000000 drawings")
        refusal(array([1, 2, 0], kind: ">i3"), "numbers of the kind")
        refusal(array([Double](repeating: 0, count: 3_000_003), shape: "(1000001, 3)"), "more than 1000000 points")
    }

    @Test("Half a file is an error at every length", arguments: [NumpySamples.plain, NumpySamples.fortran, NumpySamples.sketchRNN4, NumpySamples.sketchRNN2, NumpySamples.sketchRNNPython2])
    func truncated(_ data: Data) {
        for count in 6..<data.count {
            let error = #expect(throws: FileError.self, "\(count) bytes") { try content(data.prefix(count)) }
            #expect(error?.file == "x.npz" && error?.description.isEmpty == false)
        }
    }

    @Test("An archive that claims what it does not hold")
    func claims() throws {
        let valid = [UInt8](NumpySamples.plain)
        let directory = try #require((0..<valid.count - 4).first { Array(valid[$0..<$0 + 4]) == [0x50, 0x4b, 1, 2] })
        func patched(_ offset: Int, _ bytes: [UInt8]) -> Data {
            var copy = valid
            copy.replaceSubrange(directory + offset..<directory + offset + bytes.count, with: bytes)
            return Data(copy)
        }
        refusal(patched(24, [0, 0, 0, 0x7f]), "unpacks to more than 256 MiB; split it", key: "cat.npy")
        refusal(patched(24, [0, 0, 0x40, 0]), "claims a size that its bytes cannot give", key: "cat.npy")
        refusal(patched(24, [1, 0, 0, 0]), "cannot be unpacked", key: "cat.npy")
        refusal(patched(24, [valid[directory + 24] &+ 1]), "cannot be unpacked", key: "cat.npy")
        refusal(patched(16, [0, 0, 0, 0]), "checksum", key: "cat.npy")
        refusal(patched(8, [1, 0]), "encrypted", key: "cat.npy")
        refusal(patched(10, [12, 0]), "compression method 12", key: "cat.npy")
        refusal(patched(42, [9, 0, 0, 0]), "no header where the directory says", key: "cat.npy")
        refusal(patched(20, [0xff, 0xff, 0, 0]), "reaches beyond the archive", key: "cat.npy")
        refusal(patched(46, Array("cat.txt".utf8)), "a zip archive of other things")
        refusal(Data("PK".utf8), "no directory at its end")
        refusal(Data("PK\u{5}\u{6}".utf8) + Data(count: 18), "a zip archive of other things")
    }

    /// Valid files with bytes changed, and noise behind each magic number: read or refused, never a crash.
    @Test func mutations() throws {
        var dice = Dice(11), readable = 0
        let files = [NumpySamples.plain, NumpySamples.fortran, NumpySamples.sketchRNN4, NumpySamples.sketchRNNPython2, try SketchFile.write([sampleScene()], format: .npz)]
        for round in 0..<4000 {
            var bytes = [UInt8](files[round % files.count])
            for _ in 0..<Int.random(in: 1...3, using: &dice) {
                let at = Int.random(in: 0..<bytes.count, using: &dice)
                if Bool.random(using: &dice) { bytes[at] = .random(in: 0...255, using: &dice) } else { bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &dice) }
            }
            do throws(FileError) {
                readable += try content(Data(bytes)).scenes.isEmpty ? 0 : 1
            } catch { #expect(error.file == "x.npz" && !error.description.isEmpty) }
        }
        #expect(readable > 50)
        for magic in [Array("PK\u{3}\u{4}".utf8), [0x93] + Array("NUMPY\u{1}\u{0}".utf8)] {
            for _ in 0..<500 {
                let noise = (0..<Int.random(in: 0...400, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) }
                #expect(throws: FileError.self) { try content(Data(magic + noise)) }
            }
        }
    }

    /// The instructions of a pickle, changed one at a time: no checksum stands before them here.
    @Test func mutatedPickles() throws {
        // The stored member of an archive would be refused by its checksum, so the list goes in as an array alone.
        let packed = PickleSample.alone
        #expect(try content(packed).scenes.count == 2)
        var dice = Dice(12)
        for _ in 0..<20_000 {
            var bytes = [UInt8](packed)
            for _ in 0..<Int.random(in: 1...3, using: &dice) { bytes[Int.random(in: 80..<bytes.count, using: &dice)] = .random(in: 0...255, using: &dice) }
            do throws(FileError) { _ = try content(Data(bytes)) } catch { #expect(!error.description.isEmpty) }
        }
        for count in 10..<packed.count { #expect(throws: FileError.self) { try content(packed.prefix(count)) } }
    }

    @Test("Nothing nested brings the reader down")
    func nesting() {
        let header = PickleSample.header
        for part in [[0x29] + [UInt8](repeating: 0x85, count: 200_000), [UInt8](repeating: 0x5d, count: 200_000) + [UInt8](repeating: 0x61, count: 199_999),
                     [UInt8](repeating: 0x28, count: 200_000) + [UInt8](repeating: 0x74, count: 200_000)] {
            #expect(throws: FileError.self) { try content(header + Data([0x80, 2] + part + [0x2e])) }
        }
    }

    @Test("More scenes than a zip holds are an error of the writer")
    func tooMany() {
        let scenes = [Scene](repeating: Scene(width: 1, height: 1), count: 65_535)
        #expect(throws: SketchWriteError.self) { try SketchFile.write(scenes, format: .npz) }
    }
}

/// sketch-rnn's list as an `.npy` alone, written by hand: two arrays of rows, protocol 2.
private enum PickleSample {
    static let header: Data = {
        let text = "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }\n"
        return Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, UInt8(text.utf8.count), 0]) + Data(text.utf8)
    }()

    static var alone: Data {
        func text(_ string: String) -> [UInt8] { [0x55, UInt8(string.utf8.count)] + Array(string.utf8) }
        var pickle: [UInt8] = [0x80, 2] + Array("cnumpy.core.multiarray\n_reconstruct\nq".utf8) + [1] + Array("cnumpy\nndarray\nq".utf8) + [2]
        pickle += [0x4b, 0, 0x85] + text("b") + [0x87, 0x52, 0x28, 0x4b, 1, 0x4b, 2, 0x85] + Array("cnumpy\ndtype\nq".utf8) + [4]
        pickle += text("O8") + [0x89, 0x88, 0x87, 0x52, 0x28, 0x4b, 3] + text("|") + [0x74, 0x62, 0x89, 0x5d, 0x28]
        for rows in [[[1, 2, 0], [3, 4, 1]], [[5, 6, 1]]] as [[[UInt8]]] {
            pickle += [0x68, 1, 0x68, 2, 0x4b, 0, 0x85] + text("b") + [0x87, 0x52, 0x28, 0x4b, 1, 0x4b, UInt8(rows.count), 0x4b, 3, 0x86, 0x68, 4]
            pickle += text("i1") + [0x89, 0x88, 0x87, 0x52, 0x89, 0x55, UInt8(rows.count * 3)] + rows.flatMap { $0 } + [0x74, 0x62]
        }
        return header + Data(pickle + [0x65, 0x74, 0x62, 0x2e])
    }
}
