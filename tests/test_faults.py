"""Bad input, whole commands: the exit code, every line on stderr, nothing on stdout and nothing left on disk."""

import gzip
import re
import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nmt.bundle import seal

BOMB = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 30)]
)
ONE_ERROR = "bad.yaml: 1 error in the configuration (see above)"
NO_MODEL = "(give a run, a bundle or a checkpoint folder)"
TEXTS = "--source test.en --target test.zh"
ONLY_LINES = "command line: --hypothesis needs --reference and -l CODE, and no MODEL, --test-set, --beam or --mask-head"
HYPOTHESIS = "evaluate --hypothesis test.zh --reference test.zh"
COMPARISON = "compare --reference test.zh"
ONE_OF_TWO = "command line: give MODEL and either --test-set NAME or both --source and --reference"

Setup = Callable[[], object]


def nothing() -> None:
    """The folder as it is: the small corpus, tiny.yaml, and a trained model in model/."""


def text(name: str, content: str | bytes) -> Setup:
    """A file of one's own."""
    return lambda: Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())


def config(old: str, new: str, **files: str | bytes) -> Setup:
    """``bad.yaml``, which is tiny.yaml but for one place, beside files of one's own (``_`` for the dot)."""

    def make() -> None:
        good = Path("tiny.yaml").read_text(encoding="utf-8")
        assert good.count(old) == 1
        Path("bad.yaml").write_text(good.replace(old, new), encoding="utf-8")
        for name, content in files.items():
            text(name.replace("_", "."), content)()

    return make


def corpus(source: str | bytes, target: str | bytes) -> Setup:
    """``bad.yaml``, which trains on these two texts."""
    return config("train.en, target: train.zh", "bad.en, target: bad.zh", bad_en=source, bad_zh=target)


def changed(name: str, old: bytes, new: bytes, *, sealed: bool) -> Setup:
    """The model with something replaced in one of its files; ``sealed``: its manifest agrees with that."""

    def make() -> None:
        path = Path("model", name)
        content = path.read_bytes()
        assert old in content
        path.write_bytes(content.replace(old, new, 1))
        if sealed:
            seal(Path("model"))

    return make


def without(name: str) -> Setup:
    """The model without one of its files."""
    return lambda: Path("model", name).unlink()


def folder(name: str) -> Setup:
    """An empty folder."""
    return lambda: Path(name).mkdir()


@dataclass(frozen=True)
class Fault:
    """Something bad, the command that meets it, and all that it then writes; ``...`` stands for any text."""

    make: Setup
    arguments: str
    code: int
    last: str
    before: tuple[str, ...] = ()
    stdin: bytes = b""


CONFIGS = {
    "a mistyped key": Fault(
        config("  hidden: 16", "  hiden: 16"),
        "train bad.yaml",
        2,
        ONE_ERROR,
        before=("bad.yaml:13:3: model.hiden: unknown key (did you mean 'hidden'?)",),
    ),
    "an unknown key": Fault(
        config("dropout: 0.0", "dropout: 0.0\n  zzz: 1"),
        "train bad.yaml",
        2,
        ONE_ERROR,
        before=("bad.yaml:15:3: model.zzz: unknown key (known here: ...)",),
    ),
    "a key of another section": Fault(
        config("hidden: 16", "hidden: 16\n  seed: 3"),
        "config check bad.yaml",
        2,
        ONE_ERROR,
        before=("bad.yaml:14:3: model.seed: unknown key (it belongs under training)",),
    ),
    "a wrong type, and every other error with it": Fault(
        config("hidden: 16", "hidden: x\n  tye: all"),
        "train bad.yaml --set training.max_stepz=3",
        2,
        "bad.yaml: 3 errors in the configuration (see above)",
        before=(
            "bad.yaml:13:11: model.hidden: expected an integer, found 'x'",
            "bad.yaml:14:3: model.tye: unknown key (did you mean 'type'?)",
            "--set training.max_stepz=3: training.max_stepz: unknown key (did you mean 'max_steps'?)",
        ),
    ),
    "an unknown metric": Fault(
        nothing,
        "train tiny.yaml --set 'evaluation.metrics=[bleu, blue]'",
        2,
        "tiny.yaml: 1 error in the configuration (see above)",
        before=(
            "--set evaluation.metrics=[bleu, blue]: evaluation.metrics[1]: expected bleu, bleu_lc, chrf or ter, "
            "found 'blue' (did you mean 'bleu'?)",
        ),
    ),
    "a frozen part that the model does not have": Fault(
        nothing,
        "train tiny.yaml --set 'training.freeze=[encodr.*]'",
        2,
        "training.freeze: no parameter is named 'encodr.*' (did you mean 'encoder.*'?)",
    ),
    "a model of which all is frozen": Fault(
        nothing,
        "train tiny.yaml --set 'training.freeze=[\"*\"]'",
        2,
        "training.freeze: leaves nothing to train",
    ),
    "a lexicon that is not there": Fault(
        nothing,
        "train tiny.yaml --set 'model.attention.lexicon={file: none.tsv}'",
        1,
        "none.tsv: no such file",
    ),
    "a lexicon with a line that is no entry": Fault(
        text("words.tsv", "a\tb\nc d\n"),
        "train tiny.yaml --set 'model.attention.lexicon={file: words.tsv}'",
        1,
        "words.tsv:2: is no entry of a lexicon: 'c d' (source<TAB>target<TAB>probability)",
    ),
    "a plateau of a metric that is not computed": Fault(
        nothing,
        "train tiny.yaml --set training.best=ter --set training.schedule.type=plateau",
        2,
        "tiny.yaml: 1 error in the configuration (see above)",
        before=(
            "--set training.best=ter: training.best: ter is not computed: evaluation.metrics is bleu, chrf "
            "(add ter there, or choose bleu, chrf or loss)",
        ),
    ),
    "YAML syntax": Fault(
        config("decoding: {beam: 2,", "decoding: {beam: 2"),
        "train bad.yaml",
        2,
        ONE_ERROR,
        before=("bad.yaml:22:...: not valid YAML: ...",),
    ),
    "a key given twice": Fault(
        config("dropout: 0.0", "dropout: 0.0\n  hidden: 32"),
        "train bad.yaml",
        2,
        ONE_ERROR,
        before=("bad.yaml:15:3: model.hidden: given twice, first in line 13",),
    ),
    "a python tag": Fault(
        config("hidden: 16", "hidden: !!python/object/apply:os.system ['touch pwned']"),
        "train bad.yaml",
        2,
        ONE_ERROR,
        before=(
            "bad.yaml:13:11: model.hidden: the tag !!python/object/apply:os.system is refused: only plain values "
            "are read, and nothing is ever run",
        ),
    ),
    "an alias bomb": Fault(
        text("bad.yaml", BOMB),
        "train bad.yaml",
        2,
        ONE_ERROR,
        before=("bad.yaml:1:1: unfolds to more than 10000 values: this is no configuration",),
    ),
    "an empty config": Fault(
        text("bad.yaml", ""),
        "train bad.yaml",
        2,
        ONE_ERROR,
        before=("bad.yaml:1:1: empty (nmt config init writes a new experiment)",),
    ),
    "a config that is not UTF-8": Fault(
        text("bad.yaml", b"languages:\n  source: \xe9n\n"),
        "config show bad.yaml",
        2,
        ONE_ERROR,
        before=("bad.yaml:2:11: not UTF-8 (byte 0xe9)",),
    ),
    "a missing config": Fault(
        nothing, "train tinny.yaml", 2, "tinny.yaml: no such file or directory (did you mean 'tiny.yaml'?)"
    ),
    "no training corpus": Fault(
        nothing,
        "train tiny.yaml --set data.train=[]",
        2,
        "tiny.yaml: 1 error in the configuration (see above)",
        before=("--set data.train=[]: data.train: too few values: 0",),
    ),
    "a corpus that is never to be seen": Fault(
        nothing,
        "train tiny.yaml --set 'data.train=[{tsv: a}, {tsv: b, weight: -1}]'",
        2,
        "tiny.yaml: 1 error in the configuration (see above)",
        before=(
            "--set data.train=[{tsv: a}, {tsv: b, weight: -1}]: data.train[1].weight: "
            "must be more than 0.0, found -1",
        ),
    ),
    "sampling that does not fit": Fault(
        nothing,
        "train tiny.yaml --set 'tokenizer.target.sampling={dropout: 0.1}'",
        2,
        "tiny.yaml: 1 error in the configuration (see above)",
        before=(
            "--set tokenizer.target.sampling={dropout: 0.1}: tokenizer.target.sampling: does not fit type char "
            "(unigram and bpe can, others cannot: sampling: null)",
        ),
    ),
    "an override without a value": Fault(
        nothing,
        "train tiny.yaml --set training.max_steps",
        2,
        "tiny.yaml: 1 error in the configuration (see above)",
        before=("--set training.max_steps: expected section.key=value (as in training.max_steps=1000)",),
    ),
}

PAIRS = "{source: train.en, target: train.zh}"

CORPORA = {
    "a missing training file": Fault(
        config("train.en", "nothing.en"), "train bad.yaml", 1, "nothing.en: no such file"
    ),
    "a missing training file, for a tokenizer": Fault(
        config("train.en", "nothing.en"), "tokenizer train bad.yaml", 1, "nothing.en: no such file"
    ),
    "a missing validation file": Fault(
        config("valid.zh", "nothing.zh"), "train bad.yaml", 1, "nothing.zh: no such file"
    ),
    "a corpus that was not fetched": Fault(
        config("train.en", "corpora/multi30k/train.en.gz"),
        "train bad.yaml",
        1,
        "corpora/multi30k/train.en.gz: no such file "
        "(python scripts/fetch_corpora.py fetches the text of the recipes)",
    ),
    "a folder for a file": Fault(
        config("train.en", "model"), "train bad.yaml", 1, "model: is a folder, not a file"
    ),
    "differing line counts": Fault(
        corpus("a\nb\nc\n", "甲\n乙\n"),
        "train bad.yaml",
        1,
        "bad.en: has 3 lines, but bad.zh has 2 (line n of one must translate line n of the other)",
    ),
    "differing line counts of a validation set": Fault(
        config("valid.en", "test.tok.en", test_tok_en="a\n"),
        "train bad.yaml",
        1,
        "test.tok.en: has 1 lines, but valid.zh has 20 (line n of one must translate line n of the other)",
    ),
    "invalid UTF-8": Fault(
        corpus(b"one\ncaf\xe9\n", "一\n二\n"),
        "train bad.yaml",
        1,
        "bad.en:2: not valid UTF-8: byte 0xe9 at byte 4 of the line (convert the file with iconv)",
    ),
    "an empty corpus": Fault(corpus("", ""), "train bad.yaml", 1, "bad.en and bad.zh: is empty"),
    "a corpus of a byte order mark": Fault(
        corpus(b"\xef\xbb\xbf", b"\xef\xbb\xbf"), "train bad.yaml", 1, "bad.en and bad.zh: is empty"
    ),
    "a corpus of blank sides": Fault(
        corpus("a\n\n", "\n乙\n"),
        "train bad.yaml",
        1,
        "bad.en and bad.zh: no pair is left of 2: 2 with a blank side",
    ),
    "a corpus of which the filters leave nothing": Fault(
        config("data:\n", "data:\n  filters: {max_length: 1}\n"),
        "train bad.yaml",
        1,
        "train.en and train.zh: no pair is left of 300: 300 over max_length (see data.filters)",
    ),
    "a line without a tab": Fault(
        config(PAIRS, "{tsv: bad.tsv}", bad_tsv="a\t甲\nb\n"),
        "train bad.yaml",
        1,
        "bad.tsv:2: expected a source, a tab and a target, found one column",
    ),
    "a line that is no JSON": Fault(
        config(PAIRS, "{jsonl: bad.jsonl}", bad_jsonl='{"source": "a", "target": "b"}\n{"source": "a"'),
        "train bad.yaml",
        1,
        "bad.jsonl:2: not JSON: Expecting ',' delimiter at character 15 (a JSON object on each line is expected)",
    ),
    "a key that JSON lines lack": Fault(
        config(
            PAIRS, "{jsonl: bad.jsonl, source: en}", bad_jsonl='{"translation": {"en": "a", "zh": "b"}}\n'
        ),
        "train bad.yaml",
        1,
        "bad.jsonl:1: has no key 'en', only translation.en, translation.zh "
        "(source: and target: of the corpus say which two)",
    ),
    "a number for a text": Fault(
        config(PAIRS, "{jsonl: bad.jsonl}", bad_jsonl='{"source": "a", "target": 3}\n'),
        "tokenizer train bad.yaml",
        1,
        "bad.jsonl:1: expected text at 'target', found a number",
    ),
    "a Parquet file that is none": Fault(
        config(PAIRS, "{parquet: test.en}"),
        "train bad.yaml",
        1,
        "test.en: is not a readable Parquet file: Parquet magic bytes not found in footer. ...",
    ),
    "a column that a Parquet file lacks": Fault(
        lambda: (
            config(PAIRS, "{parquet: bad.parquet, source: en, target: de}")(),
            pq.write_table(pa.table({"en": ["a"], "zh": ["b"]}), "bad.parquet"),
        ),
        "train bad.yaml",
        1,
        "bad.parquet: has no column 'de', only en, zh (source: and target: of the corpus say which two)",
    ),
    "a pattern of no Parquet file": Fault(
        config(PAIRS, "{parquet: '*.parquet'}"), "train bad.yaml", 1, "*.parquet: no file has such a name"
    ),
    "a dataset of the hub without a network": Fault(
        config(PAIRS, "{hub: owner/name, config: en-zh}"),
        "train bad.yaml",
        1,
        "hub owner/name (en-zh, train): cannot be loaded: ... "
        "(it is downloaded from huggingface.co: is there a network?)",
    ),
    "a corpus of a list that is missing": Fault(
        config(PAIRS, "[{source: train.en, target: train.zh}, {tsv: no.tsv}]"),
        "train bad.yaml",
        1,
        "no.tsv: no such file",
    ),
    "a gzip cut short": Fault(
        config("train.en", "cut.gz", cut_gz=gzip.compress(b"hello\n" * 300)[:-9]),
        "train bad.yaml",
        1,
        "cut.gz:301: cannot be read: Compressed file ended before the end-of-stream marker was reached",
    ),
    "a vocabulary that the corpus cannot fill": Fault(
        config("vocab_size: 300", "vocab_size: 30000, exact_size: true"),
        "train bad.yaml",
        1,
        "tokenizer.vocab_size: the corpus gives at most ... pieces, not 30000 (set it to ... or less, or exact_size "
        "to false)",
    ),
    "a folder that is no run": Fault(
        nothing,
        "train tiny.yaml --out model --fresh",
        2,
        "model: is no run: it holds 'card.json' (give another --out)",
    ),
    "a file where the run is to be": Fault(
        nothing, "train tiny.yaml --out test.en", 2, "test.en: is no folder (give another --out)"
    ),
}

MODELS = {
    "a missing model": Fault(
        nothing, "translate nowhere", 1, f"nowhere: no such model {NO_MODEL}", stdin=b"a\n"
    ),
    "a missing model to evaluate": Fault(
        nothing, "evaluate nowhere --test-set test", 1, f"nowhere: no such model {NO_MODEL}"
    ),
    "a missing model to look into": Fault(
        nothing, "attend nowhere a", 1, f"nowhere: no such model {NO_MODEL}"
    ),
    "a missing model to align with": Fault(
        nothing, f"align nowhere {TEXTS}", 1, f"nowhere: no such model {NO_MODEL}"
    ),
    "a missing tokenizer": Fault(
        nothing, "tokenizer encode nowhere", 1, f"nowhere: no such model {NO_MODEL}"
    ),
    "an empty folder": Fault(folder("empty"), "translate empty", 1, f"empty: holds no model {NO_MODEL}"),
    "a text for a model": Fault(nothing, "translate test.en", 1, f"test.en: holds no model {NO_MODEL}"),
    "one changed byte of the weights": Fault(
        changed("model.safetensors", b"weight", b"Weight", sealed=False),
        "translate model",
        1,
        "model/model.safetensors: is damaged: its sha256 is not the manifest's (copy the model again)",
    ),
    "weights that are no safetensors": Fault(
        changed("model.safetensors", b"{", b"[", sealed=True),
        "translate model",
        1,
        "model/model.safetensors: is not a readable safetensors file (...)",
    ),
    "weights of another model": Fault(
        changed("config.yaml", b"hidden: 16", b"hidden: 8", sealed=True),
        "translate model",
        1,
        "model/model.safetensors: does not hold this model's weights: size mismatch for ...",
    ),
    "a model without its tokenizer": Fault(
        without("source.model"),
        "translate model",
        1,
        "model/source.model: is missing (the model is incomplete)",
    ),
    "a tokenizer that is none": Fault(
        lambda: (text("model/source.model", "no")(), seal(Path("model"))),
        "translate model",
        1,
        "model/source.model: is not a SentencePiece model",
    ),
    "a manifest cut short": Fault(
        changed("manifest.json", b"}", b"", sealed=False),
        "translate model",
        1,
        "model/manifest.json: cannot be read (JSONDecodeError) (the model is damaged)",
    ),
    "a model of a newer nmt": Fault(
        changed("manifest.json", b'"format": 1', b'"format": 2', sealed=False),
        "translate model",
        1,
        "model: has format 2, this nmt reads up to 1 (update nmt)",
    ),
    "a model whose config would run something": Fault(
        changed("config.yaml", b"hidden: 16", b"hidden: !!python/name:os.system", sealed=True),
        "translate model",
        1,
        "model/config.yaml: is no config that this nmt understands: model/config.yaml:...: the tag "
        "!!python/name:os.system is refused: only plain values are read, and nothing is ever run (update nmt)",
    ),
}


def header(content: bytes, length: int) -> Setup:
    """The model with another beginning of its weights, sealed again."""

    def make() -> None:
        Path("model/model.safetensors").write_bytes(length.to_bytes(8, "little") + content)
        seal(Path("model"))

    return make


NO_WEIGHTS = "model/model.safetensors: is not a readable safetensors file"
INSPECTIONS = {
    "a missing model to tell of": Fault(nothing, "info nowhere", 1, f"nowhere: no such model {NO_MODEL}"),
    "an empty folder to tell of": Fault(
        folder("empty"), "info empty", 1, f"empty: holds no model {NO_MODEL}"
    ),
    "a damaged model to tell of": Fault(
        changed("card.json", b"bleu", b"blue", sealed=False),
        "info model --json",
        1,
        "model/card.json: is damaged: its sha256 is not the manifest's (copy the model again)",
    ),
    "a header longer than its file": Fault(
        header(b"{}", 2**60),
        "info model",
        1,
        f"{NO_WEIGHTS} (its header claims 1,152,921,504,606,846,976 bytes)",
    ),
    "a header that is no JSON": Fault(
        header(b"[" * 99_999, 99_999), "info model", 1, f"{NO_WEIGHTS} (its header is no JSON)"
    ),
    "a dry run without its data": Fault(
        config("train.en", "nothing.en"), "train bad.yaml --dry-run", 1, "nothing.en: no such file"
    ),
    "a dry run without its validation set": Fault(
        config("valid.zh", "nothing.zh"), "train bad.yaml --dry-run", 1, "nothing.zh: no such file"
    ),
    "a dry run of differing line counts": Fault(
        corpus("a\nb\nc\n", "甲\n乙\n"),
        "train bad.yaml --dry-run",
        1,
        "bad.en: has 3 lines, but bad.zh has 2 (line n of one must translate line n of the other)",
    ),
    "a dry run of a corpus of which the filters leave nothing": Fault(
        config("data:\n", "data:\n  filters: {max_length: 1}\n"),
        "train bad.yaml --dry-run",
        1,
        "train.en and train.zh: no pair is left of 300: 300 over max_length (see data.filters)",
    ),
    "a dry run of a bad config": Fault(
        nothing,
        "train tiny.yaml --dry-run --set training.batch_tokens=atuo",
        2,
        "tiny.yaml: 1 error in the configuration (see above)",
        before=(
            "--set training.batch_tokens=atuo: training.batch_tokens: expected an integer or auto, found 'atuo'",
        ),
    ),
}

TRANSLATIONS = {
    "invalid UTF-8 on stdin": Fault(
        nothing,
        "translate model",
        1,
        "<stdin>:2: not valid UTF-8: byte 0xff at byte 1 of the line (convert the file with iconv)",
        stdin=b"good\n\xff\n",
    ),
    "a missing input": Fault(nothing, "translate model -i nothing.en", 1, "nothing.en: no such file"),
    "an output that exists": Fault(
        nothing, "translate model -o test.zh", 1, "test.zh: exists already (--force overwrites it)"
    ),
    "an output in no folder": Fault(
        nothing, "translate model -o no/out.zh", 1, "no/out.zh: cannot be written: no such file or directory"
    ),
    "an output that is a folder": Fault(
        nothing, "translate model -o model --force", 1, "model: is a directory"
    ),
    "a beam of nothing": Fault(
        nothing,
        "translate model --beam 0",
        2,
        "command line: Invalid value for '--beam': ... (see nmt translate --help)",
    ),
    "a beam of words": Fault(
        nothing,
        "translate model --beam x",
        2,
        "command line: Invalid value for '--beam': ... (see nmt translate --help)",
    ),
}

EVALUATIONS = {
    "a hypothesis of another length": Fault(
        text("one.zh", "一\n"),
        "evaluate --hypothesis one.zh --reference test.zh -l zh",
        1,
        "one.zh: has 1 lines, but test.zh has 20",
    ),
    "sources of another length": Fault(
        text("one.en", "a\n"),
        f"{HYPOTHESIS} -l zh --source one.en",
        1,
        "one.en: has 1 lines, but test.zh has 20",
    ),
    "a missing hypothesis": Fault(
        nothing, "evaluate --hypothesis no.zh --reference test.zh -l zh", 1, "no.zh: no such file"
    ),
    "an empty hypothesis": Fault(
        text("e", ""), "evaluate --hypothesis e --reference e -l zh", 1, "e: is empty"
    ),
    "a hypothesis without its language": Fault(nothing, HYPOTHESIS, 2, ONLY_LINES),
    "a hypothesis and a model": Fault(
        nothing,
        "evaluate model --hypothesis test.zh --reference test.zh -l zh",
        2,
        ONLY_LINES,
    ),
    "a hypothesis and a head": Fault(nothing, f"{HYPOTHESIS} -l zh --mask-head cross.0.0", 2, ONLY_LINES),
    "a model and a language": Fault(
        nothing,
        "evaluate model --test-set test -l zh",
        2,
        "command line: -l goes with --hypothesis (a model knows its target language)",
    ),
    "nothing to evaluate": Fault(nothing, "evaluate", 2, ONE_OF_TWO),
    "a model and no text": Fault(nothing, "evaluate model", 2, ONE_OF_TWO),
    "a source without its reference": Fault(nothing, "evaluate model --source test.en", 2, ONE_OF_TWO),
    "a test set and a text": Fault(
        nothing, "evaluate model --test-set test --source test.en --reference test.zh", 2, ONE_OF_TWO
    ),
    "an unknown test set": Fault(
        nothing,
        "evaluate model --test-set tset",
        2,
        "--test-set: the model's config has no test set 'tset' (it has: test)",
    ),
    "a test set that has gone": Fault(
        lambda: Path("test.zh").unlink(), "evaluate model --test-set test", 1, "test.zh: no such file"
    ),
    "a kept output that exists": Fault(
        nothing,
        "evaluate model --test-set test -o test.zh",
        1,
        "test.zh: exists already (--force overwrites it)",
    ),
}

COMPARISONS = {
    "one system": Fault(
        nothing,
        "compare test.zh --reference test.zh -l zh",
        2,
        "command line: give two systems or more: the first is the baseline",
    ),
    "no system": Fault(
        nothing,
        "compare --reference test.zh",
        2,
        "command line: Missing argument '...' (see nmt compare --help)",
    ),
    "a system twice": Fault(
        nothing, f"{COMPARISON} test.en ./test.en -l zh", 2, "command line: test.en is given twice"
    ),
    "stdin twice": Fault(nothing, f"{COMPARISON} - - -l zh", 2, "command line: - is given twice"),
    "a system of another length": Fault(
        text("one.zh", "一\n"),
        f"{COMPARISON} test.en one.zh -l zh",
        1,
        "one.zh: has 1 lines, but test.zh has 20",
    ),
    "a pipe of another length": Fault(
        nothing,
        f"{COMPARISON} test.en - -l zh",
        1,
        "<stdin>: has 2 lines, but test.zh has 20",
        stdin=b"a\nb\n",
    ),
    "a system of another length than a test set": Fault(
        text("one.zh", "一\n"),
        "compare model one.zh --test-set test",
        1,
        "one.zh: has 1 lines, but test set test has 20",
    ),
    "sources of another length to compare on": Fault(
        text("one.en", "a\n"),
        f"{COMPARISON} test.en train.en -l zh --source one.en",
        1,
        "one.en: has 1 lines, but test.zh has 20",
    ),
    "a missing system": Fault(nothing, f"{COMPARISON} test.en no.zh -l zh", 1, "no.zh: no such file"),
    "a missing reference": Fault(
        nothing, "compare test.en test.zh -l zh --reference no.zh", 1, "no.zh: no such file"
    ),
    "an empty reference": Fault(
        text("e", ""), "compare test.en test.zh -l zh --reference e", 1, "e: is empty"
    ),
    "a system that is not UTF-8": Fault(
        text("bad.zh", b"good\n\xff\n"),
        f"{COMPARISON} test.en bad.zh -l zh",
        1,
        "bad.zh:2: not valid UTF-8: byte 0xff at byte 1 of the line (convert the file with iconv)",
    ),
    "a system that is a damaged gzip": Fault(
        text("bad.gz", gzip.compress(b"a\n" * 20)[:-4]),
        f"{COMPARISON} test.en bad.gz -l zh",
        1,
        "bad.gz:...: cannot be read: ...",
    ),
    "a system that is an empty folder": Fault(
        folder("empty"),
        f"{COMPARISON} test.en empty --source test.en",
        1,
        f"empty: holds no model {NO_MODEL}",
    ),
    "a model without sources": Fault(
        nothing,
        f"{COMPARISON} test.en model",
        2,
        "command line: model is a model: give --source, or --test-set NAME",
    ),
    "files without their language": Fault(
        nothing,
        f"{COMPARISON} test.en train.en",
        2,
        "command line: files alone do not tell their language: give -l CODE",
    ),
    "systems and no text": Fault(
        nothing,
        "compare test.en train.en -l zh",
        2,
        "command line: give either --reference (and --source, if there is a model) or --test-set NAME",
    ),
    "a test set and a reference": Fault(
        nothing,
        f"{COMPARISON} test.en model --test-set test",
        2,
        "command line: give either --reference (and --source, if there is a model) or --test-set NAME",
    ),
    "a test set of files": Fault(
        nothing,
        "compare test.en train.en -l zh --test-set test",
        2,
        "--test-set: is of a model's config, and no system is a model",
    ),
    "an unknown test set to compare on": Fault(
        nothing,
        "compare test.zh model --test-set tset",
        2,
        "--test-set: the model's config has no test set 'tset' (it has: test)",
    ),
    "a comparison that exists": Fault(
        nothing,
        f"{COMPARISON} test.zh model --source test.en -o test.zh",
        1,
        "test.zh: exists already (--force overwrites it)",
    ),
    "an unknown metric to compare by": Fault(
        nothing,
        f"{COMPARISON} test.en train.en -l zh --metric blue",
        2,
        "command line: Invalid value for '--metric': ... (see nmt compare --help)",
    ),
    "a seed of none": Fault(
        nothing,
        f"{COMPARISON} test.en train.en -l zh --seed 0",
        2,
        "command line: Invalid value for '--seed': ... (see nmt compare --help)",
    ),
}

ALIGNMENTS = {
    "no target": Fault(
        nothing,
        "align model --source test.en",
        2,
        "command line: Missing option '--target' (see nmt align --help)",
    ),
    "texts of different length": Fault(
        text("one.zh", "一\n"),
        "align model --source test.en --target one.zh",
        1,
        "test.en: has 20 lines, but one.zh has 1 (line n of one must translate line n of the other)",
    ),
    "a blank line": Fault(
        text("b.en", "a\n\n"),
        "align model --source b.en --target b.en",
        1,
        "b.en:2: is blank (blank pairs have no alignment)",
    ),
    "words of another length": Fault(
        text("one.zh", "一\n"),
        f"align model {TEXTS} --target-words one.zh",
        1,
        "one.zh: has 1 lines, but test.zh has 20",
    ),
    "words of another text": Fault(
        nothing,
        f"align model {TEXTS} --target-words test.en",
        1,
        "test.en:1: the tokens do not spell the text: ... where the text has ...",
    ),
    "a gold that is missing": Fault(
        nothing,
        f"align model {TEXTS} --gold no.align",
        1,
        "no.align: cannot be read: No such file or directory",
    ),
    "a gold of words": Fault(
        text("bad.align", "0-0\n" * 4 + "0-0 a-b\n" + "0-0\n" * 15),
        f"align model {TEXTS} --gold bad.align",
        1,
        "bad.align:5: 'a-b' is not a word link (i-j is sure, i?j possible; 0-based)",
    ),
    "a gold of another length": Fault(
        text("bad.align", "0-0\n" * 19),
        f"align model {TEXTS} --gold bad.align",
        1,
        "bad.align: has 19 lines, the texts have 20",
    ),
    "a gold link outside its sentence": Fault(
        text("bad.align", "0-0\n0-99\n" + "0-0\n" * 18),
        f"align model {TEXTS} --gold bad.align",
        1,
        "bad.align:2: link 0-99 points outside ... source and ... target words (links are 0-based, source first)",
    ),
    "links that exist": Fault(
        nothing, f"align model {TEXTS} -o test.zh", 1, "test.zh: exists already (--force overwrites it)"
    ),
    "a blank sentence to look at": Fault(nothing, "attend model ' '", 1, "sentence: is blank"),
    "a blank target to look at": Fault(nothing, "attend model a --target ''", 1, "target: is blank"),
    "a picture without a place": Fault(
        nothing, "attend model a --format png", 2, "command line: --format png needs -o FILE.png"
    ),
    "a picture under another name": Fault(
        nothing, "attend model a --format png -o a.svg", 2, "command line: --format png needs -o FILE.png"
    ),
    "a picture of an unknown format": Fault(
        nothing,
        "attend model a -o a.gif",
        2,
        "command line: no format is known by the ending '.gif' (--format ... chooses one)",
    ),
    "a picture that exists": Fault(
        text("a.png", "mine"), "attend model a -o a.png", 1, "a.png: exists already (--force overwrites it)"
    ),
}

AVERAGES = {
    "nothing to average": Fault(
        nothing, "average", 2, "command line: Missing argument '...' (see nmt average --help)"
    ),
    "an average of a run that is not there": Fault(
        nothing, "average nowhere", 1, "nowhere: no such run (give a run, or several models)"
    ),
    "an average of one model": Fault(
        nothing, "average model", 1, "model: has no checkpoints to average (give a run, or several models)"
    ),
    "an average of models without a place": Fault(
        nothing, "average model model", 2, "command line: the mean of several models needs -o OUT"
    ),
    "the best of several models": Fault(
        nothing,
        "average model model --best 2 -o mean",
        2,
        "command line: --last and --best choose among the checkpoints of one run",
    ),
    "the last and the best": Fault(
        nothing, "average model --best 2 --last 2", 2, "command line: give --last or --best, not both"
    ),
    "an average of nobody": Fault(
        nothing,
        "average model --last 0",
        2,
        "command line: Invalid value for '--last': ... (see nmt average --help)",
    ),
    "an average with a damaged model": Fault(
        changed("model.safetensors", b"weight", b"Weight", sealed=False),
        "average model model -o mean",
        1,
        "model/model.safetensors: is damaged: its sha256 is not the manifest's (copy the model again)",
    ),
    "an average of two sizes": Fault(
        lambda: (
            shutil.copytree("model", "other"),
            changed("config.yaml", b"hidden: 16", b"hidden: 8", sealed=True)(),
        ),
        "average other model -o mean",
        1,
        "model: is another model than other: model.hidden: 16 -> 8",
    ),
    "an average of two vocabularies": Fault(
        lambda: (shutil.copytree("model", "other"), changed("source.model", b"\n", b"\t", sealed=True)()),
        "average other model -o mean",
        1,
        "model: has another vocabulary than other",
    ),
    "an average that exists": Fault(
        nothing, "average model model -o model", 1, "model: exists already (--force overwrites it)"
    ),
    "an average in the place of something else": Fault(
        nothing,
        "average model model -o model --force",
        1,
        "model: is no averaged model: it is not overwritten (give another -o)",
    ),
}

COMMANDS = {
    "an unknown command": Fault(
        nothing, "trane tiny.yaml", 2, "command line: No such command 'trane'... (see nmt --help)"
    ),
    "an unknown option": Fault(
        nothing,
        "train tiny.yaml --outt x",
        2,
        "command line: No such option: --outt... (see nmt train --help)",
    ),
    "a missing argument": Fault(
        nothing, "train", 2, "command line: Missing argument 'CONFIG' (see nmt train --help)"
    ),
    "an unknown recipe": Fault(
        nothing,
        "quickstart --model lstm",
        2,
        "command line: Invalid value for '--model': ... (see nmt quickstart --help)",
    ),
    "a config that exists": Fault(
        nothing, "config init -o tiny.yaml", 1, "tiny.yaml: exists already (--force overwrites it)"
    ),
    "ids that are words": Fault(
        nothing,
        "tokenizer decode model --ids",
        1,
        "<stdin>:1: expected ids, found 'a b' (leave out --ids)",
        stdin=b"a b\n",
    ),
}

FAULTS = (
    CONFIGS
    | CORPORA
    | MODELS
    | INSPECTIONS
    | TRANSLATIONS
    | EVALUATIONS
    | COMPARISONS
    | ALIGNMENTS
    | AVERAGES
    | COMMANDS
)


@pytest.fixture
def model(there: Path, trained: Path) -> Path:
    """A fresh folder with the small corpus and a trained model that a test may spoil; returns the model."""
    return shutil.copytree(trained / "model", there / "model")


def files() -> dict[str, bytes]:
    """Everything in the folder."""
    return {str(path): path.read_bytes() for path in Path().rglob("*") if path.is_file()}


def pattern(lines: tuple[str, ...]) -> str:
    """Matches the lines; ``...`` is any text on one line."""
    return "\n".join(".+".join(map(re.escape, line.split("..."))) for line in lines) + "\n"


def test_no_fault_hides_another():
    assert len(FAULTS) == sum(
        map(
            len,
            (
                CONFIGS,
                CORPORA,
                MODELS,
                INSPECTIONS,
                TRANSLATIONS,
                EVALUATIONS,
                COMPARISONS,
                ALIGNMENTS,
                AVERAGES,
                COMMANDS,
            ),
        )
    )


@pytest.mark.parametrize("name", FAULTS)
def test_bad_input_ends_in_one_line_and_leaves_nothing(name, command, model):
    fault = FAULTS[name]
    fault.make()
    before = files()
    done = command(*shlex.split(fault.arguments), stdin=fault.stdin)
    assert re.fullmatch(pattern((*fault.before, f"nmt: error: {fault.last}")), done.err), done.err
    assert (done.code, done.out) == (fault.code, "")
    assert files() == before
    assert not Path("runs").exists()
