import Foundation

/// Progress on a terminal: parts done and the time left. Silent elsewhere, and where there is one part only.
struct CountProgress {
    private let count: Int
    private let isShown: Bool
    private let start: ContinuousClock.Instant

    /// - Parameter start: when the work began, where that was before anybody knew how many parts it has.
    init(of count: Int, since start: ContinuousClock.Instant = .now) {
        self.count = count
        self.start = start
        isShown = count > 1 && isatty(STDERR_FILENO) == 1
    }

    func show(done: Int) {
        guard isShown, done < count else { return }
        let elapsed = ContinuousClock.now - start
        let left = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
        write("\r\u{1b}[K\(done) of \(count), \(Int((left / Double(done) * Double(count - done)).rounded(.up))) s left")
    }

    func clear() {
        if isShown { write("\r\u{1b}[K") }
    }

    private func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}
