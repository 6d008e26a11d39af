import Foundation
import Testing
import Training

@Suite struct LearningRateScheduleTests {
    private func schedule(_ shape: LearningRateSchedule.Shape, steps: Int = 101, warmup: Int = 0, decay: Double = 0.2) -> LearningRateSchedule {
        LearningRateSchedule(RunRecipe(name: "s", kind: "s", steps: steps, optimizer: .init(
            learningRate: 2, minimumLearningRate: 0.1, warmup: warmup, schedule: shape, decayFraction: decay)))
    }

    @Test func warmupRisesInALineAndReachesThePeak() {
        let s = schedule(.cosine, warmup: 4)
        #expect((0..<5).map(s.rate) == [0.5, 1, 1.5, 2, 2])
    }

    @Test func cosineFallsFromPeakToFloor() {
        let s = schedule(.cosine)
        #expect(s.rate(at: 0) == 2)
        #expect(abs(s.rate(at: 50) - 1.1) < 1e-12)                                   // half way: the middle of 2 and 0.2
        #expect(abs(s.rate(at: 25) - (0.2 + 1.8 * (1 + 0.5.squareRoot()) / 2)) < 1e-12)
        #expect(abs(s.rate(at: 100) - 0.2) < 1e-12)
        #expect(abs(s.rate(at: 1000) - 0.2) < 1e-12)
    }

    @Test func wsdStaysThenFallsInALine() {
        let s = schedule(.wsd, steps: 100, warmup: 10, decay: 0.21)                  // decay starts at step 79
        #expect(s.rate(at: 9) == 2 && s.rate(at: 10) == 2 && s.rate(at: 79) == 2)
        #expect(abs(s.rate(at: 89) - 1.1) < 1e-12)
        #expect(abs(s.rate(at: 99) - 0.2) < 1e-12)
    }

    @Test(arguments: LearningRateSchedule.Shape.allCases)
    func neverLeavesItsBounds(_ shape: LearningRateSchedule.Shape) {
        for (steps, warmup) in [(1, 0), (1, 5), (2, 1), (3, 3), (10, 20), (50, 7)] {
            let s = schedule(shape, steps: steps, warmup: warmup)
            for step in 0..<steps + 3 {
                #expect(s.rate(at: step) > 0 && s.rate(at: step) <= 2, "\(steps) \(warmup) \(step)")
            }
        }
    }
}
