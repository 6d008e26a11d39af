import Foundation
import Testing

@Suite("Every command explains itself")
struct HelpTests {
    @Test(arguments: [
        "draw", "edit", "undo", "erase", "describe", "detect", "complete", "interpolate", "render", "models", "models list", "models info", "models quantize",
        "models styles", "models logits", "data icons", "data grades", "data drawings",
        "models tokens", "tokenize", "data", "data quickdraw", "train", "eval", "eval painter", "bench", "bench draw", "bench train",
        "bench decode", "bench picture-text", "bench prefill", "bench batch", "bench vision", "models export", "generate", "eval perplexity", "bench kernels",
        "ask", "program", "program run", "data clevr", "data texts", "eval language", "eval questions", "mcp",
    ])
    func helpHasAnExample(command: String) throws {
        let folder = try WorkFolder()
        let result = try Program.run(command.split(separator: " ").map(String.init) + ["--help"], in: folder.url)
        #expect(result.status == 0)
        #expect(result.error.isEmpty)
        #expect(result.text.contains("USAGE: atelier \(command)"))
        if command != "eval" { #expect(result.text.contains("  atelier \(command.split(separator: " ")[0])"), "no example") }
    }

    @Test func theWholeProgramIsListed() throws {
        let folder = try WorkFolder()
        let result = try folder.run("--help")
        #expect(result.status == 0)
        for command in ["draw", "erase", "detect", "complete", "interpolate", "render", "generate", "models", "tokenize", "data", "train", "eval", "bench", "mcp"] {
            #expect(result.text.contains("\n  \(command) "))
        }
        #expect(try folder.run("--version").text.first?.isNumber == true)
    }

    @Test("Numbers out of range and options that contradict each other are wrong usage", arguments: [
        ["draw"], ["draw", "a sun", "--prompts", "p.txt"], ["draw", "a sun", "--seed", "-1"], ["draw", "a sun", "--seed", "1.5"],
        ["draw", "a sun", "--temperature", "-0.1"], ["draw", "a sun", "--temperature", "nan"], ["draw", "a sun", "--temperature", "5"],
        ["draw", "a sun", "--top-p", "0"], ["draw", "a sun", "--top-p", "1.01"], ["draw", "a sun", "--candidates", "0"],
        ["draw", "a sun", "--candidates", "65"], ["draw", "a sun", "--size", "15"], ["draw", "a sun", "--size", "9000"],
        ["draw", "a sun", "--threads", "0"], ["draw", "a sun", "-o", ""], ["draw", "a sun", "--format", "bmp"],
        ["draw", "a sun", "-o", "a.bmp"], ["draw", "a sun", "-o", "a.mp4"], ["draw", "a sun", "-o", "a.png", "--animate"],
        ["draw", "a sun", "-o", "a.svg", "--once"], ["draw", "a sun", "-o", "a.gif", "--size", "2049"], ["draw", "a sun", "--json", "-o", "-"],
        ["render"], ["render", "a.svg", "--columns", "0"], ["render", "a.svg", "--stroke-width", "0"], ["render", "a.svg", "--stroke-width", "inf"],
        ["detect", "a.svg", "--size", "1"], ["models", "logits", "painter-tiny"], ["models", "logits", "painter-tiny", "--ids", "1,x"],
        ["models", "styles"], ["models", "styles", "painter-tiny", "--samples", "12"], ["models", "styles", "painter-tiny", "--samples", "0"], ["models", "styles", "painter-tiny", "-o", "sheet.svg"],
        ["eval", "painter", "--report", ""],
        ["train", "a.yaml", "--maximum-steps", "0"], ["paint", "a sun"], ["draw", "a sun", "--nonsense"],
    ])
    func wrongUsage(arguments: [String]) throws {
        let folder = try WorkFolder()
        try folder.write("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><path d=\"M1 1L5 5\"/></svg>", to: "a.svg")
        let result = try Program.run(arguments, in: folder.url)
        #expect(result.status == 64, "\(result.error)")
        #expect(result.output.isEmpty)
        #expect(result.error.lowercased().hasPrefix("error: "))
        #expect(folder.files == ["a.svg"])
    }
}
