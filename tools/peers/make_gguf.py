#!/usr/bin/env python3
"""Writes a Llama model from a Hugging-Face-shaped folder as GGUF, for libllama to load: same weights, another file.

    make_gguf.py DIR OUT.gguf --type f32|bf16|q8_0
    make_gguf.py --random DIR [--config 5m | --width 64 --layers 2 --heads 4 --kv-heads 2 --head-width 24 --hidden 96 --vocabulary 300]

Matrices, embedding and head in one type, norms in float32. A tied head is left out, as llama.cpp's converter does; rows of
the query and key projections are put in the order that its "llama" architecture rotates (pairs beside each other). Q8_0
needs rows of whole blocks of 32, so there the feed-forward width is filled up with zeros (688 becomes 704): the result
is the same to the bit and it is faster than the float16 that llama.cpp would fall back to. There is no vocabulary:
libllama makes a dummy one of the right size.

--random writes such a folder with random weights instead, for tests.
"""
import argparse

import numpy as np

from gguf_files import BLOCK, FILE_TYPES, field, read_folder, write_folder, write_gguf

SHAPES = {"5m": (256, 6, 688, 4096), "12m": (384, 6, 1024, 4096), "25m": (512, 8, 1376, 4096), "110m": (768, 12, 2048, 32000)}

LAYER = {
    "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output", "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}
OUTSIDE = {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight", "lm_head.weight": "output.weight"}


def interleaved(rows, heads):
    """Rows of halves (0…w/2, w/2…w a head) as rows of pairs."""
    return rows.reshape(heads, 2, -1, rows.shape[-1]).swapaxes(1, 2).reshape(rows.shape)


def filled(matrix, axis, size):
    missing = [(0, 0), (0, 0)]
    missing[axis] = (0, size - matrix.shape[axis])
    return np.pad(matrix, missing)


def rope_base(config):
    parameters = config.get("rope_parameters") or {}
    scaling = config.get("rope_scaling") or parameters
    if scaling.get("rope_type", scaling.get("type", "default")) != "default":
        raise SystemExit("config.json: scaled RoPE is not handled")
    return float(config.get("rope_theta") or parameters.get("rope_theta") or 10000.0)


def convert(folder, path, kind):
    config, weights = read_folder(folder)
    heads, width, hidden = config["num_attention_heads"], config["hidden_size"], config["intermediate_size"]
    kv_heads = config.get("num_key_value_heads") or heads
    head_width = config.get("head_dim") or width // heads
    padded = -(-hidden // BLOCK) * BLOCK if kind == "q8_0" else hidden
    fields = {
        "general.architecture": "llama", "general.name": "peer", "general.file_type": FILE_TYPES[kind],
        "llama.context_length": config.get("max_position_embeddings", 2048), "llama.embedding_length": width,
        "llama.block_count": config["num_hidden_layers"], "llama.feed_forward_length": padded,
        "llama.attention.head_count": heads, "llama.attention.head_count_kv": kv_heads,
        "llama.attention.key_length": head_width, "llama.attention.value_length": head_width,
        "llama.rope.dimension_count": head_width, "llama.rope.freq_base": rope_base(config),
        "llama.attention.layer_norm_rms_epsilon": float(config.get("rms_norm_eps", 1e-6)),
        "llama.vocab_size": config["vocab_size"], "tokenizer.ggml.model": "none",
    }
    if config.get("tie_word_embeddings"):
        weights.pop("lm_head.weight", None)
    tensors = {}
    for name, values in weights.items():
        target = OUTSIDE.get(name)
        if name.startswith("model.layers.") and name.endswith(".weight"):
            number, part = name[len("model.layers."):-len(".weight")].split(".", 1)
            target = f"blk.{number}.{LAYER[part]}.weight" if part in LAYER else None
            if part in ("self_attn.q_proj", "self_attn.k_proj"):
                values = interleaved(values, heads if "q_proj" in part else kv_heads)
            elif part.startswith("mlp."):
                values = filled(values, 1 if "down" in part else 0, padded)
        if target is None:
            raise SystemExit(f"{folder}: {name} has no place in llama.cpp's Llama architecture as written here")
        tensors[target] = (lambda values=values: values), values.shape
    write_gguf(path, {name: field(value) for name, value in fields.items()}, tensors, kind)


def write_random(folder, width, layers, heads, kv_heads, head_width, hidden, vocabulary, seed=1):
    random = np.random.default_rng(seed)

    def matrix(rows, columns):
        return (random.standard_normal((rows, columns)) / np.sqrt(columns)).astype(np.float32)

    def norm():
        return random.uniform(0.5, 1.5, width).astype(np.float32)

    weights = {"model.embed_tokens.weight": matrix(vocabulary, width), "model.norm.weight": norm()}
    for i in range(layers):
        at = f"model.layers.{i}."
        weights |= {
            at + "input_layernorm.weight": norm(), at + "post_attention_layernorm.weight": norm(),
            at + "self_attn.q_proj.weight": matrix(heads * head_width, width), at + "self_attn.k_proj.weight": matrix(kv_heads * head_width, width),
            at + "self_attn.v_proj.weight": matrix(kv_heads * head_width, width), at + "self_attn.o_proj.weight": matrix(width, heads * head_width),
            at + "mlp.gate_proj.weight": matrix(hidden, width), at + "mlp.up_proj.weight": matrix(hidden, width),
            at + "mlp.down_proj.weight": matrix(width, hidden),
        }
    config = {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": width, "num_hidden_layers": layers,
        "num_attention_heads": heads, "num_key_value_heads": kv_heads, "head_dim": head_width, "intermediate_size": hidden,
        "vocab_size": vocabulary, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "max_position_embeddings": 2048,
        "tie_word_embeddings": True, "hidden_act": "silu", "torch_dtype": "float32",
    }
    write_folder(folder, config, weights)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?")
    parser.add_argument("out", nargs="?")
    parser.add_argument("--type", choices=FILE_TYPES, default="f32")
    parser.add_argument("--random", metavar="DIR")
    parser.add_argument("--config", choices=SHAPES)
    for name, default in (("width", 64), ("layers", 2), ("heads", 4), ("kv-heads", 2), ("head-width", 24), ("hidden", 96), ("vocabulary", 300)):
        parser.add_argument("--" + name, type=int, default=default)
    a = parser.parse_args()
    if a.random and a.config:
        width, layers, hidden, vocabulary = SHAPES[a.config]
        write_random(a.random, width, layers, width // 64, width // 64, 64, hidden, vocabulary)
    elif a.random:
        write_random(a.random, a.width, a.layers, a.heads, a.kv_heads, a.head_width, a.hidden, a.vocabulary)
    elif a.folder and a.out:
        convert(a.folder, a.out, a.type)
    else:
        parser.error("give a folder and a file to write, or --random DIR")


if __name__ == "__main__":
    main()
