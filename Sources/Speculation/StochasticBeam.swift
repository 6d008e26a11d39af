import Foundation
import Language
import Tensors

/// Stochastic beam search (Kool et al. 2019): sequences without replacement, from the top down.
///
/// A node carries the logarithm φ of its path's probability and a Gumbel variable G of location φ. The largest of its children's variables is its own; in order of size the children are
/// draws without replacement, and the next variable is one of location φ + ln(what is left), cut off at the one before. A variable says nothing of the token that has it, so that the choice of
/// a beam by these variables leaves each node's guesses a beginning of its draws: verification stays exact.
package struct StochasticBeam {
    /// A node of the beam.
    package struct Entry {
        package let node: Int
        package let logProbability: Double
        package let value: Double

        package init(node: Int, logProbability: Double, value: Double) { (self.node, self.logProbability, self.value) = (node, logProbability, value) }
    }

    /// A guess below an entry.
    package struct Guess {
        package let parent: Int
        package let token: Int
        package let logProbability: Double
        package let value: Double
    }

    /// The guesses below an entry, at most `width`, values falling.
    package static func guesses(below entry: Entry, law: TokenLaw, width: Int, random: inout RandomSource) -> [Guess] {
        var left = 1.0, bound = entry.value, guesses: [Guess] = []
        for token in law.draw(withoutReplacement: width, &random) {
            if !guesses.isEmpty { bound = gumbel(location: entry.logProbability + log(max(left, 1e-30)), below: bound, &random) }
            guesses.append(Guess(parent: entry.node, token: token, logProbability: entry.logProbability + log(Double(law[token])), value: bound))
            left -= Double(law[token])
        }
        return guesses
    }

    /// The likeliest guesses below an entry, by the probability of the path.
    static func likeliest(below entry: Entry, law: TokenLaw, width: Int) -> [Guess] {
        law.likeliest(width).map {
            let logProbability = entry.logProbability + log(Double(law[$0]))
            return Guess(parent: entry.node, token: $0, logProbability: logProbability, value: logProbability)
        }
    }

    /// A Gumbel variable of a location that is at most `bound`: −ln(e^−bound + e^−location · E) with E exponential, as a sum of logarithms, so that nothing overflows.
    private static func gumbel(location: Double, below bound: Double, _ random: inout RandomSource) -> Double {
        let a = -bound, b = log(max(-log(1 - random.uniform()), 1e-300)) - location
        return -(max(a, b) + log1p(exp(-abs(a - b))))
    }
}
