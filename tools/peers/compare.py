#!/usr/bin/env python3
"""Measures Atelier beside llama.cpp and PyTorch: same shapes, same weights, same threads, in turns. On an idle machine:

    tools/peers/setup_peers
    .peers/venv/bin/python tools/peers/compare.py --atelier .build/release/atelier --threads 1,2 --out .peers/results

For each case the rivals' settings are first measured once (all are listed in the report), the fastest of each rival then
goes into the comparison: --repeats rounds, in each of which every program runs once, in an order that moves on by one a
round. Reported: medians with lowest and highest, and the ratio Atelier / rival, computed within each round. Writes
OUT.json and OUT.md. A run that fails is reported with what it said, and the exit code is then 1.

    --work train,decode,prefill,batch,vision   --configs 5m,25m,110m   --precisions f32,bf16,int8
    --model int8=PATH (again: bf16=PATH ...)   decode and prefill of a model in place of --configs: a folder (converted for
                                               llama.cpp), a GGUF file, or FOLDER,FILE.gguf (Atelier's, llama.cpp's)
    --quick                                    two rounds of short runs, to see that all works
"""
import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = HERE.parent.parent / ".peers"
CONFIGS = {"train": ("5m", "12m", "25m"), "decode": ("5m", "25m", "110m"), "prefill": ("5m", "25m", "110m"), "batch": ("5m", "25m", "110m"),
           "vision": ("conv", "vit")}
PRECISIONS = {"train": ("f32", "bf16"), "vision": ("f32", "bf16")}
GGUF_TYPES = {"f32": "f32", "bf16": "bf16", "int8": "q8_0"}
CHECKED_IDS = "140,257,183,99,221,250"  # ordinary tokens in every vocabulary here


class Failure(Exception):
    pass


def run(argv, timeout, environment=None):
    """Standard output of a command; a Failure says how it ended."""
    argv = [str(x) for x in argv]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=timeout, env=os.environ | (environment or {}))
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failure(f"{' '.join(argv)}: {error}") from error
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip())[-600:]
        raise Failure(f"{' '.join(argv)}: exit code {done.returncode}: {said}")
    return done.stdout


def measurement(text, argv):
    """Rate (median, where a program prints several) and peak memory of one document or of lines of JSON."""
    try:
        try:
            lines = [json.loads(text)]
        except ValueError:
            lines = [json.loads(line) for line in text.splitlines() if line.strip()]
        rates = [line[key] for line in lines for key in ("tokens_per_second", "images_per_second") if key in line]
        memory = [line["peak_memory_bytes"] for line in lines if "peak_memory_bytes" in line]
    except (ValueError, TypeError) as error:
        raise Failure(f"{' '.join(map(str, argv))}: prints no JSON: {text[:300]!r}") from error
    if not rates:
        raise Failure(f"{' '.join(map(str, argv))}: prints no rate: {text[:300]!r}")
    return statistics.median(rates), memory[-1] if memory else None


def torch_mode(work, config):
    return {"vision": config, "decode": "batch"}.get(work, work)


class Programs:
    """The commands of one case."""

    def __init__(self, a):
        self.a, self.weights, self.listed = a, {}, {}

    def atelier(self, work, config, precision, threads):
        a = self.a
        argv = [a.atelier, "bench", work, "--precision", precision, "--threads", threads, "--json"]
        argv += ["--network", config] if work == "vision" else ["--model", a.models[precision][0]] if a.models else ["--config", config]
        if work in ("train", "vision"):
            argv += ["--seconds", a.seconds]
        elif work == "prefill":
            argv += ["--prompt", 512]
        else:
            argv += ["--tokens", a.tokens] + (["--streams", 8] if work == "batch" else [])
        return argv, {}

    def folder(self, config):
        """A folder with the random weights that Atelier itself measures (or, should it write none, others of that shape)."""
        if Path(config).is_dir():
            return config
        if config not in self.weights:
            folder = PEERS / "models" / config
            shutil.rmtree(folder, ignore_errors=True)  # last time's
            try:
                run([self.a.atelier, "bench", "decode", "--config", config, "--write-model", folder], 300)
            except Failure as error:
                note_failure(error, "other random weights of the same shape stand in")
                run([sys.executable, HERE / "make_gguf.py", "--random", folder, "--config", config], 300)
            self.weights[config] = folder
        return self.weights[config]

    def gguf(self, config, precision):
        if self.a.models and not Path(self.a.models[precision][-1]).is_dir():
            return self.a.models[precision][-1]
        key = config, precision
        if key not in self.weights:
            path = PEERS / "models" / f"{Path(config).name}.{precision}.gguf"
            run([sys.executable, HERE / "make_gguf.py", self.folder(config), path, "--type", GGUF_TYPES[precision]], 300)
            self.weights[key] = path
        return self.weights[key]

    def agreement(self, config, precision):
        """Correlation of Atelier's logits in f32 with llama.cpp's: near 1 (0.998 in Q8_0 or Q4_1) if both read the same weights."""
        model = self.a.models[precision][0] if self.a.models else self.folder(config)
        rows = []
        for argv in ([self.a.atelier, "models", "logits", model, "--ids", CHECKED_IDS, "--json"],
                     [PEERS / "llama/llama_bench", self.gguf(config, precision), "--mode", "logits", "--ids", CHECKED_IDS, "--flash", 0]):
            rows.append(json.loads(run(argv, self.a.timeout))["logits"])
        if len(rows[0]) != len(rows[1]):
            raise Failure(f"{model} and {self.gguf(config, precision)}: {len(rows[0])} and {len(rows[1])} logits: not the same model")
        found = statistics.correlation(*rows)
        if found < 0.99:
            raise Failure(f"{model} and {self.gguf(config, precision)}: correlation {found:.3f} of their logits: not the same weights")
        return found

    def llama(self, work, config, precision, threads, setting):
        library, *options = setting.split()
        argv = [PEERS / "llama/llama_bench", self.gguf(config, precision), "--mode", work, "--threads", threads, "--tokens", self.a.tokens]
        argv += ["--prompt", 512, "--streams", 8, "--repeats", 1 if self.a.quick else 3, *options]
        build = "build" if library == "openmp" else "build-pool"
        return argv, {"LD_LIBRARY_PATH": f"{PEERS / 'llama' / build / 'bin'}:{PEERS / 'llama/build/bin'}"}

    def torch(self, work, config, precision, threads, setting):
        argv = [sys.executable, HERE / "torch_bench.py", "--mode", torch_mode(work, config), "--threads", threads, "--setting", setting, "--seconds", self.a.seconds]
        argv += ["--tokens", self.a.tokens, "--streams", 1 if work == "decode" else 8, "--prompt", 512]
        if work != "vision":
            argv += ["--config", config] if work == "train" else ["--model", self.folder(config)]
        return argv, {}

    def torch_settings(self, mode):
        """Asked of the program: importing PyTorch here would count as memory of every program started from here."""
        if mode not in self.listed:
            self.listed[mode] = json.loads(run([sys.executable, HERE / "torch_bench.py", "--mode", mode, "--list"], 300))
        return self.listed[mode]

    def settings(self, work, config, precision):
        """What is tried of each rival: name to settings."""
        found = {}
        if work in ("decode", "prefill", "batch"):
            found["llama.cpp"] = [f"{library} --flash {flash} --kv {kv}" for library in ("openmp", "pool")
                                  for flash, kv in ((1, "f16"), (0, "f16"), (0, "f32"), (1, "f32"))]
            found["llama.cpp"] += ["openmp --flash 1 --kv f16 --no-mmap", "pool --flash 1 --kv f16 --poll 100"]
            if work == "batch":
                found["llama.cpp"] += ["openmp --flash 1 --kv f16 --unified 1", "openmp --flash 0 --kv f16 --unified 1"]
        if not precision.startswith("int") and (not self.a.models or Path(config).is_dir()):
            found["PyTorch"] = [s for s in self.torch_settings(torch_mode(work, config)) if s.startswith(precision)]  # bf16: weights, or under autocast
        return {rival: settings for rival, settings in found.items() if rival.split(".")[0].lower() in self.a.rivals}

    def command(self, who, work, config, precision, threads, setting):
        if who == "Atelier":
            return self.atelier(work, config, precision, threads)
        return (self.llama if who == "llama.cpp" else self.torch)(work, config, precision, threads, setting)


failures = []


def note_failure(error, consequence):
    failures.append(f"{error} ({consequence})")
    print(f"FAILED: {failures[-1]}", file=sys.stderr, flush=True)


def sweep(programs, work, config, precision, threads):
    """Every rival's settings measured once: name to {setting: rate or None}."""
    rates = {}
    for rival, settings in programs.settings(work, config, precision).items():
        rates[rival] = {}
        for setting in settings:
            try:
                argv, environment = programs.command(rival, work, config, precision, threads, setting)
                rates[rival][setting] = measurement(run(argv, programs.a.timeout, environment), argv)[0]
            except Failure as error:
                note_failure(error, "this setting is left out")
                rates[rival][setting] = None
    return rates


def spread(values):
    return {"median": statistics.median(values), "lowest": min(values), "highest": max(values)} if values else None


def compare(programs, work, config, precision, threads):
    a = programs.a
    print(f"\n{work} {config} {precision}, {threads} thread{'s' * (threads > 1)}; load {os.getloadavg()[0]:.2f}", flush=True)
    case = {"work": work, "config": config, "precision": precision, "threads": threads, "load": os.getloadavg()}
    if work in ("decode", "prefill", "batch") and "llama" in a.rivals:
        case["logits_correlation"] = programs.agreement(config, precision)
        print(f"  logits of Atelier (f32) and llama.cpp correlate to {case['logits_correlation']:.6f}")
    case["swept"] = sweep(programs, work, config, precision, threads)
    best = {rival: max((s for s in rates if rates[s]), key=rates.get, default=None) for rival, rates in case["swept"].items()}
    runners = ["Atelier"] + [rival for rival in best if best[rival]]
    rounds = []
    for number in range(a.repeats):
        turn = {}
        for i in range(len(runners)):
            who = runners[(i + number) % len(runners)]
            try:
                argv, environment = programs.command(who, work, config, precision, threads, best.get(who))
                turn[who] = measurement(run(argv, a.timeout, environment), argv)
            except Failure as error:
                note_failure(error, f"round {number + 1} goes without {who}")
        rounds.append(turn)
    case["programs"] = {}
    for who in runners:
        rates = [turn[who][0] for turn in rounds if who in turn]
        memory = [turn[who][1] for turn in rounds if who in turn and turn[who][1]]
        ratios = [turn["Atelier"][0] / turn[who][0] for turn in rounds if who in turn and "Atelier" in turn]
        case["programs"][who] = {
            "setting": best.get(who), "rates": rates, "rate": spread(rates), "peak_memory_bytes": max(memory, default=None),
            "atelier_over_this": spread(ratios) if who != "Atelier" else None}
        print("  " + " | ".join(row(case, who)[4:]), flush=True)
    return case


def row(case, who):
    entry = case["programs"][who]
    rate, ratio = entry["rate"], entry["atelier_over_this"]
    show = lambda s, digits: f"{s['median']:,.{digits}f} ({s['lowest']:,.{digits}f}–{s['highest']:,.{digits}f})" if s else "—"
    memory = f"{entry['peak_memory_bytes'] / 2**20:,.0f}" if entry["peak_memory_bytes"] else "—"
    return [case["work"], Path(case["config"]).name, case["precision"], str(case["threads"]), who, entry["setting"] or "",
            show(rate, 0 if rate and rate["median"] >= 100 else 1), show(ratio, 2), memory]


def markdown(report):
    m = report["machine"]
    lines = [f"{m['processor']}, {m['cores']} cores; {m['versions']}; {m['date']}; load at start {m['load'][0]:.2f}.", ""]
    head = ["work", "shape", "precision", "threads", "program", "setting", "a second: median (range)", "Atelier / it, same round", "MiB at most"]
    lines += ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(row(case, who)) + " |" for case in report["cases"] for who in case["programs"]]
    checked = [f"{c['work']} {Path(c['config']).name} {c['precision']} {c['logits_correlation']:.6f}" for c in report["cases"] if "logits_correlation" in c]
    if checked:
        lines += ["", "Correlation of logits, Atelier in f32 and llama.cpp in the precision measured: " + "; ".join(dict.fromkeys(checked)) + "."]
    lines += ["", "Settings tried, one short run each:", ""]
    for case in report["cases"]:
        for rival, rates in case["swept"].items():
            tried = "; ".join(f"`{s}` {f'{r:,.0f}' if r else 'failed'}" for s, r in rates.items())
            lines.append(f"- {case['work']} {case['config']} {case['precision']}, {case['threads']} threads, {rival}: {tried}")
    if report["failures"]:
        lines += ["", "Failed:", ""] + [f"- `{text}`" for text in report["failures"]]
    return "\n".join(lines) + "\n"


def machine(a):
    names = [line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    versions = []
    programs = [[a.atelier, "--version"]]
    if "llama" in a.rivals:
        programs.append([PEERS / "llama/llama_bench", "--version"])
    if "pytorch" in a.rivals:
        programs.append([sys.executable, "-c", "import torch; print('torch', torch.__version__, torch.backends.cpu.get_cpu_capability())"])
    for argv in programs:
        try:
            versions.append(run(argv, 120).strip().split(";")[0])
        except Failure as error:
            note_failure(error, "its version is unknown")
    versions[:1] = [f"Atelier {versions[0]}"] if versions else []
    return {"processor": names[0] if names else "unknown processor", "cores": os.cpu_count(), "system": platform.platform(),
            "versions": "; ".join(versions), "date": time.strftime("%Y-%m-%d"), "load": os.getloadavg()}


def cases(a, work):
    """Shapes (or the path of the given model) and precisions of a work."""
    if a.models:
        return [(paths[0], precision) for precision, paths in a.models.items()]
    return [(config, precision) for config in CONFIGS[work] if not a.configs or config in a.configs.split(",")
            for precision in PRECISIONS.get(work, GGUF_TYPES) if precision in a.precisions.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--atelier", default=".build/release/atelier")
    parser.add_argument("--work", default="train,decode,prefill,batch,vision")
    parser.add_argument("--configs", help="5m, 12m, 25m, 110m; conv, vit; each work takes those it knows (default: all)")
    parser.add_argument("--precisions", default="f32,bf16,int8")
    parser.add_argument("--threads", default=str(os.cpu_count()))
    parser.add_argument("--rivals", default="llama,pytorch")
    parser.add_argument("--model", action="append", default=[], metavar="PRECISION=PATH")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5, help="length of a run, where it is not counted in tokens")
    parser.add_argument("--tokens", type=int, default=256)
    parser.add_argument("--timeout", type=float, default=600, help="seconds that one run may take")
    parser.add_argument("--out", type=Path, default=PEERS / "results")
    parser.add_argument("--quick", action="store_true")
    a = parser.parse_args()
    a.models = {precision: paths.split(",") for precision, paths in (text.split("=", 1) for text in a.model)}
    a.rivals = a.rivals.split(",")
    if a.quick:
        a.repeats, a.seconds, a.tokens = 2, 0.5, 32
    for name in a.work.split(","):
        if name not in CONFIGS:
            parser.error(f"--work takes {', '.join(CONFIGS)}, not {name}")
    report = {"machine": machine(a), "arguments": sys.argv[1:], "cases": [], "failures": failures}
    m = report["machine"]
    print(f"{m['processor']}, {m['cores']} cores; {m['versions']}; load {m['load'][0]:.2f}")
    if m["load"][0] > 0.3:
        print("warning: the machine is not idle; these figures are not to be quoted", file=sys.stderr)
    programs = Programs(a)
    a.out.parent.mkdir(parents=True, exist_ok=True)
    for work in a.work.split(","):
        if a.models and work not in ("decode", "prefill"):
            continue
        for config, precision in cases(a, work):
            for threads in map(int, a.threads.split(",")):
                try:
                    report["cases"].append(compare(programs, work, config, precision, threads))
                except Failure as error:
                    note_failure(error, f"{work} {config} {precision} is left out")
                a.out.with_suffix(".json").write_text(json.dumps(report, indent=1))
                a.out.with_suffix(".md").write_text(markdown(report))
    print(f"\n{a.out.with_suffix('.json')}, {a.out.with_suffix('.md')}" + (f"; {len(failures)} failures" if failures else ""))
    sys.exit(1 if failures or not report["cases"] else 0)


if __name__ == "__main__":
    main()
