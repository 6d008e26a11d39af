import Foundation
import Testing
import Training

@Suite struct ProgressLineTests {
    private let progress = TrainingProgress(step: 1_200, steps: 20_000, loss: 2.34567, tokensPerSecond: 8_123.4, secondsLeft: 4_330)

    private func shown(isTerminal: Bool, _ events: [TrainingEvent]) -> String {
        final class Text { var value = "" }
        let text = Text()
        let line = ProgressLine(isTerminal: isTerminal) { text.value += $0 }
        events.forEach(line.show)
        return text.value
    }

    @Test func lineSaysWhereTheRunStands() {
        #expect(ProgressLine.line(progress) == "step 1,200/20,000  loss 2.3457  8,123 tokens/s  1 h 12 min left")
        var odd = progress
        (odd.secondsLeft, odd.tokensPerSecond, odd.step) = (.nan, .infinity, 3)
        #expect(ProgressLine.line(odd).hasPrefix("step 3/20,000") && ProgressLine.line(odd).hasSuffix("0 s left"))
    }

    @Test func withoutATerminalThereIsOneLineForEachLogEntry() {
        let text = shown(isTerminal: false, [
            .started(from: 0, of: 20_000, compute: "avx2, float32, 2 threads"), .notice("beware"), .step(progress), .step(progress), .logged(LogEntry(step: 1_200, loss: 2)),
            .checkpoint(step: 1_200), .logged(LogEntry(step: 1_200, evaluation: ["draw": 1.5, "detect": 0.25])), .ended(.finished),
        ])
        #expect(text == """
            training for 20,000 steps (avx2, float32, 2 threads)
            note: beware
            step 1,200/20,000  loss 2.0000  8,123 tokens/s  1 h 12 min left
            step 1,200  evaluation: detect 0.2500, draw 1.5000

            """)
    }

    @Test func onATerminalTheLineRenewsItself() {
        var last = progress
        last.step = 20_000
        let text = shown(isTerminal: true, [.started(from: 5, of: 20_000, compute: "plain"), .step(progress), .step(last), .ended(.cancelled)])
        let lines = text.split(separator: "\n")
        #expect(lines.count == 3 && lines[0] == "going on at step 5 of 20,000 steps (plain)")
        #expect(lines[1].split(separator: "\r").count == 2)
        #expect(lines[2] == "stopped after step 20,000; --resume goes on from here")
    }
}
