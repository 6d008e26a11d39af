import Foundation

/// Whether an error of a write, or the error beneath it, says that the disk or the user's share of it is full.
package func saysDiskIsFull(_ error: any Error) -> Bool {
    if case SafeTensorsError.cannotWrite(_, _, let isFull) = error { return isFull }
    let error = error as NSError
    switch (error.domain, error.code) {
    case (NSPOSIXErrorDomain, Int(ENOSPC)), (NSPOSIXErrorDomain, Int(EDQUOT)): return true
    case (NSCocoaErrorDomain, CocoaError.Code.fileWriteOutOfSpace.rawValue): return true
    default: return (error.userInfo[NSUnderlyingErrorKey] as? any Error).map(saysDiskIsFull) ?? false
    }
}
