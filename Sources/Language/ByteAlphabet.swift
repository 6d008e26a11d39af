/// GPT-2's printable alphabet for bytes: each of the 256 bytes has one Unicode character, so that BPE pieces of
/// arbitrary bytes can stand as readable strings in `tokenizer.json` ("Ġcat" is " cat").
///
/// Printable Latin-1 bytes stand for themselves; the 68 others are U+0100, U+0101, ... in byte order.
enum ByteAlphabet {
    /// The character of each byte.
    static let scalars: [Unicode.Scalar] = {
        var next: UInt32 = 0x100
        return (0...255).map { byte -> Unicode.Scalar in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(UInt8(byte))
            default:
                defer { next += 1 }
                return Unicode.Scalar(next) ?? "\u{FFFD}"   // U+0100...U+0143: always a scalar
            }
        }
    }()

    /// The byte of each character, by scalar value; nil where the character is not of the alphabet.
    private static let bytes: [UInt8?] = {
        var table = [UInt8?](repeating: nil, count: 0x144)
        for (byte, scalar) in scalars.enumerated() { table[Int(scalar.value)] = UInt8(byte) }
        return table
    }()

    /// The piece written in the alphabet.
    static func text(_ piece: [UInt8]) -> String {
        var view = String.UnicodeScalarView()
        for byte in piece { view.append(scalars[Int(byte)]) }
        return String(view)
    }

    /// The bytes that a text of the alphabet stands for; nil when a character is not of the alphabet.
    static func bytes(of text: some StringProtocol) -> [UInt8]? {
        var piece: [UInt8] = []
        piece.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            guard scalar.value < 0x144, let byte = bytes[Int(scalar.value)] else { return nil }
            piece.append(byte)
        }
        return piece
    }
}
