/// Forms that tell two facts at once, or speak of two like things.
///
/// "Between A and B" is right of A and left of B, in the order of the words; "on each side" is left of it, then right of it. "From left to right: A, B, C"
/// is A left of B, B left of C, and so in every other direction and by size.
enum FormPhrases {
    static let table = """
        pair.fragment: two {N}, one [.p] the other *8 | two {N}, one of them [.p] the other *3 | two {N} with one [.p] the other *4
          | a pair of {N}, one [.p] the other *2 | 2 {N}, one [.p] the other *2 | two {N}, the first [.p] the second *3 | two {N}, the first one [.p] the second one
          | two {N}: one [.p] the other *2 | a couple of {N}, one [.p] the other | two {N}, one being [.p] the other
        pair.statement: there are two {N}, one [.p] the other *6 | there are two {N}. one is [.p] the other *4 | there are two {N}. the first is [.p] the second *3
          | i see two {N}, one [.p] the other *2 | there are two {N} and one is [.p] the other *3 | of two {N}, one is [.p] the other
        pair.imperative: [put] two {N}, one [.p] the other *6 | [put] two {N} with one [.p] the other *3 | [put] two {N}. one should be [.p] the other *3
          | [put] one {n} [.p] another {n} *4 | [put] a {n} and [.p] it another {n} *3
        each.fragment: {a} and {b} [near.each] *8 | {a} and {b}, [near.each] *2 | {a} & {b} [near.each] | {a} and {b} standing [near.each] *2
          | {a} and {b} that are [near.each] | [near.each] {a} and {b} | {a} and {b} sitting [near.each] *2
        each.statement: {a} and {b} are [near.each] *6 | {a} and {b} stand [near.each] *3 | there are {a} and {b} [near.each] *4 | {a} and {b} should be [near.each] *3
          | {a} and {b} are sitting [near.each] *2 | there is {a} and {b}. they are [near.each] *3
        each.imperative: [put] {a} and {b} [near.each] *10 | [put] {a} and {b}, [near.each] *2 | let {a} and {b} stand [near.each] *2
          | [put] {a} and {b} so that they are [near.each]
        both.fragment: two {N} [near.each] *8 | two {N}, [near.each] | a pair of {N} [near.each] *2 | 2 {N} [near.each] *2 | two {N} standing [near.each] *2
          | two {N} that are [near.each] | a couple of {N} [near.each] *2
        both.statement: two {N} are [near.each] *4 | there are two {N} [near.each] *6 | two {N} stand [near.each] *3 | i see two {N} [near.each] *2
          | there are two {N}. they are [near.each] *2
        both.imperative: [put] two {N} [near.each] *8 | [put] a pair of {N} [near.each] *2 | let two {N} sit [near.each]
        one.each.fragment: two {N}, one {x} and one {y} *8 | two {N}, one {x} and the other {y} *6 | two {N}, one {x}, one {y} *2 | two {N}: one {x}, the other {y} *3
          | a {n} {x} and another {y} *4 | a {n} {x} and another one {y} *4 | one {n} {x} and one {y} *4 | one {n} {x}, another {y} *3 | a {n} {x} and one {y} *3
          | 2 {N}, one {x} and one {y} *2 | {N}, one {x}, the other {y} | a pair of {N}, one {x} and one {y} *2 | two {N} - one {x} and one {y}
        one.each.statement: there are two {N}, one {x} and one {y} *6 | one {n} is {x} and the other is {y} *4 | there are two {N}. one is {x} and the other is {y} *4
          | one {n} is {x}, the other {n} {y} *2 | i see two {N}, one {x} and one {y} *2 | there is a {n} {x} and another {y} *4
        one.each.imperative: [put] two {N}, one {x} and one {y} *6 | [put] one {n} {x} and the other {y} *4 | [put] one {n} {x} and another {y} *4
          | [put] a {n} {x} and one {y} *3 | [put] two {N}. one goes {x}, the other {y} *2
        sized.pair: two {N}, one {x} and one {y} *8 | a {x} {n} and a {y} one *8 | one {x} {n} and one {y} one *3 | one {x} {n} and one {y} {n} *4
          | two {N}, a {x} one and a {y} one *4 | a {x} and a {y} {n} *4 | two {N}, one {x}, one {y} *2 | two {N}: one is {x}, the other {y} *3
          | two {N}, the first {x}, the second {y} *3 | a {x} {n} plus a {y} {n} *2 | two {N} (one {x}, one {y}) *2 | one {x} and one {y} {n} *3
          | two {N}, one of them {x} and the other {y} *2
        between.fragment: {s} between {ab} *10 | {s} in between {ab} *3 | {s} [sitting] between {ab} *4 | between {ab} {s} *2 | {s} that {is/are} between {ab} *2
          | {s} in the middle between {ab} *2 | between {ab}: {s}
        between.statement: {s} {is/are} between {ab} *8 | there {is/are} {s} between {ab} *5 | between {ab} {is/are} {s} *4 | between {ab} there {is/are} {s} *3
          | {s} [sits] between {ab} *4 | {s} should be between {ab} *3
        between.imperative: [put] {m} between {ab} *10 | between {ab}, [put] {m} *3 | [put] {m} in between {ab} *3
        flank.fragment: {o} with {a} on the left and {b} on the right *6 | {o} with {a} to its left and {b} to its right *4
          | {o} with {a} on its left and {b} on its right *4 | {o} flanked by {a} on the left and {b} on the right *3 | {o} with {a} on one side and {b} on the other *4
          | {o}, left of it {a} and right of it {b} *2 | {o} with {a} and {b} on either side *2 | {o} and left of it {a}, right of it {b} *2
          | {o} between {a} on the left and {b} on the right | {o} with {a} on the left side and {b} on the right side *2 | {o} flanked by {a} and {b} *2
        flank.same: {o} with a {n} on each side *6 | {o} with a {n} on either side *5 | {o} with {N} on both sides *4 | {o} with two {N}, one on each side *4
          | {o} flanked by two {N} *4 | {o} with one {n} on the left and one on the right *4 | {o} and on each side of it a {n} *2
          | {o} with a {n} to its left and another to its right *3 | {o} with a {n} on the left and another on the right *3
          | {o} with a {n} to the left and to the right of it *2 | {o} with two {N}, one left and one right of it *2
        chain.fragment: [.chain]: {list} *8 | [.chain], {list} *4 | {list} [.chain] *5 | {list}, [.chain] *3 | [.chain] {list} *3
        chain.statement: [.chain] there are {list} *4 | there are {list} [.chain] *3 | [.chain] you see {list} *3 | [.chain], there are {list} *2
          | [.chain] i want {list} *2 | [.chain] there should be {list}
        chain.imperative: [put] [.chain] {list} *3 | [put] {list} [.chain] *4 | [.chain], [put] {list} *3 | [.chain] [put] {list} *2
        """
}
