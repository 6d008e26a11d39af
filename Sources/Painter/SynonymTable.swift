/// What people call the classes.
///
/// One line a class: its name, then everyday words for it. A form in the plural is told after a slash where it is not the usual one, `~` marks words
/// that are plural by themselves and pairs ("a pair of glasses"), `^` those that are no pairs ("stairs"), `%` those without a plural or an article
/// ("some bread"), `!` things of which there is one ("the sun"). An entry that is only a mark, or a mark and a form, says so of the class's own name.
///
/// No word stands for two classes, and none is the name of another class, so that a word alone says what is meant.
package enum SynonymTable {
    /// The nouns for a class by its lower-case name, its own name first.
    package static let nouns: [String: [Noun]] = {
        var result: [String: [Noun]] = [:]
        for line in (living + food + outdoors + SynonymTable.things + SynonymTable.more).split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = line[..<colon].split(separator: " ").joined(separator: " ")
            var own = Noun(name), others: [Noun] = []
            for entry in line[line.index(after: colon)...].split(separator: ",") {
                let text = entry.split(separator: " ").joined(separator: " ")
                if text.isEmpty { continue }
                if text.hasPrefix("/") { own = Noun(name + text) }
                else if text.count == 1, "~^%!".contains(text) { own = Noun(text + name) }
                else { others.append(Noun(text)) }
            }
            precondition(result[name] == nil, "two lines \(name)")
            result[name] = [own] + others
        }
        return result
    }()

    /// Words for the classes of a vocabulary, own names first; a class of its own is nobody's synonym.
    package static func nouns(of name: String) -> [Noun] {
        let name = name.lowercased(), bare = name.hasPrefix("the ") ? String(name.dropFirst(4)) : name
        return nouns[bare] ?? [Noun(bare)]
    }

    private static let living = """
        angel: guardian angel, cherub, heavenly angel
        animal migration: %, migration, ^migrating animals, herd on the move/herds on the move
        ant: worker ant, fire ant, red ant
        bat: fruit bat, vampire bat
        bear: grizzly, grizzly bear, brown bear, polar bear, black bear
        bee: bumblebee, honeybee, honey bee, bumble bee
        bird: birdie, songbird, sparrow, robin, birdy/birdies, pigeon
        butterfly: monarch butterfly/monarch butterflies
        camel: dromedary/dromedaries, bactrian camel
        cat: kitty/kitties, kitten, pussycat, feline, tabby/tabbies, tomcat, kitty cat, pussy cat, moggy/moggies, housecat, house cat
        cow: moo cow, dairy cow, heifer, bull, ox/oxen, milk cow, moo-cow
        crab: hermit crab, sea crab
        crocodile: croc, alligator, gator, caiman
        dog: doggy/doggies, doggie, puppy/puppies, pup, hound, pooch, mutt, puppy dog, doggo, canine
        dolphin: porpoise, bottlenose dolphin
        dragon: wyvern, fire-breathing dragon
        duck: duckling, mallard, ducky/duckies, rubber duck, duckie
        elephant: pachyderm, african elephant, elephant calf/elephant calves
        fish: /fish, goldfish/goldfish, fishy/fishies, trout/trout, salmon/salmon
        flamingo: /flamingos, pink flamingo/pink flamingos
        frog: toad, froggy/froggies, bullfrog, froggie
        giraffe: long-necked giraffe
        hedgehog: porcupine, hedge hog
        horse: pony/ponies, stallion, mare, steed, horsey, horsie, foal
        kangaroo: roo, wallaby/wallabies
        lion: lioness, lion cub
        lobster: crayfish/crayfish, crawfish/crawfish, rock lobster
        mermaid: siren, mer-maid
        monkey: ape, chimp, chimpanzee, baboon
        mosquito: /mosquitoes, gnat, mozzie, midge
        mouse: /mice, field mouse/field mice, mousie
        octopus: /octopuses, sea octopus/sea octopuses
        owl: hoot owl, night owl, snowy owl, barn owl, tawny owl
        panda: panda bear
        parrot: macaw, parakeet, cockatoo, polly/pollies, budgie
        penguin: emperor penguin, king penguin
        pig: piggy/piggies, piglet, hog, swine/swine, piggie, sow
        rabbit: bunny/bunnies, hare, bunny rabbit, easter bunny/easter bunnies
        raccoon: racoon, trash panda
        rhinoceros: /rhinoceroses, rhino/rhinos
        scorpion: desert scorpion
        sea turtle: turtle, tortoise, marine turtle, terrapin
        shark: great white shark, white shark, hammerhead shark
        sheep: /sheep, lamb, ewe, ram, woolly sheep/woolly sheep
        snail: slug, garden snail
        snake: serpent, viper, cobra, python, rattlesnake, adder
        spider: tarantula, arachnid, black widow
        squirrel: red squirrel, grey squirrel, gray squirrel, chipmunk
        swan: cygnet, mute swan
        tiger: tigress, bengal tiger, tiger cub
        whale: blue whale, killer whale, orca, humpback whale, sperm whale
        zebra: plains zebra
        arm: human arm, forearm
        beard: full beard, facial hair/facial hair
        brain: human brain
        ear: human ear, earlobe
        elbow: elbow joint, funny bone
        eye: eyeball, human eye
        face: human face, person's face/people's faces
        finger: index finger, forefinger, pinky/pinkies, pointer finger
        foot: /feet, human foot/human feet, bare foot/bare feet
        goatee: chin beard, goatee beard
        hand: human hand, open hand
        knee: kneecap, knee joint
        leg: human leg, thigh, shin
        moustache: mustache, handlebar moustache, tache
        mouth: ~lips, open mouth
        nose: snout, human nose, schnozz
        skull: cranium, human skull, death's head
        smiley face: smiley, happy face, smiling face, smiley-face
        toe: human toe
        tooth: /teeth, molar, fang, incisor
        yoga: %, yoga pose, person doing yoga/people doing yoga, yogi, yoga position, someone doing yoga/people who do yoga
        person: human, human being, stick figure, stickman/stickmen, somebody/people
        man: /men, guy, boy, gentleman/gentlemen, dude, bloke, lad
        woman: /women, girl, lady/ladies, gal, lass
        baby: /babies, infant, newborn, newborn baby/newborn babies, baby child/baby children
        alien: martian, extraterrestrial, space alien
        ghost: spook, phantom, spectre
        robot: android, bot, droid

        """

    private static let food = """
        apple: apple fruit/apple fruit, granny smith
        asparagus: %, asparagus spear, stalk of asparagus/stalks of asparagus, asparagus stalk
        banana: plantain, banana fruit/banana fruit
        birthday cake: bday cake, celebration cake, b-day cake, cake with candles/cakes with candles
        blackberry: /blackberries, bramble, black berry/black berries
        blueberry: /blueberries, bilberry/bilberries, blue berry/blue berries
        bread: %, loaf/loaves, loaf of bread/loaves of bread, bread loaf/bread loaves, slice of bread/slices of bread, baguette
        broccoli: %, head of broccoli/heads of broccoli, broccoli floret, broccoli head
        cake: gateau/gateaux, torte, layer cake, sponge cake, cream cake, cupcake
        carrot: carrot root, carrot stick
        coffee cup: cup of coffee/cups of coffee, coffee mug, %coffee, espresso cup, cappuccino
        cookie: biscuit, choc chip cookie, chocolate chip cookie, cooky/cookies
        cup: teacup, cup of tea/cups of tea, tea cup, drinking cup, beaker
        donut: doughnut, ring doughnut
        grapes: ^, bunch of grapes/bunches of grapes, cluster of grapes/clusters of grapes, grape
        hamburger: burger, cheeseburger, beefburger, ham burger
        hot dog: hotdog, frankfurter, wiener, hot-dog
        ice cream: ice cream cone, ice-cream, icecream, ice cream cornet, %gelato, ice-cream cone, sundae
        lollipop: lolly/lollies, lolly pop, lollypop
        mug: beer mug, tankard, drinking mug
        mushroom: toadstool, fungus/fungi, button mushroom, champignon
        onion: shallot, onion bulb
        peanut: groundnut, ground nut, monkey nut
        pear: pear fruit/pear fruit
        peas: ^, pea pod, peapod, pod of peas/pods of peas, pea
        pineapple: pine apple, ananas/ananas
        pizza: pizza pie, slice of pizza/slices of pizza, pizza slice, margherita
        popsicle: ice lolly/ice lollies, ice pop, freezer pop
        potato: /potatoes, spud, tater
        sandwich: sarnie, club sandwich, toastie, butty/butties
        steak: beefsteak, beef steak, sirloin, t-bone steak, piece of steak/pieces of steak
        strawberry: /strawberries, straw berry/straw berries
        string bean: green bean, runner bean, french bean, bean
        watermelon: water melon, melon, slice of watermelon/slices of watermelon
        wine bottle: bottle of wine/bottles of wine, wine flask
        wine glass: wineglass, glass of wine/glasses of wine, wine-glass, goblet
        teapot: tea pot, kettle, pot of tea/pots of tea, tea-pot, tea kettle
        egg: hen's egg, easter egg
        lemon: citrus fruit/citrus fruit
        cherry: /cherries, cherry pair
        salad: salad bowl, green salad
        soup: bowl of soup/bowls of soup, soup bowl
        milk: %, carton of milk/cartons of milk, milk carton
        beer: %, pint of beer/pints of beer, glass of beer/glasses of beer, pint
        candy: /candies, ^sweets, sweetie, bonbon, piece of candy/pieces of candy
        chocolate: %, chocolate bar, bar of chocolate/bars of chocolate
        cheese: %, piece of cheese/pieces of cheese, wedge of cheese/wedges of cheese

        """

    private static let outdoors = """
        eiffel tower: !, eiffel, tour eiffel
        great wall of china: !, great wall, chinese wall
        mona lisa: !, mona lisa painting, gioconda
        barn: farm barn, hay barn, cowshed
        beach: seaside, seashore, sandy beach, shore
        bridge: footbridge, viaduct, overpass, suspension bridge
        bush: shrub, hedge, shrubbery/shrubberies
        cactus: /cacti, cactus plant, saguaro, succulent
        campfire: bonfire, camp fire, wood fire, open fire
        castle: fortress, fort, palace, citadel
        church: chapel, cathedral, kirk
        cloud: raincloud, rain cloud, storm cloud, thundercloud
        fence: picket fence, garden fence, railing
        fire hydrant: hydrant, fireplug, fire plug
        flower: blossom, bloom, daisy/daisies, tulip, rose, sunflower
        garden: yard, flower garden, backyard, vegetable garden, back garden
        grass: %, lawn, patch of grass/patches of grass, tuft of grass/tufts of grass, %turf
        hospital: clinic, infirmary/infirmaries, medical centre, medical center
        house: home, cottage, cabin, bungalow, villa
        house plant: houseplant, potted plant, pot plant, indoor plant, plant in a pot/plants in pots
        hurricane: cyclone, typhoon, tropical storm
        jail: prison, gaol, jail cell, prison cell, jailhouse
        leaf: /leaves, maple leaf/maple leaves, oak leaf/oak leaves, frond
        lighthouse: light house, beacon
        lightning: %, lightning bolt, bolt of lightning/bolts of lightning, thunderbolt, flash of lightning/flashes of lightning
        mailbox: letterbox, postbox, letter box, post box, mail box
        moon: !, crescent moon, half moon, crescent, full moon
        mountain: peak, mountain peak, mount, summit
        ocean: !, !sea, open sea
        palm tree: palm, coconut palm, date palm, coconut tree, palmtree
        pond: lake, duck pond, lily pond
        pool: swimming pool, paddling pool, lido
        rain: %, %drizzle, %rainfall, rain shower, downpour
        rainbow: rain bow
        river: stream, creek, brook
        skyscraper: high-rise, tower block, office tower, highrise, high rise
        snowflake: snow flake, snow crystal, flake of snow/flakes of snow, ice crystal
        snowman: /snowmen, snow man/snow men, snowperson/snowpeople
        star: five-pointed star, shooting star, starburst
        stop sign: stop-sign, halt sign, stopsign
        streetlight: street light, street lamp, streetlamp, lamppost, lamp post
        sun: !, %sunshine, rising sun
        swing set: swing, swingset, playground swing, set of swings/sets of swings
        tent: camping tent, wigwam, tepee, teepee
        tornado: /tornadoes, twister, whirlwind
        traffic light: stoplight, traffic signal, stop light
        tree: oak, oak tree, pine, pine tree, fir tree, maple, birch, willow, christmas tree
        waterslide: water slide, flume, slide, water chute
        windmill: wind mill, wind turbine
        rocket: space rocket, rocket ship, spaceship, space ship
        planet: saturn, ringed planet
        fire: %, ^flames, flame, blaze
        volcano: /volcanoes, erupting volcano/erupting volcanoes
        balloon: party balloon, toy balloon
        clover: four-leaf clover, shamrock, lucky clover
        school: schoolhouse, school building
        building: office building, apartment block, block of flats/blocks of flats
        factory: /factories, plant hall, industrial plant
        ship: steamship, vessel, steamer
        drop: water drop, droplet, raindrop, drop of water/drops of water
        globe: world globe, earth globe
        tower: watchtower, stone tower
        fountain: water fountain, drinking fountain
        flag: banner, pennant
        kite: toy kite

        """
}
