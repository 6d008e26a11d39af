/// The words that people most often ask a drawing program for, and the classes that draw them: what the contact sheet of the gallery shows, and what
/// training sees twice as often.
package enum PopularWords {
    /// A word and its class.
    package static let all: [(word: String, className: String)] = [
        ("cat", "cat"), ("dog", "dog"), ("house", "house"), ("tree", "tree"), ("car", "car"), ("sun", "sun"), ("flower", "flower"), ("bird", "bird"),
        ("fish", "fish"), ("person", "person"), ("man", "man"), ("woman", "woman"), ("boy", "man"), ("girl", "woman"), ("face", "face"),
        ("smiley face", "smiley face"), ("heart", "heart"), ("star", "star"), ("moon", "moon"), ("cloud", "cloud"), ("rain", "rain"),
        ("snowman", "snowman"), ("snowflake", "snowflake"), ("mountain", "mountain"), ("rainbow", "rainbow"), ("lightning", "lightning"),
        ("fire", "fire"), ("leaf", "leaf"), ("mushroom", "mushroom"), ("cactus", "cactus"), ("palm tree", "palm tree"), ("apple", "apple"),
        ("banana", "banana"), ("strawberry", "strawberry"), ("pizza", "pizza"), ("cake", "cake"), ("ice cream", "ice cream"),
        ("hamburger", "hamburger"), ("cookie", "cookie"), ("donut", "donut"), ("coffee", "coffee cup"), ("bottle", "bottle"), ("horse", "horse"),
        ("cow", "cow"), ("pig", "pig"), ("sheep", "sheep"), ("rabbit", "rabbit"), ("mouse", "mouse"), ("duck", "duck"), ("elephant", "elephant"),
        ("lion", "lion"), ("tiger", "tiger"), ("bear", "bear"), ("monkey", "monkey"), ("snake", "snake"), ("frog", "frog"), ("turtle", "sea turtle"),
        ("butterfly", "butterfly"), ("bee", "bee"), ("spider", "spider"), ("ant", "ant"), ("owl", "owl"), ("dragon", "dragon"), ("whale", "whale"),
        ("shark", "shark"), ("penguin", "penguin"), ("crab", "crab"), ("eye", "eye"), ("hand", "hand"), ("crown", "crown"), ("hat", "hat"),
        ("shoe", "shoe"), ("shirt", "t-shirt"), ("glasses", "eyeglasses"), ("bicycle", "bicycle"), ("bus", "bus"), ("truck", "truck"),
        ("train", "train"), ("airplane", "airplane"), ("boat", "sailboat"), ("rocket", "rocket"), ("castle", "castle"), ("door", "door"),
        ("chair", "chair"), ("table", "table"), ("bed", "bed"), ("book", "book"), ("pencil", "pencil"), ("clock", "clock"), ("key", "key"),
        ("umbrella", "umbrella"), ("ball", "soccer ball"), ("balloon", "balloon"), ("gift", "gift"), ("guitar", "guitar"), ("phone", "telephone"),
        ("computer", "computer"), ("camera", "camera"), ("flag", "flag"), ("robot", "robot"),
    ]

    package static let classes = Set(all.map(\.className))
}
