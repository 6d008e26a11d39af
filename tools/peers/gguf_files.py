"""GGUF files and their number formats, and safetensors folders, in NumPy; what make_gguf.py and requantize_gguf.py share."""
import json
import os
import struct
from pathlib import Path

import numpy as np

ALIGNMENT = 32
BLOCK = 32  # weights of one Q4_1 or Q8_0 block

# Names, ids in the file and general.file_type of what is written or read here.
TYPES = {"f32": 0, "f16": 1, "q4_1": 3, "q8_0": 8, "bf16": 30}
FILE_TYPES = {"f32": 0, "q8_0": 7, "bf16": 32}
UINT32, FLOAT32, STRING, ARRAY = 4, 6, 8, 9
SCALAR_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}


# Number formats

def to_bf16(values):
    """Upper halves of float32 numbers, rounded to nearest, ties to even."""
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def from_bf16(halves):
    return (halves.astype(np.uint32) << 16).view(np.float32)


def to_q8_0(values):
    """Blocks of 32 along the rows: a float16 scale (largest magnitude / 127) and 32 signed bytes, as ggml rounds them."""
    blocks = np.ascontiguousarray(values, np.float32).reshape(-1, BLOCK)
    scale = np.abs(blocks).max(axis=1, keepdims=True) / np.float32(127)
    inverse = np.divide(np.float32(1), scale, out=np.zeros_like(scale), where=scale != 0)
    scaled = blocks * inverse
    codes = np.trunc(scaled + np.copysign(np.float32(0.5), scaled)).astype(np.int8)  # halves away from zero
    return np.concatenate([scale.astype(np.float16).view(np.uint8), codes.view(np.uint8)], axis=1)


def from_q8_0(data):
    blocks = data.reshape(-1, 2 + BLOCK)
    scale = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    return scale * blocks[:, 2:].view(np.int8).astype(np.float32)


def from_q4_1(data):
    """Blocks of 32: float16 scale and minimum, then 16 bytes whose low halves come before their high ones."""
    blocks = data.reshape(-1, 4 + BLOCK // 2)
    scale, lowest = (blocks[:, at:at + 2].copy().view(np.float16).astype(np.float32) for at in (0, 2))
    codes = np.concatenate([blocks[:, 4:] & 15, blocks[:, 4:] >> 4], axis=1)
    return scale * codes.astype(np.float32) + lowest


ENCODERS = {"f32": lambda values: np.ascontiguousarray(values, np.float32), "bf16": to_bf16, "q8_0": to_q8_0}
DECODERS = {
    0: (lambda data: data.view(np.float32), 1, 4), 1: (lambda data: data.view(np.float16).astype(np.float32), 1, 2),
    3: (from_q4_1, BLOCK, 20), 8: (from_q8_0, BLOCK, 34), 30: (lambda data: from_bf16(data.view(np.uint16)), 1, 2),
}  # decoder, weights of a block, bytes of a block


# Writing

def _text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def field(value):
    """A metadata value as (type, bytes): text, whole or real number."""
    if isinstance(value, str):
        return STRING, _text(value)
    return (UINT32, struct.pack("<I", value)) if isinstance(value, int) else (FLOAT32, struct.pack("<f", value))


def write_gguf(path, fields, tensors, kind):
    """Writes a whole file or none.

    fields: name to (type, bytes). tensors: name to a function that makes the float32 array, and its shape, rows first;
    matrices become `kind`, vectors stay float32.
    """
    header = [b"GGUF", struct.pack("<IQQ", 3, len(tensors), len(fields))]
    for name, (type_id, data) in fields.items():
        header.append(_text(name) + struct.pack("<I", type_id) + data)
    offset, places = 0, []
    for name, (_, shape) in tensors.items():
        stored = kind if len(shape) > 1 else "f32"
        if stored == "q8_0" and shape[-1] % BLOCK:
            raise SystemExit(f"{name}: rows of {shape[-1]} do not divide into blocks of {BLOCK}")
        count = int(np.prod(shape))
        size = count // BLOCK * 34 if stored == "q8_0" else count * (2 if stored == "bf16" else 4)
        header.append(_text(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *reversed(shape)))
        header.append(struct.pack("<IQ", TYPES[stored], offset))
        places.append((offset, size, stored))
        offset += -(-size // ALIGNMENT) * ALIGNMENT
    header = b"".join(header)
    header += bytes(-len(header) % ALIGNMENT)
    partial = Path(f"{path}.partial")
    with open(partial, "wb") as file:
        file.write(header)
        for (name, (make, shape)), (start, size, stored) in zip(tensors.items(), places):
            file.write(bytes(len(header) + start - file.tell()))
            values = make()
            if tuple(values.shape) != tuple(shape):
                raise SystemExit(f"{name}: has shape {values.shape}, expected {tuple(shape)}")
            data = ENCODERS[stored](values).tobytes()
            assert len(data) == size
            file.write(data)
    os.replace(partial, path)


# Reading

class GGUF:
    """A file read lazily: `fields` (name to (type, bytes)) and `tensors` (name to (decode, shape), as write_gguf takes)."""

    def __init__(self, path):
        self.data = np.memmap(path, np.uint8, "r")
        self.at = 4
        if bytes(self.data[:4]) != b"GGUF":
            raise SystemExit(f"{path}: is not a GGUF file")
        version, tensors, fields = self._read("<IQQ")
        if version not in (2, 3):
            raise SystemExit(f"{path}: GGUF version {version}; versions 2 and 3 are read")
        self.fields = {}
        for _ in range(fields):
            name = self._string()
            type_id, = self._read("<I")
            start = self.at
            self._skip(type_id)
            self.fields[name] = type_id, bytes(self.data[start:self.at])
        entries = []
        for _ in range(tensors):
            name = self._string()
            rank, = self._read("<I")
            shape = self._read(f"<{rank}Q")[::-1]
            entries.append((name, shape, *self._read("<IQ")))
        alignment = struct.unpack("<I", self.fields["general.alignment"][1])[0] if "general.alignment" in self.fields else ALIGNMENT
        base = -(-self.at // alignment) * alignment
        self.tensors = {name: (self._decoder(name, shape, type_id, base + offset), shape) for name, shape, type_id, offset in entries}
        self.types = {name: type_id for name, _, type_id, _ in entries}

    def _read(self, form):
        size = struct.calcsize(form)
        values = struct.unpack(form, bytes(self.data[self.at:self.at + size]))
        self.at += size
        return values

    def _string(self):
        length, = self._read("<Q")
        self.at += length
        return bytes(self.data[self.at - length:self.at]).decode()

    def _skip(self, type_id):
        if type_id == STRING:
            length, = self._read("<Q")
            self.at += length
        elif type_id == ARRAY:
            of, count = self._read("<IQ")
            if of in SCALAR_SIZES:
                self.at += SCALAR_SIZES[of] * count
            else:
                for _ in range(count):
                    self._skip(of)
        else:
            self.at += SCALAR_SIZES[type_id]

    def _decoder(self, name, shape, type_id, start):
        if type_id not in DECODERS:
            raise SystemExit(f"{name}: has GGUF type {type_id}; F32, F16, BF16, Q4_1 and Q8_0 are read")
        decode, weights, size = DECODERS[type_id]
        end = start + int(np.prod(shape)) // weights * size
        return lambda: decode(np.asarray(self.data[start:end])).reshape(shape)


# Safetensors

def read_folder(folder):
    """config.json and the weights of model.safetensors (or of the shards beside it), as float32 arrays by name."""
    folder = Path(folder)
    config = json.loads((folder / "config.json").read_text())
    files = sorted(folder.glob("model*.safetensors"))
    if not files:
        raise SystemExit(f"{folder}: holds no model.safetensors")
    weights = {}
    for path in files:
        data = np.memmap(path, np.uint8, "r")
        length = int(data[:8].view(np.uint64)[0])
        for name, entry in json.loads(bytes(data[8:8 + length])).items():
            if name == "__metadata__":
                continue
            start, end = (8 + length + at for at in entry["data_offsets"])
            raw = np.array(data[start:end])
            read = {"F32": lambda: raw.view(np.float32), "F16": lambda: raw.view(np.float16).astype(np.float32),
                    "BF16": lambda: from_bf16(raw.view(np.uint16))}.get(entry["dtype"])
            if not read:
                raise SystemExit(f"{path}: {name} has type {entry['dtype']}; F32, F16 and BF16 are read")
            weights[name] = read().reshape(entry["shape"])
    return config, weights


def write_folder(folder, config, weights):
    """The same, written: float32 in one file."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=1))
    header, offset = {}, 0
    for name, values in weights.items():
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [offset, offset + 4 * values.size]}
        offset += 4 * values.size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(folder / "model.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for values in weights.values():
            file.write(np.ascontiguousarray(values, np.float32).tobytes())
