import ArgumentParser
import Files
import Foundation
import Pictures
import Reasoner
import Scenes
import Sketches

struct LookCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "look", abstract: "Names the objects in a picture of a scene: size, color, material, shape, place, box, confidence.",
        discussion: """
            The picture (PNG or JPEG) shows cubes, spheres and cylinders like CLEVR's. With -o, a PNG shows each object in a box with a label; a name that ends \
            in .json gets the scene in CLEVR's form, which `atelier ask` takes too.

            Examples:  atelier look picture.png -o overlay.png
                       atelier look picture.png --json
            """)

    @Argument(help: ArgumentHelp("Picture (PNG, JPEG); - is standard input.", valueName: "picture")) var picture: String
    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("Where the picture with boxes (.png) or the scene (.json) goes.", valueName: "file")) var output: String?
    @Option(help: ArgumentHelp("Model folder, or the name of an installed model.", valueName: "dir")) var model: String?
    @OptionGroup var compute: ThreadOptions
    @Flag(help: "Print the scene as JSON, in CLEVR's form.") var json = false

    func validate() throws {
        guard let output, output != "-" else { return }
        guard ["png", "json"].contains((output as NSString).pathExtension.lowercased()) else { throw ValidationError("-o takes a name that ends in .png or .json, not \(output)") }
    }

    func run() throws {
        try exitCleanly {
            compute.apply()
            let (image, _) = try PictureFile.read(picture)
            let reading = try SceneGrid(folder: ModelLibrary.folder(model, family: .reasoner)).read(image)
            var scene = reading.scene
            scene.imageFilename = picture == "-" ? nil : (picture as NSString).lastPathComponent
            scene.extra["scene_probability"] = .number(reading.isScene)
            if let output {
                let isScene = (output as NSString).pathExtension.lowercased() == "json"
                try SketchFile.writeAtomically(isScene ? ObjectScene.write([scene]) : image.overlaid(scene, labels: scene.objects.enumerated().map { "\($0) \(reading.domain.name(of: $1))" }).png(), to: output)
                if output != "-" { note("wrote \(output)") }
            }
            if reading.isScene < 0.5 { note("this seems to be no scene of cubes, spheres and cylinders (probability \(Self.two(reading.isScene)))") }
            if json { return try say(scene.line) }
            if output == "-" { return }
            for (index, object) in scene.objects.enumerated() {
                let what = reading.domain.name(of: object)
                let place = object.position.map { "place \(Self.two($0.x)), \(Self.two($0.y))" } ?? ""
                let box = object.box.map { b in "box " + [b.x, b.y, b.z, b.w].map { String(Int($0.rounded())) }.joined(separator: " ") } ?? ""
                try say("\(index)  \(what.padding(toLength: 30, withPad: " ", startingAt: 0))\(place.padding(toLength: 20, withPad: " ", startingAt: 0))  \(box.padding(toLength: 20, withPad: " ", startingAt: 0))  \(Self.two(object.confidence ?? 0))")
            }
            if scene.objects.isEmpty { try say("no objects") }
        }
    }

    private static func two(_ value: Double) -> String { String(format: "%.2f", value) }
}
