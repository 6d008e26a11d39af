/// What the server says of itself.
enum MCPText {
    /// How to work with the tools, for a language model.
    static let instructions = """
        Atelier draws sketches as pen strokes that stay editable, with small models of its own on this computer; it needs no network. Call draw with a short English sentence \
        ("a cat to the left of a house") to get a scene, or open to take in a drawing that you have (SVG, scene JSON). A scene has a number and a revision. edit, erase, complete \
        and undo change a scene: they take its number and the revision that they are meant for, and answer with the next revision. If the scene has changed since, they are \
        refused and say which revision is current: look again, then decide. render, detect, describe and ask only look.

        Sentences are about concrete, everyday things (the resource \(SceneResources.classes) lists all), up to eight a scene, with counts, sizes, places on the canvas and the \
        relations left of, right of, above, below, inside, next to, larger than, smaller than. Words that are not known become the nearest known thing, and a notice says so. \
        There are no colours. A poor drawing: try another seed, or redraw one thing with edit.

        The first call that needs a model reads it and takes a second or so longer; from then on it stays in memory. Scenes live only as long as this server: what is to be \
        kept, save from render (format svg or json). At most \(SceneStore.limit) scenes stay open; then the one longest unused is closed.
        """

    /// The help page's text.
    static let discussion = """
        An agent's client starts this command and talks to it over standard input and output (Model Context Protocol, \
        \(MCPVersion.allCases.map(\.rawValue).joined(separator: ", "))). Tools: draw, open, edit, erase, complete, undo, render, detect, describe, ask, scenes. Scenes are resources \
        (atelier://scene/1, .svg, .png) with a revision that every change must name, so that no change meets a scene that is not as its maker saw it. \
        Models are read when they are first needed. Nothing is written to files.

        Most clients take a configuration like this:

          {
            "mcpServers": {
              "atelier": { "command": "/path/to/atelier", "args": ["mcp"], "env": { "ATELIER_MODELS": "/path/to/models" } }
            }
          }

        Example:  atelier mcp --model models/painter-small --threads 2
        """
}
