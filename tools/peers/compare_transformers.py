#!/usr/bin/env python3
"""Holds Atelier's logits and token ids against Hugging Face transformers.

    python3 -m venv .venv && .venv/bin/pip install -r tools/peers/requirements-transformers.txt
    .venv/bin/python tools/peers/compare_transformers.py --atelier .build/release/atelier [--model models/painter-small ...]

1. Makes small random Llama and Qwen2 folders with transformers (shared key-value heads, head widths of their own, tied
   and untied heads, biases, one file and shards, f32 and bf16) and compares the logits after every prefix tried.
2. For each --model, a folder written by Atelier: loads it in transformers and compares logits, and, where the
   executable has `models tokens`, the ids of plain texts against PreTrainedTokenizerFast and AutoTokenizer.

Prints one line a comparison; exits with 1 when a difference is above --tolerance (absolute, f32). Not needed to use
Atelier. Needs `atelier models logits DIR --ids 1,2,3 --json`, which prints {"ids": [...], "logits": [last position]}.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import tempfile

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from transformers import Qwen2Config, Qwen2ForCausalLM
from transformers.utils import logging

logging.disable_progress_bar()

TEXTS = [
    "", "a", " ", "a cat left of a house", "Draw  two   cats\tand a dog.\n\nThen erase it!", "it's, we've, I'll, don't 'S",
    "42 cats, 3.14 and 1e-5", "naïve café", "한국어 스케치 고양이", "日本語のテスト。", "👩‍👩‍👧 🏳️‍🌈 e\u0301", "x²+y³=½ Ⅷ ٣٤", "\u00a0\u2028\u3000 end ",
    "trailing spaces   ", "\r\n\r\n", "a\u0000b\u007f", "<b>&amp;</b> {\"json\": [1, 2]}", "don\u2019t \u2014 \u201cquotes\u201d", "ĀāĂ Ǆ ß ſ ﬁ",
]

SHAPES = {
    "llama, tied, shared heads": (LlamaConfig, LlamaForCausalLM, dict(
        hidden_size=64, intermediate_size=96, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2,
        vocab_size=300, max_position_embeddings=256, tie_word_embeddings=True)),
    "llama, untied, head_dim, biases": (LlamaConfig, LlamaForCausalLM, dict(
        hidden_size=48, intermediate_size=80, num_hidden_layers=2, num_attention_heads=3, head_dim=20, attention_bias=True,
        vocab_size=150, max_position_embeddings=256, tie_word_embeddings=False, rms_norm_eps=1e-5,
        rope_parameters={"rope_type": "default", "rope_theta": 100000.0})),
    "qwen2, tied": (Qwen2Config, Qwen2ForCausalLM, dict(
        hidden_size=64, intermediate_size=112, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=1,
        vocab_size=200, max_position_embeddings=256, tie_word_embeddings=True,
        rope_parameters={"rope_type": "default", "rope_theta": 1000000.0})),
    "qwen2, untied": (Qwen2Config, Qwen2ForCausalLM, dict(
        hidden_size=64, intermediate_size=112, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        vocab_size=200, max_position_embeddings=256, tie_word_embeddings=False)),
}


def atelier(program, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{program} {' '.join(arguments)}: exit {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def compare_logits(program, folder, model, name, tolerance):
    """Compares the last position's logits for prefixes of several lengths."""
    model.eval()
    size, limit = model.config.vocab_size, model.config.max_position_embeddings
    worst = largest = 0.0
    draw = random.Random(7)
    for length in (1, 2, 17, 63, 64, 65, 130):
        if length > limit:
            continue
        ids = [draw.randrange(size) for _ in range(length)]
        answer = atelier(program, "models", "logits", folder, "--ids", ",".join(map(str, ids)), "--json")
        assert answer["ids"] == ids, "the answer repeats other ids"
        with torch.no_grad():
            expected = model(torch.tensor([ids])).logits[0, -1].float()
        found = torch.tensor(answer["logits"], dtype=torch.float32)
        assert found.shape == expected.shape, f"{found.shape} logits, expected {expected.shape}"
        worst = max(worst, (found - expected).abs().max().item())
        largest = max(largest, expected.abs().max().item())
    good = worst <= tolerance
    print(f"{'ok  ' if good else 'FAIL'} logits  {name}: max |Δ| {worst:.2e} (largest |logit| {largest:.2f})")
    return good


def stir(model, seed):
    """Weights large enough for every part to matter, norms and biases away from 1 and 0."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * (0.3 if parameter.dim() == 1 else 0.1))


def compare_random_shapes(program, tolerance):
    good = True
    for seed, (name, (make_config, make_model, values)) in enumerate(SHAPES.items()):
        with tempfile.TemporaryDirectory() as folder:
            model = make_model(make_config(**values))
            stir(model, seed)
            model.save_pretrained(folder)
            good &= compare_logits(program, folder, model, name, tolerance)
        with tempfile.TemporaryDirectory() as folder:
            model.save_pretrained(folder, max_shard_size="40KB")
            assert not os.path.exists(os.path.join(folder, "model.safetensors")), "expected shards"
            good &= compare_logits(program, folder, model, name + ", shards", tolerance)
        with tempfile.TemporaryDirectory() as folder:
            model.to(torch.bfloat16).save_pretrained(folder)
            model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
            good &= compare_logits(program, folder, model, name + ", bf16", tolerance)
    return good


def compare_tokens(program, folder, name, model_type):
    """Compares added tokens' ids, and the ids of plain texts; `models tokens` is optional."""
    path = os.path.join(folder, "tokenizer.json")
    readers = {"PreTrainedTokenizerFast": PreTrainedTokenizerFast(tokenizer_file=path)}
    if model_type != "qwen2":  # transformers 5 puts Qwen2's own rules (NFC) before any tokenizer.json of that model type
        readers["AutoTokenizer"] = AutoTokenizer.from_pretrained(folder)
    good, count = True, 0
    with open(path, encoding="utf-8") as file:
        added = {token["content"]: token["id"] for token in json.load(file)["added_tokens"]}
    for reader, tokenizer in readers.items():
        wrong = [token for token, id in added.items() if tokenizer.convert_tokens_to_ids(token) != id]
        if wrong:
            print(f"FAIL tokens  {name}: {reader} has other ids for {wrong[:5]}")
            good = False
    for text in TEXTS:
        try:
            found = atelier(program, "models", "tokens", folder, f"--text={text}", "--json")["ids"] if "\0" not in text else None
        except RuntimeError as error:
            if "exit 64" in str(error):
                print(f"--   tokens  {name}: this executable has no `models tokens`, not compared")
                return True
            raise
        if found is None:
            continue
        for reader, tokenizer in readers.items():
            expected = tokenizer.encode(text, add_special_tokens=False)
            if found != expected:
                print(f"FAIL tokens  {name}: {text!r}: {found}, {reader} has {expected}")
                good = False
            if tokenizer.decode(expected, clean_up_tokenization_spaces=False) != text:
                print(f"FAIL tokens  {name}: {reader} does not give {text!r} back")
                good = False
        count += 1
    if good:
        print(f"ok   tokens  {name}: {len(added)} added tokens and {count} texts as in {' and '.join(readers)}")
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--atelier", required=True, help="the executable")
    parser.add_argument("--model", action="append", default=[], help="a folder written by Atelier; may be repeated")
    parser.add_argument("--tolerance", type=float, default=1e-4, help="largest |Δ| of a logit (default 1e-4)")
    options = parser.parse_args()
    good = compare_random_shapes(options.atelier, options.tolerance)
    for folder in options.model:
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        good &= compare_logits(options.atelier, folder, model, folder, options.tolerance)
        if os.path.exists(os.path.join(folder, "tokenizer.json")):
            good &= compare_tokens(options.atelier, folder, folder, model.config.model_type)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
