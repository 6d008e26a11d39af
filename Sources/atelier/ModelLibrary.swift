import Foundation
import Language

/// Finds model folders: `ATELIER_MODELS`, beside the executable, `../share/atelier/models` from there, `./models`.
enum ModelLibrary {
    /// What the product's models are called: a family's default, else the first whose name begins so.
    enum Family: String {
        case painter, ranker, reasoner

        var usual: String {
            switch self {
            case .painter: "painter-small"
            case .ranker: "ranker-small"
            case .reasoner: "reasoner-clevr"
            }
        }
    }

    /// Where models are looked for, in this order.
    static var roots: [URL] {
        let program = (Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0])).resolvingSymlinksInPath().deletingLastPathComponent()
        var roots: [URL] = []
        if let path = ProcessInfo.processInfo.environment["ATELIER_MODELS"], !path.isEmpty { roots.append(URL(fileURLWithPath: path)) }
        roots += [
            program.appendingPathComponent("models"), program,
            program.deletingLastPathComponent().appendingPathComponent("share/atelier/models"), URL(fileURLWithPath: "models"),
        ]
        return roots.map(\.standardizedFileURL)
    }

    /// Model folders in a root, by name.
    static func models(in root: URL) -> [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        return names.sorted().map { root.appendingPathComponent($0) }.filter(isModel)
    }

    /// A folder with a `config.json`, an adapter, or a folder that holds a single GGUF file.
    static func isModel(_ folder: URL) -> Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent("config.json").path) || AdapterFolder.isAdapter(folder) || (isFolder(folder) && ModelFile.ggufFile(at: folder) != nil)
    }

    /// A folder or file given by path, or by the name of an installed model; without one the family's default: in the first root that has any,
    /// `painter-small`, else the first `painter-…`, one that is no adapter if there is any.
    /// - Parameter option: of the command, for what the person can do; nil where it has none for this model.
    static func folder(_ given: String?, family: Family = .painter, option: String? = "--model") throws(CommandError) -> URL {
        if let given {
            guard !given.isEmpty else { throw .usage("\(option ?? "the model") needs a folder or a name") }
            let url = URL(fileURLWithPath: given)
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: given, isDirectory: &isFolder) { return url }
            if !given.contains("/"), let found = roots.map({ $0.appendingPathComponent(given) }).first(where: isModel) { return found }
            throw .noInput(path: given, reason: "there is no such model folder or file; `atelier models list` shows those that are installed")
        }
        for root in roots {
            let own = models(in: root).filter { ($0.lastPathComponent + "-").hasPrefix(family.rawValue + "-") }
            if let found = own.first(where: { $0.lastPathComponent == family.usual }) ?? own.first(where: { !AdapterFolder.isAdapter($0) }) ?? own.first { return found }
        }
        throw .noModel(family.rawValue, tried: roots.map(\.path), remedy: option.map { "give one with \($0) DIR" } ?? "set ATELIER_MODELS to the folder of the models")
    }
}
