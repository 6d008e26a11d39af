/// What people say around the things themselves: openings, politeness, reasons, wishes about style. None of it changes what is drawn.
///
/// `frame.k` opens a sentence whose clause is a list of things (`fragment`), a statement or an order (`imperative`); `{coin}` is a made-up word,
/// so that the model learns to pass over words that it has never read.
enum FramePhrases {
    static let tables = [openings, fillers, smallTalk, describing, joints]

    private static let openings = """
        frame.plain: - *14 | draw *6 | draw a picture of | a drawing of *2 | a picture of *2 | a sketch of *2 | please draw *2 | sketch | draw me *2 | i want
          | can you draw
        frame.fragment: - *16 | [draw] *16 | please [draw] *5 | [ask] [draw] *10 | [picture of] *9 | [draw] [picture of] *9 | please [draw] [picture of] *3
          | [ask] [draw] [picture of] *4 | [want] *10 | [want] [picture of] *5 | [wish] you to [draw] *3 | [wish] to see *3 | [offer] *6 | [doing] *6 | [let us] *3
          | [learner] *3 | [telegram] *3 | [wish] to have *2 | [someone] wants *2 | [someone] would like *2 | [someone] asks for *2 | [someone] asked for
        frame.statement: - *14 | [draw] [scene] *5 | please [draw] [scene] *2 | [ask] [draw] [scene] *3 | [want] [scene] *3 | [scene] *2 | imagine *2 | imagine that *2
          | picture this: *2 | in [the scene] *2 | in [the scene], *2 | [learner where] *1 | the scene: | here is the scene: | once upon a time | so | think of [scene]
          | [doing] [scene] *1 | one day | it should look like this: *2 | here's what i want: *2 | my idea: | this is the idea:
        frame.imperative: - *14 | please *4 | [ask] *5 | kindly | now | [wish] you to *2 | i'd like you to *2 | on [the scene] | first | go on and | try to
          | you should *2 | just *2 | in [the scene]
        draw: draw *24 | draw me *8 | draw us *2 | draw for me *2 | sketch *8 | sketch me *2 | sketch out | doodle *3 | make *5 | make me *4 | create *4 | paint *2
          | illustrate | depict *2 | show *3 | show me *4 | produce | generate *3 | do | do me | create for me | draw up | pencil in | put on paper | compose | give me
          | render | come up with | design
        picture of: a photo of | a painting of *2 | a print of | the image of | some art of | a little picture of | a picture of *12 | a drawing of *10 | a sketch of *8
          | an image of *3 | a doodle of *2 | a scene with *3 | a picture with *5 | a drawing with *4 | a quick sketch of *2 | a simple drawing of *2
          | an illustration of | a line drawing of *2 | the picture of | picture of *3 | drawing of *2 | sketch of *2 | a pencil sketch of *2 | a pencil drawing of *2
          | a little drawing of | a little sketch of | a small picture of | a scene of *2 | a nice picture of *2 | a picture showing *3 | a drawing showing *2
          | a cute drawing of | an easy drawing of | a quick doodle of | a sketch with *2 | an image with | a scene showing | a rough sketch of
          | a picture that shows *2 | a nice drawing of | a picture containing | a big picture of | a drawing that has *2 | a funny picture of | image of
          | a black and white drawing of | a crayon drawing of | a cartoon of *2 | a simple sketch of *2 | a composition of | an outline of | the drawing of
          | a beautiful drawing of | a quick drawing of *2 | a sketch containing | a simple picture with
        scene: a picture where *6 | a picture in which *4 | a drawing where *4 | a scene where *5 | a scene in which *3 | a sketch where *2 | a sketch in which
          | a drawing in which *2 | an image where | a picture such that | a drawing so that | a picture showing that | a simple drawing where
        the scene: my picture *2 | the picture *5 | the drawing *3 | this scene *2 | the scene *2 | my drawing *2 | this picture | our picture
        want: i want *14 | i'd like *8 | i would like *7 | i need *6 | we need *2 | we want *2 | i'd love *4 | i would love *2 | i wanna have | i want to have *2
          | can i have *5 | can i get *3 | could i have *3 | could i get *2 | may i have *2 | i'm looking for *2 | i am looking for | i'm after | i am after
          | we'd like *2 | can we have *2 | i wish for | i could use | i'd really like *2 | i really want *2 | i really need | may i get | i would really like
          | i'm in need of | might i have | would i be able to get | is it possible to have *2 | is it possible to get | we would like | i just want *2 | i just need
          | all i want is *2 | all i need is | i fancy
        wish: i want *6 | i'd like *4 | i would like *4 | i need *2 | we want *2 | i'd love *2 | we'd like | i really want | we need
        ask: can you *12 | could you *10 | would you *3 | will you *2 | can you please *6 | could you please *6 | would you please *2 | please could you *2 | can u *3
          | could u | can u please | are you able to | would it be possible to | i'd like you to *3 | i need you to *2 | i was wondering if you could *2
          | do you think you could *2 | could you maybe | can you maybe | could you possibly *2 | please can you *2 | would you be so kind as to *2
          | would you be able to | i would like you to *2 | if possible, could you | is it possible to *2 | could you kindly | i would appreciate it if you could
          | could you help me | can you help me | can you try to *2 | can you just | might you | do you know how to | can you quickly | is it okay if you *2
          | is it ok if you | would it be okay if you | do you want to | are you good enough to | can't you | would you like to
        offer: give me *6 | show me *4 | give us | let me have *2 | let me see *2 | let us have | i order | let's have *2 | send me | get me *2 | hand me | i imagine *2
          | i'm thinking of *2 | i am thinking of | i was thinking of *2 | i'm imagining | my wish is | my wish: *2 | wanted: | needed: | my order: | my idea is *2
          | idea: *2 | task: | prompt: | subject: *2 | theme: | today: | next: | topic: | request: *2 | now | this time
        doing: would you mind drawing *4 | how about *5 | how about drawing *3 | what about *4 | what about drawing | try drawing *2 | try to draw *2
          | go ahead and draw *2 | feel free to draw | would you mind sketching | would you mind making | how would you draw | do you mind drawing
          | can i ask you for *2 | may i ask for | i'd appreciate | i would appreciate | would love to see | thank you for drawing | start by drawing | start with *2
          | begin with | i'd be happy about | i'd be glad to see | time to draw | let's try *2 | let's do | let's draw *4 | let's sketch *2 | let us draw *2
          | let's make *2 | let's go with *2 | what i'd like is *2 | what i want is *3 | what i need is *2 | how about we draw *2 | why don't we draw
          | it would be cool to have *2 | it would be great to see *2 | it would be nice to have *2 | i was hoping for *2 | i was hoping to get | any chance of
          | fancy drawing | shall we draw
        let us: there should be *4 | there must be *2 | there has to be | let there be *2 | i see | there shall be | we need to see | it should show *2
          | it should have *2 | it must show | it needs | the picture should show *3 | the drawing should have *2 | on the paper there should be | the picture has
          | in the picture i want *2 | on the picture i'd like | on my picture there should be | the scene has | the scene contains | my picture has | it has
          | you see *2 | in the drawing there should be *2
        learner: i want see *2 | please to draw *2 | make please *2 | draw please *3 | need picture of *2 | please you draw | i like to have | make picture with *2
          | you can draw | please make for me | it must be | i want that you draw *2 | draw to me *2 | i want picture where is *2 | i would to see | please give
          | make me please *2 | me want | want | i need please | it is needed
        learner where: i want picture where *2 | please draw how | make that | draw picture, there | please draw that | make picture in that
        telegram: something simple: *2 | nothing but *2 | basically | something with *2 | something like *2 | just something with | here's the idea: | my plan:
          | drawing: *2 | sketch: *3 | draw: *4 | picture: *2 | scene: *3 | to draw: *2 | doodle: | please: | wanted: | one picture: | new drawing: | new scene:
          | just *4 | only *2 | simply *2 | [heading]: *8 | [heading] - *2
        heading: shapes | animals | icons *2 | symbols | stickers *2 | things | objects *2 | clip art | vocabulary | a set of icons *2 | a set of [coin]s
          | a set of stickers | icon set *2 | sticker sheet | things to draw *2 | to be drawn | on the list | shopping list | contents | elements | please include
          | [coin] stuff | [coin] things | stuff for the [room] | stuff for my [person] | pictures for the [room] | characters | {coin} and co
        someone: my [person] *4 | [name] | the [person] | our [person]
        """

    private static let fillers = """
        hello: hi *5 | hello *5 | hey *5 | hi there *2 | hey there *2 | good morning *2 | good evening | good day | ok *4 | okay *3 | ok so *3 | so *3 | well *3 | um *2
          | hmm *2 | oh *2 | alright *2 | right | yo | excuse me *2 | hi again | hello again | dear artist *2 | dear painter | hello friend | hey buddy | hi robot
          | dear sir | hey you | hello you | good afternoon | greetings | please *3 | uh | ah | er | listen | now | okay then | ok next | all right | dear all
          | hi [name] | hello [name] | thanks for the last one | that was great | great | cool | nice | wonderful | quick one | one more | here goes | let me think
          | let's see | if you don't mind *2 | if possible *3 | if you can *2 | when you have time *2 | for today *2 | just for fun *2
        ending: please *14 | thanks *8 | thank you *6 | thx *2 | thank you very much *2 | thanks a lot *3 | many thanks *2 | pls *4 | plz *2 | if you can *4
          | if possible *4 | if you don't mind *2 | thanks in advance *2 | cheers *2 | ok? *2 | okay? | that's all *3 | that's it *3 | that would be great *3
          | that would be lovely *2 | would be nice *2 | for me *3 | for me please *2 | now *2 | today | right now | quickly | as soon as you can | if that's okay
          | if that is possible | no rush *2 | no hurry *2 | you're the best | i'd be grateful | would you? *2 | can you? *2 | could you? | will you?
          | when you're ready | whenever you like | nothing else *3 | nothing more *3 | and that's all *2 | and that's it *2 | and nothing else *3 | only that *2
          | just that *2 | thank u *2 | i'd appreciate it | it would mean a lot | no need to hurry | as best you can | if it isn't too much trouble | xx | kind regards
          | best wishes | love it | you can do it | take your time *2 | let me see it | i can't wait | haha | lol *2 | please please | pretty please *2 | and done
          | no problem if it takes a while | if you like | please and thank you *2 | :) *3 | ;) | :-) | would be funny *2 | would be great *2 | would be cool *2
          | because why not | would be hilarious | that's what i want | that would help a lot | bye | thankyou
        ending.plain: please *4 | thanks | pls
        purpose: for my [person] *8 | for [name] *3 | for my [person] [name] *2 | for my [thing] *8 | for a [thing] *8 | for our [thing] *4 | for the [thing] *4
          | for my [person]'s [thing] *6 | for [name]'s [thing] *2 | to hang in my [room] *2 | to show my [person] *2 | to put in the [room]
          | because my [person] likes it *2 | because my [person] asked for it *2 | because my [person] wants it | as a present from my [person]
          | as decoration for my [room] | it's for my [person] *4 | it is for my [person] *2 | it's for a [thing] *4 | it is for our [thing] *2
          | i need it for my [thing] *3 | i need it for a [thing] *2 | my [person] will love it *2 | to print it out *2 | to colour in *2 | to color in *2
          | for colouring in *2 | for coloring | so that my [person] can colour it *2 | so my [person] can trace it | to cheer up my [person] *2
          | as a surprise for my [person] *2 | we are making a [thing] *2 | i am making a [thing] | it goes on a [thing] | it will go on our [thing]
          | i'm writing a [thing] | we use it in our [thing] | for the front of a [thing] | to go with my [thing] *2 | as part of a [thing] | for a game about [coin]
          | my [person] is learning to draw | i promised it to my [person] *2 | we are from [coin] | i'm from [coin] | my name is [name] *2 | i am [name]
          | for use in a [thing] | on behalf of my [person] | for practice *2 | for fun *3 | for a friend *3 | for school *4 | for work *3 | for kids *3
          | for children *2 | for a [coin] *2 | for my [coin] *2 | for [coin] *2 | about [coin] | called [coin] | titled [coin] | like in [coin] | as in [coin]
          | in the style of [coin] *2 | for the [coin] [thing] | for a school project *3 | for school homework | for a gift card | as a gift for my [person] *3
          | for my baby *2 | for a children's book *2 | for a picture book *2 | for a coloring book *2 | for a colouring book *2 | for a book cover *2
          | for my phone wallpaper | for a t-shirt print | for the school fair | for a baby shower *2 | for a fire drill poster | for my bell choir
          | for the village pub | for our lemon festival | for the chess club *2 | for my painting class | for tonight's dinner | for the notice in the lobby
          | to send to my [person] *2 | for a quiz question | to teach english words *2 | for a speech lesson | for the back of an invitation | for a rainy afternoon
        setting: [coin] scene *3 | underwater scene | [word] scene *3 | night scene *2 | winter scene | summer scene | street scene | village scene | [coin] vibes *2
          | [word] vibes *2 | jungle vibes | cosy vibes | [coin] theme *2 | [word] theme *2 | space theme | [thing] idea *4 | idea for a [thing] *2 | [thing] *6 | [word] [thing] *4
          | my dream [room] *2 | our [room] *2 | [name]'s [room] | [word] mood *2 | still life *2 | fairy tale | a [coin] story *2
          | part of a [thing] | sign for my [room] | [season] [thing] *3 | [season] mood | [coin] [thing] *3 | page [number word]
        season: spring | summer | autumn | winter | holiday | birthday | halloween | christmas | easter | wedding | party
        number word: one | two | three | four | five | six | seven | eight | nine | ten | twelve
        style: in simple lines *4 | with simple lines *2 | in black and white *4 | as a line drawing *3 | nothing fancy *4 | keep it simple *6 | make it simple *4
          | in a simple style *3 | cartoon style *3 | in cartoon style *3 | in a childish style *2 | like a kid would draw it *2 | like a child would draw it
          | doodle style *2 | very simple *3 | simple please *2 | just outlines *2 | only outlines | quick and rough *2 | quick and dirty | minimalist *3
          | minimalistic *2 | line art *2 | as line art *2 | in pencil *2 | hand-drawn *2 | hand drawn | in thin lines | in thick lines | clean lines *2
          | with clean lines *2 | easy to draw *2 | not too detailed *2 | no colours *2 | no colors *2 | no colour needed | no background *2 | no text *2
          | no shading *2 | without colour | without shading *2 | without text | without a background | on a white background *2 | on white paper *2
          | on a blank page *2 | as simple as possible *2 | as realistic as you can | in your own style *2 | sketch style *2 | in a cute style *2 | freehand
          | rough is fine *2 | don't worry about details *2 | stick to outlines | a quick one *2 | make it cute *3 | make it nice *3 | make it look nice *2
          | make it funny *2 | make it pretty *2 | should be simple *2 | it should be simple *2 | it should look cute *2 | it has to look good
          | it needn't be perfect *2 | it doesn't have to be perfect *2 | do it nicely | draw it nicely *2 | draw it well | with love *2 | in a [coin] style *2
          | [coin] style | as a [coin] | very [adjective] | with few lines *2 | in the style of a comic *2 | like a comic | like in a cartoon | suitable for children *2
          | easy for kids | like on an old postcard | old-fashioned | retro style | in one go | plain and simple | in crayon | colour doesn't matter | any colour
          | not coloured *2 | in bold lines | with nice lines
        rare: abacus | accordion | almanac | arboretum | aquarium | barometer | bazaar | bistro | carnival | conservatory | dictionary | embassy | festival | gazette
          | gymnasium | heirloom | itinerary | jamboree | kiosk | labyrinth | magazine | marathon | museum | observatory | orchestra | pamphlet | parade | pharmacy
          | prologue | quilt | recital | regatta | reunion | syllabus | symposium | tapestry | tavern | theatre | tombola | tournament | veranda | vineyard | yearbook
          | archive | brochure | catalogue | ceremony | diorama | encyclopedia | fanzine | handbook | jigsaw | leaflet | memoir | novella | operetta | podcast
          | questionnaire | seminar | timetable | vignette | webinar | zodiac | allotment society | anthology | auction | ballet | bakery | barbecue | bingo night
          | brunch | choir | concert | crossword | diary | documentary | exam | expedition | folk song | gala | guide | hike | interview | journal | keynote | lecture
          | limerick | lottery | masquerade | meeting | musical | newsletter | opera | picnic | play | poem | quiz | rehearsal | safari | sermon | thesis | tour
          | voyage | workshop
        thing: school project *4 | coloring book *2 | colouring book *2 | book cover | phone case | baby shower *2 | school play | birthday card *8 | greeting card *4
          | thank you card *2 | christmas card *3 | poster *8 | project *3 | homework *3 | art class *2 | presentation *5 | website *4 | blog *3 | logo *4
          | newsletter *2 | flyer *2 | invitation *4 | party *4 | worksheet *3 | lesson *3 | story *5 | game *4 | app *3 | comic *3 | wallpaper *2 | nursery *2
          | classroom *2 | scrapbook *2 | sticker *3 | menu *2 | playlist | photo album *2 | workshop | quiz *2 | wedding *2 | fundraiser | report *2 | essay
          | blog post | card *4 | kids' room | bedroom wall | door sign *1 | exhibition | contest *2 | club | shop *2 | newspaper *2 | letter to grandma *1 | [rare] *24
          | [coin] *8 | cover | tattoo *2 | icon *2 | slide deck | video *2 | channel | recipe | calendar page *1 | garden party *1 | board game *2 | flash cards *2
          | name tag | drawing course | alphabet chart | bedtime story *2 | town festival | cook-off
        room: kitchen *3 | bedroom *3 | living room *2 | office *3 | hallway *2 | classroom *2 | studio | nursery | waiting room | workshop | [coin]
        person: mum *4 | mom *4 | dad *4 | daughter *5 | son *5 | sister *4 | brother *4 | niece *2 | nephew *2 | grandma *3 | granny | grandpa *2 | friend *6
          | teacher *4 | wife *2 | husband *2 | cousin *2 | boss | neighbour | neighbor | kids *4 | children *2 | students *2 | pupils | girlfriend | boyfriend | aunt
          | uncle | colleague | little sister *2 | little brother *2 | big brother | big sister | best friend *2 | little one *2 | little daughter | grandchildren
          | grandson | granddaughter | mother *2 | father *2 | godson | class *2 | team | flatmate | roommate | little cousin | goddaughter | family *2 | parents
          | small son | landlord | dentist | [coin]
        name: anna | tom | lucy | omar | mei | ravi | sofia | noah | emma | ali | ben | clara | david | elena | farid | grace | hugo | ines | jonas | kenji | lena
          | mateo | nina | oscar | paula | quentin | ruth | sam | tara | ulrich | vera | wendy | yusuf | zoe | maria | peter | julia | max | leo | mia | ella | liam
          | olga | ivan | priya | chen | fatima | carlos | marta | piotr | aisha | bruno | sven | keiko | dmitri | ursula | felix | theo | hannah | kofi | amara
          | [coin] *16
        coin: {coin}
        """

    /// Whole sentences about something else, of common words and made-up ones: none of it is drawn.
    private static let smallTalk = """
        small talk: my [person] [likes] [topic] *8 | my [person] [likes] anything [word] *2 | my [person] [likes] everything about [topic] *2 | we are [busy] [topic] *4
          | our [person] is [busy] [topic] *3 | i'm [busy] [topic] *3 | this week we are [busy] [topic] *2 | i [did] my [word] again *2 | i [did] a [word] [when] *2
          | [when] we [did] the [word] *2 | it's for the [word] of the [word] [word] *2 | this goes on the [word] of our [word] *2 | [topic] is our subject [when] *2
          | it's [word] [word] [when] | you know those [word] things one [does] in the [word] *2 | you know what i mean | let's see how well you can manage this
          | let's see what you can do *2 | i bet you can't do this one | i hope you are [word] *2 | life is [word] | the [word] was [word] and the [word] was [word] *2
          | my [word] is [word] [when] *2 | everybody here [likes] [topic] *2 | nobody in our [word] [likes] [topic] | i [did] [topic] for years
          | some say it's [word] | it has been a [word] [word] *2 | what a [word] [when] | [name] says hi | [name] and [name] are [busy] [topic]
          | the [word] of my [word] needs this *2 | here is what my [person] [does] [when] | i [did] it [when] *2 | i can't [do] well *2 | i never [did] this
          | my [person] must [do] [topic] *2 | they [do] [topic] here | as the [word] says *2 | we are a small [word] | it's a long story | i'm back
        likes: likes *4 | loves *4 | hates | needs | enjoys *2 | wants to know about | talks about *2 | is mad about | collects | knows a lot about | is into | dreams of
          | prefers | {coin}s
        topic: [word]s *6 | [word] *6 | [word] [word]s *3 | the [word] *2 | [word] and [word] *2 | {coin}s *2 | {coin} | every kind of [word] | all things [word]
          | anything with a [word] *2 | stuff about [word]s
        busy: learning about *4 | talking about *3 | reading about *2 | practising *2 | writing about *2 | working on *2 | thinking of *2 | busy with *2 | preparing
          | studying *2 | planning | discussing | {coin}ing
        did: lost *2 | forgot *2 | found | had *3 | noticed *2 | bought | missed | finished | started | tried | wrote | dreamt of | liked | won | needed | made
        does: uses | needs | finds | {coin}s | likes | likes to have
        do: learn | remember | explain | write | count | {coin} | understand | finish | study | spell | prepare
        when: today *6 | tomorrow *3 | this week *2 | last night *2 | yesterday *2 | on monday | on friday | at school *2 | at work | these days | again | this year | at home
          | for once | every day
        word: {coin} *60 | lesson *2 | story *2 | idea *2 | question *2 | answer | meeting | service | homework | project *2 | exam | test | report | blog | website | poster *2
          | leaflet | worksheet *2 | memorial | wedding | holiday *2 | summer | winter | autumn | spring | morning | evening | week | month | hour | minute | moment | game *2
          | puzzle | riddle | contest | prize | trip | journey | visit | birthday | party | festival | market | office | company | team | group | club | course | subject
          | language | grammar | alphabet | number | sound | noise | music | song | concert | movie | film | show | poem | chapter | paragraph | title
          | word | sentence | memory | dream | wish | secret | surprise | joke | problem | solution | reason | result | example | detail | place | street | town | village
          | country | world | nature | weather | season | climate | history | science | physics | math | geometry | biology | chemistry | sport | training | exercise
          | engine | motor | machine | tool | metal | wood | plastic | glass | cotton | wool | energy | power | speed | force | weight | height | depth | colour | shape
          | pattern | style | fashion | taste | smell | food | meal | breakfast | lunch | supper | recipe | kitchen | bedroom | living | neighbourhood | traffic | travel
          | job | money | price | business | customer | manager | engineer | farmer | artist | writer | reader | student | guest | visitor | crowd | adult
          | mistake | success | luck | trouble | danger | safety | health | sleep | rest | work | peace | love | fear | anger | joy | fun | hope | truth | opinion | advice
          | quick *2 | slow | early | late | busy | free | ready | open | empty | full | easy *2 | difficult | hard | strange | funny | serious | important *2 | special *2
          | terrible | lovely | boring | exciting | interesting *2 | local | public | private | digital | natural | modern | old-fashioned | tricky | tiring | crazy
        """

    /// What people say of things and the plan has no word for. `adjective` goes before a noun, `detail` and `activity` after it.
    private static let describing = """
        adjective: cute *10 | nice *6 | lovely *3 | pretty *3 | beautiful *5 | happy *6 | funny *4 | friendly *3 | fluffy *3 | red *5 | blue *5 | green *5 | yellow *4
          | black *4 | white *4 | brown *4 | pink *3 | purple *2 | orange *2 | grey *2 | gray *2 | golden *2 | silver | old *5 | new *3 | young *2 | sleepy *2
          | sleeping *2 | smiling *3 | simple *5 | cartoon *3 | wooden *3 | round *2 | fancy *2 | colourful *3 | colorful *3 | shiny *2 | dirty | clean | lazy *2
          | brave | angry *2 | sad *2 | silly *2 | adorable *2 | sweet *2 | cool *2 | strange *2 | magical *2 | elegant | striped *2 | spotted | realistic *2 | plain *2
          | ordinary | normal *2 | regular | typical | modern *2 | traditional | famous | ugly | broken | antique | rusty | fresh | delicious | tasty | juicy | soft
          | hard | warm | cold | wet | dry | grumpy | cheerful | playful | curious | shy | proud | wild | tame | hungry | quiet | noisy | fast | slow | expensive
          | cheap | royal | ancient | fantastic | amazing | wonderful | perfect | good *2 | basic *2 | classic | standard | generic | neat | cosy | cozy | creepy
          | spooky | scary *2 | mysterious | hand-drawn | chubby | clever | naughty | dotted | checkered | patterned | glittering | sparkling | bright | dark
          | light blue | dark green | {coin} *4 | {coin}y *2 | {coin}ish | well-known | running | dancing | very cute *2 | very nice | really cute | very happy
          | super cute *2 | kind of funny | stylish | weathered | snowy | dusty | crooked | lonely *2 | favourite | favorite
        detail: with a fluffy tail *2 | with long whiskers | with lots of windows | with a chimney *2 | with spots *2 | with stripes *2 | with a smile *3
          | with curtains | made of wood *2 | in bloom | with sparkles | in full colour | with lots of detail *2 | with shadows | in red *2 | in blue | in green
          | with a happy smile *2 | with a pattern | made of stone | made of paper | with a nice shape | in its prime | from the side *2 | seen from the side *2
          | from the front *2 | seen from the front | in profile | facing left *2 | facing right *2 | looking left | looking right | in cartoon style *2
          | with a few details | by itself | on its own | all alone | alone | of any kind *2 | of some kind | of your choice *2 | in autumn | at night *2
          | on a sunny day | at sunset | in winter *2 | during summer | with [coin] | made of [coin] | from [coin] | called [coin] | named [name] *2
        activity: sleeping *3 | running *3 | dancing *2 | smiling *3 | laughing | waving | singing *2 | eating *2 | playing *3 | resting *2 | jumping *2
          | looking happy *2 | having fun *2 | who is smiling *2 | that looks happy *2 | that is sleeping *2 | that is having fun | thinking | yawning
          | waiting for someone | looking sad | enjoying life | that looks friendly | which looks old | in a good mood | taking a nap | that is [coin]ing
        """

    /// What joins one clause to the next; the mark first, then words.
    private static let joints = """
        join.located: and *12 | , *8 | , and *12 | ; *3 | . *6 | , plus *3 | , also *3 | . [also] *6 | , then *2 | plus *2 | , with *1 | & *1 | , and also *2 | ; and
          | , as well as *2 | , and then | . and *2
        join.side: with *8 | , with *5 | and *6 | , *5 | , and *3 | , plus *1 | ; *2
        join.fronted: and *8 | , and *6 | ; *4 | . *6 | . [also] *2 | , and also
        join.on: and *12 | , and *6 | , *4 | ; *2 | and also *2 | plus *2 | as well as *1 | & | , then *2 | and then *2
        join.apart: ; *4 | . *6 | . [also] *8 | ; also *2 | - | . and *2
        join.known: , *8 | , with *6 | with *6 | ; *3 | : *3 | - *2 | . *4 | , and *2
        join.listed: , and *10 | , plus *5 | ; *3 | . [also] *8 | , as well as *3 | . *3 | , along with *2 | , and also *4 | , also *3 | , together with | . plus *2
          | . and *3 | , and then *2 | , and finally *2
        join.statements: . *12 | , and *8 | and *8 | ; *4 | , while *3 | while *2 | . and *4 | , *3 | . also, *2 | , and also *2 | . then, | . besides, | , whereas
          | ; also, | . in addition, *2 | . furthermore, | . moreover,
        join.statement: . *10 | , and *3 | ; *2 | - | . and *2 | : *1
        join.where: , where *5 | where *4 | , so that *3 | so that *4 | such that *2 | , and *3 | and *2 | . *10 | ; *3 | in a way that *2 | , arranged so that *2
          | . in it, *2 | : *2
        join.order: . *10 | ; *2 | . now *3 | . please *4 | . then *2 | . and *2
        join.orders: . *8 | and *8 | , then *6 | , and *6 | , and then *3 | . then *6 | . now *3 | . next *3 | ; *3 | . please *3 | . after that, *2 | . finally, *2
          | . and *2 | ; then *2 | . next, | then *2
        also: also *5 | and also *3 | plus *3 | i also want *4 | please add *4 | also draw *3 | add *4 | then add *2 | next add | finally *2 | oh, and *3
          | don't forget *2 | there should also be *3 | and *3 | also add *3 | i'd also like *2 | additionally *2 | in addition *2 | furthermore | apart from that *2
          | besides that *2 | plus there is | there is also *3 | and there is *2 | put in *2 | include *2 | and add *2 | i also need *2 | and i want *2
          | also include *2 | and don't forget | last but not least | and another thing: | also please
        """
}
