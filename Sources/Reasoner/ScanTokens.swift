import Scenes

extension ReasonerVocabulary {
    /// What a step looks up of each object to say whether it is chosen.
    enum Lookup: Hashable {
        /// A value of an attribute.
        case attribute(String)
        /// The place along one axis of the ground: right, else behind.
        case place(isAcross: Bool)
    }

    /// What a step that gives a set looks up; nil for sets made of other sets.
    func lookup(of function: Function, _ argument: String?) -> Lookup? {
        switch function {
        case .filter(let attribute), .same(let attribute): .attribute(attribute)
        case .relate: argument.flatMap { ObjectScene([]).directions[$0] }.map { .place(isAcross: GroundAxes.isAcross($0)) }
        default: nil
        }
    }

    /// The tokens that may be looked up.
    func tokens(for lookup: Lookup) -> [Int] {
        switch lookup {
        case .attribute(let name): (domain.values(of: name) ?? []).compactMap { id(of: $0, of: name) }
        case .place(let isAcross): Array(isAcross ? xs : ys)
        }
    }

    private func token(_ lookup: Lookup, of object: ObjectScene.Object) -> Int? {
        switch lookup {
        case .attribute(let name): object.attributes[name].flatMap { id(of: $0, of: name) }
        case .place(let isAcross): tokens(placing: object).map { $0[isAcross ? 0 : 1] }
        }
    }

    /// How a step comes to its set, object by object: each with what is looked up of it and whether it is chosen. Steps that compare with an object
    /// look that one up first: `<same_color> <color red> <o1> <color blue> <no> <o2> <color red> <yes>`. So each of these tokens needs one look at the
    /// list, or one comparison with what stands just before. Of `union` and `intersect` nothing is looked up: their marks go back to the sets before.
    /// - Parameters:
    ///   - all: the objects to choose from.
    ///   - input: the object that a step compares with.
    /// - Returns: nil where something has no token.
    func tokens(scanning all: [Int], for chosen: [Int], _ function: Function, _ argument: String?, input: Int?, in scene: ObjectScene) -> [Int]? {
        guard all.allSatisfy({ $0 < Self.objectCount }) else { return nil }
        let lookup = lookup(of: function, argument)
        var tokens: [Int] = []
        func look(at object: Int) -> Bool {
            guard let lookup else { return true }
            guard let token = token(lookup, of: scene.objects[object]) else { return false }
            tokens.append(token)
            return true
        }
        if let input, !look(at: input) { return nil }
        for one in all {
            tokens.append(object(one))
            guard look(at: one) else { return nil }
            tokens.append(truth(chosen.contains(one)))
        }
        return tokens
    }

    /// The objects that a scan chose: those whose next mark is `<yes>`.
    func chosen(_ scan: [Int]) -> [Int] {
        var chosen: [Int] = [], last: Int?
        for token in scan {
            if let object = objectOf(token) { last = object } else if truthOf(token) == true, let one = last { chosen.append(one) }
        }
        return chosen
    }
}

extension Function {
    /// Whether a step that gives a set chooses from its first input's objects, and not from all of the scene.
    var choosesFromInput: Bool {
        switch self {
        case .filter, .intersect: true
        default: false
        }
    }

    /// Whether it compares the objects with the one of its input.
    var comparesWithInput: Bool { outputType == .objects && inputTypes.first == .object }

    /// Whether it compares two values, numbers or objects.
    var compares: Bool { outputType == .truth && inputCount == 2 }
}
