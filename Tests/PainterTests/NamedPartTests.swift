import Painter
import Testing

@Suite("Parts of things are not taken for the things")
struct NamedPartTests {
    private static let reader = PromptReader(classes: ["house", "door", "bird", "cat", "table", "leg", "hat", "snowman", "tree", "foot", "sun"])

    @Test("A part is no reason to change the whole", arguments: [
        ("erase the door of the house", "door", "house"), ("remove the wings from the bird", "wings", "bird"), ("delete the cat's tail", "tail", "cat"),
        ("make the leg of the table bigger", "leg", "table"), ("take the hat off the snowman", "hat", "snowman"),
    ])
    func partsAreNamed(_ command: String, _ part: String, _ whole: String) throws {
        let parts = try Self.reader.read(command, needsObject: false).parts
        #expect(parts.map(\.part) == [part] && parts.map(\.whole) == [whole], "\(parts)")
        #expect(throws: PainterError.partOnly(command: command, part: part, whole: whole)) { try NamedPart.check(parts, found: [whole, "tree"], changed: [whole], command: command) }
        // Something new there, or a thing of its own.
        try NamedPart.check(parts, found: [whole, "tree"], changed: ["tree"], command: command)
        if ["door", "leg", "hat"].contains(part) { try NamedPart.check(parts, found: [whole, part], changed: [whole], command: command) }
    }

    @Test("Places and other things are no parts", arguments: [
        "move the cat to the foot of the tree", "erase the sun above the house", "erase the cat on the left of the house", "make the house bigger", "erase the cat and the tree",
        "put the bird on top of the house", "erase all of the cats", "move the cat from the house to the tree",
    ])
    func placesAreNoParts(_ command: String) throws {
        #expect(try Self.reader.read(command, needsObject: false).parts == [])
    }
}
