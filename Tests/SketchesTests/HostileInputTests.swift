import Files
import Foundation
import Sketches
import Testing

/// Every reader answers bad input with a typed error that names the place, or reads it; nothing crashes or hangs.
@Suite struct HostileInputTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        let name: String, text: String
        let line: Int?, key: String?
        let says: String
        var testDescription: String { name }
        init(_ name: String, _ text: String, line: Int? = 1, key: String? = nil, says: String) {
            (self.name, self.text, self.line, self.key, self.says) = (name, text, line, key, says)
        }
    }

    static let head = #"{"version":1,"width":9,"height":9,"#

    @Test(arguments: [
        Bad("empty", "", line: nil, says: "is empty"),
        Bad("blank", " \n\t", line: nil, says: "is empty"),
        Bad("prose", "a cat", line: nil, says: "no form known"),
        Bad("a picture", "\u{89}PNG", line: nil, says: "form known"),
        Bad("cut short", head + #""strokes":[[[1,2"#, key: "strokes[0][0]", says: "ends where"),
        Bad("cut in a string", head + #""prompt":"a c"#, key: "prompt", says: "no closing quote"),
        Bad("on line 3", head + "\n\n" + #""strokes":[[[1,true],[1,2]]]}"#, line: 3, key: "strokes[0][0][1]", says: "found true or false"),
        Bad("second record", #"{"drawing":[[[1],[1]]]}"# + "\n" + #"{"drawing":[[[1],["x"]]]}"#, line: 2, key: "drawing[0][1][0]", says: "found a string"),
        Bad("no version", #"{"width":9,"height":9,"strokes":[]}"#, says: "\"version\""),
        Bad("version 2", #"{"version":2,"width":9,"height":9,"strokes":[]}"#, key: "version", says: "version 2 is not known"),
        Bad("no strokes", head + #""objects":[]}"#, says: "\"strokes\""),
        Bad("width zero", #"{"version":1,"width":0,"height":9,"strokes":[]}"#, key: "width", says: "more than 0"),
        Bad("width wrong", #"{"version":1,"width":"9","height":9,"strokes":[]}"#, key: "width", says: "found a string"),
        Bad("NaN", head + #""strokes":[[[NaN],[1]]]}"#, key: "strokes[0][0][0]", says: "found 'N'"),
        Bad("beyond all numbers", head + #""strokes":[[[1e999],[1]]]}"#, key: "strokes[0][0][0]", says: "out of range"),
        Bad("huge", head + #""strokes":[[[-123456789],[1]]]}"#, key: "strokes[0][0][0]", says: "-123456789 is out of range"),
        Bad("lengths differ", head + #""strokes":[[[1,2],[1]]]}"#, key: "strokes[0]", says: "2 and 1"),
        Bad("no points", head + #""strokes":[[[],[]]]}"#, key: "strokes[0]", says: "at least one point"),
        Bad("flat stroke", head + #""strokes":[[1,2]]}"#, key: "strokes[0][0]", says: "found a number"),
        Bad("index too large", head + #""strokes":[[[1],[1]]],"objects":[{"class":"a","strokes":[1]}]}"#, key: "objects[0].strokes", says: "found 1"),
        Bad("index twice", head + #""strokes":[[[1],[1]]],"objects":[{"class":"a","strokes":[0,0]}]}"#, key: "objects[0].strokes[1]", says: "0 again"),
        Bad("index no number", head + #""strokes":[],"objects":[{"class":"a","strokes":[0.5]}]}"#, key: "objects[0].strokes[0]", says: "found 0.5"),
        Bad("box inside out", head + #""strokes":[],"objects":[{"class":"a","strokes":[],"box":[5,0,1,1]}]}"#, key: "objects[0].box", says: "x0 ≤ x1"),
        Bad("no class", head + #""strokes":[],"objects":[{"strokes":[]}]}"#, key: "objects[0]", says: "\"class\""),
        Bad("unknown relation", head + #""strokes":[],"relations":[["near",0,1]]}"#, key: "relations[0][0]", says: "left of, right of"),
        Bad("relation of none", head + #""strokes":[],"relations":[["above",0,1]]}"#, key: "relations[0]", says: "object indices"),
        Bad("QuickDraw with a relation of none", #"{"drawing":[[[0,1],[0,1]]],"relations":[["left of",5,7]]}"#, key: "relations[0]", says: "found 5"),
        Bad("QuickDraw with one object", #"{"word":"cat","drawing":[[[0],[0]]],"relations":[["above",0,1]]}"#, key: "relations[0]", says: "found 1"),
        Bad("QuickDraw with an index too large", #"{"drawing":[[[0],[0]]],"objects":[{"class":"a","strokes":[1]}]}"#, key: "objects[0].strokes", says: "found 1"),
        Bad("negative seed", head + #""seed":-1,"strokes":[]}"#, key: "seed", says: "found -1"),
        Bad("seed of 65 bits", head + #""seed":18446744073709551616,"strokes":[]}"#, key: "seed", says: "whole number"),
        Bad("half a surrogate", head + #""prompt":"\ud800"}"#, key: "prompt", says: "surrogate"),
        Bad("comma at the end", head + #""strokes":[],}"#, says: "a key in quotes"),
        Bad("text after", head + #""strokes":[]} x"#, says: "found 'x'"),
        Bad("leading zero", head + #""strokes":[[[01],[1]]]}"#, key: "strokes[0][0][0]", says: "starts with 0"),
        Bad("stroke-3 of two", "[[1,2]]", key: "[0]", says: "[dx, dy, p]"),
        Bad("stroke-3 pen", "[[1,2,7]]", key: "[0]", says: "p 0 or 1"),
        Bad("HTML", "<html></html>", says: "expected an <svg>"),
        Bad("SVG not closed", "<svg>\n<g>", line: 2, says: "<g> is never closed"),
        Bad("SVG crossed", "<svg><g></svg></g>", says: "closes <g>"),
        Bad("SVG cut in a tag", "<svg><path d='M0", says: "not closed"),
        Bad("SVG comment", "<svg><!-- ", says: "comment is never closed"),
        Bad("SVG second root", "<svg/><svg/>", says: "second root"),
        Bad("SVG attribute twice", "<svg a='1' a='2'/>", says: "twice"),
    ])
    func badInputNamesThePlace(_ bad: Bad) {
        let error = #expect(throws: FileError.self) { try read(bad.text, name: "in.json") }
        #expect(error?.file == "in.json" && error?.line == bad.line && error?.key == bad.key)
        #expect(error?.description.contains(bad.says) == true, "\(error?.description ?? "")")
        #expect(error?.exitCode == 65)
    }

    @Test func invalidUTF8IsAnError() {
        var bytes = Array((Self.head + #""prompt":"a"#).utf8)
        bytes += [0xff, 0xfe] + Array(#"","strokes":[]}"#.utf8)
        #expect(throws: FileError(file: "x", line: 1, key: "prompt", .malformed("a string is not valid UTF-8"))) { try SketchFile.read(Data(bytes), name: "x") }
    }

    @Test func deepNestingIsRefused() {
        let many = 200_000
        for text in [String(repeating: "[", count: many), #"{"x":"# + String(repeating: "[", count: many), String(repeating: #"{"a":"#, count: many),
                     #"{"drawing":"# + String(repeating: "[", count: many)] {
            let error = #expect(throws: FileError.self) { try read(text) }
            #expect(error.map { if case .tooDeep = $0.problem { true } else { false } } == true || text.hasPrefix("[["))
        }
        let error = #expect(throws: FileError.self) { try read("<svg>" + String(repeating: "<g>", count: many)) }
        #expect(error?.problem == .tooDeep(limit: 128))
    }

    @Test func tooManyPointsAreRefused() {
        let zeros = String(repeating: "0,", count: 600_000) + "0"
        let stroke = "[[\(zeros)],[\(zeros)]]"
        let error = #expect(throws: FileError.self) { try read(Self.head + "\"strokes\":[\(stroke),\(stroke)]}") }
        #expect(error?.problem == .tooManyPoints(limit: 1_000_000))
        let curves = String(repeating: "<path d='M0 0C9000 0 0 9000 9000 9000'/>", count: 10_000)
        let svg = #expect(throws: FileError.self) { try read("<svg viewBox='0 0 .01 .01'>\(curves)</svg>") }
        #expect(svg?.problem == .tooManyPoints(limit: 1_000_000))
    }

    /// Ten thousand curves in one subpath ask for 2.5 million points. It lies so far away that it would not be read at all, had it been
    /// flattened to its end first.
    @Test func flatteningStopsAtTheLimit() {
        let d = "M0 0" + String(repeating: "c9e9 0 0 9e9 9e9 9e9", count: 10_000)
        let error = #expect(throws: FileError.self) { try read("<svg viewBox='0 0 9 9'>\n<path d='\(d)'/></svg>") }
        #expect(error?.problem == .tooManyPoints(limit: 1_000_000) && error?.line == 2)
    }

    struct Crowd: Sendable, CustomTestStringConvertible {
        let what: String, start: String, part: String, end: String
        var testDescription: String { what }
        init(_ what: String, _ start: String, _ part: String, _ end: String) { (self.what, self.start, self.part, self.end) = (what, start, part, end) }
    }

    @Test(arguments: [
        Crowd("elements", "<svg>", "<g/>", "</svg>"),
        Crowd("drawings", "[[[0,0,1]],", "[],", "[]]"),
        Crowd("objects", head + #""strokes":[],"objects":["#, #"{"class":"","strokes":[]},"#, "0]}"),
        Crowd("values of unknown keys", head + #""strokes":[],"unknown":["#, "0,", "0]}"),
    ])
    func tooManyPartsAreRefused(_ crowd: Crowd) {
        let error = #expect(throws: FileError.self) { try read(crowd.start + String(repeating: crowd.part, count: 1_000_001) + crowd.end) }
        #expect(error?.problem == .tooMany(crowd.what, limit: 1_000_000) && error?.line == 1)
        #expect(error?.description.contains("more than 1000000 \(crowd.what); split it into smaller files") == true)
    }

    @Test func billionLaughsStaySilent() throws {
        let levels = (1..<10).map { "<!ENTITY l\($0) \"\(String(repeating: "&l\($0 - 1);", count: 10))\">" }.joined()
        let text = "<?xml version='1.0'?><!DOCTYPE svg [<!ENTITY l0 \"ha\">\(levels)<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
            + "<svg viewBox='0 0 9 9'><title>&l9;</title><path d='M0 0L&l9;'/><text>&x;</text><line x2='5' y2='5'/></svg>"
        let content = try SketchFile.content(of: Data(text.utf8), name: "laughs")
        #expect(content.scenes[0].strokes == [line(0, 0, 5, 5)])
        #expect(content.warnings.count == 2)
    }

    @Test func unclosedDocumentType() {
        for text in ["<!DOCTYPE svg [", "<!DOCTYPE svg \"", "<!DOCTYPE svg [<!-- ]>", "<!DOCTYPE"] {
            #expect(throws: FileError.self) { try read(text) }
        }
    }

    @Test func quadraticTrapsEnd() throws {
        // Warnings, groups and attributes by the ten thousand must not cost their square.
        let texts = String(repeating: "<text/>\n", count: 40_000)
        let groups = (0..<20_000).map { "<g data-class='c\($0)'><path d='M0 0L1 1'/></g>" }.joined()
        let document = try SVGDocument(Data("<svg viewBox='0 0 9 9'>\(texts)\(groups)</svg>".utf8))
        #expect(document.scene.objects.count == 20_000 && document.warnings.count == 1)
        #expect(try SVGDocument(document.removing(strokes: Set(0..<19_999))).scene.objects.count == 1)
        let path = "M0 0" + String(repeating: "m1 1h1", count: 20_000)
        let long = try SVGDocument(Data("<svg viewBox='0 0 9 9'><path d='\(path)'/></svg>".utf8))
        #expect(long.scene.strokes.count == 20_000)
        #expect(try SVGDocument(long.removing(strokes: Set(stride(from: 0, to: 20_000, by: 2)))).scene.strokes.count == 10_000)
    }

    /// Valid files with random bytes changed, cut, doubled: read or refused, and what is read can be written and drawn.
    @Test(arguments: [SketchFormat.json, .ndjson, .quickdraw, .stroke3, .svg, .excalidraw])
    func mutations(_ format: SketchFormat) throws {
        let options = RenderOptions(boxes: true, labels: true)
        let valid = [UInt8](try SketchFile.write([sampleScene()], format: format, options: options))
        var dice = Dice(7)
        var readable = 0
        let spice = Array("0123456789-+.eE,:[]{}\"'<>/&;#MmLlHhVvCcSsQqTtAaZz \n\\".utf8) + [0, 0x80, 0xff]
        for _ in 0..<2500 {
            var bytes = valid
            for _ in 0..<Int.random(in: 1...4, using: &dice) {
                let at = Int.random(in: 0..<bytes.count, using: &dice)
                switch Int.random(in: 0..<5, using: &dice) {
                case 0: bytes[at] = spice.randomElement(using: &dice) ?? 0
                case 1: bytes.insert(spice.randomElement(using: &dice) ?? 0, at: at)
                case 2: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...9, using: &dice)))
                case 3: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + Int.random(in: 1...30, using: &dice))], at: at)
                default: if Bool.random(using: &dice) { bytes.removeLast(bytes.count - at) } else { bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &dice) }
                }
                if bytes.isEmpty { bytes = [32] }
            }
            do throws(FileError) {
                let content = try SketchFile.content(of: Data(bytes), name: "mutant")
                readable += 1
                try check(content)
            } catch {
                #expect(error.file == "mutant" && !error.description.isEmpty)
            }
        }
        #expect(readable > 50)
    }

    private func check(_ content: SketchFileContent) throws(FileError) {
        for scene in content.scenes {
            #expect(scene.strokes.allSatisfy { !$0.points.isEmpty && $0.points.allSatisfy { abs($0.x) <= 1e7 && abs($0.y) <= 1e7 } })
            #expect(scene.objects.allSatisfy { $0.strokes.allSatisfy(scene.strokes.indices.contains) })
            _ = scene.measuredRelations()
        }
        guard let again = try? SketchFile.write(content.scenes, format: .ndjson) else {
            Issue.record("read but not writable")
            return
        }
        #expect(try SketchFile.read(again, name: "again") == content.scenes)
        if let document = content.document, !document.scene.strokes.isEmpty {
            let without = try SVGDocument(document.removing(strokes: [0]), name: "cut")
            #expect(without.scene.strokes.count == document.scene.strokes.count - 1)
        }
    }
}
