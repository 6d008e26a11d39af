/// Scenes of objects, and questions about them whose answers can be checked; knows no model.
///
/// An ``ObjectScene`` holds objects with named attributes (`size`, `color`, …, or whatever a file has) and places. A ``Program`` is a
/// question in small steps (CLEVR's 27 functions: Johnson et al. 2017, "CLEVR: A Diagnostic Dataset", arXiv 1612.06890); `run(on:)` carries it
/// out exactly and keeps what each step found. A ``Domain`` names the attributes and values that a world has, with the words people use for them.
///
/// ```swift
/// let scene = try ObjectScene.read(Data(contentsOf: url), name: url.path)[0]
/// let program = Program(nodes: [
///     .init(.scene), .init(.filter("color"), inputs: [0], argument: "red"), .init(.count, inputs: [1]),
/// ])
/// let trace = try program.run(on: scene)
/// print(trace.answer)                         // 2
/// print(trace.steps[1].value)                 // the red objects' numbers
/// ```
public enum Scenes {}
