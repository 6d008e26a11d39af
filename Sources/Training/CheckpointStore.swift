import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The checkpoint folder of a run, replaced so that a whole one is on disk at any moment.
///
/// A new checkpoint is written to `checkpoint.new` and synchronised, the old one steps aside to `checkpoint.old`, the
/// new one takes its name, the old one goes. `state.json` is written last and holds the size of the tensor file, so a
/// folder whose writing was cut short is told from a whole one. `settle()` puts right what a kill left behind.
package struct CheckpointStore {
    /// The moments between two changes on disk. Tests stop the writing at each of them.
    package enum Stage: CaseIterable, Sendable {
        case began, wroteTensors, wroteRecipe, wroteState, movedOld, movedNew, removedOld
    }

    package let run: URL
    /// Called after each stage; a throw ends the writing there, as a kill would.
    package var onStage: (Stage) throws -> Void = { _ in }

    package init(run: URL) { self.run = run }

    package var current: URL { run.appendingPathComponent("checkpoint") }
    package var coming: URL { run.appendingPathComponent("checkpoint.new") }
    package var old: URL { run.appendingPathComponent("checkpoint.old") }

    static let tensorFile = "state.safetensors", stateFile = "state.json", recipeFile = "recipe.yaml"

    /// Replaces the checkpoint.
    /// - Parameter writeTensors: writes the tensor file at the given place.
    package func write(_ state: TrainingState, recipeText: String, writeTensors: (URL) throws -> Void) throws {
        let files = FileManager.default
        try attempt(coming) {
            if files.fileExists(atPath: coming.path) { try files.removeItem(at: coming) }
            try files.createDirectory(at: coming, withIntermediateDirectories: true)
        }
        try onStage(.began)

        let tensors = coming.appendingPathComponent(Self.tensorFile)
        try attempt(tensors) {
            try writeTensors(tensors)
            try synchronize(tensors)
        }
        try onStage(.wroteTensors)

        try writeSynchronized(Data(recipeText.utf8), to: coming.appendingPathComponent(Self.recipeFile))
        try onStage(.wroteRecipe)

        var state = state
        state.tensorBytes = size(of: tensors)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try writeSynchronized(try encoder.encode(state), to: coming.appendingPathComponent(Self.stateFile))
        try attempt(coming) { try synchronize(coming) }
        try onStage(.wroteState)

        try attempt(current) {
            if files.fileExists(atPath: old.path) { try files.removeItem(at: old) }
            if files.fileExists(atPath: current.path) { try files.moveItem(at: current, to: old) }
        }
        try onStage(.movedOld)
        try attempt(current) {
            try files.moveItem(at: coming, to: current)
            try synchronize(run)
        }
        try onStage(.movedNew)
        try attempt(old) { if files.fileExists(atPath: old.path) { try files.removeItem(at: old) } }
        try onStage(.removedOld)
    }

    /// Leaves the newest whole checkpoint under its name, and nothing else; nil when none was ever completed.
    /// - Throws: `TrainingError.checkpointDamaged` when there is a checkpoint, but no whole one.
    package func settle() throws -> TrainingState? {
        let files = FileManager.default
        var newest: (folder: URL, state: TrainingState)?
        var problem: String?
        for folder in [current, coming, old] where files.fileExists(atPath: folder.path) {
            switch examine(folder) {
            case .success(let state):
                if newest.map({ $0.state.step < state.step }) ?? true { newest = (folder, state) }
            case .failure(let failure):
                // `checkpoint.new` may be torn: if it is alone, it was to be the first, and the run starts over.
                if folder != coming { problem = problem ?? failure.reason }
            }
        }
        guard let newest else {
            if let problem { throw TrainingError.checkpointDamaged(path: current.path, reason: problem) }
            return nil
        }
        try attempt(current) {
            if newest.folder != current {
                if files.fileExists(atPath: current.path) { try files.removeItem(at: current) }
                try files.moveItem(at: newest.folder, to: current)
                try synchronize(run)
            }
            for rest in [coming, old] where files.fileExists(atPath: rest.path) { try files.removeItem(at: rest) }
        }
        return newest.state
    }

    /// The recipe text that the checkpoint was made with.
    package func recipeText() throws -> String {
        try attempt(current) {
            try String(contentsOf: current.appendingPathComponent(Self.recipeFile), encoding: .utf8)
        }
    }

    package var tensors: URL { current.appendingPathComponent(Self.tensorFile) }

    // MARK: Reading

    private struct Failure: Error { let reason: String }

    private func examine(_ folder: URL) -> Result<TrainingState, Failure> {
        let data: Data
        do { data = try Data(contentsOf: folder.appendingPathComponent(Self.stateFile)) } catch {
            return .failure(Failure(reason: "\(Self.stateFile): \(reason(error))"))
        }
        guard let state = try? JSONDecoder().decode(TrainingState.self, from: data) else {
            return .failure(Failure(reason: "\(Self.stateFile) is not a training state"))
        }
        guard state.version == TrainingState.currentVersion else {
            return .failure(Failure(reason: "its version is \(state.version), this program reads \(TrainingState.currentVersion)"))
        }
        let found = size(of: folder.appendingPathComponent(Self.tensorFile))
        guard found == state.tensorBytes, state.step >= 0 else {
            return .failure(Failure(reason: "\(Self.tensorFile) has \(found) bytes instead of \(state.tensorBytes)"))
        }
        return .success(state)
    }

    private func size(of file: URL) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? 0
    }

    // MARK: Writing

    private func writeSynchronized(_ data: Data, to url: URL) throws {
        try attempt(url) {
            try data.write(to: url)
            try synchronize(url)
        }
    }

    /// Waits until a file, or the entries of a folder, are on the disk.
    private func synchronize(_ url: URL) throws {
        let descriptor = open(url.path, O_RDONLY)
        guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }

    private func attempt<R>(_ url: URL, _ body: () throws -> R) throws -> R {
        do { return try body() } catch {
            throw TrainingError.cannotWrite(url, because: error)
        }
    }
}
