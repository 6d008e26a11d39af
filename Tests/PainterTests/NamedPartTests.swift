import Foundation
import Painter
import Testing

@Suite("Parts of things are not taken for the things")
struct NamedPartTests {
    private static let few = PromptReader(classes: ["house", "door", "bird", "cat", "table", "leg", "hat", "snowman", "tree", "foot", "sun", "car", "bench", "rabbit", "beer", "bottle"])
    /// Of all words that the released models know: none of their names must take a part's word for its own.
    private static let all = PromptReader(classes: SynonymTable.nouns.keys.sorted())

    @Test("A part is no reason to change the whole", arguments: [
        ("erase the door of the house", "door", "house"), ("remove the wings from the bird", "wings", "bird"), ("delete the cat's tail", "tail", "cat"),
        ("make the leg of the table bigger", "leg", "table"), ("take the hat off the snowman", "hat", "snowman"), ("erase the rabbit's tail", "tail", "rabbit"),
        ("erase the birds' wings", "wings", "bird"), ("erase the trunk of the tree", "trunk", "tree"), ("remove the roof of the big house", "roof", "house"),
        ("erase the bird's left wing", "wing", "bird"), ("erase the cat whiskers", "whiskers", "cat"), ("remove the wings of all the birds", "wings", "bird"),
        ("redraw the window in the house", "window", "house"), ("take the hat off of the snowman", "hat", "snowman"), ("delete the branches of the tree", "branches", "tree"),
    ])
    func partsAreNamed(_ command: String, _ part: String, _ whole: String) throws {
        for reader in [Self.few, Self.all] {
            let reading = try reader.read(command, needsObject: false)
            #expect(reading.parts.map(\.part) == [part] && reading.parts.map(\.whole) == [whole], "\(reading.parts)")
            #expect(throws: PainterError.partOnly(command: command, part: part, whole: whole)) { try NamedPart.check(reading, changed: [whole], command: command) }
            // Something new there, or a thing of its own.
            try NamedPart.check(reading, changed: ["sun"], command: command)
        }
    }

    @Test("What is named by itself too may change", arguments: [
        "add a hat on the cat and make the cat bigger", "erase the hat on the cat and the cat", "put a door on the house and move the house left",
    ])
    func wholesThatAreMeant(_ command: String) throws {
        try NamedPart.check(try Self.few.read(command, needsObject: false), changed: ["cat", "house"], command: command)
    }

    @Test("What a command does not name it is not about", arguments: [
        ("make the tree smaller and move it to the right", ["tree"], ["house"]), ("erase the wings", [], ["bird", "tree"]), ("remove the cats", ["cat"], ["bird"]),
        ("erase everything left of the house", ["house", "tree"], []), ("make the one below the sun bigger", ["sun", "cat"], []), ("move it up", ["cat"], []),
        ("erase both except the cat", ["tree"], []),
    ])
    func whatACommandIsAbout(_ command: String, _ about: [String], _ others: [String]) throws {
        let reading = try Self.few.read(command, needsObject: false)
        #expect(about.allSatisfy(reading.canBeAbout) && !others.contains(where: reading.canBeAbout))
    }

    @Test("Places and other things are no parts", arguments: [
        "move the cat to the foot of the tree", "erase the sun above the house", "erase the cat on the left of the house", "make the house bigger", "erase the cat and the tree",
        "put the bird on top of the house", "erase all of the cats", "move the cat from the house to the tree", "erase the bottle of beer", "erase the tree in the middle",
        "erase the cat in the house", "remove both of the big cats", "make the cat smaller and add a sun in the top left corner", "replace the cat with a bird",
    ])
    func placesAreNoParts(_ command: String) throws {
        for reader in [Self.few, Self.all] { #expect(try reader.read(command, needsObject: false).parts == []) }
    }
}
