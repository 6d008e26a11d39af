import Scenes

extension ReasonerVocabulary {
    /// How far places on the ground reach along right and behind, scene units: CLEVR's square of ±3, turned.
    static let reach = 4.3

    /// A scene as text, what the model is to remember of a picture: for each object, from left to right, its number, its box on the grid of the
    /// frame, what it is, and its place: `<o1><x12><y30><x20><y41><size large><color red><material metal><shape cube><x31><y20>`. The box comes
    /// first: what is there is then asked at a known place of the picture.
    /// nil for more than ten objects, or values that have no token.
    package func tokens(listing scene: ObjectScene, width: Double, height: Double) -> [Int]? {
        guard scene.objects.count <= Self.objectCount else { return nil }
        var tokens: [Int] = []
        for (index, object) in scene.objects.enumerated() {
            guard let what = self.tokens(describing: object), let place = self.tokens(placing: object), let box = object.box else { return nil }
            tokens.append(self.object(index))
            for (x, y) in [(box.x, box.y), (box.z, box.w)] { tokens += [self.x(x / width), self.y(y / height)] }
            tokens += what + place
        }
        return tokens
    }

    /// The scene that a list says; tokens that fit nowhere are passed over.
    package func scene(listed tokens: [Int], width: Double, height: Double) -> ObjectScene {
        var objects: [ObjectScene.Object] = [], steps: [Int] = []
        func finish() {
            guard !objects.isEmpty, steps.count == 6 else { return }
            func share(_ step: Int) -> Double { (Double(step) + 0.5) / Double(Self.gridSteps) }
            let along = SIMD2(share(steps[4]) * 2 - 1, share(steps[5]) * 2 - 1) * Self.reach
            let last = objects.count - 1
            objects[last].position = GroundAxes.place(along, z: World.clevr.half(of: objects[last].attributes["size"]))
            objects[last].box = [share(steps[0]) * width, share(steps[1]) * height, share(steps[2]) * width, share(steps[3]) * height]
        }
        for token in tokens {
            if objectOf(token) != nil {
                finish()
                objects.append(ObjectScene.Object([:]))
                steps = []
            } else if let (attribute, value) = attributeAndValue(token), !objects.isEmpty {
                objects[objects.count - 1].attributes[attribute] = value
            } else if let step = step(token) {
                steps.append(step)
            }
        }
        finish()
        var scene = ObjectScene(objects.filter { $0.position != nil })
        scene.stateRelationships()
        return scene
    }

    /// What an object is, in the domain's order; nil where a value has no token.
    package func tokens(describing object: ObjectScene.Object) -> [Int]? {
        var tokens: [Int] = []
        for attribute in domain.attributes {
            guard let token = object.attributes[attribute.name].flatMap({ id(of: $0, of: attribute.name) }) else { return nil }
            tokens.append(token)
        }
        return tokens
    }

    /// Where an object stands, along right and behind; nil without a place.
    package func tokens(placing object: ObjectScene.Object) -> [Int]? {
        guard let along = object.position.map(GroundAxes.along) else { return nil }
        return [x((along.x / Self.reach + 1) / 2), y((along.y / Self.reach + 1) / 2)]
    }
}
