import COpenBLAS

/// sgemm in fixed tiles over the pool, so that the sums do not depend on the number of threads.
///
/// C[m, n] = beta·C + op(A)·op(B), row-major. A tile is one single-threaded OpenBLAS call over the whole inner size.
func gemm(
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
