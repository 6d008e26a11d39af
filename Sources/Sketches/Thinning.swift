/// Which pixels are ink, with a rim of paper around them so that every pixel has eight neighbours.
struct InkMask: Sendable {
    /// The picture's sides, without the rim.
    let width, height: Int
    /// Pixels in a row with the rim.
    let stride: Int
    /// 1 is ink. [(height + 2) * (width + 2)]
    private(set) var cells: [UInt8]

    /// The pixels of `bitmap` from `level` on.
    init(_ bitmap: InkBitmap, from level: UInt8) {
        (width, height, stride) = (bitmap.width, bitmap.height, bitmap.width + 2)
        cells = [UInt8](repeating: 0, count: (bitmap.height + 2) * (bitmap.width + 2))
        for y in 0..<height {
            for x in 0..<width where bitmap.pixels[y * width + x] >= level { cells[(y + 1) * stride + x + 1] = 1 }
        }
    }

    /// The places of the ink, row by row.
    var inked: [Int] { cells.indices.filter { cells[$0] == 1 } }

    /// The middle of a pixel in the picture's coordinates.
    func point(_ at: Int) -> Point { Point(x: Double(at % stride) - 0.5, y: Double(at / stride) - 0.5) }

    /// Steps to the eight neighbours, clockwise from the one above.
    var steps: [Int] { [-stride, -stride + 1, 1, stride + 1, stride, stride - 1, -1, -stride - 1] }

    /// Which neighbours are ink: bit k for step k.
    func neighbours(_ at: Int) -> Int {
        let above = at - stride, below = at + stride
        return Int(cells[above]) | Int(cells[above + 1]) << 1 | Int(cells[at + 1]) << 2 | Int(cells[below + 1]) << 3
            | Int(cells[below]) << 4 | Int(cells[below - 1]) << 5 | Int(cells[at - 1]) << 6 | Int(cells[above - 1]) << 7
    }

    // MARK: cleaning

    /// About the width of the lines: twice the area over the length of the outline. (Sides of pixels around a slanted line are 4/π too long on average.)
    var roughWidth: Double {
        var area = 0, sides = 0
        for at in inked {
            area += 1
            let around = neighbours(at)
            for k in Swift.stride(from: 0, to: 8, by: 2) where around >> k & 1 == 0 { sides += 1 }
        }
        return sides == 0 ? 0 : 2 * Double(area) / (Double(sides) * .pi / 4)
    }

    /// Takes away specks: pieces of ink of fewer than `specks` pixels; then fills holes in the ink of fewer than `holes` pixels.
    /// - Returns: how many specks there were.
    mutating func clean(specks: Double, holes: Double) -> Int {
        var removed = 0
        for piece in pieces(of: 1, steps: steps) where Double(piece.count) < specks {
            for at in piece { cells[at] = 0 }
            removed += 1
        }
        guard holes > 1 else { return removed }
        // Paper hangs together by its sides only, where ink does also by its corners.
        for piece in pieces(of: 0, steps: [-stride, 1, stride, -1]) where Double(piece.count) < holes {
            for at in piece { cells[at] = 1 }
        }
        return removed
    }

    /// The connected pieces of pixels of a value; of paper only those that do not reach the rim.
    private func pieces(of value: UInt8, steps: [Int]) -> [[Int]] {
        var isOpen = cells.map { $0 == value }
        for x in 0..<stride { (isOpen[x], isOpen[cells.count - 1 - x]) = (false, false) }
        for y in 0..<height + 2 { (isOpen[y * stride], isOpen[y * stride + stride - 1]) = (false, false) }
        var pieces: [[Int]] = []
        for start in cells.indices where isOpen[start] {
            isOpen[start] = false
            var piece = [start], next = 0
            while next < piece.count {
                for step in steps where isOpen[piece[next] + step] {
                    isOpen[piece[next] + step] = false
                    piece.append(piece[next] + step)
                }
                next += 1
            }
            pieces.append(piece)
        }
        return pieces
    }

    /// For each pixel of ink how far the nearest paper is, in pixels (Borgefors 1986: steps of 3 and 4, thirds of a pixel); 0 for paper.
    func distances() -> [Double] {
        let far = 1 << 28
        var thirds = cells.map { $0 == 1 ? far : 0 }
        func sweep(_ at: Int, _ steps: (Int, Int, Int, Int)) {
            guard thirds[at] > 0 else { return }
            thirds[at] = min(thirds[at], thirds[at + steps.0] + 3, thirds[at + steps.1] + 4, thirds[at + steps.2] + 3, thirds[at + steps.3] + 4)
        }
        for at in stride..<cells.count - stride { sweep(at, (-1, -stride - 1, -stride, -stride + 1)) }
        for at in (stride..<cells.count - stride).reversed() { sweep(at, (1, stride + 1, stride, stride - 1)) }
        return thirds.map { Double($0) / 3 }
    }

    // MARK: thinning

    /// The middle lines of the ink, one pixel wide and as connected as the ink was.
    ///
    /// Guo and Hall's parallel thinning (1989, "Parallel thinning with two-subiteration algorithms", their A1), then one pass that takes the inner
    /// corners of stairs, which it leaves. Only what is still ink is looked at, so the work is the area times half the width of the widest line.
    func thinned() -> InkMask {
        var result = self
        var active = inked, wasChanged = true
        while wasChanged {
            wasChanged = false
            for pass in [Self.first, Self.second] {
                let removed = active.filter { pass[result.neighbours($0)] }
                guard !removed.isEmpty else { continue }
                for at in removed { result.cells[at] = 0 }
                active.removeAll { result.cells[$0] == 0 }
                wasChanged = true
            }
        }
        for at in active where Self.isSpare[result.neighbours(at)] { result.cells[at] = 0 }
        return result
    }

    private static let first: [Bool] = (0..<256).map { isRemoved($0) { n in (n[4] || n[5] || !n[7]) && n[6] } }
    private static let second: [Bool] = (0..<256).map { isRemoved($0) { n in (n[0] || n[1] || !n[3]) && n[2] } }

    private static func isRemoved(_ around: Int, keeps: ([Bool]) -> Bool) -> Bool {
        let n = (0..<8).map { around >> $0 & 1 == 1 }
        func pairs(from start: Int) -> Int { Swift.stride(from: 0, to: 8, by: 2).count { n[(start + $0) % 8] || n[(start + $0 + 1) % 8] } }
        let crossings = Swift.stride(from: 0, to: 8, by: 2).count { !n[$0] && (n[$0 + 1] || n[($0 + 2) % 8]) }
        return crossings == 1 && 2...3 ~= min(pairs(from: 7), pairs(from: 0)) && !keeps(n)
    }

    /// Whether a pixel is the inner corner of a stair: it can go without parting its neighbours, and is no end.
    private static let isSpare: [Bool] = (0..<256).map { around in
        func isInk(_ k: Int) -> Bool { around >> (k % 8) & 1 == 1 }
        // Pieces that the ink around would fall into (Yokoi 1973).
        let pieces = Swift.stride(from: 0, to: 8, by: 2).count { !isInk($0) && (isInk($0 + 1) || isInk($0 + 2)) }
        return pieces == 1 && links[around].count >= 2
    }

    /// For each neighbourhood the steps to the pixels that a line goes on to: sides, and corners that no side leads to.
    static let links: [[Int]] = (0..<256).map { around in
        (0..<8).filter { k in
            guard around >> k & 1 == 1 else { return false }
            return k % 2 == 0 || (around >> ((k + 7) % 8) & 1 == 0 && around >> ((k + 1) % 8) & 1 == 0)
        }
    }
}
