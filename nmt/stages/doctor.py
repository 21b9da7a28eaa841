"""The installation and the machine, looked at point by point. Every point survives what the others find broken."""

import importlib
import importlib.metadata
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from nmt.errors import NmtError
from nmt.machine import cores, fast_bfloat16, free_memory
from nmt.resources import shipped
from nmt.stages.requirements import Requirement, requirements

NVIDIA = ("/proc/driver/nvidia/version", "/dev/nvidia0")
LITTLE_MEMORY, LITTLE_DISK = 2e9, 2e9  # bytes: the quickstart takes a third of that, the recipes half
WIDTH = 2048  # of the matrices whose product is timed
TIMED = 0.4  # seconds a number format
MODULES = {"ruamel-yaml": "ruamel.yaml"}  # what is imported, where it is not the package's own name


@dataclass(frozen=True)
class Finding:
    """One line: problem keeps nmt from working, note may be worth a person's time; ``way_out`` says what to do."""

    status: Literal["ok", "note", "problem"]
    name: str
    what: str
    way_out: str = ""

    def text(self) -> str:
        """``ok       torch      2.13.0``."""
        return f"{self.status:<8} {self.name:<14} {self.what}" + (
            f" ({self.way_out})" if self.way_out else ""
        )


def examine() -> Iterator[Finding]:
    """Every point in turn; what a point itself trips over is a problem of its name."""
    for name, look in POINTS.items():
        try:
            yield from look()
        except Exception as error:  # whatever is broken, the next point is looked at
            yield Finding("problem", name, _line(error), "pip install --force-reinstall nmt")


def _python() -> Iterator[Finding]:
    what = f"{platform.python_version()}, {platform.system()} {platform.machine()}"
    try:
        wanted = importlib.metadata.metadata("nmt")["Requires-Python"]
    except importlib.metadata.PackageNotFoundError:
        yield Finding("ok", "python", what)
        yield Finding("note", "nmt", "runs from its source tree, not installed", "pip install -e .")
        return
    fits = Requirement("python", wanted).allows(platform.python_version())
    way_out = "" if fits else f"a Python that is {wanted}"
    yield Finding("ok" if fits else "problem", "python", what, way_out)
    yield Finding("ok", "nmt", f"{importlib.metadata.version('nmt')} in {Path(__file__).parents[1]}")


def _packages() -> Iterator[Finding]:
    """Each package that nmt needs: there, within the range that is tested, and not broken."""
    for wanted in requirements("nmt"):
        try:
            version = importlib.metadata.version(wanted.name)
        except importlib.metadata.PackageNotFoundError:
            yield Finding(
                "problem", wanted.name, "is not installed", f"pip install '{wanted.name}{wanted.range}'"
            )
            continue
        if not wanted.allows(version):
            what = f"{version} is outside {wanted.range}"
            yield Finding("problem", wanted.name, what, f"pip install '{wanted.name}{wanted.range}'")
            continue
        yield _imported(wanted.name, version)


def _imported(name: str, version: str) -> Finding:
    try:
        importlib.import_module(MODULES.get(name, name))
    except Exception as error:  # a package that is there and broken may raise anything
        return Finding(
            "problem",
            name,
            f"{version} does not load: {_line(error)}",
            f"pip install --force-reinstall {name}",
        )
    return Finding("ok", name, version)


def _processor() -> Iterator[Finding]:
    there, allowed = os.cpu_count() or 1, cores()
    fewer = f" of {there}" if allowed < there else ""
    yield Finding("ok", "processor", f"{allowed}{fewer} cores, {platform.processor() or platform.machine()}")
    if (asked := os.environ.get("OMP_NUM_THREADS")) not in (None, str(allowed)):
        yield Finding(
            "note",
            "threads",
            f"OMP_NUM_THREADS is {asked}, of {allowed} cores",
            "training.threads says how many train",
        )
    names = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
    settings = ", ".join(f"{name}={os.environ[name]}" for name in names if name in os.environ)
    active = os.environ.get("OMP_WAIT_POLICY", "").upper() == "ACTIVE"
    way_out = "unset it: threads that spin collapse when another process takes a core" if active else ""
    yield Finding("note" if active else "ok", "waiting", settings or "as OpenMP has it", way_out)
    if fast_bfloat16():
        yield Finding("ok", "bfloat16", "multiplied in hardware: training.precision auto is bf16")
    else:
        yield Finding("ok", "bfloat16", "not in hardware: training.precision auto is fp32")


def _accelerator() -> Iterator[Finding]:
    torch = importlib.import_module("torch")
    card = next((path for path in NVIDIA if os.path.exists(path)), None)
    if torch.cuda.is_available():
        yield Finding(
            "note",
            "gpu",
            f"{torch.cuda.get_device_name()}: torch can use it; nmt computes on the processor so far",
        )
    elif card and torch.version.cuda is None:
        what = f"an NVIDIA GPU is there, and this torch ({torch.__version__}) is a build without CUDA"
        yield Finding(
            "note", "gpu", what, "pip install torch from https://download.pytorch.org/whl, if others need it"
        )
    elif card:
        what = f"an NVIDIA GPU is there, and torch's CUDA {torch.version.cuda} cannot use it"
        yield Finding("note", "gpu", what, "a driver that is as new as that CUDA")
    elif torch.backends.mps.is_available():
        yield Finding("note", "gpu", "Apple's (MPS): torch can use it; nmt computes on the processor so far")
    else:
        yield Finding("ok", "gpu", "none: nmt computes on the processor")


def _memory() -> Iterator[Finding]:
    free = free_memory()
    if free is None:
        yield Finding("ok", "memory", "this system does not tell")
    elif free < LITTLE_MEMORY:
        yield Finding(
            "note",
            "memory",
            f"{free / 1e9:.1f} GB free",
            "end other programs, or a smaller training.batch_tokens",
        )
    else:
        yield Finding("ok", "memory", f"{free / 1e9:.1f} GB free")


def _disk() -> Iterator[Finding]:
    free = shutil.disk_usage(Path.cwd()).free
    little = free < LITTLE_DISK
    yield Finding(
        "note" if little else "ok",
        "disk",
        f"{free / 1e9:.1f} GB free here",
        "train elsewhere: --out" if little else "",
    )
    runs = Path("runs") if Path("runs").exists() else Path()
    place = "runs/" if runs.name else "this folder"
    if runs.is_dir() and os.access(runs, os.W_OK | os.X_OK):
        yield Finding("ok", "runs", f"{place} can be written to")
    else:
        yield Finding("note", "runs", f"{place} cannot be written to", "train elsewhere: --out")


def _fonts() -> Iterator[Finding]:
    font = importlib.import_module("nmt.pictures.fonts").cjk_font()
    if font is None:
        yield Finding("note", "fonts", "none with Chinese: pictures will be SVG", "pip install 'nmt[cjk]'")
    else:
        yield Finding("ok", "fonts", f"Chinese by {font.name}")


def _text() -> Iterator[Finding]:
    encoding = (sys.stdout.encoding or "none").lower()
    if encoding.replace("-", "") == "utf8":
        yield Finding("ok", "text", "stdout is UTF-8")
    else:
        yield Finding("note", "text", f"stdout is {encoding}", "export LC_ALL=C.UTF-8")
    names = sys.getfilesystemencoding()
    if names.replace("-", "") != "utf8":
        yield Finding("note", "file names", f"are {names}", "export LC_ALL=C.UTF-8")


def _corpus() -> Iterator[Finding]:
    try:
        folder = shipped("data/train.en").parent
        shipped("configs")
    except NmtError as error:
        yield Finding("problem", "corpus", f"{error.place} {error.what}", error.hint)
    else:
        yield Finding("ok", "corpus", str(folder))


def _sentencepiece() -> Iterator[Finding]:
    """A tiny vocabulary, and a sentence through it and back."""
    text = "the cat sat on the mat 我爱你"
    train = importlib.import_module("nmt.text.train").train
    tokenizer, _ = train([text] * 10, type="char", vocab_size=100, language="en")
    back = tokenizer.decode(tokenizer.encode(text))
    yield _worked("tokenizer", back == text, f"{text!r} came back as {back!r}")


def _sacrebleu() -> Iterator[Finding]:
    """Of a perfect translation."""
    evaluate = importlib.import_module("nmt.evaluation.scores").evaluate
    report = evaluate(
        ["我爱机器学习。"], ["我爱机器学习。"], target_language="zh", metrics=("bleu",), bootstrap=0
    )
    score = report.metrics["bleu"].score
    yield _worked("scores", abs(score - 100) < 1e-6, f"a perfect translation scores BLEU {score:.1f}")


def _worked(name: str, right: bool, otherwise: str) -> Finding:
    if right:
        return Finding("ok", name, "work")
    return Finding("problem", name, otherwise, "pip install --force-reinstall sentencepiece sacrebleu")


def _rate() -> Iterator[Finding]:
    torch = importlib.import_module("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(cores())
    names = (
        ("float32", "bfloat16") if fast_bfloat16() else ("float32",)
    )  # in software a product takes half a minute
    rates = {name: _gigaflops(torch, getattr(torch, name)) for name in names}
    torch.set_num_threads(before)
    what = ", ".join(f"{rate:,.0f} GFLOP/s in {name}" for name, rate in rates.items())
    yield Finding("ok", "matrices", f"{what}, on {cores()} threads")


def _gigaflops(torch: ModuleType, dtype: Any) -> float:
    """The best rate of a product of two square matrices."""
    a, b = torch.randn(2, WIDTH, WIDTH).to(dtype).unbind()
    a @ b
    best, end = float("inf"), time.perf_counter() + TIMED
    while time.perf_counter() < end:
        start = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - start)
    return 2 * WIDTH**3 / best / 1e9


def _line(error: BaseException) -> str:
    """An error on one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


POINTS: dict[str, Callable[[], Iterator[Finding]]] = {
    "python": _python,
    "packages": _packages,
    "processor": _processor,
    "gpu": _accelerator,
    "memory": _memory,
    "disk": _disk,
    "fonts": _fonts,
    "text": _text,
    "corpus": _corpus,
    "tokenizer": _sentencepiece,
    "scores": _sacrebleu,
    "matrices": _rate,
}
