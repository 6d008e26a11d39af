/// Sketches: drawings as data. Strokes, objects, boxes and relations; the files they live in; the pictures they become.
///
/// The module knows nothing of models and can be used alone. Its main types:
/// - ``Scene``: canvas, ``Stroke``s, ``SceneObject``s (class, ink box, stroke indices), ``Relation``s;
/// - ``SketchFile``: reads scene JSON and ndjson, QuickDraw ndjson, stroke-3, SVG, Excalidraw and pictures of lines by content, writes those and PNG, GIF and PDF;
/// - ``SceneEdit``: one change of a scene, carried out on a value by ``Scene/applying(_:)`` and on files, everything else byte for byte as it
///   was, by ``SVGDocument`` and ``SceneDocument``, which also take edits back;
/// - ``Renderer``, ``raster(_:in:size:strokeWidth:padding:)``, ``contactSheet(_:columns:cell:options:)``: pixels, by cairo;
/// - ``StrokeAnimation``: a drawing that draws itself, frame by frame, and as GIF;
/// - ``Interpolation``: the drawings between two drawings, and as GIF (``FlipBook``).
///
/// ```swift
/// var scene = Scene(width: 256, height: 256)
/// scene.strokes = [Stroke([Point(x: 20, y: 60), Point(x: 90, y: 60)]), Stroke([Point(x: 150, y: 40), Point(x: 220, y: 90)])]
/// scene.objects = [
///     SceneObject(className: "line", box: scene.strokes[0].box!, strokes: [0]),
///     SceneObject(className: "zigzag", box: scene.strokes[1].box!, strokes: [1]),
/// ]
/// scene.holds(.leftOf, subject: 0, object: 1)                             // true
/// let svg = try SketchFile.write([scene], format: .svg)
/// let again = try SketchFile.read(svg, name: "two.svg")[0]                // the same strokes and classes
/// try SketchFile.writeAtomically(svg, to: "two.svg")
/// ```
///
/// Coordinates are canvas pixels everywhere, x to the right, y down.
public enum Sketches {
    /// The version written into scene JSON, and the only one read.
    public static let sceneVersion = 1
}
