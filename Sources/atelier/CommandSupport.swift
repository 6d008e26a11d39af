import ArgumentParser
import Foundation
import Language
import Painter
import Sketches
import Tensors
import Training

/// Exit codes of sysexits, as the design names them.
enum ExitStatus {
    static let someFailed: Int32 = 1, usage: Int32 = 64, data: Int32 = 65, noInput: Int32 = 66, software: Int32 = 70
    static let cannotCreate: Int32 = 73, ioError: Int32 = 74, interrupted: Int32 = 130
}

/// A note for the person: standard error, never mixed with output.
func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

/// An error of the command line itself.
enum CommandError: Error, CustomStringConvertible {
    case noInput(path: String, reason: String)
    case noModel(tried: [String])
    case usage(String)
    case data(String)

    var description: String {
        switch self {
        case .noInput(let path, let reason): "\(path): \(reason)"
        case .noModel(let tried): "no painter model found; looked in \(tried.joined(separator: ", ")); give one with --model DIR"
        case .usage(let text), .data(let text): text
        }
    }
}

/// Runs a command's work; an error becomes one clear line on standard error and the right exit code.
func exitCleanly(_ work: () throws -> Void) throws {
    do { try work() } catch let code as ExitCode { throw code } catch {
        note("error: \(error)")
        throw ExitCode(status(of: error))
    }
}

private func status(of error: any Error) -> Int32 {
    switch error {
    case let error as OutputError: error.exitCode
    case let error as CommandError:
        switch error {
        case .noInput, .noModel: ExitStatus.noInput
        case .usage: ExitStatus.usage
        case .data: ExitStatus.data
        }
    case PainterError.noData, PainterError.noJudge: ExitStatus.noInput
    case PainterError.emptyPrompt: ExitStatus.usage
    case is PainterError, is SketchFileError, is RecipeError, is ModelFolderError, is TokenizerError, is SafeTensorsError: ExitStatus.data
    case is ValidationError: ExitStatus.usage
    default: ExitStatus.software
    }
}

/// One JSON document on standard output, keys in order.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    FileHandle.standardOutput.write(try encoder.encode(value) + Data("\n".utf8))
}
