import CKernels

/// C[m, n] = beta·C + op(A)·op(B), row-major, beta 0 or 1, in tiles over the pool that depend on the sizes only, so that
/// the sums do not depend on the number of threads. In the precision of ``Compute/precision``.
func gemm(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, lda: Int,
    _ b: UnsafePointer<Float>, ldb: Int, beta: Float, _ c: UnsafeMutablePointer<Float>, ldc: Int
) {
    if usesBF16(m: m, n: n, k: k) {
        gemmBF16(transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, a, lda: lda, b, ldb: ldb, adds: beta != 0, c, ldc: ldc)
    } else {
        gemmF32(transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, a, lda: lda, b, ldb: ldb, beta: beta, c, ldc: ldc)
    }
}

private func gemmBF16(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, lda: Int,
    _ b: UnsafePointer<Float>, ldb: Int, adds: Bool, _ c: UnsafeMutablePointer<Float>, ldc: Int
) {
    let panels = BF16Panels(b, ldb: ldb, transposed: transposeB, k: k, n: n)
    if transposeA {
        panels.multiply(columnsOf: a, lda: lda, m: m, c, ldc: ldc, adds: adds)
    } else {
        multiplyRows(a, lda: lda, m: m, k: k, [(panels, c, ldc, adds)])
    }
}

/// Whether a product is large enough for bf16: below about 64³ packing costs more than the faster product saves.
func usesBF16(m: Int, n: Int, k: Int) -> Bool { Compute.precision == .bfloat16 && m >= 12 && m * n * k >= 262_144 }

/// B[k, n] as bf16 panels, for as many products as wanted.
final class BF16Panels {
    let k, n: Int
    private let packed: Storage             // UInt32 of the same size
    var panels: UnsafeMutablePointer<UInt32> { UnsafeMutableRawPointer(packed.pointer).assumingMemoryBound(to: UInt32.self) }

    init(_ b: UnsafePointer<Float>, ldb: Int, transposed: Bool, k: Int, n: Int) {
        (self.k, self.n) = (k, n)
        let width = Int(CK_BF16_PANEL), count = (n + width - 1) / width, pairs = (k + 1) / 2
        packed = Storage(uninitialized: count * width * pairs)
        let panels = UnsafeMutableRawPointer(packed.pointer).bindMemory(to: UInt32.self, capacity: packed.count)
        if transposed {
            parallelFor(count) { ck_bf16_pack(b, ldb, 1, k, n, $0, panels) }
        } else {
            forEachPart(of: pairs, each: 64) { from, size in ck_bf16_pack_panels(b, ldb, k, n, from, from + size, panels) }
        }
    }

    /// C[m, n] (+)= Aᵀ·B of A[k, m], the form of a weight's gradient: long sums, so both sides are packed whole.
    func multiply(columnsOf a: UnsafePointer<Float>, lda: Int, m: Int, _ c: UnsafeMutablePointer<Float>, ldc: Int, adds: Bool) {
        let pairs = (k + 1) / 2, strip = Int(CK_BF16_STRIP), k = k, n = n, panels = panels, amx = hasMatrixTiles
        let strips = Storage(uninitialized: amx ? ck_amx_left_words(m, k) : (m + strip - 1) / strip * strip * pairs)
        let left = UnsafeMutableRawPointer(strips.pointer).bindMemory(to: UInt32.self, capacity: strips.count)
        forEachPart(of: pairs, each: 64) { from, size in (amx ? ck_amx_pack_columns : ck_bf16_pack_columns)(a, lda, m, k, from, from + size, left) }
        // A dozen tiles from 256 x 256 on; on AMX as large ones as a core's cache holds.
        let large = m >= 1_024
        let tileM = amx ? evenPart(of: m, most: 512, multiple: 32, shares: 1) : large ? 96 : 48
        let tileN = amx ? evenPart(of: n, most: 512, multiple: 32, shares: Compute.threads) : large ? 1_024 : 128
        let across = (n + tileN - 1) / tileN
        parallelFor((m + tileM - 1) / tileM * across) { tile in
            let i = tile / across * tileM, j = tile % across * tileN
            (amx ? ck_amx_multiply : ck_bf16_multiply)(left, panels, i, min(m, i + tileM), j, min(n, j + tileN), k, c, ldc, adds ? 1 : 0)
        }
        withExtendedLifetime((strips, packed)) {}
    }
}

/// Whether bf16 is multiplied on AMX tiles here.
let hasMatrixTiles = ck_amx_available() != 0

/// The size of parts of `count`, a multiple of `multiple` and at most `most`: about equal, and as far as that goes as many for each of
/// `shares` threads. No sum of a product crosses such a cut.
private func evenPart(of count: Int, most: Int, multiple: Int, shares: Int) -> Int {
    let parts = max(1, ((count + most - 1) / most + shares - 1) / shares * shares)
    return max(1, (count + parts * multiple - 1) / (parts * multiple)) * multiple
}

/// C[m, n] (+)= A[m, k]·B for each B: rows are packed once, by tiles that stay in the cache.
func multiplyRows(
    _ a: UnsafePointer<Float>, lda: Int, m: Int, k: Int,
    _ products: [(b: BF16Panels, c: UnsafeMutablePointer<Float>, ldc: Int, adds: Bool)]
) {
    // About eight tiles or more, in multiples of the kernel's 12 rows; on AMX, which wants few and high ones, 32.
    let amx = hasMatrixTiles
    let tile = amx ? evenPart(of: m, most: Int(CK_AMX_ROWS), multiple: 32, shares: Compute.threads)
        : min(Int(CK_BF16_ROWS) / 2, max(24, (m + 95) / 96 * 12))
    let list = products.map { ck_bf16_product(panels: $0.b.panels, c: $0.c, n: $0.b.n, ldc: $0.ldc, accumulate: $0.adds ? 1 : 0) }
    parallelFor((m + tile - 1) / tile) { index in
        let i = index * tile
        withUnsafeTemporaryAllocation(of: ck_bf16_product.self, capacity: list.count) { own in
            _ = own.initialize(from: list)
            for t in own.indices { own[t].c += i * own[t].ldc }
            (amx ? ck_amx_multiply_rows : ck_bf16_multiply_rows)(a + i * lda, lda, min(tile, m - i), k, own.baseAddress, own.count)
        }
    }
    withExtendedLifetime(products) {}
}

/// One product a tile, over the whole inner size.
private func gemmF32(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, lda: Int,
    _ b: UnsafePointer<Float>, ldb: Int, beta: Float, _ c: UnsafeMutablePointer<Float>, ldc: Int
) {
    guard m > 0, n > 0 else { return }
    // Rows are cut before columns: for training m is thousands of positions, for weight gradients it is a layer's width.
    // An even number of tiles as high as the packing of B wants them, in multiples of the kernels' 6 and 12 rows.
    let most = m >= 2048 ? 516 : 264, pairs = (m + 2 * most - 1) / (2 * most)
    let tileM = m <= 132 ? 132 : (m + 24 * pairs - 1) / (24 * pairs) * 12
    let tileN = m >= 512 ? max(n, 1) : 256
    let tilesM = (m + tileM - 1) / tileM, tilesN = (n + tileN - 1) / tileN
    parallelFor(tilesM * tilesN) { tile in
        let i = tile / tilesN * tileM, j = tile % tilesN * tileN
        gemmOneThread(
            transposeA: transposeA, transposeB: transposeB, m: min(tileM, m - i), n: min(tileN, n - j), k: k,
            a + (transposeA ? i : i * lda), lda: lda, b + (transposeB ? j * ldb : j), ldb: ldb,
            beta: beta, c + i * ldc + j, ldc: ldc)
    }
}

/// One product on this thread.
func gemmOneThread(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, lda: Int,
    _ b: UnsafePointer<Float>, ldb: Int, beta: Float, _ c: UnsafeMutablePointer<Float>, ldc: Int
) {
    ck_sgemm(-1, transposeA ? 1 : 0, transposeB ? 1 : 0, m, n, k, a, lda, b, ldb, beta == 0 ? 0 : 1, c, ldc)
}
