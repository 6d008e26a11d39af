import Tensors

/// Everyday instructions for a language model that is to write text of its own: questions, explanations, stories, lists, rewriting, code and the like.
///
/// Each line of a kind is one instruction, or several: `{}` stands for each of the kind's things in turn. None is about drawing, so that what is kept of a
/// model by its own texts is what it was before.
public enum Instructions {
    /// Instructions of one kind.
    struct Kind {
        var lines: [String], things: [String]

        /// All of them, each once.
        var all: [String] {
            lines.flatMap { line in line.contains("{}") ? things.map { line.replacing("{}", with: $0) } : [line] }
        }
    }

    /// So many instructions in an order that follows from the seed: kinds in turn, each without repeating itself until it is used up.
    public static func some(_ count: Int, seed: UInt64) -> [String] { some(count, of: kinds, RandomSource(seed: RandomSource.derive(seed, 0x1257))) }

    static func some(_ count: Int, of kinds: [Kind], _ random: RandomSource) -> [String] {
        var random = random, waiting = kinds.map { _ in [String]() }
        return (0..<max(count, 0)).map { index in
            let kind = index % kinds.count
            if waiting[kind].isEmpty { waiting[kind] = kinds[kind].all.shuffled(using: &random) }
            return waiting[kind].removeLast()
        }
    }

    /// How many different ones there are.
    package static var count: Int { Set(kinds.flatMap(\.all)).count }

    static let kinds = [questions, explanations, stories, lists, rewriting, code, advice, letters, facts, choices, sums, talk]

    private static let questions = Kind(
        lines: [
            "Why is {} important?", "How does {} work?", "What is the history of {}?", "What should a beginner know about {}?", "Who works with {}, and what do they do all day?",
            "What are the most common mistakes people make about {}?", "What would the world be like without {}?", "How has {} changed over the last hundred years?",
            "Why is the sky blue?", "Why do leaves change colour in autumn?", "How do birds find their way?", "Why do we dream?", "What makes bread rise?",
            "Why is the sea salty?", "How far away is the Moon?", "Why do cats purr?", "What is the difference between weather and climate?",
        ],
        things: ["electricity", "the printing press", "vaccination", "glass", "the postal service", "a library", "insurance", "clean water", "the bicycle", "a calendar", "soap", "the telephone", "recycling"])

    private static let explanations = Kind(
        lines: [
            "Explain {} to a ten-year-old.", "Explain {} in one sentence.", "Explain {} step by step.", "Explain {} with an example from daily life.",
            "Give a short definition of {}.", "What is {}? Answer in two or three sentences.", "Explain {} as a teacher would at the board.",
        ],
        things: [
            "gravity", "photosynthesis", "inflation", "a prime number", "democracy", "the water cycle", "a metaphor", "natural selection", "a black hole", "interest on a loan", "the immune system",
            "an algorithm", "supply and demand", "a sonnet", "plate tectonics", "a fraction", "osmosis", "machine learning", "a chemical bond", "jet lag",
        ])

    private static let stories = Kind(
        lines: [
            "Write a short story about {}.", "Write the first paragraph of a novel about {}.", "Tell a bedtime story about {}.", "Write a poem about {}.",
            "Write a haiku about {}.", "Write a funny story about {} in five sentences.", "Write a dialogue between two friends about {}.", "Write the last scene of a play about {}.",
        ],
        things: [
            "a lighthouse keeper", "a lost key", "two neighbours who never spoke", "a clock that runs backwards", "the first day of snow", "a baker and her apprentice", "a letter that arrives late",
            "an old dog", "a train that does not stop", "a village without music", "a boy who collects sounds", "the last apple on the tree", "a robot that is afraid of water", "a night market",
        ])

    private static let lists = Kind(
        lines: [
            "List five {}.", "Name three {} and say a word about each.", "Give me ten {}, one a line.", "What are some {}? Answer as a list.", "Make a table of four {} with a reason for each.",
        ],
        things: [
            "healthy breakfasts", "things to pack for a weekend trip", "ways to save energy at home", "games for a rainy day", "rivers of Europe", "words that rhyme with light", "questions for a job interview",
            "good habits", "famous scientists", "animals that sleep in winter", "names for a small cafe", "musical instruments", "ways to say thank you", "kinds of clouds", "spices", "books for young readers",
            "sports that need no equipment", "reasons to learn a language",
        ])

    private static let rewriting = Kind(
        lines: [
            "Rewrite this sentence more politely: {}", "Rewrite this sentence in the past tense: {}", "Make this sentence shorter: {}", "Turn this sentence into a question: {}",
            "Rewrite this for a formal letter: {}", "Say the opposite of this: {}", "Find a better word for each verb in this sentence: {}", "Correct any mistakes in this sentence: {}",
            "Summarise this in five words: {}",
        ],
        things: [
            "\"Send me the report today.\"", "\"The meeting is too long and nobody listens.\"", "\"we was walking to school when it start to rain\"", "\"I can't come because my car is broken.\"",
            "\"The new shop sells bread, cheese and a great many kinds of tea.\"", "\"She give him the book yesterday and he have not read it.\"", "\"Your answer is wrong and you should know it.\"",
            "\"The children run across the field to the old bridge.\"", "\"It is forbidden to walk on the grass.\"", "\"The results were better than anybody had expected.\"",
        ])

    private static let code = Kind(
        lines: [
            "Write a Python function that {}.", "Write a JavaScript function that {}.", "Write pseudocode for a program that {}.", "Which steps does a program need that {}?",
            "Write a test for a function that {}.", "What is a variable in programming?", "What does a for loop do? Give an example in Python.", "Explain the difference between a list and a dictionary in Python.",
            "What is recursion? Show a small example.", "Write an HTML page with a heading and a list of three links.", "Write an SQL query that counts the orders of each customer.",
            "What is a bug, and how does one find it?", "Explain what version control is for.",
        ],
        things: [
            "returns the largest number of a list", "checks whether a word is a palindrome", "counts the vowels in a text", "adds up the digits of a number", "reverses a string", "finds the first repeated letter",
            "converts Celsius to Fahrenheit", "removes duplicates from a list", "sorts words by their length", "tells whether a year is a leap year", "prints a multiplication table", "merges two sorted lists",
        ])

    private static let advice = Kind(
        lines: [
            "How can I {}?", "Give me three tips to {}.", "I want to {}. Where should I begin?", "What is the best way to {} on a small budget?", "My friend wants to {}. What should I tell her?",
            "Make a plan for a week to {}.",
        ],
        things: [
            "sleep better", "learn to cook", "remember names", "get over my fear of speaking in public", "start a vegetable garden", "read more books", "make new friends in a new city", "prepare for an exam",
            "keep a plant alive", "learn the guitar", "write a diary", "save money", "be on time", "take better photographs", "run five kilometres", "spend less time on my phone",
        ])

    private static let letters = Kind(
        lines: [
            "Write a short email to {}.", "Write a friendly message to {}.", "Write a formal letter to {}.", "Write a note of two sentences to {}.",
        ],
        things: [
            "a teacher, to ask for more time", "a neighbour, about loud music", "a colleague, to thank her for her help", "a shop, about a parcel that came broken", "your landlord, about a dripping tap",
            "an old friend, after many years", "a restaurant, to book a table for six", "a library, about a book that you lost", "a company, to ask for an internship", "your team, to move a meeting to Friday",
            "a grandmother, for her birthday", "a doctor, to change an appointment",
        ])

    private static let facts = Kind(
        lines: [
            "What do you know about {}?", "Tell me an interesting fact about {}.", "Describe {} in three sentences.", "Where does one find {}, and why there?", "Compare {} with something similar.",
            "What is the capital of France?", "How many continents are there?", "Which planet is the largest?", "Who painted the Mona Lisa?", "What is the boiling point of water?", "In which year did the Second World War end?",
            "What language is spoken in Brazil?", "What is the longest river in Africa?",
        ],
        things: [
            "penguins", "the Sahara", "honey", "volcanoes", "the Great Wall of China", "bamboo", "octopuses", "the Amazon", "coffee", "lightning", "Antarctica", "silk", "salmon", "diamonds", "the Roman roads",
        ])

    private static let choices = Kind(
        lines: [
            "Which is better, {}? Give reasons for both.", "What is the difference between {}?", "Argue for the first of {} in one paragraph.", "When would you choose which of {}?",
        ],
        things: [
            "tea and coffee", "a cat and a dog", "living in a city and in the country", "paper books and electronic books", "the train and the car", "working alone and in a team", "summer and winter",
            "cooking at home and eating out", "a laptop and a desktop computer", "the mountains and the sea", "a bicycle and a bus pass", "handwriting and typing",
        ])

    private static let sums = Kind(
        lines: [
            "A book costs 12 dollars and a pen costs 3. How much do two books and a pen cost?", "A train leaves at 9:40 and arrives at 11:15. How long is the journey?", "What is 15 percent of 80?",
            "I have 24 sweets for 6 children. How many does each one get?", "How many minutes are in three hours?", "What is the next number: 2, 4, 8, 16?", "A field is 20 metres long and 15 wide. What is its area?",
            "If today is Tuesday, what day will it be in ten days?", "A recipe for 4 people needs 300 grams of flour. How much for 6?", "Half of a number is 9. What is the number?",
            "Tom is older than Anna, and Anna is older than Lee. Who is the youngest?", "All roses are flowers. Some flowers fade quickly. Do all roses fade quickly?", "Round 3.14159 to two decimal places.",
            "What is larger, 3/4 or 2/3?", "Write the number 2024 in words.", "How many sides do three triangles and two squares have together?", "Count from twenty down to ten.",
            "A shirt costs 40 dollars and is reduced by a quarter. What does it cost now?", "Which of these is not even: 4, 8, 11, 16?", "Sort these from small to large: 7, 2, 19, 11, 5.",
        ],
        things: [])

    private static let talk = Kind(
        lines: [
            "Hello! How are you?", "Who are you?", "What can you help me with?", "Tell me a joke.", "I had a bad day.", "Good morning! What should I do today?", "Can you keep a secret?", "What is your favourite season, and why?",
            "I am bored. Any ideas?", "Thank you for your help!", "I cannot decide what to have for dinner.", "Tell me something that will make me smile.", "Do you think that people will live on Mars?",
            "What would you ask a time traveller?", "Sing me a song about {}.", "Ask me a riddle about {}.", "What do you think about {}?", "Let us talk about {}.", "Pretend to be an expert on {} and greet me.",
        ],
        things: ["the weather", "friendship", "music", "football", "holidays", "the future", "good food", "old films", "gardens", "trains", "the stars"])
}
