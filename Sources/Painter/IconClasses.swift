/// Which icons show which class: icons are named for interfaces, classes for things.
///
/// An icon whose name or alias is a class's word shows that class, with the exceptions below; the table adds classes that only icons show and icons
/// of other names. Names as in the sets, after the set's first letter: lucide, tabler, iconoir, feather.
enum IconClasses {
    /// Icons that mean something else than the word: computer mice, tables of numbers.
    static let misnamed: Set<String> = [
        "l/mouse", "t/mouse-2", "t/mouse", "l/table-2", "l/table", "t/table", "i/orthogonal-view", "l/clock-1", "l/clock-2", "l/clock-4", "l/clock-5",
        "l/clock-6", "l/clock-7", "l/clock-8", "l/panda", "t/line", "l/bolt", "l/settings-2", "t/settings-2",
    ]

    /// Classes by icons: words of `name` for several icons of one name in several sets.
    static let words: [String: [String]] = [
        "heart": ["heart"], "rocket": ["rocket"], "gift": ["gift"], "flag": ["flag"], "robot": ["robot"], "ghost": ["ghost"], "balloon": ["balloon"],
        "egg": ["egg"], "lemon": ["lemon"], "cherry": ["cherry"], "salad": ["salad"], "soup": ["soup"], "milk": ["milk"], "beer": ["beer"],
        "candy": ["candy"], "chocolate": ["chocolate"], "medal": ["medal"], "trophy": ["trophy"], "magnet": ["magnet"], "globe": ["globe"],
        "planet": ["planet"], "satellite": ["satellite"], "telescope": ["telescope"], "microscope": ["microscope"], "thermometer": ["thermometer"],
        "battery": ["battery"], "lamp": ["lamp"], "bell": ["bell"], "bomb": ["bomb"], "bone": ["bone"], "musical note": ["music"],
        "briefcase": ["briefcase"], "wallet": ["wallet"], "handbag": ["handbag"], "package": ["package"], "anchor": ["anchor"], "atom": ["atom"],
        "dna": ["dna"], "flask": ["flask"], "pill": ["pill"], "shield": ["shield"], "puzzle piece": ["puzzle"], "game controller": ["gamepad"],
        "target": ["target"], "ticket": ["ticket"], "magic wand": ["wand"], "kayak": ["kayak"], "caravan": ["caravan"], "forklift": ["forklift"],
        "scooter": ["scooter"], "drone": ["drone"], "padlock": ["lock"], "fridge": ["fridge"], "armchair": ["armchair"], "tower": ["tower"],
        "mosque": ["mosque"], "school": ["school"], "clover": ["clover"], "wheat": ["wheat"], "gravestone": ["grave"], "trash can": ["trash"],
        "fire": ["flame"], "person": ["user", "person standing", "user round"], "man": ["man"], "woman": ["woman"], "baby": ["baby"], "drop": ["droplet"],
        "building": ["building"], "factory": ["factory"], "ship": ["ship"], "brush": ["brush"], "cheese": ["cheese"], "bottle": ["bottle"],
        "plant": ["plant", "seedling"], "alien": ["alien"], "poo": ["poo"], "gear": ["settings"], "cone": ["cone"], "sphere": ["sphere"], "cube": ["cube"],
        "pyramid": ["pyramid"], "cylinder": ["cylinder"], "spiral": ["spiral"], "tie": ["tie"], "ribbon": ["award"], "gem": ["gem"], "virus": ["virus"],
        "ufo": ["ufo"], "meteor": ["meteor"], "comet": ["comet"], "galaxy": ["galaxy"], "volcano": ["volcano"], "suitcase": ["luggage"], "fountain": ["fountain"],
        "airplane": ["plane"], "bicycle": ["bike"], "couch": ["sofa"], "house": ["home"], "eyeglasses": ["glasses", "sunglasses"], "t-shirt": ["shirt"],
        "lightning": ["zap", "bolt"], "coffee cup": ["coffee"], "hamburger": ["burger"], "envelope": ["mail"], "television": ["tv"], "cell phone": ["smartphone"],
        "telephone": ["phone"], "wristwatch": ["watch"], "wine glass": ["wine"], "light bulb": ["lightbulb", "bulb"], "smiley face": ["mood smile", "emoji", "smile"],
        "table": ["desk", "picnic table"], "chair": ["rocking chair"], "paper clip": ["paperclip"], "nail": ["nail"], "stop sign": ["stop sign"],
        "traffic light": ["traffic light", "traffic lights"], "sea turtle": ["turtle"], "palm tree": ["tree palm"], "mouse": ["rat"], "saw": ["saw"],
        "scissors": ["scissor"], "computer": ["monitor", "device desktop"], "toothbrush": ["toothbrush"], "fork": ["fork"], "spoon": ["spoon"],
        "question mark": ["question mark"], "infinity sign": ["infinity"], "grapes": ["grape", "grapes"], "pear": ["pear"], "watermelon": ["watermelon"],
        "strawberry": ["strawberry"], "asparagus": ["asparagus"], "key": ["key round"], "crab": ["crab"], "octopus": ["octopus"],
    ]

    private static let byWord: [String: String] = Dictionary(words.flatMap { name, words in words.map { ($0, name) } }, uniquingKeysWith: { first, _ in first })

    /// The class that an icon shows, if it is any.
    /// - Parameters:
    ///   - name: with the set's letter (`l/house`).
    ///   - words: the icon's name and aliases as words, the name first.
    ///   - classes: doodled classes by their lower-case words.
    static func className(_ name: String, words: [String], classes: [String: String]) -> String? {
        guard !misnamed.contains(name), let first = words.first else { return nil }
        if let listed = byWord[first] { return listed }
        return words.lazy.compactMap { classes[$0] }.first
    }
}
