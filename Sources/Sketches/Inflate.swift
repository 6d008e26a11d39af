import CZlib

/// Raw deflate and CRC-32 by zlib: the only place that holds its pointers.
enum Zlib {
    /// What `deflated` (without zlib's own header, as zip has it) unpacks to; `nil` unless it is whole and gives `count` bytes, no more, no less.
    static func inflate(_ deflated: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
        guard count >= 0, count < Int(UInt32.max), deflated.count <= Int(UInt32.max) else { return nil }
        var input = Array(deflated), isWhole = false
        let output = input.withUnsafeMutableBufferPointer { source in
            // One byte of room more than is wanted shows a stream that gives too much.
            [UInt8](unsafeUninitializedCapacity: count + 1) { target, filled in
                var stream = z_stream()
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(count + 1)
                guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return }
                isWhole = CZlib.inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0 && stream.avail_out == 1
                filled = isWhole ? count : 0
                inflateEnd(&stream)
            }
        }
        return isWhole ? output : nil
    }

    /// The checksum that zip keeps of each member.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.withUnsafeBufferPointer { buffer in
            buffer.isEmpty ? 0 : UInt32(truncatingIfNeeded: crc32_z(0, buffer.baseAddress, buffer.count))
        }
    }
}
