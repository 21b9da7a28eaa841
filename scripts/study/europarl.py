"""The Europarl text of the study: lower-cased and cut into tokens as its gold alignments are, and split.

The last 2,000 of the 20,000 consecutive pairs are held out: 500 to validate with, and the rest, without what also
occurs in training, to test on. Pairs whose source is in the gold set do not train.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from nmt.text.lines import read_lines

CORPORA = Path("corpora")
PARTS = ("train", "valid", "test")
TRAIN, VALID = 18_000, 500

MARKS = re.compile(r"""([!?;()"„“”»«…]|[.,:](?!\d)|(?<!\d)[.,:])""")
POSSESSIVE = re.compile(r"(\w)('s)\b")

Pairs = list[tuple[str, str]]


def tokens(line: str) -> str:
    """Lower case, with spaces around punctuation.

    >>> tokens("Mr President, 1,000 of Ken's ships (old).")
    "mr president , 1,000 of ken 's ships ( old ) ."
    """
    return " ".join(POSSESSIVE.sub(r"\1 \2", MARKS.sub(r" \1 ", line.lower())).split())


def split(pairs: Pairs, gold: Sequence[str], *, train: int = TRAIN, valid: int = VALID) -> dict[str, Pairs]:
    """The parts, in the text's own order; pairs with a side that has no token are nowhere."""
    cut = [(tokens(source), tokens(target)) for source, target in pairs]
    known = set(gold)
    learnt = [pair for pair in cut[:train] if all(pair) and pair[0] not in known]
    sources, targets = {source for source, _ in learnt}, {target for _, target in learnt}
    held = [pair for pair in cut[train:] if all(pair) and pair[0] not in sources and pair[1] not in targets]
    return {"train": learnt, "valid": held[:valid], "test": held[valid:]}


def make(corpora: Path = CORPORA) -> list[Path]:
    """Writes the parts to ``corpora/de-en-europarl-study``, unless they are there; returns their files.

    Raises:
        NmtError: the text is not there; ``scripts/fetch_corpora.py`` brings it.
    """
    folder = corpora / "de-en-europarl-study"
    files = {(part, side): folder / f"{part}.{side}" for part in PARTS for side in ("de", "en")}
    if not all(file.is_file() for file in files.values()):
        text = corpora / "de-en-europarl20k"
        pairs = zip(read_lines(text / "train.de.gz"), read_lines(text / "train.en.gz"), strict=True)
        gold = list(read_lines(corpora / "alignment-gold" / "de-en-europarl.test.de.gz"))
        folder.mkdir(parents=True, exist_ok=True)
        for part, lines in split(list(pairs), gold).items():
            for number, side in enumerate(("de", "en")):
                text = "".join(f"{pair[number]}\n" for pair in lines)
                files[part, side].write_text(text, encoding="utf-8", newline="\n")
    return list(files.values())
