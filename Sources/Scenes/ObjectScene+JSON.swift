import Files
import Foundation

extension ObjectScene {
    /// The most objects that a scene file may list: each relation is between any two.
    public static let objectLimit = 1_000

    /// The scenes of a file: CLEVR's `{"scenes": […]}`, or one scene object alone. Any string-valued key of an object is an attribute, so that
    /// a detector of another world can write such files; keys that say nothing here are kept.
    /// - Parameter name: how errors call the file.
    public static func read(_ data: Data, name: String) throws(FileError) -> [ObjectScene] {
        var scanner = JSONScanner([UInt8](data), file: name), alone = ObjectScene([]), list: [ObjectScene]?, hasObjects = false
        guard scanner.peek() != nil else { throw FileError(file: name, .empty(expected: "a scene (JSON), or {\"scenes\": […]}")) }
        try scanner.members("an object with \"scenes\" or \"objects\"") { (scanner, key) throws(FileError) in
            if key == "scenes" {
                var scenes: [ObjectScene] = []
                try scanner.elements("a list of scenes") { (scanner, index) throws(FileError) in
                    try scanner.limit(index, "scenes")
                    scanner.beginRecord()
                    let start = scanner.position
                    var scene = ObjectScene([]), found = false
                    try scanner.members("a scene") { (scanner, key) throws(FileError) in try scene.take(key, &scanner, &found) }
                    guard found else { throw scanner.error(.missing("\"objects\""), at: start) }
                    scenes.append(scene)
                }
                list = scenes
            } else if key == "info", list != nil || !hasObjects {
                try scanner.skip()
            } else {
                try alone.take(key, &scanner, &hasObjects)
            }
        }
        guard scanner.peek() == nil else { throw scanner.error(.malformed("something follows the end of the scenes")) }
        if let list { return list }
        guard hasObjects else { throw scanner.error(.missing("\"scenes\" or \"objects\""), at: 0) }
        return [alone]
    }

    private mutating func take(_ key: String, _ scanner: inout JSONScanner, _ hasObjects: inout Bool) throws(FileError) {
        switch key {
        case "objects":
            hasObjects = true
            var found: [Object] = []
            try scanner.elements("a list of objects") { (scanner, index) throws(FileError) in
                guard index < Self.objectLimit else { throw scanner.error(.tooMany("objects", limit: Self.objectLimit)) }
                found.append(try Object(&scanner))
            }
            objects = found
        case "image_filename": imageFilename = try scanner.takeNull() ? nil : try scanner.string("a file name as a string")
        case "image_index": imageIndex = try scanner.takeNull() ? nil : try scanner.integer("a whole number")
        case "split": split = try scanner.takeNull() ? nil : try scanner.string("the set's name as a string")
        case "directions":
            var found: [String: SIMD3<Double>] = [:]
            try scanner.members("directions by name") { (scanner, name) throws(FileError) in found[name] = try scanner.triple("[x, y, z]") }
            directions = found
        case "relationships":
            var found: [String: [[Int]]] = [:]
            try scanner.members("relationships by name") { (scanner, name) throws(FileError) in
                var lists: [[Int]] = []
                try scanner.elements("a list for each object") { (scanner, index) throws(FileError) in
                    guard index < Self.objectLimit else { throw scanner.error(.tooMany("objects", limit: Self.objectLimit)) }
                    var others: [Int] = []
                    try scanner.elements("a list of object numbers") { (scanner, place) throws(FileError) in
                        guard place < Self.objectLimit else { throw scanner.error(.tooMany("objects", limit: Self.objectLimit)) }
                        others.append(try scanner.integer("an object's number"))
                    }
                    lists.append(others)
                }
                found[name] = lists
            }
            relationships = found
        default: extra[key] = try scanner.value()
        }
        // Objects and relationships come in either order.
        guard hasObjects, key == "objects" || key == "relationships" else { return }
        for (name, lists) in relationships {
            guard lists.count == objects.count, lists.allSatisfy({ $0.allSatisfy(objects.indices.contains) }) else {
                throw scanner.error(.expected("a list of numbers below \(objects.count) for each object in \"\(name.prefix(40))\"", found: "other numbers"))
            }
        }
    }

    /// The scenes as the public release writes them.
    public static func write(_ scenes: [ObjectScene], info: [String: JSONValue] = [:]) -> Data {
        let text = #"{"info":"# + JSONValue.object(info).text + #","scenes":["# + scenes.map { "\n" + $0.line }.joined(separator: ",") + "\n]}\n"
        return Data(text.utf8)
    }

    /// The scene as JSON on one line.
    public var line: String {
        var members: [String: JSONValue] = extra
        if let split { members["split"] = .string(split) }
        if let imageIndex { members["image_index"] = .integer(imageIndex) }
        if let imageFilename { members["image_filename"] = .string(imageFilename) }
        members["objects"] = .array(objects.map(\.json))
        members["directions"] = .object(directions.mapValues { .array([.number($0.x), .number($0.y), .number($0.z)]) })
        if !relationships.isEmpty {
            members["relationships"] = .object(relationships.mapValues { .array($0.map { .array($0.map(JSONValue.integer)) }) })
        }
        return JSONValue.object(members).text
    }
}

extension ObjectScene.Object {
    fileprivate init(_ scanner: inout JSONScanner) throws(FileError) {
        self.init([:])
        try scanner.members("an object of the scene") { (scanner, key) throws(FileError) in
            switch key {
            case "3d_coords", "position": position = try scanner.takeNull() ? nil : try scanner.triple("[x, y, z]")
            case "pixel_coords": pixel = try scanner.takeNull() ? nil : try scanner.triple("[x, y, depth]")
            case "rotation": rotation = try scanner.takeNull() ? nil : try scanner.double("an angle")
            case "box", "bbox":
                if try scanner.takeNull() { return }
                let at = scanner.position, sides = try scanner.numbers("[left, top, right, bottom]")
                guard sides.count == 4 else { throw scanner.error(.expected("[left, top, right, bottom]", found: "\(sides.count) numbers"), at: at) }
                box = SIMD4(sides[0], sides[1], sides[2], sides[3])
            case "confidence": confidence = try scanner.takeNull() ? nil : try scanner.double("a number from 0 to 1", limit: 1)
            default:
                let value = try scanner.value()
                if case .string(let text) = value { attributes[key] = text } else { extra[key] = value }
            }
        }
    }

    fileprivate var json: JSONValue {
        var members = extra
        for (name, value) in attributes { members[name] = .string(value) }
        if let position { members["3d_coords"] = .array([.number(position.x), .number(position.y), .number(position.z)]) }
        if let pixel { members["pixel_coords"] = .array([.number(pixel.x), .number(pixel.y), .number(pixel.z)]) }
        if let rotation { members["rotation"] = .number(rotation) }
        if let box { members["box"] = .array([.number(box.x), .number(box.y), .number(box.z), .number(box.w)]) }
        if let confidence { members["confidence"] = .number(confidence) }
        return .object(members)
    }
}

extension JSONScanner {
    fileprivate mutating func triple(_ expected: String) throws(FileError) -> SIMD3<Double> {
        let at = position, numbers = try numbers(expected)
        guard numbers.count == 3 else { throw error(.expected(expected, found: "\(numbers.count) numbers"), at: at) }
        return SIMD3(numbers[0], numbers[1], numbers[2])
    }
}
