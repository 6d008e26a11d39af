import Sketches

/// Sizes, places on the canvas, rows, numbers and lists, in words.
enum AttributePhrases {
    /// The prefix of a place's rules.
    static func key(_ place: PlaceWord) -> String {
        switch place {
        case .topLeft: "tl"
        case .top: "t"
        case .topRight: "tr"
        case .left: "l"
        case .middle: "m"
        case .right: "r"
        case .bottomLeft: "bl"
        case .bottom: "b"
        case .bottomRight: "br"
        }
    }

    static let tables = [
        corner("tl", "top", "upper", "left", "up"), corner("tr", "top", "upper", "right", "up"),
        corner("bl", "bottom", "lower", "left", "down"), corner("br", "bottom", "lower", "right", "down"),
        edge("t", "top", "upper", "up"), edge("b", "bottom", "lower", "down"), side("l", "left"), side("r", "right"), middle, sizes, rows, lists, numbers,
    ]

    /// In rules of places, `p` is a whole phrase, `plain` a common one, `short` what a list of keywords says.
    private static func corner(_ key: String, _ edge: String, _ half: String, _ side: String, _ way: String) -> String {
        """
        \(key).name: \(edge) \(side) *8 | \(half) \(side) *4 | \(edge)-\(side) *3 | \(half)-\(side) *2 | \(side) \(edge) | \(side) \(half) | \(half) \(side)-hand *2
          | \(edge) \(side)-hand | far \(edge) \(side)
        \(key).plain: in the \(edge) \(side) corner *6 | at the \(edge) \(side) *2 | in the \(edge) \(side) *2 | in the \(half) \(side) corner
        \(key).at: [\(key).p]
        \(key).to: to the [\(key).name] corner *10 | to the [\(key).name] *4 | into the [\(key).name] corner *6 | into the [\(key).name] corner of the [page] *2
          | to the [\(key).name] corner of the [page] *2 | over to the [\(key).name] corner | \(way) to the [\(key).name] corner *2 | to the corner at the [\(key).name]
          | to the [\(key).name] part of the [page] | [\(key).p] *5
        \(key).p: in the [\(key).name] corner *16 | in the [\(key).name] corner of the [page] *6 | in the [\(key).name] *5 | in the [\(key).name] of the [page] *2
          | at the [\(key).name] *4 | at the [\(key).name] of the [page] | on the [\(key).name] *3 | on the [\(key).name] of the [page]
          | in the [\(key).name] part of the [page] *2 | at the \(edge) on the \(side) *2 | \(way) in the \(side) corner *2 | \(way) in the [\(key).name] corner *2
          | in the corner at the [\(key).name] | tucked into the [\(key).name] corner | in the [\(key).name] part *2 | [\(key).name] *2 | in [\(key).name] corner *2
          | at [\(key).name] | in the corner on the \(edge) \(side) | on the \(side) at the \(edge) *2 | in the \(side) corner at the \(edge)
          | right in the [\(key).name] corner *2 | in the [\(key).name] area | in the [\(key).name] quarter of the [page] | towards the [\(key).name] *2
          | \(way) on the \(side) at the \(edge) | near the [\(key).name] corner *3 | in the far [\(key).name] corner | in the \(edge) corner on the \(side) *2
          | at the very \(edge) on the \(side) | \(way) at the [\(key).name] *2 | in the [\(key).name] section | over in the [\(key).name] corner
          | all the way in the [\(key).name] corner | to the [\(key).name] | in the \(side) \(half) corner
        \(key).short: \(edge) \(side) *8 | \(half) \(side) *3 | \(edge)-\(side) *3 | \(edge) \(side) corner *3 | \(half)-\(side) corner | \(side) \(edge)
        """
    }

    private static func edge(_ key: String, _ edge: String, _ half: String, _ way: String) -> String {
        let natural = edge == "top" ? "up in the sky | in the sky *2 | high up *3 | up high *2 | up top *2" : "on the ground *2 | down low *2 | down on the ground | low down"
        return """
        \(key).plain: at the \(edge) *8 | at the \(edge) of the page | at the \(edge) of the picture
        \(key).p: [\(key).at] *40 | towards the \(edge) *2 | toward the \(edge) | \(natural)
        \(key).more.statement: the \(edge) has {s} | the \(edge) part has {s} | the \(edge) shows {s} | the \(edge) is for {m}
        \(key).to: to the \(edge) *12 | to the very \(edge) *3 | all the way to the \(edge) *3 | \(way) to the \(edge) *5 | to the \(edge) edge *4
          | to the \(edge) of the [page] *6 | all the way \(way) *3 | to the \(half) part *2 | to the \(half) half *2 | to the \(edge) part of the [page] *2
          | right to the \(edge) | close to the \(edge) edge | [\(key).at] *5
        \(key).at: at the \(edge) *16 | at the \(edge) of the [page] *8 | at the very \(edge) *3 | near the \(edge) *4 | near the \(edge) of the [page] *2
          | along the \(edge) *2 | along the \(edge) edge *2 | in the \(edge) part *2 | in the \(half) part *2 | in the \(half) part of the [page] *2
          | at the \(edge) edge *2 | \(way) at the \(edge) *4 | in the \(half) half *2 | in the \(half) half of the [page] | in the \(edge) half | by the \(edge) edge
          | close to the \(edge) *2 | at the \(half) edge | at \(edge) *2 | on the \(edge) part | right at the \(edge) *2 | all the way \(way) at the \(edge)
          | somewhere at the \(edge) | \(way) near the \(edge) | along the \(edge) edge of the [page] | in the \(edge) area of the [page]
          | along the \(edge) of the [page] *2 | at the \(edge) end | on the \(edge) edge | \(way) by the \(edge) | all along the \(edge) | across the \(edge) *2
          | all across the \(edge) | at the \(edge) side | right across the \(edge)
        \(key).short: \(edge) *6 | at \(edge) | at the \(edge) *3 | \(edge) edge
        """
    }

    private static func side(_ key: String, _ side: String) -> String {
        """
        \(key).plain: on the \(side) *10 | on the \(side) side *3 | at the \(side)
        \(key).p: [\(key).at] *30 | to the \(side) *2 | towards the \(side) | over to the \(side)
        \(key).more.statement: the \(side) side has {s} *2 | the \(side) side shows {s} | the \(side) half has {s} | the \(side) is for {m}
        \(key).to: to the \(side) side *10 | to the \(side) edge *6 | to the \(side) side of the [page] *5 | to the \(side)-hand side *3 | over to the \(side) side *3
          | to the far \(side) *5 | to the very \(side) *2 | to the \(side) half *2 | all the way to the \(side) *4 | to the \(side) edge of the [page] *2
          | to the \(side) part of the [page] | to the \(side) border | [\(key).at] *5
        \(key).at: on the \(side) *18 | on the \(side) side *8 | on the \(side)-hand side *3 | on the \(side) hand side | on the \(side) of the [page] *4
          | on the \(side) side of the [page] *4 | at the \(side) *4 | at the \(side) edge *2 | along the \(side) edge *2 | on the far \(side) *3
          | over on the \(side) *3 | in the \(side) part of the [page] *2 | at the \(side) side *2 | in the \(side) half *2 | in the \(side) half of the [page]
          | near the \(side) edge *2 | close to the \(side) edge | by the \(side) edge | on \(side) *2 | on \(side) side *2 | at the very \(side) | in the \(side) part
          | right at the \(side) edge | somewhere on the \(side) *2 | on the extreme \(side) | at \(side) side | all the way on the \(side) | at the far \(side) *2
          | on the \(side) edge *2 | along the \(side) side | at the \(side) of the [page] *2 | on the \(side) half
        \(key).short: \(side) *6 | on the \(side) *3 | \(side) side *4 | on \(side) | far \(side)
        """
    }

    private static let middle = """
        m.plain: in the middle *8 | in the centre *2 | in the center *2
        m.more.statement: the middle has {s} | the center shows {s} | the middle is for {m} | the centre has {s}
        m.at: [m.p]
        m.to: to the middle *10 | into the middle *6 | to the centre *6 | to the center *6 | into the centre *3 | into the center *3 | to the middle of the [page] *4
          | to the center of the [page] *2 | to the centre of the [page] *2 | right into the middle *2 | [m.p] *4
        m.p: in the middle *16 | in the middle of the [page] *6 | in the centre *6 | in the center *6 | in the centre of the [page] *3 | in the center of the [page] *3
          | right in the middle *4 | in the very middle *2 | bang in the middle *2 | smack in the middle *2 | dead centre *2 | dead center *2 | in the exact middle
          | in the exact centre | in the exact center | at the center *2 | at the centre *2 | centered *2 | centred *2 | slap bang in the middle | at the middle
          | in middle *2 | in center *2 | in the central part | in the middle part *2 | centre stage | center stage | right in the centre | right in the center
          | smack dab in the middle | in the middle somewhere | in the heart of the [page] | in the dead centre | at the very center | plumb in the middle
          | around the middle | about the middle
        m.short: middle *4 | centre *3 | center *3 | in the middle *3 | centered
        page: page *5 | picture *6 | paper *3 | canvas *4 | sheet *2 | drawing *4 | image *4 | screen *2 | sketch *2 | scene *2 | piece of paper | illustration
        """

    /// In rules of sizes, `adj` goes before a noun or after "is".
    private static let sizes = """
        tiny.plain: tiny
        tiny.adj: tiny *14 | teeny *2 | teeny tiny *2 | teeny-tiny | itty-bitty *2 | itty bitty | minuscule *2 | miniature *2 | mini *3 | very small *4
          | really small *2 | super small *2 | very little | extremely small *2 | super tiny *2 | really tiny *2 | very tiny *2 | teensy *2 | wee *2 | microscopic *2
          | so tiny | incredibly small | ever so small | very very small | minute | really really small | really, really tiny | very, very small | teeny weeny
          | extra small *2 | tiny little *3 | tiny tiny | little tiny *2 | ultra small | pocket-sized | pint-sized | thumbnail-sized | micro | diminutive | super little
          | extremely tiny
        small.plain: small *3 | little *2
        small.adj: small *16 | short | little *14 | smallish *2 | rather small *2 | quite small *2 | fairly small *2 | pretty small *2 | kind of small | small-sized *2
          | small sized | compact | petite *2 | small little | a bit small | small-ish | somewhat small | relatively small | undersized | littlish | on the small side
        big.plain: big *4 | large *3 | huge
        big.adj: big *18 | large *12 | huge *8 | giant *5 | enormous *4 | gigantic *4 | massive *4 | great big *3 | very big *4 | really big *3 | super big *2
          | very large *3 | really large *2 | extra large *2 | oversized *2 | humongous *2 | colossal *2 | immense *2 | quite big *2 | pretty big *2 | rather large *2
          | jumbo *2 | ginormous *2 | big big | sizeable | sizable | big huge | really really big *2 | really, really big *2 | big fat | super large
          | extremely large *2 | extremely big | extra big *2 | large-sized | big-sized | mega | vast | very very big | so big | incredibly big | monstrous | gargantuan
          | biggish | fairly big | fairly large | big old | supersized | whopping | extra-large
        wide.plain: wide
        wide.adj: wide *16 | broad *6 | very wide *4 | really wide *2 | extra wide *3 | extra-wide | quite wide *2 | super wide *2 | stretched-out *2 | stretched out
          | long *3 | very broad *2 | rather wide | elongated | extra broad | pretty wide | so wide | widened | fairly wide | wide wide | very long *2 | ultra wide
          | extremely wide | wide-set
        tall.plain: tall
        tall.adj: tall *18 | high *3 | very tall *5 | really tall *3 | towering *3 | super tall *3 | extra tall *3 | quite tall *2 | lofty | very high *2 | lanky
          | sky-high *2 | rather tall | so tall | pretty tall *2 | extremely tall *2 | extra-tall | tall tall | really, really tall | really really tall
          | very, very tall | fairly tall | long-legged | tall and slim | ultra tall | incredibly tall | stretched tall
        size.after: that {is/are} [.adj] *5 | which {is/are} [.adj] *3 | that's [.adj] | who {is/are} [.adj] | ([.adj]) *2 | that {looks/look} [.adj]
        size.one: [.adj] *3 | a [.adj] one *6 | the [.adj] kind | a really [.adj] one | but make it [.adj] *2 | make it [.adj] *2 | and make it [.adj] *2 | but [.adj]
          | and a [.adj] one too
        size.many: [.adj] ones *4
        """

    private static let rows = """
        row.lead: in a row *12 | in a line *6 | in one line *3 | in one row *4 | in a single row *3 | in a single line *2 | in a neat row *2 | in a straight line *3
          | in single file *2 | in a horizontal row | in a straight row | in a long row | in line *2 | in row *2 | all in a row *4 | all in a line *2
          | all in one row *2 | side by side in a row *3 | side by side in one line *2 | next to each other in a row *3 | from left to right in a row *2
          | in a row from left to right *3 | in a line from left to right *2 | in a queue *2 | in a line-up
        row.together: side by side *6 | next to each other *5 | one next to the other *2 | one beside the other *2 | all side by side *2 | one after another *2
          | one after the other *2
        row.ing: standing *5 | marching | walking | hanging | lined up *2 | arranged *4 | placed *3 | sitting *3 | set out *2 | drawn *2 | set up | put | all standing
          | queueing | waiting | ordered | laid out *2 | positioned | neatly arranged
        row.plain: {list} in a row *8 | a row of {list} *2 | {list} in a line *2
        row.fragment: everything [row.lead]: {list} *2 | all [row.lead]: {list} | {list} [row.lead] *24 | {list}, [row.lead] *4 | {list} [row.ing] [row.lead] *10
          | {list} lined up *6 | {list}, lined up *2 | a row of {list} *8 | a line of {list} *4 | a row with {list} *2 | [row.lead]: {list} *4 | [row.lead], {list} *2
          | a row consisting of {list} | {list} forming a row *2 | {list} all lined up *3 | a line-up of {list} | {list} that stand [row.lead] *2
          | {list} that are [row.lead] *2 | {list} lined up next to each other | {list} making a row | a lineup of {list} | one row of {list} *2 | a neat row of {list}
          | a queue of {list} *2 | lined up: {list} | {list} - [row.lead] | {list} ([row.lead]) | a straight line of {list} | {list} lined up side by side *2
          | {list} in a row next to each other
        row.statement: {list} are [row.lead] *6 | {list} stand [row.lead] *6 | there are {list} [row.lead] *8 | {list} should be [row.lead] *4 | {list} are lined up *4
          | {list} are standing [row.lead] *4 | [see] {list} [row.lead] *3 | {list} sit [row.lead] *2 | {list} are arranged [row.lead] *2 | there is a row of {list} *4
          | there's a row of {list} *3 | {list} must be [row.lead] | {list} form a row *2 | [see] a row of {list} *2 | there are {list} lined up *2
          | [row.lead] there are {list} *2 | [row.lead] stand {list} *2 | {list} make a row
        row.imperative: line up {list} *6 | [put] {list} [row.lead] *14 | arrange {list} [row.lead] *5 | [put] a row of {list} *5 | [put] a line of {list} *2
          | {list}, line them up | [row.lead], [put] {list} *2 | [row.lead] [put] {list} *2 | let {list} stand [row.lead] *3 | have {list} stand [row.lead]
          | make a row of {list} *3 | make a row out of {list} | lay out {list} [row.lead] | form a row of {list} | make {list} stand [row.lead]
          | [put] {list}, lined up *2 | line {list} up *3
        row.after: [row.lead] *4 | all of them [row.lead] *3 | lined up *2 | everything [row.lead] *2 | they are all [row.lead] *2 | they stand [row.lead] *3
          | they should be [row.lead] *3 | put them [row.lead] *4 | line them up *3 | arrange them [row.lead] *2 | they are lined up *2 | all should stand [row.lead] *2
          | all lined up *2 | they all stand [row.lead] *2 | make it a row | they form a row | i want them [row.lead] *2 | all of these [row.lead]
          | the whole thing [row.lead] | place all of them [row.lead]
        """

    private static let lists = """
        list.two: {a} and {b} *30 | {a}, {b} *5 | {a} with {b} *5 | {a} & {b} *4 | {a} + {b} *4 | {a} and also {b} *3 | {a} as well as {b} *4
          | {a} together with {b} *3 | {a} along with {b} *3 | both {a} and {b} *2 | {a} and then {b} *2 | {a}; {b} | {a}. {b} *2 | {a}. also {b} *2 | {a}, and {b} *5
          | {a}, and also {b} | {a} accompanied by {b} | {a}, plus {b} *2 | first {a}, then {b} *2 | {a} / {b} | {a} - {b} | {a} and there's {b}
          | {a} and in addition {b} | {a} and {b} too *2 | {a} and {b} as well *2 | {a} and {b} together *2 | {a}, also {b} *2 | {a} n {b} | {a} and besides {b}
        list.two.keywords: {a} plus {b} *3 | {a} with {b} | {a} also {b}
        list.two.plain: {a} and {b} *14 | {a}, {b} *2 | {a} with {b} | {a} & {b} | {a} + {b} | {a}, and {b}
        list.shared: {a} and {b} *20 | {a} & {b} *2 | both {a} and {b} *4 | {a} and also {b} | {a} as well as {b} *2
        both.of.them: both of them *6 | both *4 | them both *2 | the two of them *2 | the two *2 | them *2
        list.mark.terse: - *3 | / *2 | + *2
        list.mark: , *20 | ; *2 | and *4 | + *2 | , and *2 | . *1 | , then *1 | , plus *1 | &
        list.last: and *20 | , and *8 | , *4 | as well as *2 | plus *2 | and also *3 | & *2 | and finally *2 | and then | together with | along with | , plus
          | , and also | and last | with *2
        list.first.2: two things: *3 | the following: *2 | these things: *2 | these: | two objects:
        list.first.3: three things: *3 | the following: *2 | these things: *2 | these: | three objects:
        list.first: the following: *2 | these things: *2 | these: | all of these: | several things:
        """

    /// Groups: `{N}` is the noun in the plural, `{n}` in the singular, both with their adjectives and without an article. Where no number is told,
    /// "cats" are two, "some" or "a few" three, "several" four.
    private static let numbers = """
        one: a {n} *80 | one {n} *5 | a single {n} *2 | 1 {n} *2 | {n} *2 | my {n} *3 | just a {n} | some kind of {n} | just one {n} *2 | your {n} | our {n} | this {n}
          | a lone {n} | a certain {n} | exactly one {n}
        one.plain: a {n} *24 | {n} *2 | one {n} *2
        again: another {n} *8 | a second {n} *2 | one more {n} *3 | a {n} *2 | a different {n} | an additional {n} | an extra {n} | yet another {n} | a further {n}
          | one other {n}
        again.third: another {n} *8 | one more {n} *3 | a further {n} | yet another {n}
        group.2: two {N} *24 | 2 {N} *8 | a pair of {N} *6 | a couple of {N} *6 | two separate {N} | exactly two {N} | a {n} and another {n} *2 | a {n} and one more {n}
          | a {n} and a second {n} | one {n} and another {n} | {N}, two of them *2 | {N} x2 | 2x {n} *2 | {N} (2) | twin {N} | two different {N} | {N} *2 | a pair {N}
          | couple of {N} | couple {N} | pair of {N} | two {n} *1 | {N} (two of them) | a set of two {N} | a duo of {N} | my two {N}
        group.3: three {N} *24 | 3 {N} *8 | a trio of {N} *3 | a group of three {N} *3 | {N}, three of them *2 | a few {N} *3 | some {N} *3 | exactly three {N}
          | 3x {n} *2 | {N} x3 | {N} (3) | a set of three {N} | three different {N} | three separate {N} | a bunch of three {N} | {N} (three of them) | three {n} *1
          | my three {N}
        group.4: four {N} *24 | 4 {N} *8 | a group of four {N} *3 | {N}, four of them *2 | several {N} *3 | exactly four {N} | 4x {n} *2 | {N} x4 | {N} (4)
          | a set of four {N} | four different {N} | a quartet of {N} | four separate {N} | a bunch of four {N} | four {n} | {N} (four of them)
        group.5: five {N} *24 | 5 {N} *8 | a group of five {N} *3 | {N}, five of them *2 | exactly five {N} | 5x {n} *2 | {N} x5 | {N} (5) | a set of five {N}
          | five different {N} | five separate {N} | a bunch of five {N} | five {n}
        group.6: six {N} *24 | 6 {N} *8 | half a dozen {N} *6 | a half dozen {N} *2 | half a dozen of {N} | a group of six {N} *3 | {N}, six of them *2
          | exactly six {N} | 6x {n} *2 | {N} x6 | {N} (6) | a set of six {N} | six different {N} | a bunch of six {N} | six {n}
        group.7: seven {N} *24 | 7 {N} *8 | a group of seven {N} *3 | {N}, seven of them *2 | exactly seven {N} | 7x {n} *2 | {N} x7 | {N} (7) | a set of seven {N}
          | seven different {N}
        group.8: eight {N} *24 | 8 {N} *8 | a group of eight {N} *3 | {N}, eight of them *2 | exactly eight {N} | 8x {n} *2 | {N} x8 | {N} (8) | a set of eight {N}
          | eight different {N}
        number.2: two *10 | 2 *2
        number.3: three *10 | 3 *2
        number.4: four *10 | 4 *2
        number.5: five *10 | 5 *2
        number.6: six *10 | 6 *2
        number.7: seven *10 | 7 *2
        number.8: eight *10 | 8 *2
        more.2: two more {N} *4 | two other {N} *2 | 2 more {N} | another two {N} *2 | a further two {N}
        more.3: three more {N} *4 | three other {N} *2 | 3 more {N} | another three {N} *2
        known: the {n} *24 | that {n} *2 | this {n} *2 | said {n}
        knowns: the {N} *20 | these {N} *2 | those {N} *2 | all the {N} *2
        """
}
