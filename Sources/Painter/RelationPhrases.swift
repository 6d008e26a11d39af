import Sketches

/// What one thing is to another, in words.
///
/// Of each kind `k`: `k.plain` and `k.p` go before the other thing ("left of"), `k.side` after a thing with another one at its side ("a house
/// with a cat *to its left*"), `k.ing` and `k.sits` are what a thing may do there, `k.more…` ways that only this kind has.
///
/// One orientation is canonical: whatever is *said to be somewhere* is the relation's subject. "The house has a cat on its left" says where the
/// cat is: `left of` cat, house. "Put the cat so that the house is on its right" says where the cat shall be: `left of` cat, house. A
/// comparison is of what comes first: "a cat dwarfed by a dog" is `smaller than` cat, dog. Sides are those of who looks at the picture.
enum RelationPhrases {
    /// The prefix of a kind's rules.
    static func key(_ kind: RelationKind) -> String {
        switch kind {
        case .leftOf: "left"
        case .rightOf: "right"
        case .above: "above"
        case .below: "below"
        case .inside: "inside"
        case .larger: "larger"
        case .smaller: "smaller"
        case .nextTo: "near"
        }
    }

    static let tables = [sideways("left", "right"), sideways("right", "left"), upAndDown, inAndNear, sizes, common]

    private static func sideways(_ side: String, _ other: String) -> String {
        """
        \(side).short: \(side.prefix(1)) of *3 | \(side) of *3 | \(side) from
        \(side).plain: to the \(side) of *8 | \(side) of *6 | on the \(side) of *3 | on the \(side) side of
        \(side).p: to the \(side) of *18 | \(side) of *10 | on the \(side) of *7 | on the \(side) side of *6 | on the \(side)-hand side of *2
          | on the \(side) hand side of *2 | at the \(side) of *2 | at the \(side) side of *2 | to the \(side) side of *2 | to the \(side)-hand side of
          | just \(side) of *2 | just to the \(side) of *3 | directly to the \(side) of *2 | immediately to the \(side) of *2 | immediately \(side) of
          | slightly to the \(side) of | a bit to the \(side) of *2 | a little to the \(side) of | somewhere to the \(side) of *2 | far to the \(side) of
          | further \(side) than *2 | farther \(side) than | further to the \(side) than *2 | more to the \(side) than *2 | over to the \(side) of
          | off to the \(side) of *2 | \(side) from *2 | \(side) to | on the \(side) from | to the \(side) from | on \(side) of *2 | to \(side) of *2 | at \(side) of
          | \(side) side of *2 | in the \(side) of | in \(side) of | \(side)ward of | by the \(side) of | by the \(side) side of | on the immediate \(side) of
          | directly \(side) of *2 | somewhere \(side) of | on the \(side) flank of | towards the \(side) of
        \(side).side: to {o:its/their} \(side) *9 | on {o:its/their} \(side) *9 | on {o:its/their} \(side) side *5 | to the \(side) of {o:it/them} *7
          | \(side) of {o:it/them} *5 | on the \(side) of {o:it/them} *3 | on the \(side) side of {o:it/them} *3 | on {o:its/their} \(side)-hand side *2
          | on {o:its/their} \(side) hand side | just to the \(side) of {o:it/them} *2 | at {o:its/their} \(side) *3 | directly to {o:its/their} \(side)
          | standing to {o:its/their} \(side) | to {o:its/their} \(side) side | at the \(side) of {o:it/them} | sitting on {o:its/their} \(side)
          | placed to {o:its/their} \(side) | immediately to {o:its/their} \(side) | a bit to {o:its/their} \(side)
        \(side).with: [\(side).side] *10 | to the \(side) *3 | on the \(side) *2 | off to the \(side) | on the \(side) side
        \(side).more.imperative: [put] {m} so that {o} {o:is/are} on {its/their} \(other) *3 | [put] {m} so that {o} {o:is/are} to {its/their} \(other) *2
          | [put] {m} so {o} {o:is/are} to the \(other) of {it/them} *2 | [put] {m} such that {o} {o:ends/end} up on {its/their} \(other)
        \(side).chain: from \(side) to \(other)
        """
    }

    private static let upAndDown = """
        above.plain: above *8 | over *4 | on top of *5 | on *6
        above.p: above *14 | over *9 | on top of *14 | on *14 | atop *2 | on the top of *3 | just above *3 | right above *2 | directly above *3 | high above
          | up above *2 | right on top of *2 | upon *2 | higher than *2 | higher up than *2 | somewhere above *2 | at the top of *2 | up on *3 | right over
          | directly over | slightly above | a bit above | a little above | ontop of *2 | above of | on the very top of | way above | up over | straight above
          | immediately above | over the top of | overtop of | on to | further up than | in the air above | up on top of *2
        above.side: above {o:it/them} *7 | on top *9 | on top of {o:it/them} *8 | over {o:it/them} *5 | on {o:it/them} *4 | above *3 | overhead *2
          | right above {o:it/them} *2 | on {o:its/their} {o:head/heads} *2 | on {o:its/their} {o:back/backs} | over {o:its/their} {o:head/heads} *2
          | above {o:its/their} {o:head/heads} | directly above {o:it/them} *2 | up above *2 | hovering over {o:it/them} | perched on top *2 | sitting on top *3
          | standing on top | floating above {o:it/them} | just above {o:it/them} *2 | up on top | flying above {o:it/them} | flying overhead | atop
        above.with: [above.side] *12 | at the top | on the top
        above.ing: [sitting] *6 | perched *3 | perching | balancing *2 | balanced | flying *3 | hovering *3 | floating *3 | hanging *2 | climbing | hopping | dancing
          | riding *2
        above.sits: [sits] *8 | {hovers/hover} *2 | {floats/float} *2 | {flies/fly} *2 | {perches/perch} | {is/are} perched *2 | {is/are} flying *2
          | {is/are} floating *2
        above.more: {s} riding {o} *3 | {s} riding on {o} *2 | {s} mounted on {o} | {s} placed on {o} *2
        above.more.inverted: {o} wearing {s} *3 | {o} topped by {s} *2 | {o} topped with {s} *2 | {o} carrying {s} on top | {o} supporting {s} on top
          | {o} balancing {s} on top
        above.more.statement: {s} {rides/ride} {o} *2 | {s} {is/are} riding {o} *2 | {o} {o:carries/carry} {s} on top | {s} {is/are} up on {o}
        above.more.imperative: [put] {m} onto {o} *2 | let {m} ride {o} | have {m} ride on {o} | top {o} with {s}
        above.chain: from top to bottom
        below.plain: below *6 | under *8 | beneath *2 | underneath *3
        below.p: below *12 | under *16 | underneath *9 | beneath *8 | just below *3 | right under *2 | directly below *3 | directly under *2 | down below *2
          | lower than *2 | lower down than *2 | at the foot of *2 | at the bottom of *2 | right underneath *2 | right below *2 | just under *2 | somewhere below *2
          | slightly below | a bit below | a little below | underneath of | further down than *2 | in the shade of *2 | at the base of *2 | directly beneath *2
          | just beneath | below of | under of | way below | immediately below | straight below | down under | beneath of | right beneath
        below.side: below {o:it/them} *7 | under {o:it/them} *7 | underneath *7 | underneath {o:it/them} *5 | beneath {o:it/them} *5 | below *4
          | right under {o:it/them} *2 | directly below {o:it/them} *2 | down below *2 | just below {o:it/them} *2 | hiding underneath *2 | hiding under {o:it/them}
          | lying under {o:it/them} | right underneath | beneath *2 | sitting below {o:it/them} | sitting underneath | at {o:its/their} base | down under {o:it/them}
        below.with: [below.side] *12 | at the bottom
        below.ing: [sitting] *6 | hiding *4 | sheltering *2 | crouching | buried | parked | tucked | curled up
        below.sits: [sits] *8 | {hides/hide} *3 | {is/are} hiding *3 | {shelters/shelter} | {crouches/crouch}
        below.more.imperative: hide {m} under {o} *2 | tuck {m} under {o}
        below.chain: from bottom to top
        """

    private static let inAndNear = """
        inside.plain: inside *8 | in *8 | inside of *2 | within
        inside.p: inside *14 | in *18 | inside of *6 | within *5 | in the middle of *5 | in the centre of *2 | in the center of *2 | right inside *2 | deep inside
          | in the inside of | in the interior of | in the heart of | fully inside *2 | completely inside | entirely within | on the inside of *3 | into
          | right in the middle of *2 | within the walls of
        inside.more: {s} surrounded by {o} *6 | {s} enclosed by {o} *3 | {s} enclosed in {o} *2 | {s} contained in {o} *3 | {s} trapped in {o} *2
          | {s} trapped inside {o} | {s} framed by {o} | {s} tucked inside {o} | {s} encased in {o}
        inside.side: inside *12 | inside {o:it/them} *8 | in {o:it/them} *7 | inside of {o:it/them} *3 | within *2 | within {o:it/them} *2
          | in the middle of {o:it/them} *2 | on the inside *2 | right inside {o:it/them} | hidden inside | sitting inside *2 | in there | in the centre of {o:it/them}
          | in the center of {o:it/them} | trapped inside | hiding in {o:it/them}
        inside.with: [inside.side]
        inside.ing: [sitting] *6 | hiding *4 | swimming *2 | living *2 | trapped *2 | stuck *2 | tucked | hidden *2 | floating
        inside.sits: [sits] *8 | {hides/hide} *2 | {lives/live} *3 | {swims/swim} | {is/are} hiding *2 | {is/are} trapped | {is/are} stuck
        inside.more.inverted: {o} containing {s} *4 | {o} that {o:contains/contain} {s} *4 | {o} which {o:contains/contain} {s} *2 | {o} that {o:holds/hold} {s} *2
          | {o} holding {s} *2 | {o} around {s} *2 | {o} surrounding {s} *2 | {o} enclosing {s} | {o} that {o:surrounds/surround} {s}
        inside.more.statement: {s} {is/are} surrounded by {o} *4 | {s} {is/are} enclosed by {o} *2 | {s} {is/are} contained in {o} *2
          | {s} should be surrounded by {o} *2 | {o} {o:contains/contain} {s} *5 | {o} {o:holds/hold} {s} *2 | {o} {o:surrounds/surround} {s} *2
          | {o} should contain {s} *2 | {o} {o:encloses/enclose} {s} | {o} {o:goes/go} around {s} *2 | {o} should be around {s}
        inside.more.imperative: [put] {m} into {o} *3 | hide {m} in {o} *2 | put {o} around {s} *2 | draw {o} around {s} *2 | enclose {m} in {o} | surround {m} with {o}
        near.plain: next to *8 | beside *5 | near *4 | by *3 | close to *2
        near.p: next to *16 | beside *12 | near *10 | by *7 | close to *8 | right next to *5 | right beside *3 | alongside *3 | adjacent to *3 | close by | right by *2
          | just beside *2 | just next to *2 | very close to *3 | near to *3 | at the side of *3 | by the side of *3 | not far from *2 | a short way from | beside of
          | in the vicinity of | close beside *2 | nearby *2 | not far away from | neighbouring | neighboring | near by | directly next to *2 | immediately next to
          | on the side of | next door to | side by side with *3 | a few steps from | hard by | abreast of | really close to | shoulder to shoulder with
        near.side: next to {o:it/them} *9 | beside {o:it/them} *8 | by {o:its/their} side *5 | at {o:its/their} side *5 | nearby *7 | close by *4 | near {o:it/them} *5
          | right next to {o:it/them} *3 | close to {o:it/them} *4 | alongside *2 | alongside {o:it/them} *2 | right beside {o:it/them} *2 | not far from {o:it/them}
          | near by | by {o:it/them} *2 | adjacent to {o:it/them} | at the side *2 | standing next to {o:it/them} *2 | sitting beside {o:it/them}
          | very close to {o:it/them}
        near.with: [near.side]
        near.ing: [sitting] *8 | parked *2 | growing *2 | walking | running | leaning
        near.sits: [sits] *8 | {is/are} parked | {grows/grow} | {leans/lean}
        near.more: {s} leaning against {o} *3 | {s} leaning on {o} *2 | {s} leaning on the side of {o} | {s} accompanying {o} nearby
        near.more.imperative: bring {m} and {o} close together | keep {m} near {o} *2 | keep {m} close to {o}
        near.each: side by side *8 | next to each other *8 | beside each other *4 | right next to each other *2 | close together *4 | close to each other *4
          | near each other *3 | next to one another *3 | beside one another | near one another | close to one another | shoulder to shoulder | adjacent to each other
          | facing each other
        """

    private static let sizes = """
        larger.plain: bigger than *5 | larger than *5
        larger.p: bigger than *16 | larger than *14 | much bigger than *5 | much larger than *4 | way bigger than *3 | a lot bigger than *3 | a lot larger than *2
          | twice as big as *5 | twice as large as *3 | twice the size of *4 | double the size of *3 | far bigger than *2 | greater than | bigger in size than *2
          | larger in size than *2 | three times as big as | three times the size of | more big than | a bit bigger than *2 | clearly bigger than
          | noticeably larger than | even bigger than *2 | greater in size than *2 | of larger size than | bigger compared to | big compared to
          | considerably larger than | bigger then *2 | larger then | two times bigger than *2 | far larger than | several times bigger than | many times bigger than
          | so much bigger than | bigger as
        larger.er: bigger *10 | larger *8 | much bigger *3 | much larger *2 | way bigger *2 | far bigger
        larger.side: twice {o:its/their} size *5 | bigger than {o:it/them} *4 | double {o:its/their} size *3 | larger than {o:it/them} *3 | that {is/are} bigger *3
          | that {is/are} larger *2 | that {is/are} much bigger *2 | twice as big *4 | twice as large *2 | much bigger than {o:it/them}
        larger.more: {s} dwarfing {o} *3 | {s} of twice the size of {o} | {s} exceeding {o} in size
        larger.more.statement: {s} {dwarfs/dwarf} {o} *4 | {s} {outsizes/outsize} {o} | {s} {exceeds/exceed} {o} in size *2 | compared to {o} {s} {is/are} [.er] *2
          | in size {s} {beats/beat} {o} | {s} should dwarf {o} *2 | {s} {is/are} the bigger one compared to {o} | {s} {has/have} to be the larger one compared to {o}
        larger.chain: from biggest to smallest
        smaller.plain: smaller than *8 | not as big as
        smaller.p: smaller than *20 | much smaller than *5 | tinier than *3 | littler than *2 | half the size of *5 | half as big as *4 | half as large as *2
          | not as big as *5 | not as large as *4 | less big than *2 | a lot smaller than *3 | way smaller than *3 | far smaller than *2 | smaller in size than *3
          | not so big as *2 | not nearly as big as *2 | small compared to *2 | tiny compared to *2 | dwarfed by *4 | less large than | a third of the size of
          | a quarter of the size of | only half as large as | only half as big as *2 | a bit smaller than *2 | smaller then *2 | of smaller size than
          | clearly smaller than | even smaller than *2 | more small than | not quite as big as *2 | two times smaller than *2 | several times smaller than
          | so much smaller than | lesser in size than | smaller as
        smaller.er: smaller *12 | much smaller *4 | tinier *2 | littler | way smaller *2 | far smaller
        smaller.side: half {o:its/their} size *6 | smaller than {o:it/them} *6 | that {is/are} smaller *5 | that {is/are} much smaller *2 | half as big *4
          | not as big *2 | much smaller than {o:it/them} *2
        smaller.more: {s} outsized by {o} | {s} of half the size of {o}
        smaller.more.statement: compared to {o} {s} {is/are} [.er] *3 | {s} {isn't/aren't} as big as {o} *3 | {s} {isn't/aren't} as large as {o} *2
          | {s} {is/are} the smaller one compared to {o}
        smaller.chain: from smallest to biggest
        """

    /// What all kinds share. Of relations of place the templates are `spatial…`, of comparisons `quality…`; `{loc}` is the relation with its
    /// object, or several of them. In `…inverted` the other thing comes first.
    private static let common = """
        sits: {sits/sit} *9 | {stands/stand} *7 | {lies/lie} *3 | {rests/rest} *2 | {stays/stay} | {waits/wait} | {is/are} sitting *5 | {is/are} standing *5
          | {is/are} located *2 | {is/are} positioned | {is/are} placed *2 | {is/are} lying *2 | {sleeps/sleep} | {is/are} {coin}ing *3 | {flies/fly} | {floats/float}
          | {drifts/drift} | {hides/hide} | {grows/grow} | {runs/run} | {is/are} flying | {is/are} running | {is/are} sleeping *2 | {is/are} waiting | {is/are} playing
          | {is/are} resting | {can/can} be found
        ing: [sitting]
        sitting: sitting *9 | standing *7 | lying *3 | placed *4 | located *3 | positioned *2 | situated *2 | resting *2 | waiting *2 | found | shown *2 | drawn *2
          | playing *2 | sleeping *3 | relaxing | staying | put | arranged | set | displayed | flying *2 | swimming *2 | running *2 | walking *2 | hiding *2 | jumping
          | floating *2 | growing | parked | hanging | dancing | shining | climbing | peeking out | marching | fluttering | grazing | eating | {coin}ing *2
          | looking happy | that sits | that stands
        should: should be *10 | must be *4 | {has/have} to be *3 | {needs/need} to be *4 | ought to be | shall be *2 | will be *2 | should sit *2 | should stand *2
          | should go *3 | {is/are} supposed to be *2 | can be *2 | could be *2 | {goes/go} *4 | {is/are} to be *2 | should appear *2 | must go | {belongs/belong} *2
          | should lie | can go
        should have: should have *4 | must have *2 | {o:needs/need} *3 | {o:has/have} to have | {o:gets/get} *2 | shall have | ought to have
        see: i see *5 | we see *4 | you see *3 | you can see *4 | one can see | i can see *2 | we have *3 | you have | i have | you find | we find | i imagine *2
          | we can see *2 | there stands | there sits | i want *5 | i'd like *3 | i would like *2 | i need *2 | i picture | we need *2 | there goes | i saw
        put: put *10 | place *8 | draw *8 | add *3 | set *2 | position *2 | have *2 | show *2 | stick *2 | sketch *2 | paint | make | pop | include | doodle | locate

        spatial.both: {s}, both {loc} *4 | {s} both {loc} *2 | {s}, both of them {loc} *2 | both {s} {loc}
        spatial.all: {s}, all {loc} *4 | {s} all {loc} *2 | {s}, all of them {loc} *2 | {s}, each {loc}
        spatial.that: [.p] {o:that/those} {s} *5 | [.p] {o:that/those}, {s} *4
        spatial.that.statement: [.p] {o:that/those} {is/are} {s} *4 | [.p] {o:that/those} there {is/are} {s} *3 | [.p] {o:that/those} there's {s} *2
          | [.p] {o:that/those} [.sits] {s} *2
        spatial.terse: {s} {loc} *8 | {s}, {loc} *3 | {s}: {loc} *3 | {s} ({loc}) *3 | {s} - {loc} *2 | {loc}: {s} *3 | {loc} - {s}
        spatial.plain: {s} {loc} *30 | {s} [.ing] {loc} *2 | {s} that {is/are} {loc}
        spatial.fragment: {s} {loc} *44 | {s}, {loc} *2 | {s} that {is/are} {loc} *5 | {s} {that's/that are} {loc} *3 | {s} which {is/are} {loc} *3
          | {s} that [.sits] {loc} *3 | {s} which [.sits] {loc} | {s} [.ing] {loc} *12 | {s} ({loc}) *2 | {s} - {loc} | {s} being {loc}
          | {s} and {it/they} {is/are} {loc} *2 | {s} who {is/are} {loc} | {s} just {loc}
        spatial.fronted: {loc} {s} *6 | {loc}, {s} *5 | {loc}: {s} *3 | {loc} - {s} | {loc} there being {s}
        spatial.known: {s} {loc} *12 | {s} being {loc} *2 | {s} [.ing] {loc} *3
        spatial.statement: {s} {is/are} {loc} *16 | {s} [.sits] {loc} *10 | {s} [should] {loc} *8 | i want {m} to be {loc} *3 | i'd like {m} to be {loc} *2
          | i want {m} {loc} *2 | {s} can be seen {loc} *2 | {s} can be found {loc} | {s} will be {loc} *2 | {s}, {it/they} {is/are} {loc} | {s} would be {loc}
          | the place for {m} is {loc} | could {s} be {loc} | can {s} be {loc} | can {s} sit {loc}
        spatial.statement.new: there {is/are} {s} {loc} *10 | there's {s} {loc} *5 | [see] {s} {loc} *5 | there should be {s} {loc} *4
          | there {is/are} {s} [.ing] {loc} *4 | there's {s} [.ing] {loc} *2 | {loc} {is/are} {s} *7 | {loc} there {is/are} {s} *6 | {loc} there's {s} *4
          | {loc}, there {is/are} {s} *3 | {loc} [.sits] {s} *4 | {loc} [see] {s} *4 | {loc} should be {s} *2 | {loc} there should be {s} *2
          | it is {loc} that {s} [.sits] | {loc} goes {s} *2 | {s}. {it/they} {is/are} {loc} *3 | {s}. {it's/they're} {loc} *3 | {s} and {it's/they're} [.ing] {loc} *2
          | {s}. {it's/they're} [.ing] {loc} | {s}. {it/they} [.sits] {loc} *2 | {s}. {it/they} [should] {loc} *2 | we want to see {s} {loc}
          | there {has/have} to be {s} {loc} *2 | {loc} comes {s} *2 | there must be {s} {loc} | {loc} you can find {s}
        spatial.imperative: [put] {m} {loc} *14 | {loc}, [put] {m} *3 | {loc} [put] {m} *4 | make {m} sit {loc} | let {m} be {loc} *2 | let {m} sit {loc} *2
          | have {m} sit {loc} | have {m} [.ing] {loc} | make sure {s} {is/are} {loc} *2 | make sure that {s} {is/are} {loc} | let there be {s} {loc} *2
          | see that {s} {is/are} {loc} | arrange {m} {loc} | i want you to put {m} {loc} | [put] {m} somewhere {loc} | leave {m} {loc} | get {m} {loc}
        spatial.imperative.new: [put] {m} {loc} *6 | [put] {m}. {it/they} [should] {loc} *4 | [put] {m}. [put] {it/them} {loc} *2 | [put] {m} and let {it/them} be {loc}
          | let there be {s} {loc} *2
        spatial.inverted: {o} with {s} [.with] *18 | {o} and {s} [.side] *4 | {o}, {s} [.side] *3 | {o} that {o:has/have} {s} [.with] *3
          | {o} which {o:has/have} {s} [.with] *2 | {o} having {s} [.with] *2 | {o} and [.p] {o:it/them} {s} *3 | {o}, and [.p] {o:it/them} {s} *2
          | {o}. [.p] {o:it/them} {s} *2 | {o}. [.p] {o:it/them} there {is/are} {s} *2 | {o}. put {s} [.p] {o:it/them} *3 | {o}. then put {s} [.p] {o:it/them}
          | {o} and [.p] {o:it/them} [.sits] {s} *2 | {o}. {s} {is/are} [.side] *2 | {o}. there {is/are} {s} [.side] *2 | {o}. [.side] {is/are} {s} *2
          | {o}. [.side] {s} | {o}, and [.side] {s} *2 | {o} and then [.side] {s} | {o}; [.p] {o:it/them} {s} | {o} plus {s} [.side] | {o} (with {s} [.with])
          | {o}. {s} [.side] | {o} w/ {s} [.with] *2 | {o} with {s} [.ing] [.p] {o:it/them} *2
        spatial.inverted.known: {o} with {s} [.with] *5 | {o} having {s} [.with] *3 | [.p] {o} {s} *4 | {s} [.p] {o} *4
        spatial.inverted.statement: {o} {o:has/have} {s} [.with] *10 | {o} [should have] {s} [.with] *4 | {o} {o:has/have} got {s} [.with]
        spatial.inverted.statement.new: there {o:is/are} {o} with {s} [.with] *4 | there's {o} with {s} [.with] *3 | there {o:is/are} {o} and [.p] {o:it/them} {s} *2
          | [see] {o} with {s} [.with] *3 | there {o:is/are} {o}, and {s} {is/are} [.p] {o:it/them} *2 | [see] {o} and [.p] {o:it/them} {s}
          | there {o:is/are} {o}. {s} [.sits] [.p] {o:it/them} *2 | there {o:is/are} {o}. [.p] {o:it/them} {is/are} {s} *2
          | there {o:is/are} {o}, and [.p] {o:it/them} [.sits] {s} *2 | there {o:is/are} {o}. [.side] {is/are} {s} *2
          | there's {o} and right [.p] {o:it/them} {is/are} {s}
        spatial.inverted.imperative: give {o} {s} [.with] *3 | [put] {o} with {s} [.with] *5 | [put] {o} and [.p] {o:it/them} {s} *3
          | [put] {o}, then [put] {s} [.p] {o:it/them} *3 | let {o} have {s} [.with] *2 | [put] {o} and [put] {s} [.p] {o:it/them} *3
          | [put] {o}. [.p] {o:it/them}, [put] {s} *2 | [put] {o}. [put] {s} [.p] {o:it/them} *3 | [put] {o}. then [put] {s} [.side] *2
          | [put] {o}. {s} [should] [.side] *2 | start with {o} and [put] {s} [.p] {o:it/them} *2

        quality.plain: {s} {loc} *10 | {s} that {is/are} {loc} *5
        quality.fragment: {s} {loc} *12 | {s} that {is/are} {loc} *12 | {s} {that's/that are} {loc} *6 | {s} which {is/are} {loc} *5 | {s}, {loc} *2
          | {s} that looks {loc} | {s} who {is/are} {loc} | {s} ({loc}) *2 | {s} drawn {loc}
        quality.fronted: {loc}, {s} | {loc}: {s}
        quality.known: {s} {loc} *8 | {s} being {loc} *4 | {s} drawn {loc}
        quality.statement: {s} {is/are} {loc} *16 | {s} should be {loc} *8 | {s} must be {loc} *3 | {s} {has/have} to be {loc} *3 | {s} {needs/need} to be {loc} *2
          | {s} {looks/look} {loc} *2 | i want {m} to be {loc} *3 | i want {m} {loc} *2 | i'd like {m} to be {loc} *2 | {s} {is/are} drawn {loc} | {s} ought to be {loc}
          | {s} shall be {loc} | {s} {is/are} meant to be {loc} | {s} {is/are} supposed to be {loc}
        quality.statement.new: there {is/are} {s} that {is/are} {loc} *5 | there's {s} that's {loc} *3 | [see] {s} {loc} *3 | there {is/are} {s} {loc} *2
          | there should be {s} {loc} *2 | {s}. {it/they} {is/are} {loc} *2 | {s}. {it/they} should be {loc} *2
        quality.imperative: make {m} {loc} *14 | draw {m} {loc} *6 | let {m} be {loc} *3 | have {m} be {loc} | keep {m} {loc} *2 | make sure {s} {is/are} {loc} *3
          | show {m} {loc} | make sure that {s} {is/are} {loc} *2 | sketch {m} {loc} | paint {m} {loc}
        quality.of.two.fragment: {s} [.er] *3 | {s} being [.er] *4 | {s} being the [.er] one *4 | {s} the [.er] of the two | {s} the [.er] one
        quality.of.two.statement: {s} {is/are} [.er] *6 | {s} {is/are} the [.er] one *4 | {s} should be [.er] *4 | {s} should be the [.er] one *3
          | {s} {is/are} the [.er] of the two *3 | {s} must be [.er] *2
        quality.of.two.imperative: make {m} [.er] *4 | make {m} the [.er] one *2 | let {m} be [.er] | let {m} be the [.er] one
        spatial.side: {s} [.side] *10
        spatial.side.statement: [.side] {is/are} {s} *4 | [.side] there {is/are} {s} *3 | [.side] [.sits] {s} *2 | {s} {is/are} [.side] *3 | [.side] there's {s} *2
          | {s} [should] [.side] *2 | there {is/are} {s} [.side] *2 | [.side] [see] {s} *2
        spatial.side.imperative: [put] {m} [.side] *6 | [.side] [put] {m} *3 | [.side], [put] {m} *2
        quality.inverted: {o} and {s^} *10 | {o} with {s^} *4 | {o}, {s^} *2 | {o} and {s} [.side] *6 | {o} and {s}, {S} being [.er] *2 | {o} plus {s^} *2
          | {o} together with {s^} *2 | {o} along with {s^} | {o} and also {s^} | {o} and then {s^} | {o}; {s^} | {o}. {s^}
        quality.inverted.statement.new: there {o:is/are} {o} and {s^} *5 | there's {o} and {s^} *3 | [see] {o} and {s^} *3
          | there {o:is/are} {o}. {s}, which {is/are} [.er]
        quality.inverted.imperative: [put] {o} and {s^} *6 | [put] {o}, then {s^} *3 | [put] {o} with {s^} *2 | [put] {o} and {s} [.side] *3
        """
}
