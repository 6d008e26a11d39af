import CKernels
import COpenBLAS

/// C[m, n] = beta·C + op(A)·op(B), row-major, beta 0 or 1, in tiles over the pool that depend on the sizes only, so that
/// the sums do not depend on the number of threads. In the precision of ``Compute/precision``.
func gemm(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, lda: Int,
    _ b: UnsafePointer<Float>, ldb: Int, beta: Float, _ c: UnsafeMutablePointer<Float>, ldc: Int
) {
    // Below about 64³ packing costs more than the faster product saves.
    if Compute.precision == .bfloat16 && m >= 12 && m * n * k >= 262_144 {
        gemmBF16(transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, a, lda: lda, b, ldb: ldb, adds: beta != 0, c, ldc: ldc)
    } else {
        gemmF32(transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, a, lda: lda, b, ldb: ldb, beta: beta, c, ldc: ldc)
    }
}

/// bf16 inputs, f32 sums: B packed once, then tiles of A's rows.
private func gemmBF16(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, lda: Int,
    _ b: UnsafePointer<Float>, ldb: Int, adds: Bool, _ c: UnsafeMutablePointer<Float>, ldc: Int
) {
    let panelWidth = Int(CK_BF16_PANEL), panels = (n + panelWidth - 1) / panelWidth, size = panels * panelWidth * ((k + 1) / 2)
    let packed = Storage(uninitialized: size)          // UInt32 of the same size
    let panel = UnsafeMutableRawPointer(packed.pointer).bindMemory(to: UInt32.self, capacity: size)
    parallelFor(panels) { ck_bf16_pack(b, ldb, transposeB ? 1 : 0, k, n, $0, panel) }
    // About eight tiles or more, in multiples of the kernel's 12 rows.
    let tile = min(Int(CK_BF16_ROWS), max(24, (m + 95) / 96 * 12))
    parallelFor((m + tile - 1) / tile) { index in
        let i = index * tile
        ck_bf16_multiply(a + (transposeA ? i : i * lda), lda, transposeA ? 1 : 0, min(tile, m - i), k, panel, n, c + i * ldc, ldc, adds ? 1 : 0)
    }
    withExtendedLifetime(packed) {}
}

/// One single-threaded OpenBLAS call a tile, over the whole inner size.
private func gemmF32(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, lda: Int,
    _ b: UnsafePointer<Float>, ldb: Int, beta: Float, _ c: UnsafeMutablePointer<Float>, ldc: Int
) {
    guard m > 0, n > 0 else { return }
    // Rows are cut before columns: for training m is thousands of positions, for weight gradients it is a layer's width.
    let tileM = m >= 1024 ? 256 : 128
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

/// One OpenBLAS call on this thread.
func gemmOneThread(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, lda: Int,
    _ b: UnsafePointer<Float>, ldb: Int, beta: Float, _ c: UnsafeMutablePointer<Float>, ldc: Int
) {
    cblas_sgemm(
        CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
        blasint(m), blasint(n), blasint(k), 1, a, blasint(max(1, lda)), b, blasint(max(1, ldb)), beta, c, blasint(max(1, ldc)))
}
