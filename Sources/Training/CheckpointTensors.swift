import Foundation
import Tensors

/// The tensors of a checkpoint in one f32 safetensors file: `weight/NAME`, `first/NAME`, `second/NAME` (AdamW's
/// moments) and, with an average, `average/NAME`.
enum CheckpointTensors {
    static func write(to url: URL, parameters: [NamedTensor], optimizer: AdamW, average: MovingAverage?) throws {
        var tensors = parameters.map { NamedTensor(name: "weight/\($0.name)", tensor: $0.tensor) }
        for (i, parameter) in parameters.enumerated() where i < optimizer.firstMoments.count {
            tensors.append(NamedTensor(name: "first/\(parameter.name)", tensor: optimizer.firstMoments[i]))
            tensors.append(NamedTensor(name: "second/\(parameter.name)", tensor: optimizer.secondMoments[i]))
        }
        for (parameter, values) in zip(parameters, average?.values ?? []) {
            let tensor = Tensor(values, shape: parameter.tensor.shape)
            tensors.append(NamedTensor(name: "average/\(parameter.name)", tensor: tensor))
        }
        try SafeTensors.write(tensors, to: url, format: .f32)
    }

    /// Puts the weights into the parameters and the moments into the optimiser.
    /// - Returns: the average when `decay` asks for one.
    static func read(
        _ url: URL, into parameters: [NamedTensor], optimizer: inout AdamW, steps: Int, decay: Double?
    ) throws -> MovingAverage? {
        let stored: [NamedTensor]
        do { stored = try SafeTensors.read(url).tensors } catch {
            throw TrainingError.checkpointDamaged(path: url.path, reason: "\(error)")
        }
        var byName: [String: Tensor] = [:]
        for item in stored { byName[item.name] = item.tensor }
        func find(_ kind: String) throws -> [Tensor] {
            try parameters.map { parameter in
                let name = "\(kind)/\(parameter.name)", expected = parameter.tensor.shape
                guard let tensor = byName[name], tensor.shape == expected else {
                    throw TrainingError.checkpointMismatch(name: name, expected: expected, found: byName[name]?.shape)
                }
                return tensor
            }
        }
        let weights = try find("weight")
        let average = try decay.map { try (decay: $0, values: find("average").map { $0.array() }) }
        if steps > 0 {
            optimizer.firstMoments = try find("first")
            optimizer.secondMoments = try find("second")
            optimizer.steps = steps
        }
        for (parameter, tensor) in zip(parameters, weights) { parameter.tensor.copy(from: tensor.array()) }
        guard let average else { return nil }
        var moving = MovingAverage(decay: average.decay, of: parameters)
        moving.restore(average.values)
        return moving
    }
}
