#!/usr/bin/env python3
"""Measures PyTorch on the shapes that Atelier is measured on; one JSON line a setting.

    torch_bench.py --mode train   --config 5m  --threads 2 --seconds 10 [--setting bf16-autocast,compiled,fused]
    torch_bench.py --mode prefill --config 25m --prompt 512 [--model DIR]
    torch_bench.py --mode batch   --config 5m  --streams 8 --tokens 256        (streams 1: plain decoding)
    torch_bench.py --mode conv|vit --seconds 10
    torch_bench.py --mode logits  --model DIR --ids 1,2,3 [--all]
    torch_bench.py --mode MODE --list                                         settings it knows, without measuring

Without --setting every setting is measured, one after another. Precisions: f32; bf16-autocast (weights in f32); bf16
(weights, too). Rates are those of the median step, the first steps (compiling, allocating) left out.
"""
import argparse
import contextlib
import json
import os
import shutil
import statistics
import sys
import time
from pathlib import Path

COMPILED = Path(__file__).resolve().parents[2] / ".peers/inductor"  # torch.compile's cache
os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(COMPILED)
import torch
import torch._inductor.config
import torch.nn.functional as F
from torch import nn

SHAPES = {"5m": (256, 6, 688, 4096), "12m": (384, 6, 1024, 4096), "25m": (512, 8, 1376, 4096), "110m": (768, 12, 2048, 32000)}
BATCH, LENGTH = 16, 256
CLASSES, PICTURES, SIDE = 71, 32, 64

SETTINGS = {
    "train": [f"{p},{form},{o}" for p in ("f32", "bf16-autocast", "bf16") for form, o in
              (("eager", "fused"), ("eager", "foreach"), ("compiled", "fused"))],
    "prefill": [f"{p},{form}" for p in ("f32", "bf16") for form in ("eager", "compiled", "frozen")],
    "batch": [f"{p},{form}" for p in ("f32", "bf16") for form in ("eager", "compiled", "frozen")],
    "conv": [f"{p},{form},{layout}" for p in ("f32", "bf16-autocast") for form in ("eager", "compiled") for layout in ("nchw", "nhwc")],
    "vit": [f"{p},{form}" for p in ("f32", "bf16-autocast") for form in ("eager", "compiled")],
}


# The language model

class Attention(nn.Module):
    def __init__(self, width, heads, kv_heads, head_width):
        super().__init__()
        self.heads, self.kv_heads, self.head_width = heads, kv_heads, head_width
        self.qkv = nn.Linear(width, (heads + 2 * kv_heads) * head_width, bias=False)
        self.out = nn.Linear(heads * head_width, width, bias=False)

    def forward(self, x, cosine, sine, cache=None, position=None, mask=None):
        batch, length, _ = x.shape
        q, k, v = self.qkv(x).view(batch, length, -1, self.head_width).transpose(1, 2).split(
            (self.heads, self.kv_heads, self.kv_heads), 1)
        q, k = rotate(q, cosine, sine), rotate(k, cosine, sine)
        shared = self.heads != self.kv_heads
        if cache is None:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=shared)
        elif mask is None:  # position is a number: only what is filled is looked at
            cache[0][:, :, position:position + 1] = k
            cache[1][:, :, position:position + 1] = v
            y = F.scaled_dot_product_attention(q, cache[0][:, :, :position + 1], cache[1][:, :, :position + 1], enable_gqa=shared)
        else:  # position is a tensor: fixed shapes, for the compiler
            cache[0].index_copy_(2, position, k)
            cache[1].index_copy_(2, position, v)
            y = F.scaled_dot_product_attention(q, cache[0], cache[1], attn_mask=mask, enable_gqa=shared)
        return self.out(y.transpose(1, 2).reshape(batch, length, -1))


def rotate(x, cosine, sine):
    a, b = x.chunk(2, -1)
    return torch.cat((a * cosine - b * sine, b * cosine + a * sine), -1)


class Layer(nn.Module):
    def __init__(self, width, heads, kv_heads, head_width, hidden, epsilon):
        super().__init__()
        self.norm1, self.norm2 = nn.RMSNorm(width, epsilon), nn.RMSNorm(width, epsilon)
        self.attention = Attention(width, heads, kv_heads, head_width)
        self.gate_up = nn.Linear(width, 2 * hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x, *rest):
        x = x + self.attention(self.norm1(x), *rest)
        gate, up = self.gate_up(self.norm2(x)).chunk(2, -1)
        return x + self.down(F.silu(gate) * up)


class Llama(nn.Module):
    def __init__(self, width, layers, hidden, vocabulary, heads=None, kv_heads=None, head_width=64, epsilon=1e-5, base=10000.0, tied=True):
        super().__init__()
        heads = heads or width // head_width
        self.kv_heads, self.head_width, self.base = kv_heads or heads, head_width, base
        self.embedding = nn.Embedding(vocabulary, width)
        nn.init.normal_(self.embedding.weight, std=0.02)
        self.layers = nn.ModuleList(Layer(width, heads, self.kv_heads, head_width, hidden, epsilon) for _ in range(layers))
        self.norm = nn.RMSNorm(width, epsilon)
        self.head = nn.Linear(width, vocabulary, bias=False)
        if tied:
            self.head.weight = self.embedding.weight

    def angles(self, length):
        """cos and sin, (length, head width / 2), in the type of the weights."""
        frequencies = self.base ** (-torch.arange(0, self.head_width, 2, dtype=torch.float64) / self.head_width)
        angles = torch.arange(length, dtype=torch.float64)[:, None] * frequencies
        return angles.cos().to(self.norm.weight.dtype), angles.sin().to(self.norm.weight.dtype)

    def forward(self, ids, cosine, sine, caches=None, position=None, mask=None, last=False):
        x = self.embedding(ids)
        for i, layer in enumerate(self.layers):
            x = layer(x, cosine, sine, caches and caches[i], position, mask)
        return self.head(self.norm(x[:, -1:] if last else x))


def load(folder):
    """A model of a Hugging-Face-shaped folder: the same weights, with the projections joined."""
    from gguf_files import read_folder
    config, weights = read_folder(folder)
    weights = {name: torch.from_numpy(values) for name, values in weights.items()}
    heads, width, layers = config["num_attention_heads"], config["hidden_size"], config["num_hidden_layers"]
    tied = "lm_head.weight" not in weights or bool(config.get("tie_word_embeddings"))
    base = config.get("rope_theta") or (config.get("rope_parameters") or {}).get("rope_theta") or 10000.0
    model = Llama(width, layers, config["intermediate_size"], config["vocab_size"], heads, config.get("num_key_value_heads"),
                  config.get("head_dim") or width // heads, config.get("rms_norm_eps", 1e-6), base, tied)
    state = {"embedding.weight": weights["model.embed_tokens.weight"], "norm.weight": weights["model.norm.weight"]}
    state["head.weight"] = state["embedding.weight"] if tied else weights["lm_head.weight"]
    for i in range(layers):
        part = lambda name: weights[f"model.layers.{i}.{name}.weight"]
        state |= {f"layers.{i}.{name}.weight": value for name, value in {
            "norm1": part("input_layernorm"), "norm2": part("post_attention_layernorm"), "attention.out": part("self_attn.o_proj"),
            "attention.qkv": torch.cat([part(f"self_attn.{x}_proj") for x in "qkv"]),
            "gate_up": torch.cat([part("mlp.gate_proj"), part("mlp.up_proj")]), "down": part("mlp.down_proj")}.items()}
    model.load_state_dict(state)
    return model


# Pictures

class Convolutions(nn.Sequential):
    def __init__(self):
        layers, channels = [], 3
        for wide, stride in ((32, 1), (64, 2), (128, 2), (128, 1)):
            layers += [nn.Conv2d(channels, wide, 3, stride, 1), nn.GroupNorm(8, wide), nn.ReLU()]
            channels = wide
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, CLASSES))


class VisionLayer(nn.Module):
    def __init__(self, width, heads, hidden):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4).unbind(0)
        x = x + self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, length, width))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class VisionTransformer(nn.Module):
    def __init__(self, width=192, layers=6, heads=3, hidden=768, patch=8):
        super().__init__()
        self.patch = nn.Conv2d(3, width, patch, patch)
        self.positions = nn.Parameter(0.02 * torch.randn(1, (SIDE // patch) ** 2, width))
        self.layers = nn.Sequential(*(VisionLayer(width, heads, hidden) for _ in range(layers)))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, CLASSES)

    def forward(self, pictures):
        x = self.patch(pictures).flatten(2).transpose(1, 2) + self.positions
        return self.head(self.norm(self.layers(x)).mean(1))


# Measuring

def peak_memory():
    """Of this process since it was started (getrusage would count the process that started it)."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))


def median_seconds(step, seconds, warm=2):
    """Median time of a step; steps are run for `seconds`, three at least, after `warm` that do not count."""
    for _ in range(warm):
        step()
    times, begin = [], time.perf_counter()
    while len(times) < 3 or time.perf_counter() - begin < seconds:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def autocast(precision):
    return torch.autocast("cpu", torch.bfloat16) if precision == "bf16-autocast" else contextlib.nullcontext()


def compiled(function, form):
    torch._inductor.config.freezing = form == "frozen"  # prepacks weights; inference only
    return function if form == "eager" else torch.compile(function, dynamic=False)


def train(a, precision, form, optimizer):
    model = Llama(*SHAPES[a.config]).to(torch.bfloat16 if precision == "bf16" else torch.float32)
    adamw = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.1, fused=optimizer == "fused", foreach=optimizer == "foreach")
    vocabulary = SHAPES[a.config][3]
    ids, targets = torch.randint(vocabulary, (2, BATCH, LENGTH))
    cosine, sine = model.angles(LENGTH)

    def loss_of(ids, targets):
        return F.cross_entropy(model(ids, cosine, sine).view(-1, vocabulary).float(), targets.view(-1))

    loss_of = compiled(loss_of, form)

    def step():
        with autocast(precision):
            loss = loss_of(ids, targets)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adamw.step()
        adamw.zero_grad(set_to_none=True)

    return {"tokens_per_second": BATCH * LENGTH / median_seconds(step, a.seconds)}


def inference_model(a, precision):
    model = load(a.model) if a.model else Llama(*SHAPES[a.config])
    return model.to(torch.bfloat16 if precision == "bf16" else torch.float32).eval().requires_grad_(False)


@torch.no_grad()
def prefill(a, precision, form):
    model = inference_model(a, precision)
    ids = torch.randint(model.embedding.num_embeddings, (1, a.prompt))
    cosine, sine = model.angles(a.prompt)
    run = compiled(lambda ids: model(ids, cosine, sine, last=True), form)
    return {"tokens_per_second": a.prompt / median_seconds(lambda: run(ids), a.seconds)}


@torch.no_grad()
def batch(a, precision, form):
    model = inference_model(a, precision)
    kind = model.norm.weight.dtype
    ids = torch.randint(model.embedding.num_embeddings, (a.tokens, a.streams, 1))
    cosine, sine = model.angles(a.tokens)
    caches = [tuple(torch.zeros(a.streams, model.kv_heads, a.tokens, model.head_width, dtype=kind) for _ in range(2)) for _ in model.layers]
    places = torch.arange(a.tokens)
    run = compiled(lambda ids, c, s, position, mask: model(ids, c, s, caches, position, mask), form)

    def whole():
        for i in range(a.tokens):
            if form == "eager":
                run(ids[i], cosine[i:i + 1], sine[i:i + 1], i, None)
            else:
                run(ids[i], cosine[i:i + 1], sine[i:i + 1], places[i:i + 1], (places <= i)[None, None, None, :])

    return {"tokens_per_second": a.streams * a.tokens / median_seconds(whole, a.seconds, warm=1)}


def vision(a, precision, form, layout="nchw"):
    order = torch.channels_last if layout == "nhwc" else torch.contiguous_format
    model = (Convolutions() if a.mode == "conv" else VisionTransformer()).to(memory_format=order)
    pictures = torch.randn(PICTURES, 3, SIDE, SIDE).to(memory_format=order)
    labels = torch.randint(CLASSES, (PICTURES,))
    loss_of = compiled(lambda pictures: F.cross_entropy(model(pictures).float(), labels), form)

    def step():
        model.zero_grad(set_to_none=True)
        with autocast(precision):
            loss = loss_of(pictures)
        loss.backward()

    return {"images_per_second": PICTURES / median_seconds(step, a.seconds)}


MODES = {"train": train, "prefill": prefill, "batch": batch, "conv": vision, "vit": vision}


@torch.no_grad()
def logits(a):
    model = load(a.model).eval()
    ids = [int(x) for x in a.ids.split(",")]
    rows = model(torch.tensor([ids]), *model.angles(len(ids)), last=not a.all)[0]
    print(json.dumps({"ids": ids, "logits": rows.tolist() if a.all else rows[-1].tolist()}))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mode", choices=[*MODES, "logits"], required=True)
    parser.add_argument("--config", choices=SHAPES, default="5m")
    parser.add_argument("--model", metavar="DIR")
    parser.add_argument("--setting", action="append", help="as --list prints them; may be given again")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--prompt", type=int, default=512)
    parser.add_argument("--streams", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=256)
    parser.add_argument("--ids", default="1,2,3")
    parser.add_argument("--all", action="store_true", help="logits of every position")
    parser.add_argument("--list", action="store_true")
    a = parser.parse_args()
    if a.list:
        return print(json.dumps(SETTINGS.get(a.mode, [])))
    torch.set_num_threads(a.threads)
    torch.set_num_interop_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    if a.mode == "logits":
        return logits(a)
    failures = 0
    for setting in a.setting or SETTINGS[a.mode]:
        if setting not in SETTINGS[a.mode]:
            parser.error(f"--setting {setting}: {a.mode} takes " + "  ".join(SETTINGS[a.mode]))
        line = {"mode": a.mode, "config": a.model or a.config, "setting": setting, "threads": a.threads}
        for attempt in range(2):
            try:
                torch._dynamo.reset()
                line |= MODES[a.mode](a, *setting.split(","))
                break
            except Exception as error:  # a setting that this build cannot run must not hide the others
                if "ImportError" in f"{type(error)}{error}" and attempt == 0:  # a run that was killed left half a library in the cache
                    torch.compiler.reset()
                    shutil.rmtree(COMPILED, ignore_errors=True)
                    continue
                line["error"] = f"{type(error).__name__}: {error}"[:500]
                failures += 1
                break
        line["peak_memory_bytes"] = peak_memory()
        print(json.dumps(line), flush=True)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
