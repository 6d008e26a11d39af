import Foundation
import Pictures
import Reasoner
import Scenes
import Tensors
import Testing

/// The eye's heads: what they are to say, and how it is read back.
struct GridTests {
    static func config(width: Int = 320, height: Int = 224) -> LookConfig {
        var config = LookConfig()
        (config.pictureWidth, config.pictureHeight, config.stem, config.features) = (width, height, [8, 8, 8], 16)
        (config.layers, config.heads, config.hiddenWidth) = (1, 2, 24)
        return config
    }

    static func stream(_ count: Int, other: Double = 0, width: Int = 320, height: Int = 224, seed: UInt64 = 3) -> PictureStream {
        PictureStream(config: config(width: width, height: height), colors: .all, count: count, other: other, seed: seed)
    }

    @Test("Frames keep the width and the middle; places go there and back", arguments: [(320, 240), (480, 320), (640, 480), (100, 300)])
    func frames(width: Int, height: Int) {
        let frame = LookFrame(pictureWidth: width, pictureHeight: height, in: Self.config())
        var picture = Picture(width: width, height: height, bytes: [UInt8](repeating: 90, count: width * height * 3))
        for y in height / 2 - height / 8..<height / 2 + height / 8 { for x in 0..<width / 4 { picture.bytes[(y * width + x) * 3] = 250 } }
        let fitted = frame.fitted(picture)
        #expect((fitted.width, fitted.height) == (320, 224))
        #expect(fitted.bytes[(112 * 320 + 10) * 3] == 250 && fitted.bytes[(112 * 320 + 200) * 3] == 90)
        let there = frame.framed(33, 71), back = frame.pictured(there.x, there.y)
        #expect(abs(back.x - 33) < 1e-9 && abs(back.y - 71) < 1e-9)
        #expect(abs(frame.framed(Double(width) / 2, Double(height) / 2).x - 160) < 1e-9)
        #expect(abs(frame.framed(Double(width) / 2, Double(height) / 2).y - 112) <= 1)
    }

    @Test("Heads that say what the targets ask are read back as the same scenes")
    func roundTrip() {
        let samples = Self.stream(24).samples(Array(0..<24)), slots = SceneGrid(config: Self.config(), seed: 1).slots, domain = Domain.clevr
        let targets = GridTargets(samples.map(\.scene), slots: slots, domain: domain)
        let total = samples.count * slots.count
        #expect(targets.objects == samples.reduce(0) { $0 + ($1.scene?.objects.count ?? 0) })
        #expect(targets.presence.reduce(0, +) == Int32(targets.objects))
        var attributes = domain.attributes.map { [Float](repeating: 0, count: total * $0.values.count) }, geometry = [Float](repeating: 0, count: total * SceneGrid.geometryCount)
        for (place, row) in targets.rows.enumerated() {
            for (index, attribute) in domain.attributes.enumerated() { attributes[index][Int(row) * attribute.values.count + Int(targets.values[index][place])] = 9 }
            for i in 0..<SceneGrid.geometryCount { geometry[Int(row) * SceneGrid.geometryCount + i] = targets.geometry[place * SceneGrid.geometryCount + i] }
        }
        // A slot that is not asked may say the same as its neighbour: both are one object.
        let presence = targets.presence.indices.flatMap { targets.presence[$0] == 1 || targets.presenceWeights[$0] == 0 ? [-4, 4] as [Float] : [4, -4] }
        let outputs = SceneGrid.Outputs(
            presence: Tensor(presence, shape: [total, 2]), attributes: zip(attributes, domain.attributes).map { Tensor($0, shape: [total, $1.values.count]) },
            geometry: Tensor(geometry, shape: [total, SceneGrid.geometryCount]), whole: Tensor(targets.whole.flatMap { $0 == 1 ? [-3, 3] as [Float] : [3, -3] }, shape: [samples.count, 2]))
        let frame = LookFrame(pictureWidth: 320, pictureHeight: 224, in: Self.config())
        var score = SceneScore()
        for (reading, sample) in zip(outputs.readings([LookFrame](repeating: frame, count: samples.count), slots: slots, world: .clevr), samples) {
            guard let truth = sample.scene else { continue }
            score.add(reading.scene, truth: truth)
            #expect(reading.isScene > 0.9)
            for object in reading.scene.objects {
                let same = truth.objects.min { abs(($0.pixel?.x ?? 0) - (object.pixel?.x ?? 0)) < abs(($1.pixel?.x ?? 0) - (object.pixel?.x ?? 0)) }
                guard let a = object.box, let b = same?.box else { continue }
                #expect(((a - b) * (a - b)).sum().squareRoot() < 0.01)
            }
        }
        #expect(score.f1 == 1 && score.attributes == 1 && score.whole == 1 && (score.placeError ?? 1) < 1e-4)
    }

    @Test("No more objects are read than a scene has at most, and the surest are kept")
    func atMost() {
        let slots = SceneGrid(config: Self.config(), seed: 1).slots, S = slots.count, frame = LookFrame(pictureWidth: 320, pictureHeight: 240, in: Self.config())
        var presence: [Float] = []
        for slot in 0..<S { presence += slot % 97 == 0 ? [0, 3 + Float(slot) / Float(S)] : [5, -5] }
        let outputs = SceneGrid.Outputs(
            presence: Tensor(presence, shape: [S, 2]), attributes: Domain.clevr.attributes.map { Tensor(zeros: [S, $0.values.count]) },
            geometry: Tensor(zeros: [S, SceneGrid.geometryCount]), whole: Tensor([0, 1], shape: [1, 2]))
        let reading = outputs.readings([frame], slots: slots, world: .clevr)[0]
        #expect((0..<S).filter { $0 % 97 == 0 }.count > 10 && reading.scene.objects.count == 10 && reading.beliefs.count == 10)
        #expect(reading.beliefs.contains { $0.presence > 0.98 } && reading.doubtful.isEmpty)
        // The least sure, the first slot's, is left out.
        #expect(reading.beliefs.allSatisfy { $0.presence > 1 / (1 + exp(-3.0)) + 1e-4 })
    }

    @Test("One batch can be learnt by heart")
    func overfits() {
        let stream = Self.stream(4, width: 96, height: 64), grid = SceneGrid(config: Self.config(width: 96, height: 64), seed: 2), samples = stream.samples([0, 1, 2, 3])
        let pictures = LookFrame.tensor(samples.map(\.picture)), targets = GridTargets(samples.map(\.scene), slots: grid.slots, domain: grid.domain)
        var optimizer = AdamW()
        var losses: [Float] = []
        for _ in 0..<60 {
            let loss = grid(pictures).loss(targets)
            loss.backward()
            losses.append(loss.item)
            optimizer.step(parameters: grid.parameters.map(\.tensor), learningRate: 5e-3)
            for parameter in grid.parameters { parameter.tensor.zeroGradient() }
        }
        #expect(losses.allSatisfy(\.isFinite) && losses[59] < 0.5 * losses[0], "\(losses[0]) to \(losses[59])")
    }

    @Test("A batch is a function of seed and number; pictures of something else have no scene")
    func stream() {
        let a = Self.stream(6, other: 0.4, width: 64, height: 48), b = Self.stream(6, other: 0.4, width: 64, height: 48)
        let later = b.batch(3, count: 4)
        #expect(a.batch(0, count: 4) == b.batch(0, count: 4))
        #expect(a.batch(3, count: 4) == later && a.batch(2, count: 4) != later)
        #expect(a.samples([2]) == Self.stream(6, other: 0.4, width: 64, height: 48).samples([2]))
        let scenes = a.samples(Array(0..<6)).map(\.scene)
        #expect(scenes.contains { $0 == nil } && scenes.contains { $0 != nil })
    }

    @Test("In a mirror things stand where the camera would see them, and twice mirrored is as before")
    func mirror() throws {
        let sample = Self.stream(1).samples([0])[0], mirrored = sample.mirrored(), twice = mirrored.mirrored()
        #expect(twice.picture == sample.picture && mirrored.picture != sample.picture)
        let scene = try #require(sample.scene), other = try #require(mirrored.scene), same = try #require(twice.scene)
        for (a, b) in zip(scene.objects, other.objects) {
            let p = Camera().project(try #require(a.position), width: 320, height: 240), q = Camera().project(try #require(b.position), width: 320, height: 240)
            #expect(abs(320 - p.x - q.x) < 0.05 && abs(p.y - q.y) < 0.05)
        }
        for (a, b) in zip(scene.objects, same.objects) { #expect(abs((a.position?.x ?? 0) - (b.position?.x ?? 9)) < 1e-4) }
        for relation in [("left", "right"), ("behind", "behind")] {
            for i in scene.objects.indices { #expect(scene.related(relation.0, to: i) == other.related(relation.1, to: i)) }
        }
    }

    @Test("A picture and its mirror image are read alike; what is read without colours knows none", arguments: [[], ["shape"]])
    func bothWays(colorless: [String]) throws {
        var config = Self.config(width: 96, height: 64)
        config.colorless = colorless
        let grid = SceneGrid(config: config, seed: 8), sample = Self.stream(1, width: 96, height: 64).samples([0])[0].picture
        var random = RandomSource(seed: 4)
        // Colours of the same brightness.
        var other = sample
        for i in stride(from: 0, to: other.bytes.count, by: 3) {
            let red = Float(other.bytes[i]), blue = Float(other.bytes[i + 2]), part = Float(0.2 * random.uniform())
            let shift = part * min(blue, 255 - red)
            other.bytes[i] = UInt8(red + shift)
            other.bytes[i + 2] = UInt8(max(0, blue - shift * 2.623))          // 0.299 / 0.114
        }
        let outputs = grid.bothWays([sample, sample.mirrored(), other]), slots = grid.slots, S = slots.count
        let presence = outputs.presence.array(), geometry = outputs.geometry.array(), shape = try #require(outputs.attributes.last).array(), color = outputs.attributes[1].array()
        for s in 0..<S {
            let m = slots.mirrored(s)
            #expect(slots.mirrored(m) == s && abs(slots.middle(s).x + slots.middle(m).x - 96) < 1e-9 && slots.middle(s).y == slots.middle(m).y)
            for i in 0..<2 { #expect(abs(presence[s * 2 + i] - presence[(S + m) * 2 + i]) < 1e-4) }
            for i in [0, 6] { #expect(abs(geometry[s * 8 + i] + geometry[(S + m) * 8 + i]) < 1e-4) }
            #expect(abs(geometry[s * 8 + 2] + geometry[(S + m) * 8 + 4]) < 1e-4)
        }
        func away(_ values: [Float], _ width: Int) -> Float {
            var most: Float = 0
            for i in 0..<S * width { most = max(most, abs(values[i] - values[2 * S * width + i])) }
            return most
        }
        #expect(away(color, 8) > 0.05)
        #expect(colorless.isEmpty ? away(shape, 3) > 0.05 : away(shape, 3) < 0.05, "\(away(shape, 3))")
    }

    @Test("What cross-attention asks says where each cell is: the same of every picture, another for every cell")
    func places() {
        let grid = SceneGrid(config: Self.config(), seed: 5), N = grid.look.config.cells, G = grid.look.config.features
        let samples = Self.stream(2).samples([0, 1]).map(\.picture)
        let with = grid.features(samples).array(), without = withoutGradients { grid.look(LookFrame.tensor(samples)) }.array()
        let code = zip(with, without).map { $0 - $1 }
        for i in 0..<N * G { #expect(abs(code[i] - code[N * G + i]) < 1e-4) }
        var nearest: Float = .infinity
        for a in 0..<N { for b in 0..<a { nearest = min(nearest, (0..<G).reduce(0) { $0 + abs(code[a * G + $1] - code[b * G + $1]) }) } }
        #expect(nearest > 0.3, "\(nearest)")
    }

    @Test("Pictures of something else of any size", arguments: [(16, 16), (40, 17), (320, 240)])
    func unanswerable(width: Int, height: Int) throws {
        var random = RandomSource(seed: 5), kinds = Set<Picture>()
        for _ in 0..<30 {
            let picture = try #require(UnanswerablePictures.sample(width: width, height: height, using: &random))
            #expect((picture.width, picture.height) == (width, height))
            kinds.insert(picture)
        }
        #expect(kinds.count > 20)
        #expect(UnanswerablePictures.sample(width: 8, height: 8, using: &random) == nil)
    }

    @Test("An eye is read back from its files; files that do not fit are refused")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("look-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: ReasonerError.self) { try SceneGrid(folder: folder) }
        let grid = SceneGrid(config: Self.config(width: 64, height: 48), seed: 4)
        try grid.write(to: folder)
        let again = try SceneGrid(folder: folder), sample = Self.stream(1, width: 64, height: 48).samples([0])[0].picture
        #expect(again.look.config == grid.look.config && again.domain == grid.domain)
        // bf16 in the file: near, and exactly the same once it has been through a file.
        let (a, b) = (grid.read(sample), again.read(sample))
        #expect(abs(a.isScene - b.isScene) < 0.02)
        try again.write(to: folder)
        #expect(try SceneGrid(folder: folder).read(sample).isScene == b.isScene)

        let json = folder.appendingPathComponent("look.json"), weights = folder.appendingPathComponent("look.safetensors")
        let good = try Data(contentsOf: json), whole = try Data(contentsOf: weights)
        for bad in ["", "{", "[]", #"{"model_type":"atelier-look"}"#, String(decoding: good, as: UTF8.self).replacingOccurrences(of: "atelier-look", with: "llama"),
                    String(decoding: good, as: UTF8.self).replacingOccurrences(of: #""picture_width" : 64"#, with: #""picture_width" : 4096"#)] {
            try Data(bad.utf8).write(to: json)
            #expect(throws: ReasonerError.self, "\(bad.prefix(60))") { try SceneGrid(folder: folder) }
        }
        try good.write(to: json)
        for count in [0, 7, whole.count / 2, whole.count - 1] {
            try whole.prefix(count).write(to: weights)
            #expect(throws: SafeTensorsError.self) { try SceneGrid(folder: folder) }
        }
    }
}
