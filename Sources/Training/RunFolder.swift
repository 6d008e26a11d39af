import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The folder of one run, held by one process at a time:
/// `recipe.yaml`, `log.jsonl`, `events.out.tfevents.*`, `samples/`, `checkpoint/`, `model/`, and what the job keeps (`TrainingJob.keep`).
final class RunFolder {
    let url: URL
    private let lock: Int32

    private static let lockName = ".lock"

    /// Makes the folder of a new run, or opens that of a run to resume.
    init(_ url: URL, resume: Bool) throws(TrainingError) {
        self.url = url
        let files = FileManager.default
        var isFolder: ObjCBool = false
        let exists = files.fileExists(atPath: url.path, isDirectory: &isFolder)
        if exists && !isFolder.boolValue { throw .cannotWrite(path: url.path, reason: "it is a file") }
        let found = ((try? files.contentsOfDirectory(atPath: url.path)) ?? []).filter { $0 != Self.lockName }
        if resume && !exists { throw .nothingToResume(path: url.path) }
        if !resume && !found.isEmpty { throw .runExists(path: url.path) }
        do { try files.createDirectory(at: url, withIntermediateDirectories: true) } catch {
            throw .cannotWrite(url, because: error)
        }
        // The system drops the lock with the process, however it ends.
        lock = open(url.appendingPathComponent(Self.lockName).path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
        guard lock >= 0 else { throw .cannotWrite(url, because: POSIXError(.init(rawValue: errno) ?? .EIO)) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw .runInUse(path: url.path)
        }
    }

    /// Unlocks before it closes: a child between its fork and its exec has a copy of the descriptor, which would keep the lock.
    deinit {
        flock(lock, LOCK_UN)
        close(lock)
    }

    var recipe: URL { url.appendingPathComponent("recipe.yaml") }
    var samples: URL { url.appendingPathComponent("samples") }
    var model: URL { url.appendingPathComponent("model") }

    /// Whole or not at all. The file beside it has a name of its own, so that the next start takes over what a killed one left.
    func writeRecipe(_ text: String) throws(TrainingError) {
        let coming = recipe.appendingPathExtension("new")
        do {
            try Data(text.utf8).write(to: coming)
            guard rename(coming.path, recipe.path) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        } catch {
            throw .cannotWrite(recipe, because: error)
        }
    }

    func makeFolder(_ folder: URL) throws(TrainingError) {
        do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
            throw .cannotWrite(folder, because: error)
        }
    }

    /// Fills `name.new` by `body`, then puts it in the place of `name`.
    func replaceFolder(_ folder: URL, with body: (URL) throws -> Void) throws {
        let files = FileManager.default
        let coming = folder.appendingPathExtension("new"), old = folder.appendingPathExtension("old")
        for rest in [coming, old] where files.fileExists(atPath: rest.path) { try? files.removeItem(at: rest) }
        try makeFolder(coming)
        try body(coming)
        do {
            if files.fileExists(atPath: folder.path) { try files.moveItem(at: folder, to: old) }
            try files.moveItem(at: coming, to: folder)
            if files.fileExists(atPath: old.path) { try files.removeItem(at: old) }
        } catch {
            throw TrainingError.cannotWrite(folder, because: error)
        }
    }
}
