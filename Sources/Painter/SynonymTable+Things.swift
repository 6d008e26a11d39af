extension SynonymTable {
    static let things = """
        aircraft carrier: carrier ship, flattop, navy carrier
        airplane: plane, aeroplane, jet, airliner, aircraft/aircraft, jumbo jet, passenger plane
        alarm clock: alarm, alarm-clock, bedside clock
        ambulance: paramedic van, rescue ambulance
        anvil: blacksmith's anvil, smith's anvil
        axe: ax/axes, hatchet, tomahawk
        backpack: rucksack, knapsack, schoolbag, school bag, bookbag
        bandage: band-aid, bandaid, sticking plaster, plaster, band aid
        baseball: base ball, hardball
        baseball bat: bat for baseball/bats for baseball, slugger
        basket: wicker basket, hamper, picnic basket
        basketball: basket ball, hoops ball
        bathtub: bath, tub, bath tub
        bed: double bed, single bed, bedstead, cot
        belt: leather belt, waist belt, trouser belt
        bench: park bench, garden bench
        bicycle: bike, push bike, pushbike, pedal bike, two-wheeler, mountain bike
        binoculars: ~, ~field glasses, ~opera glasses, ~binocs
        book: novel, textbook, paperback, hardback
        boomerang: throwing stick
        bottlecap: bottle cap, bottle top, beer cap, crown cap
        bowtie: bow tie, bow-tie, dickie bow
        bracelet: bangle, wristband, armlet
        broom: broomstick, besom, sweeping brush
        bucket: pail, water bucket
        bulldozer: dozer, digger, earthmover
        bus: /buses, coach, double-decker, city bus/city buses, double decker, omnibus
        calculator: pocket calculator, adding machine
        calendar: wall calendar, desk calendar
        camera: photo camera, digital camera
        camouflage: %, %camo, camo pattern, camouflage pattern
        candle: wax candle, tea light, taper
        cannon: field gun, howitzer, artillery gun
        canoe: rowboat, rowing boat, paddle boat, dugout
        car: automobile, auto, motorcar, sedan, motor car, vehicle, sports car, hatchback
        ceiling fan: overhead fan, ceiling ventilator
        cell phone: mobile phone, mobile, smartphone, cellphone, smart phone, cellular phone, iphone
        cello: violoncello
        chair: seat, kitchen chair, dining chair, stool
        chandelier: ceiling light, crystal chandelier
        circle: disc, disk, round shape
        clarinet: bass clarinet
        clock: timepiece, wall clock, grandfather clock, cuckoo clock
        compass: magnetic compass, pocket compass
        computer: pc, desktop computer, desktop, personal computer, imac
        cooler: cool box, ice box, icebox, ice chest, coolbox
        couch: sofa, settee, loveseat, love seat, divan
        crayon: wax crayon, colouring crayon, coloring crayon
        crown: tiara, coronet, diadem, royal crown
        cruise ship: cruise liner, ocean liner, liner, passenger ship
        diamond: gemstone, jewel, rhombus
        dishwasher: dish washer, dishwashing machine, dish-washer
        diving board: springboard, diving platform
        door: front door, doorway, entrance door
        dresser: chest of drawers/chests of drawers, bureau/bureaus
        drill: power drill, electric drill, hand drill, drilling machine
        drums: ^, drum kit, drum set, set of drums/sets of drums, drumkit, drum
        dumbbell: dumb bell, barbell, hand weight
        envelope: letter, mail envelope, letter envelope
        eraser: rubber, pencil eraser
        eyeglasses: ~, ~glasses, ~specs, ~spectacles, ~reading glasses, ~sunglasses
        fan: electric fan, desk fan, table fan, ventilator
        feather: plume, quill
        fireplace: hearth, fire place, open hearth
        firetruck: fire engine, fire truck, fire-engine, fire brigade car
        flashlight: torch, flash light, pocket torch, electric torch
        flip flops: ~, ~flip-flops, ~sandals, ~flipflops, ~beach sandals
        floor lamp: standing lamp, standard lamp, reading lamp
        flying saucer: alien spaceship, alien ship, alien spacecraft/alien spacecraft
        fork: dinner fork, dining fork, table fork
        frying pan: skillet, frypan, pan, frying-pan, fry pan
        garden hose: hose, hosepipe, water hose
        golf club: golf stick, putter, golfing club, golf iron
        guitar: acoustic guitar, electric guitar, ukulele, bass guitar
        hammer: mallet, claw hammer, sledgehammer
        harp: lyre, concert harp
        hat: cap, top hat, sombrero, beanie, cowboy hat, fedora
        headphones: ~, ~earphones, headset, ~head phones
        helicopter: chopper, copter, heli, rescue helicopter
        helmet: crash helmet, safety helmet, hardhat, hard hat
        hexagon: six-sided shape, hexagon shape
        hockey puck: puck, ice hockey puck
        hockey stick: ice hockey stick, stick for hockey/sticks for hockey
        hot air balloon: hot-air balloon, air balloon
        hot tub: jacuzzi, spa tub, hot-tub
        hourglass: sand timer, egg timer, hour glass, sandglass
        jacket: coat, blazer, anorak, parka
        key: door key, house key, latchkey
        keyboard: computer keyboard, qwerty keyboard
        knife: /knives, kitchen knife/kitchen knives, dagger, butter knife/butter knives
        ladder: stepladder, step ladder, rope ladder
        lantern: paper lantern, oil lantern, storm lantern
        laptop: laptop computer, notebook computer, macbook, portable computer
        light bulb: lightbulb, bulb, electric bulb
        lighter: cigarette lighter, pocket lighter
        line: straight line, line segment
        lipstick: lip stick, lip gloss
        map: road map, treasure map, street map, world map, atlas
        marker: felt-tip, felt tip pen, marker pen, highlighter, felt pen, felt-tip pen
        matches: ^, match/matches, matchstick, box of matches/boxes of matches, matchbox
        megaphone: bullhorn, loudhailer, loud hailer
        microphone: mic, mike
        microwave: microwave oven, micro wave
        motorbike: motorcycle, motor bike, moped, motor cycle
        nail: iron nail, carpenter's nail
        necklace: pendant, pearl necklace, string of pearls/strings of pearls, bead necklace
        octagon: eight-sided shape, octagon shape
        oven: baking oven, kitchen oven
        paint can: can of paint/cans of paint, tin of paint/tins of paint, paint tin, paint pot
        paintbrush: paint brush, artist's brush, painting brush
        pants: ~, ~trousers, ~jeans, ~slacks, ~leggings
        paper clip: paperclip, paper-clip
        parachute: chute, para chute
        passport: travel document, travel passport
        pencil: lead pencil, coloured pencil, colored pencil
        piano: grand piano, pianoforte, upright piano
        pickup truck: pickup, pick-up, pick-up truck, pick up truck
        picture frame: photo frame, framed picture, framed photo
        pillow: cushion, throw pillow
        pliers: ~, ~pincers, ~tongs
        police car: cop car, squad car, patrol car, police cruiser
        postcard: post card, picture postcard
        power outlet: socket, wall socket, power socket, plug socket, outlet, electrical outlet
        purse: pocketbook, clutch bag, hand bag
        radio: transistor radio, wireless, radio set
        rake: garden rake, leaf rake
        remote control: remote, tv remote, remote controller, clicker
        rifle: gun, shotgun, musket, hunting rifle
        roller coaster: rollercoaster, roller-coaster
        rollerskates: ~, ~roller skates, ~roller blades, ~rollerblades, ~inline skates, roller skate/roller skates
        sailboat: boat, yacht, sailing boat, sail boat, sailing ship, dinghy
        saw: handsaw, hand saw, hacksaw
        saxophone: sax, alto sax, tenor sax
        school bus: /school buses, schoolbus, school coach
        scissors: ~, ~shears, ~nail scissors
        screwdriver: screw driver, phillips screwdriver
        see saw: seesaw, see-saw, teeter-totter, teeter totter
        shoe: sneaker, trainer, boot, running shoe
        shorts: ~, ~short pants, ~board shorts, ~swimming trunks, ~bermudas
        shovel: spade, garden shovel
        sink: basin, washbasin, kitchen sink, wash basin
        skateboard: skate board, longboard
        sleeping bag: sleep sack, bedroll
        snorkel: breathing tube, diving tube
        soccer ball: football, ball, soccerball, foot ball
        sock: stocking, ankle sock
        speedboat: motorboat, motor boat, powerboat, power boat, speed boat
        spoon: teaspoon, tablespoon, soup spoon
        spreadsheet: excel sheet, spread sheet, excel spreadsheet
        square: square shape, quadrilateral, four-sided shape
        squiggle: squiggly line, scribble, wavy line
        stairs: ^, staircase, stairway, flight of stairs/flights of stairs, ^steps
        stereo: hi-fi, boombox, stereo system, sound system, boom box
        stethoscope: doctor's stethoscope
        stitches: ^, ^sutures, stitch
        stove: cooker, gas stove, hob, cooking stove
        submarine: sub, u-boat
        suitcase: travel case, travel bag, suit case
        sweater: jumper, pullover, sweatshirt, cardigan, hoodie, jersey
        sword: sabre, saber, rapier, cutlass, broadsword
        syringe: needle, hypodermic needle, injection needle

        """

    static let more = """
        t-shirt: tshirt, tee, tee shirt, t shirt, tee-shirt, shirt
        table: desk, dining table, kitchen table, coffee table
        teddy-bear: teddy bear, teddy/teddies, teddybear, stuffed bear, cuddly bear, toy bear
        telephone: phone, landline, rotary phone, desk phone
        television: tv, telly/tellies, tv set, television set, tele
        tennis racquet: tennis racket, racket, racquet
        toaster: pop-up toaster, toast maker
        toilet: loo, lavatory/lavatories, wc, toilet bowl, commode
        toothbrush: tooth brush, electric toothbrush, tooth-brush
        toothpaste: %, tube of toothpaste/tubes of toothpaste, toothpaste tube
        tractor: farm tractor, farm vehicle
        train: locomotive, steam train, choo-choo, railway train, steam engine, choo choo
        triangle: three-sided shape, triangle shape
        trombone: slide trombone
        truck: lorry/lorries, delivery truck, 18-wheeler, articulated lorry/articulated lorries
        trumpet: bugle, cornet, brass horn, horn
        umbrella: brolly/brollies, parasol
        underwear: %, ~underpants, ~briefs, ~boxers, ~panties, ~knickers, ~undies, pair of underwear/pairs of underwear
        van: minivan, delivery van, camper van, minibus, mini van
        vase: flower vase, urn
        violin: fiddle, viola
        washing machine: washer, clothes washer, laundry machine, washing-machine
        wheel: tyre, tire, wagon wheel, car wheel
        wristwatch: watch, wrist watch, wrist-watch
        zigzag: zig zag, zig-zag, zigzag line, zig-zag line
        heart: love heart, valentine heart
        gift: present, wrapped gift, birthday present, christmas present
        medal: gold medal, medal of honour
        trophy: /trophies, award cup, winner's cup
        magnet: horseshoe magnet, bar magnet
        satellite: space satellite, artificial satellite
        telescope: spyglass, star telescope
        microscope: lab microscope, laboratory microscope
        thermometer: fever thermometer, temperature gauge
        battery: /batteries, battery cell
        lamp: table lamp, desk lamp, bedside lamp
        bell: church bell, hand bell
        bomb: round bomb, cartoon bomb
        bone: dog bone, animal bone
        musical note: music note, eighth note, quaver
        briefcase: attache case, office case
        wallet: billfold, money wallet
        handbag: lady's bag, leather bag
        package: parcel, postal package
        anchor: ship's anchor, boat anchor
        atom: atom symbol, atomic symbol
        dna: %, dna strand, double helix
        flask: lab flask, erlenmeyer flask
        pill: tablet of medicine/tablets of medicine, capsule
        shield: knight's shield, coat of arms/coats of arms
        puzzle piece: jigsaw piece, piece of a puzzle/pieces of a puzzle
        game controller: gamepad, game pad, joypad
        target: bullseye, dartboard
        ticket: entry ticket, cinema ticket
        magic wand: wand, wizard's wand
        kayak: sea kayak
        caravan: travel trailer, camping trailer
        forklift: fork lift, forklift truck
        scooter: kick scooter, motor scooter
        drone: quadcopter, flying drone
        padlock: lock, pad lock
        fridge: refrigerator, fridge freezer
        armchair: easy chair, arm chair
        mosque: muslim temple
        wheat: %, ear of wheat/ears of wheat, stalk of wheat/stalks of wheat
        gravestone: tombstone, headstone, grave stone
        trash can: rubbish bin, garbage can, dustbin, trashcan
        brush: cleaning brush
        bottle: water bottle, bottle of water/bottles of water
        plant: seedling, green plant
        gear: cog, cogwheel, gear wheel
        cone: cone shape
        sphere: sphere shape
        cube: cube shape
        pyramid: egyptian pyramid
        cylinder: cylinder shape
        spiral: spiral shape, swirl
        tie: necktie, neck tie
        ribbon: award ribbon, rosette
        gem: cut gem
        virus: /viruses, virus particle
        ufo: unidentified flying object
        meteor: falling meteor
        comet: comet with a tail/comets with tails
        galaxy: /galaxies, spiral galaxy/spiral galaxies
        question mark: interrogation mark
        infinity sign: infinity symbol
        box: crate, carton, cardboard box
        bowl: dish, soup dish
        poo: %, pile of poo/piles of poo
        """
}
