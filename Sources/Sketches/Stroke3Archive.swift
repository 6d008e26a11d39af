import Files
import Foundation

/// Stroke-3 as sketch-rnn keeps it: a zip (`.npz`) of numpy arrays of rows `[dx, dy, p]`, or one such array alone (`.npy`).
///
/// A member of shape [N, 3] is one drawing, [B, N, 3] are B drawings of N rows each; sketch-rnn's own members (`train`, `valid`, `test`) are lists
/// of arrays [N, 3] (``PickledArrays``). Members of other shapes are named in the warnings, as long as there is a drawing beside them.
enum Stroke3Archive {
    /// Rows of all drawings of a file together.
    static let rowLimit = 10_000_000

    /// Reads an `.npz`, whose first bytes are `PK`.
    static func read(_ bytes: [UInt8], file: String) throws(FileError) -> (scenes: [Scene], warnings: [String]) {
        let archive = try ZipArchive(bytes, file: file)
        let arrays = archive.members.filter { $0.name.hasSuffix(".npy") }
        guard !arrays.isEmpty else {
            throw FileError(file: file, .expected("arrays of drawings (.npy members, as numpy.savez writes them)", found: "a zip archive of other things"))
        }
        var reader = Reader(file: file), warnings: [String] = []
        for member in arrays {
            let name = ZipArchive.shown(member.name)
            if let other = try reader.read(try archive.content(of: member), key: name) { warnings.append("\(name) is not read: it has \(other), not [N, 3]") }
        }
        if reader.scenes.isEmpty, reader.arrayCount == 0 {
            throw FileError(file: file, .expected("an array of rows [dx, dy, p], shape [N, 3] or [B, N, 3]", found: warnings.first ?? "none"))
        }
        let others = archive.members.count - arrays.count
        if others > 0 { warnings.append("\(others) × a member that is no array is not read") }
        return (reader.scenes, warnings)
    }

    /// Reads an `.npy`, whose first bytes are ``NumpyHeader/magic``.
    static func readArray(_ bytes: [UInt8], file: String) throws(FileError) -> [Scene] {
        var reader = Reader(file: file)
        if let other = try reader.read(bytes, key: nil) {
            throw FileError(file: file, .expected("an array of rows [dx, dy, p], shape [N, 3] or [B, N, 3]", found: other))
        }
        return reader.scenes
    }

    // MARK: reading

    private struct Reader {
        let file: String
        var scenes: [Scene] = []
        var arrayCount = 0
        private var rows = 0

        init(file: String) { self.file = file }

        /// Reads a member's drawings.
        /// - Returns: what it has instead, where it is an array of another shape.
        mutating func read(_ bytes: [UInt8], key: String?) throws(FileError) -> String? {
            let place = FilePlace(file: file, key: key)
            let header = try NumpyHeader(bytes, place: place)
            guard let kind = header.kind else { return "numbers of the kind \"\(ZipArchive.shown(header.kindName))\"" }
            if kind.isObject {
                for (index, array) in try PickledArrays.read(bytes, from: header.contentStart, place: place).enumerated() {
                    let key = "\(key ?? "")[\(index)]"
                    guard array.shape.count == 2, array.shape[1] == 3 else {
                        throw FileError(file: file, key: key, .expected("an array of rows [dx, dy, p], shape [N, 3]", found: "the shape \(array.shape)"))
                    }
                    try add(array, drawing: 0, key: key)
                }
                arrayCount += 1
                return nil
            }
            let shape = header.shape
            guard 2...3 ~= shape.count, shape.last == 3 else { return "the shape \(shape)" }
            guard let array = NumpyArray(shape: shape, kind: kind, isColumnMajor: header.isColumnMajor, bytes: bytes[header.contentStart...]) else {
                throw place(.malformed("the array has \(bytes.count - header.contentStart) bytes, and its shape \(shape) needs others"))
            }
            arrayCount += 1
            let count = shape.count == 3 ? shape[0] : 1
            guard count <= ReadLimit.parts else { throw place(.tooMany("drawings", limit: ReadLimit.parts)) }
            for drawing in 0..<count { try add(array, drawing: drawing, key: shape.count == 3 ? "\(key ?? "")[\(drawing)]" : key) }
            return nil
        }

        /// Adds one drawing of an array.
        private mutating func add(_ array: NumpyArray, drawing: Int, key: String?) throws(FileError) {
            let sides = array.shape, count = sides[sides.count - 2], drawings = sides.count == 3 ? sides[0] : 1
            // Where the number of a row and column lies, for either order of the bytes.
            func number(_ row: Int, _ column: Int) -> Double {
                array.number(array.isColumnMajor ? drawing + drawings * (row + count * column) : (drawing * count + row) * 3 + column)
            }
            guard count <= ReadLimit.points else { throw FileError(file: file, key: key, .tooManyPoints(limit: ReadLimit.points)) }
            rows += count
            guard rows <= Stroke3Archive.rowLimit else { throw FileError(file: file, key: key, .tooMany("points in all", limit: Stroke3Archive.rowLimit)) }
            guard scenes.count < ReadLimit.parts else { throw FileError(file: file, key: key, .tooMany("drawings", limit: ReadLimit.parts)) }
            var strokes: [Stroke] = [], points: [Point] = []
            var pen = Point(x: 0, y: 0)
            for row in 0..<count {
                func bad(_ problem: FileError.Problem) -> FileError { FileError(file: file, key: "\(key ?? "")[\(row)]", problem) }
                let dx = number(row, 0), dy = number(row, 1), lift = number(row, 2)
                guard dx.isFinite, dy.isFinite, lift == 0 || lift == 1 else {
                    throw bad(.expected("a row [dx, dy, p] of numbers, with p 0 or 1 (stroke-3)", found: "[\(exact(dx)), \(exact(dy)), \(exact(lift))]"))
                }
                pen = Point(x: pen.x + dx, y: pen.y + dy)
                guard abs(pen.x) <= ReadLimit.coordinate, abs(pen.y) <= ReadLimit.coordinate else {
                    throw bad(.outOfRange("the pen has run \(exact(ReadLimit.coordinate)) pixels away"))
                }
                points.append(pen)
                if lift == 1 {
                    strokes.append(Stroke(points))
                    points = []
                }
            }
            if !points.isEmpty { strokes.append(Stroke(points)) }
            scenes.append(Stroke3.scene(of: strokes))
        }
    }

    // MARK: writing

    /// The scenes as an `.npz` that `numpy.load` opens: one member [N, 3] a scene, `arr_0`, `arr_1`, … as `numpy.savez` names them.
    ///
    /// Whole offsets up to 32,767 are written as `int16`, as sketch-rnn has them, others as `float32`; classes, boxes and the canvas are not part of
    /// the form.
    /// - Throws: `SketchWriteError.tooMany` where a zip cannot hold so much.
    static func data(_ scenes: [Scene]) throws(SketchWriteError) -> Data {
        guard scenes.count < 0xffff, scenes.reduce(0, { $0 + $1.strokes.reduce(0) { $0 + $1.points.count } }) <= rowLimit else {
            throw .tooMany("npz", limit: "65,534 scenes and \(rowLimit) points")
        }
        return ZipArchive.stored(scenes.enumerated().map { ("arr_\($0.offset).npy", array($0.element)) })
    }

    private static func array(_ scene: Scene) -> [UInt8] {
        var rows: [(dx: Float, dy: Float, lift: Float)] = []
        var pen = Point(x: 0, y: 0)      // where a reader's sum of the offsets stands, so that roundings do not add up
        for stroke in scene.strokes {
            for (i, point) in stroke.points.enumerated() {
                let dx = Float(point.x - pen.x), dy = Float(point.y - pen.y)
                pen = Point(x: pen.x + Double(dx), y: pen.y + Double(dy))
                rows.append((dx, dy, i == stroke.points.count - 1 ? 1 : 0))
            }
        }
        let isWhole = rows.allSatisfy { $0.dx.rounded() == $0.dx && $0.dy.rounded() == $0.dy && abs($0.dx) <= 32_767 && abs($0.dy) <= 32_767 }
        var header = "{'descr': '\(isWhole ? "<i2" : "<f4")', 'fortran_order': False, 'shape': (\(rows.count), 3), }"
        header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"      // the numbers begin at a multiple of 64 bytes
        var bytes = NumpyHeader.magic + [1, 0, UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)] + Array(header.utf8)
        for row in rows {
            for value in [row.dx, row.dy, row.lift] {
                if isWhole {
                    let word = UInt16(bitPattern: Int16(value))
                    bytes += [UInt8(word & 255), UInt8(word >> 8)]
                } else {
                    let word = value.bitPattern
                    bytes += [UInt8(word & 255), UInt8(word >> 8 & 255), UInt8(word >> 16 & 255), UInt8(word >> 24)]
                }
            }
        }
        return bytes
    }
}
