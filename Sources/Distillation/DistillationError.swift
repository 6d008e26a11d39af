/// What is wrong with the training of a draft, and what to do.
public enum DistillationError: Error, Equatable, CustomStringConvertible {
    /// A recipe that cannot be followed.
    case badRecipe(String)
    /// No states where the recipe says that they are.
    case noStates(path: String)
    /// States that are not those of the recipe's texts and target.
    case badStates(path: String, problem: String)

    /// The sentence for the user.
    public var description: String {
        switch self {
        case .badRecipe(let reason): "recipe: \(reason)"
        case .noStates(let path): "\(path): no such file; let the target read the texts with `atelier data states`"
        case .badStates(let path, let problem): "\(path): \(problem); remove the folder and write it with `atelier data states`"
        }
    }
}
