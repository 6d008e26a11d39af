import Files
import Foundation
import Scenes

/// The same numbers on every run (SplitMix64).
struct Dice: RandomNumberGenerator {
    var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Four objects in a row from left to right, the fourth behind the rest.
let row: ObjectScene = {
    func object(_ size: String, _ color: String, _ material: String, _ shape: String, at steps: Double, behind: Double = 0) -> ObjectScene.Object {
        let right = ObjectScene.clevrDirections["right"] ?? .zero, back = ObjectScene.clevrDirections["behind"] ?? .zero
        return .init(["size": size, "color": color, "material": material, "shape": shape], position: right * steps + back * behind)
    }
    return ObjectScene([
        object("large", "red", "metal", "cube", at: -2), object("small", "red", "rubber", "sphere", at: -0.5),
        object("small", "blue", "metal", "cylinder", at: 1), object("large", "red", "metal", "sphere", at: 2.5, behind: 1),
    ])
}()

/// A program in short: each step's function, its argument after a colon, its inputs after "@" (the step before by default).
func program(_ steps: String...) -> Program {
    Program(nodes: steps.enumerated().map { index, step in
        let parts = step.split(separator: "@"), words = parts[0].split(separator: ":").map(String.init)
        let function = Function(name: words[0])!
        let inputs = parts.count > 1 ? parts[1].split(separator: ",").compactMap { Int($0) } : function.inputCount == 0 ? [] : [index - 1]
        return .init(function, inputs: inputs, argument: words.count > 1 ? words[1] : nil)
    })
}
