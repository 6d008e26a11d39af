extension SynonymTable {
    /// What is drawn for things that no class is, in the singular or plural, with a notice: of the classes named the first one that the model knows.
    package static let substitutes: [String: [String]] = {
        var result: [String: [String]] = [:]
        let known = Set(nouns.values.joined().flatMap { [$0.singular, $0.plural] })
        for line in kinds.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let classes = line[..<colon].split(separator: ",").map { $0.split(separator: " ").joined(separator: " ") }
            for entry in line[line.index(after: colon)...].split(separator: ",") {
                let word = entry.split(separator: " ").joined(separator: " ")
                let many = ClassWords.regularPlural(word)
                result[word] = classes
                if !known.contains(many) { result[many] = classes }
            }
        }
        return result
    }()

    /// Classes, then what they may stand for.
    private static let kinds = """
        house: hut, shack, mansion, igloo, shed, shop, store, stable
        skyscraper, building: building, hotel
        skyscraper, tower: tower
        house, school: school
        church, mosque: temple, mosque, synagogue
        barn: farm, farmhouse
        garden: park, meadow
        tree: forest, wood, woods, jungle
        mountain: hill, volcano, rock, cliff
        beach: island, coast
        pond: puddle
        river: waterfall, canal
        snowflake: snow
        campfire, fire: fire, flame
        sheep: goat
        dog: wolf, fox, coyote
        horse: donkey, mule, deer, reindeer, unicorn
        cow: moose, buffalo, bison
        bird: hen, chicken, rooster, turkey, eagle, hawk, seagull, crow, raven, peacock, ostrich, dove, stork
        duck: goose
        mouse: rat, hamster, mole, gerbil
        ant: beetle, ladybug, ladybird, bug, insect, cockroach, termite
        bee: wasp, fly, hornet
        butterfly: moth, dragonfly
        crocodile: lizard, gecko, iguana
        dragon: dinosaur
        dolphin: seal, walrus
        rhinoceros: hippo, hippopotamus
        monkey: gorilla
        octopus: squid, jellyfish
        snake: worm, eel
        tiger: leopard, cheetah, jaguar, panther
        raccoon: badger, skunk
        squirrel: beaver, otter
        person, face: person, human, people, someone, child, kid, doctor, teacher
        man, person, face: man, boy, guy, king, knight, wizard, pirate, prince, soldier, cowboy, astronaut, clown, grandfather
        woman, person, face: woman, girl, lady, princess, queen, witch, ballerina, grandmother
        baby, person, face: baby
        angel: fairy
        sailboat, ship, cruise ship: ship, ferry
        airplane, rocket: rocket, spaceship, glider
        flying saucer, ufo: ufo
        truck: tank, trailer
        car: taxi, cab, limousine, jeep
        bus: tram, trolley
        circle: ring, oval, ellipse, dot, coin, plate
        square: rectangle, box, cube
        floor lamp, lamp: lamp
        wine bottle, bottle: bottle, flask
        wine glass: glass
        house plant, plant: plant
        cup, bowl: bowl
        vase: jar, jug, pitcher
        frying pan: pot, wok
        bucket, trash can: bin
        bowtie, tie: tie, bow
        t-shirt: dress, blouse, gown, vest
        shorts: skirt
        sweater: scarf
        hand: glove, mitten
        shoe: slipper, heel
        flip flops: sandal
        purse, handbag: bag, handbag
        purse, wallet: wallet
        teddy-bear: doll, toy
        cooler, fridge: fridge, freezer
        picture frame: mirror
        laptop: tablet, notebook
        computer: monitor
        clarinet: flute, recorder
        violin: banjo, mandolin
        diamond, gem: gem, crystal
        apple, cherry: cherry, peach, plum, tomato, orange, nectarine
        lemon, pear: lemon, lime, mango, avocado
        watermelon: pumpkin
        string bean: cucumber
        broccoli: cabbage, lettuce, cauliflower
        hot dog: sausage, taco, burrito
        cake: pie, muffin
        peanut: nut, almond, walnut
        lollipop, candy: candy, sweet
        cookie, chocolate: chocolate, cracker
        sword: spear, lance
        hammer: wrench
        """
}
