import Tensors

/// How a process computes a run: what the bits of a step depend on besides the recipe and the checkpoint.
public struct RunCompute: Codable, Sendable, Equatable {
    /// The name of a `Compute.Kernels`. A text, so that a level of a later version does not make a checkpoint unreadable.
    public var kernels: String
    /// The name of the `Compute.Precision` in force, which may be less than the recipe asks for.
    public var precision: String

    /// What is in force here.
    public init() {
        // In f32 the tiles of AMX are not used.
        let kernels: Compute.Kernels = Compute.kernels == .amx && Compute.precision == .float32 ? .avx512 : Compute.kernels
        self.init(kernels: kernels.rawValue, precision: Compute.precision.rawValue)
    }

    package init(kernels: String, precision: String) {
        self.kernels = kernels
        self.precision = precision
    }

    /// What a person should know before a run starts or goes on like this.
    /// - Parameters:
    ///   - wanted: the recipe's precision.
    ///   - before: how the run was computed until now; nil where nobody knows or there is no before.
    package func notices(wanted: Compute.Precision?, before: RunCompute?) -> [String] {
        var notices: [String] = []
        if let wanted, wanted.rawValue != precision {
            notices.append("the recipe asks for \(wanted.rawValue), which this processor does not have; matrix products are in \(precision)")
        }
        if let before, before != self {
            notices.append("computed with \(before.kernels) kernels in \(before.precision) so far, with \(kernels) in \(precision) from here: "
                + "the weights will not be those of an unbroken run bit for bit")
        }
        return notices
    }
}
