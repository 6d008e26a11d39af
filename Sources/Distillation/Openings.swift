import Tensors

/// Openings of running text, from which a language model goes on without being asked anything: the first words of stories, reports, lessons, letters, manuals.
public enum Openings {
    /// So many openings in an order that follows from the seed, each before any comes again.
    public static func some(_ count: Int, seed: UInt64) -> [String] {
        Instructions.some(count, of: [Instructions.Kind(lines: starts + others, things: subjects)], RandomSource(seed: RandomSource.derive(seed, 0x0BE2)))
    }

    private static let starts = [
        "The history of {}", "In recent years, {}", "Most people think that {}", "When I first heard about {},", "This chapter is about {}", "There are several ways to look at {}.",
        "According to a new report, {}", "My grandmother used to say that {}", "Before we can speak of {},", "The trouble with {}",
    ]
    private static let subjects = [
        "the sea", "bread", "old houses", "mathematics", "the railway", "farming", "sleep", "the law", "music", "small towns", "the weather", "computers", "money", "teachers", "forests",
        "medicine", "the night sky", "language", "cooking", "rivers",
    ]
    private static let others = [
        "The", "In", "It was", "A", "He", "She said", "We", "One day,", "Once upon a time", "On the other hand,", "First,", "However,", "For example,", "Step 1:", "Dear Sir or Madam,", "Dear Anna,",
        "Abstract:", "Introduction", "Chapter 1", "Question:", "Note that", "To install", "If you", "There was", "Today", "After the war", "In 1998,", "At the age of", "The aim of this study",
        "The company", "Scientists", "The city of", "The number of", "As soon as", "No one", "Many", "Every morning", "The old man", "Let us consider", "You can", "import", "# ", "1.", "The following",
        "By the time", "Last summer", "The first thing", "What is", "How to", "People who", "Although", "During the winter", "Children", "The government", "Water", "At the end of", "Two hundred years ago",
        "The river", "Her name was", "It is often said", "This article",
    ]
}
