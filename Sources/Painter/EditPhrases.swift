/// Commands in words. `{x}` is what is changed, `{y}` what it is placed by, `{new}` what comes new; `{is/are}` agrees with `{x}`, `{o:…}` with `{y}`.
enum EditPhrases {
    static let tables = [erasing, moving, changing, adding, around, unheeded]
    /// Rules of what asks for nothing that can be done. Their words are none that requests are made of.
    static let unheededRules: Set<String> = ["other.verb", "other.verb.two", "no.command", "hue"]

    private static let erasing = """
        do.erase: [remove] {x} *26 | [remove] {x} from the [page] *4 | {x} should [go] *4 | {x} must [go] *2 | {x} {has/have} to [go] *3 | {x} can [go] *2
          | i don't want {x} *2 | i don't want {x} anymore *2 | i don't need {x} | make {x} disappear *2 | let {x} disappear | out with {x} | away with {x}
          | [remove] {x} completely *2 | {x}: [remove] {it/them} | there is no need for {x} | we don't need {x} anymore | {x} {needs/need} to [go] *2
          | i want {x} gone *2 | i'd like {x} gone | {x} {is/are} to be removed | i changed my mind about {x}, [remove] {it/them} | the picture is better without {x}
          | get {x} out of there | leave out {x} *2
        do.erase.bare: {x}
        do.erase.plain: [remove.plain] {x}
        remove.plain: erase *5 | remove *4 | delete *3 | rub out | take away
        remove: erase *12 | remove *12 | delete *9 | rub out *4 | take away *5 | get rid of *7 | take out *4 | wipe out *2 | wipe away *2 | clear *2 | clear away *2
          | cut *2 | cut out *2 | throw out *2 | scrap *2 | drop | eliminate *2 | lose *2 | cross out *2 | hide *2 | wipe | kick out | make away with | take off
          | discard *2 | toss out | get rid off
        go: go *5 | go away *3 | disappear *4 | be gone *2 | be removed *4 | be erased *3 | vanish *2 | leave | be deleted *2
        all.things: everything *12 | all *3 | all of it *2 | everything there is *2 | everything on the page | everything in the picture *2
          | the whole drawing and everything in it | all things *2 | all the things | all objects *2 | it all | everything you see
        all.but: everything except {x} *6 | everything but {x} *5 | all except {x} *4 | everything apart from {x} *4 | all but {x} *3 | everything except for {x} *4
          | everything else but {x} | all things except {x} *2 | all the rest except {x} | everything with the exception of {x}
        keep.only: keep only {x} *4 | only keep {x} *4 | keep {x} and erase everything else *3 | keep {x} and remove the rest *3 | keep just {x} *2 | leave only {x} *4
          | only leave {x} *3 | leave {x} and delete everything else *3 | leave just {x} *2 | keep nothing but {x} | erase the rest, keep {x} *2
          | i only want to keep {x} *2 | keep {x} and get rid of everything else *2
        """

    private static let unheeded = """
        other.verb: rotate {x} *3 | turn {x} around *2 | turn {x} upside down *2 | flip {x} *3 | mirror {x} *2 | tilt {x} *2 | spin {x} | color {x} [hue] *3 | colour {x} [hue] *2
          | paint {x} [hue] *2 | make {x} [hue] *4 | fill {x} with [hue] | copy {x} *3 | duplicate {x} *3 | clone {x} | label {x} *2 | rename {x} *2 | select {x} *3
          | highlight {x} *2 | show me {x} *3 | i like {x} *4 | {x} {is/are} nice *3 | {x} {looks/look} great *2 | what is {x} *2 | where is {x} *3 | is {x} there | do you see {x} *2 | count {x}
          | animate {x} *2 | describe {x} *2 | explain {x} | move {x} *4 | shift {x} *2 | keep {x} *3 | leave {x} alone *2 | leave {x} as it is *2 | don't touch {x} *3 | wiggle {x} | blorp {x} | grok {x}
          | frobnicate {x} | zigzag {x} | yodel {x} | fluff {x} | bend {x} | sharpen {x} | polish {x} | group {x} *2 | lock {x} *2 | thicken the lines of {x} | shade {x} *2 | export {x} | save {x} *2 | look at {x} *2 | good job on {x}
        other.verb.two: swap {x} and {y} *4 | switch {x} and {y} *2 | exchange {x} and {y} *2 | connect {x} and {y} *2 | connect {x} to {y} | group {x} and {y} *2 | compare {x} with {y} | is {x} bigger than {y} | is {x} near {y} | how far is {x} from {y}
          | draw a line between {x} and {y} | align {x} with {y} *2 | link {x} to {y} | i like {x} and {y} *2 | color {x} and {y} [hue]
        hue: red *3 | blue *2 | green *2 | yellow | black | white | pink | brown | darker | lighter | brighter | transparent
        no.command: hello *4 | hi *3 | hey there | thanks *3 | thank you *3 | thanks, looks great *2 | looks great *2 | nice *2 | ok *2 | okay | yes *2 | no *2 | please *2 | undo *4 | redo *2
          | undo that | save *3 | save it | help *2 | quit | exit | stop | zoom in *2 | zoom out | what is this *3 | what can you do *2 | who are you | what do you see *2 | describe the picture *2
          | describe it | how many things are there | i love it | i don't like it | that's not what i wanted | well done | wow | cool *2 | hmm | test *2 | asdf | qwerty | blah *2 | foo bar | lorem ipsum | xyz | goodbye
          | color it *2 | print it *2 | rotate the picture *2 | flip it | mirror everything | go on | continue *2 | again | start | begin | let's go | why | really | are you sure
        """

    private static let moving = """
        shift: move *18 | shift *5 | push *4 | slide *4 | drag *4 | bring *4 | nudge *2 | pull *2 | relocate | take *2 | carry | get
        left.toward: to the left *12 | left *7 | a bit to the left *6 | further left *5 | more to the left *5 | a little to the left *4 | slightly to the left *4
          | leftwards *3 | further to the left *5 | a bit left *3 | over to the left *2 | a little bit to the left *2 | a bit more to the left *3 | towards the left *2
          | more left *2 | leftward | farther left *2 | a tad to the left | some distance to the left | farther to the left *2 | a few steps to the left
        right.toward: to the right *12 | right *7 | a bit to the right *6 | further right *5 | more to the right *5 | a little to the right *4
          | slightly to the right *4 | rightwards *3 | further to the right *5 | a bit right *3 | over to the right *2 | a little bit to the right *2
          | a bit more to the right *3 | towards the right *2 | more right *2 | rightward | farther right *2 | a tad to the right | some distance to the right
          | farther to the right *2 | a few steps to the right
        above.toward: up *12 | upwards *5 | a bit up *4 | higher *5 | further up *5 | a bit higher *4 | a little higher *4 | up a bit *6 | up a little *4 | more up
          | upward *2 | slightly up *3 | higher up *3 | a little up *2 | a tad higher | up some more *2 | farther up *2 | a bit further up *2 | slightly higher *2
        below.toward: down *12 | downwards *5 | a bit down *4 | lower *5 | further down *5 | a bit lower *4 | a little lower *4 | down a bit *6 | down a little *4
          | more down | downward *2 | slightly down *3 | lower down *3 | a little down *2 | a tad lower | down some more *2 | farther down *2 | a bit further down *2
          | slightly lower *2
        do.toward: [shift] {x} [.toward] *30 | {x} should go [.toward] *4 | {x} should be [.toward] *3 | {x} [.toward] *5 | i want {x} [.toward] *4
          | let {x} go [.toward] *2 | put {x} [.toward] *4 | {x} {needs/need} to go [.toward] *3 | {x} must go [.toward] | i'd like {x} [.toward] *2
          | {x} could be [.toward] | have {x} [.toward] | place {x} [.toward] *2 | [.toward] with {x} | {x} {has/have} to go [.toward] *2
        do.place: [shift] {x} [.to] *20 | put {x} [.at] *10 | place {x} [.at] *5 | {x} should be [.at] *4 | {x} should go [.to] *3 | {x} {goes/go} [.at] *2
          | i want {x} [.at] *4 | i'd like {x} [.at] *2 | {x} {belongs/belong} [.at] | set {x} [.at] *2 | position {x} [.at] *2 | let {x} be [.at]
          | [shift] {x} so that {it/they} {is/are} [.at] *2 | {x} {needs/need} to be [.at] *2 | have {x} [.at] | send {x} [.to] | {x} to be moved [.to]
          | the place for {x} is [.at]
        do.centre: center {x} *3 | centre {x} *3 | put {x} dead center | [shift] {x} to the center *2
        do.relation: [shift] {x} [.p] {y} *24 | put {x} [.p] {y} *16 | place {x} [.p] {y} *6 | {x} should be [.p] {y} *5 | {x} should stand [.p] {y} *2
          | i want {x} [.p] {y} *4 | i'd like {x} [.p] {y} *2 | let {x} stand [.p] {y} | {x} {goes/go} [.p] {y} *2 | [shift] {x} so that {it/they} {is/are} [.p] {y} *5
          | [shift] {x} over [.p] {y} *2 | make sure {x} {is/are} [.p] {y} *2 | [.p] {y}, put {x} *2 | set {x} [.p] {y} *3 | position {x} [.p] {y} *3
          | have {x} [.p] {y} *2 | {x} must be [.p] {y} *2 | [shift] {x} to a place [.p] {y} | {x} {needs/need} to be [.p] {y} *3 | [shift] {x} somewhere [.p] {y} *2
          | {x} {belongs/belong} [.p] {y} *2 | {x} shall be [.p] {y} | rearrange it so that {x} {is/are} [.p] {y} *2 | stick {x} [.p] {y} *2
        near.closer: [shift] {x} closer to {y} *8 | [shift] {x} nearer to {y} *3 | bring {x} closer to {y} *3 | [shift] {x} up to {y} | {x} should be closer to {y} *2
          | put {x} closer to {y} *2 | [shift] {x} over to {y} *2 | [shift] {x} to {y} *2
        """

    private static let changing = """
        big.resize: make {x} bigger *16 | make {x} larger *10 | enlarge {x} *7 | {x} should be bigger *6 | {x} should be larger *3 | {x} bigger *4
          | increase the size of {x} *4 | scale up {x} *4 | scale {x} up *3 | blow up {x} *2 | {x} {is/are} too small *6 | make {x} twice as big *4
          | double the size of {x} *3 | grow {x} *2 | make {x} a bit bigger *4 | i want {x} bigger *4 | make {x} much bigger *3 | make {x} [big.adj] *8
          | {x} {needs/need} to be larger *2 | {x} {needs/need} to be bigger *3 | {x} could be bigger *2 | i'd like {x} to be bigger *2 | make {x} a lot bigger *2
          | let {x} grow | zoom in on {x} | make {x} bigger than {it/they} {is/are} | {x} should be twice the size *2 | increase {x} *2 | {x} {looks/look} too small *2
          | {x} larger *2 | make {x} double the size | a size up for {x} | i want to see {x} bigger | make {x} way bigger | magnify {x} | expand {x} *2
        small.resize: make {x} smaller *18 | shrink {x} *8 | {x} should be smaller *8 | {x} smaller *4 | decrease the size of {x} *3 | reduce the size of {x} *4
          | scale down {x} *4 | scale {x} down *3 | {x} {is/are} too big *7 | {x} {is/are} too large *3 | make {x} half as big *3 | make {x} half the size *3
          | make {x} a bit smaller *5 | i want {x} smaller *4 | make {x} much smaller *2 | make {x} small *4 | make {x} little *3 | {x} {needs/need} to be smaller *4
          | {x} could be smaller *2 | i'd like {x} to be smaller *3 | make {x} less big *2 | let {x} shrink | {x} {looks/look} too big *2 | make {x} a little smaller *3
          | halve the size of {x} *2 | make {x} smaller than {it/they} {is/are} | reduce {x} *2 | {x} should be half the size *2 | make {x} [small.adj] *6
          | size down {x} | {x} {has/have} become too big
        tiny.resize: make {x} tiny *12 | make {x} [tiny.adj] *14 | {x} should be tiny *5 | shrink {x} to a tiny size *3 | shrink {x} until {it/they} {is/are} tiny *2
          | i want {x} tiny *4 | {x} should be [tiny.adj] *4 | {x} tiny *3 | shrink {x} down to something tiny | {x} {needs/need} to be tiny *3
          | i'd like {x} to be [tiny.adj] *2 | turn {x} tiny | shrink {x} a lot *2 | reduce {x} to a tiny size
        wide.resize: make {x} wider *16 | widen {x} *6 | broaden {x} *2 | stretch {x} sideways *5 | stretch {x} horizontally *3 | {x} should be wider *7
          | {x} {is/are} too narrow *5 | make {x} wide *4 | make {x} broader *5 | make {x} longer *3 | {x} wider *4 | i want {x} wider *4
          | {x} {needs/need} to be wider *4 | stretch {x} out to the sides *2 | make {x} a bit wider *4 | i'd like {x} to be wider *2 | {x} could be wider *2
          | make {x} twice as wide *2 | make {x} [wide.adj] *4 | increase the width of {x} *2 | pull {x} wide | {x} should be broader *2 | lengthen {x}
          | stretch {x} in width
        tall.resize: make {x} taller *18 | make {x} higher *4 | stretch {x} upwards *4 | stretch {x} vertically *4 | {x} should be taller *8 | {x} {is/are} too short *5
          | {x} {isn't/aren't} tall enough *2 | make {x} tall *4 | heighten {x} *2 | {x} taller *4 | i want {x} taller *5 | {x} {needs/need} to be taller *4
          | make {x} a bit taller *4 | i'd like {x} to be taller *2 | {x} could be taller *2 | make {x} twice as tall *2 | make {x} [tall.adj] *4
          | increase the height of {x} *2 | stretch {x} in height | let {x} grow taller *2 | raise the height of {x} | make {x} grow upwards
        do.replace: replace {x} with {new} *18 | replace {x} by {new} *6 | turn {x} into {new} *10 | change {x} into {new} *6 | change {x} to {new} *6
          | swap {x} for {new} *6 | make {x} {new} *3 | instead of {x} draw {new} *4 | instead of {x}, {new} *2 | {x} should be {new} *3 | exchange {x} for {new} *3
          | put {new} in place of {x} *4 | draw {new} instead of {x} *6 | {new} instead of {x} *4 | i'd rather have {new} than {x} *3
          | [remove] {x} and draw {new} instead *4 | [remove] {x} and put {new} there instead *3 | {x} should become {new} *3 | transform {x} into {new} *3
          | switch {x} for {new} *2 | i want {new} instead of {x} *5 | substitute {new} for {x} *2 | swap {x} with {new} *3 | put {new} where {x} {is/are} *3
          | convert {x} into {new} *2 | let {x} be {new} | have {new} instead of {x} *2 | [remove] {x}, put {new} in {its/their} place *3 | make {new} out of {x} *2
          | where {x} {is/are}, draw {new} *2 | i don't want {x}, i want {new} there *2 | {x} {is/are} wrong, it should be {new} there | trade {x} for {new} *2
        do.redraw: redraw {x} *14 | draw {x} again *10 | draw {x} anew *3 | try {x} again *6 | give me another version of {x} *4 | a new version of {x} *3
          | do {x} over *3 | {x} again *2 | once more {x} *2 | draw {x} differently *5 | i don't like {x}, draw {it/them} again *5 | sketch {x} again *3 | redo {x} *8
          | {x} {doesn't/don't} look right, draw {it/them} again *3 | another try for {x} *2 | draw {x} once more *4 | make {x} again *3 | repeat {x} *2
          | can {x} look different *2 | draw a different version of {x} *3 | have another go at {x} *3 | improve {x} *2 | draw {x} better *3 | do {x} again *5
          | i'd like {x} redrawn *2 | {x} should look different *3 | start {x} over *2 | {x} could look better *2 | fix {x} *3 | draw {x} from scratch *2
          | {x} {is/are} ugly, try again *2 | a fresh drawing of {x} *2
        """

    private static let adding = """
        put in: add *18 | draw *8 | put *4 | put in *3 | place *4 | insert *3 | include *2 | sketch *2 | also draw *4 | also add *3 | paint | doodle | now add *2
          | now draw *2 | stick in | set | then add | create *2 | make
        i want also: i also want *4 | i want *4 | there should be *4 | there should also be *3 | we need *2 | i need *2 | i'd like *3 | give me *2 | let there be *2
          | i'd also like *2 | there must be | how about *2 | what about *2 | it needs *2 | the picture needs *2 | i'd love | let's have *2 | can i have *2
        do.add: [put in] {new} *20 | [i want also] {new} *8 | {new} too | {new} as well *2 | [put in] {new} too *2 | [put in] {new} as well *2
          | [put in] {new} to the [page] *2 | [put in] {new} somewhere *2 | [put in] {new} wherever you like
        do.add.plain: add {new} *4 | draw {new}
        do.add.where: [put in] {new} {loc} *26 | [i want also] {new} {loc} *8 | {loc}, [put in] {new} *3 | {loc} [put in] {new} *4 | {loc} [i want also] {new} *2
          | {new} {loc} *3 | [put in] {new}. it should be {loc} *2 | [put in] {new} and put it {loc} *2 | [put in] {new} that is {loc} *2
          | {loc} there should be {new} *2 | [put in] {new} somewhere {loc} | {new} should be {loc} *2 | [put in] {new}, {loc} *2 | put {new} {loc} *6
        do.add.with: give {y} {new} [.with] *4 | {y} {o:needs/need} {new} [.with] *3 | {y} should have {new} [.with] *3 | put {new} [.p] {y} *4
        """

    private static let around = """
        command.frame: - *44 | please *10 | can you *6 | could you *6 | can you please *3 | could you please *3 | would you *2 | now *4 | i'd like you to *2
          | i want you to *2 | please can you *2 | ok, *2 | okay, *2 | then | hey, *2 | next, *2 | now please *2 | would you mind to | could you now | just *3 | kindly
          | i think you should *2 | let's *2 | will you | you should | hmm, *2 | good, now *2 | great, now *2 | so, *2 | first | can u *2 | pls *2 | well,
          | almost perfect, just *2 | one more thing: *2 | small change: | help me: | oops, *2 | wait, *2
        said.frame: - *60 | ok, *2 | okay, *2 | hey, *2 | hmm, *3 | so, *2 | well, *2 | i think *6 | now *3 | good, *2 | great, *2 | one more thing: *2 | wait, *2
          | oops, *2 | please: *2 | hm, | sorry, *2 | actually, *3 | oh, *2
        command.join: and *14 | , and *6 | , then *8 | and then *8 | ; then *3 | ; *3 | . *6 | . then *6 | . also *4 | , *4 | . now *2 | and also *4 | , and then *3
          | . after that *2 | . please *2 | & *1 | plus *1 | . and *2 | . next, *2 | , also *2
        known.left: left *6 | left-hand *2 | leftmost *5
        known.right: right *6 | right-hand *2 | rightmost *5
        known.above: top *5 | upper *4 | topmost *2 | higher *1 | uppermost | highest *2
        known.below: bottom *5 | lower *4 | bottommost | lowest *3
        after.left: on the left *8 | on the left side *3 | furthest left *2 | farthest to the left *2 | at the left *2 | most to the left | on the far left *2
          | that is on the left *2
        after.right: on the right *8 | on the right side *3 | furthest right *2 | farthest to the right *2 | at the right *2 | most to the right | on the far right *2
          | that is on the right *2
        after.above: at the top *6 | up top *2 | furthest up *2 | that is at the top *2 | at the very top
        after.below: at the bottom *6 | down below *2 | furthest down *2 | that is at the bottom *2 | at the very bottom
        known.small: small *8 | little *7 | smaller *6 | smallest *5 | tiny *2 | tiniest
        known.big: big *8 | large *5 | bigger *6 | larger *3 | biggest *5 | largest *3 | huge
        thing name: thing *5 | object *4 | item *2 | shape
        the.all: the {N} *6 | all {N} *4 | all the {N} *5 | all of the {N} *3 | every {n} *4 | every single {n} | each {n} | the {number} {N} *4 | all {number} {N} *3
          | these {N}
        the.both: both {N} *8 | the {N} *6 | the two {N} *5 | all {N} *3 | all the {N} *2 | every {n} | both of the {N} *3 | each {n} | 2 {N} | the pair of {N} *2
          | the 2 {N} *2
        the.other: the other {n} *6 | the other one *4 | the remaining {n} *2
        """
}
