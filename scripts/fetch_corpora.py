"""Fill corpora/ with the real text that the recipes in configs/ read.

    python scripts/fetch_corpora.py --list
    python scripts/fetch_corpora.py multi30k en-zh-tatoeba      # from their public GitHub repositories
    python scripts/fetch_corpora.py --from FOLDER               # from a folder with SHA256SUMS

What is complete is left alone, a file is whole or absent, and every file is checked. Nothing here is ours:
the licence of each corpus is printed, and corpora/ is ignored by git.
"""

import argparse
import gzip
import hashlib
import http.client
import os
import sys
import unicodedata
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

RAW = "https://raw.githubusercontent.com"
TIMEOUT = 60


class FetchError(Exception):
    """What went wrong, in one line."""


@dataclass(frozen=True)
class Corpus:
    """One folder below corpora/: its licence, and how its files are made from the network."""

    about: str
    licence: str
    files: Callable[[], Iterator[tuple[str, bytes]]] | None
    """File names and their text; None when only ``--from`` can provide it."""
    digests: dict[str, str]
    """The first 16 hex digits of the sha256 of each file's text."""


def download(url: str) -> bytes:
    """The bytes at a URL."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
            return bytes(answer.read())
    except (OSError, http.client.HTTPException) as error:  # URLError is an OSError
        raise FetchError(f"{url}: {getattr(error, 'reason', None) or error}") from error


def multi30k() -> Iterator[tuple[str, bytes]]:
    """The raw files of task 1, gzip upstream."""
    root = f"{RAW}/multi30k/dataset/a3d2e0d26b56f3846f66a952536ffed4e401d05a/data/task1/raw"
    for name in MULTI30K:
        try:
            yield name, gzip.decompress(download(f"{root}/{name}"))
        except (OSError, EOFError, zlib.error) as error:
            raise FetchError(f"{root}/{name}: not a whole gzip file: {error}") from error


def three_am() -> Iterator[tuple[str, bytes]]:
    """The training and validation files of the upstream splits."""
    root = f"{RAW}/MaxyLee/3AM/ce8099724d9ecc8e5c77e44f43d9b7924118f037/data"
    for name in THREE_AM:
        yield name, download(f"{root}/{name.removesuffix('.gz')}")


def tatoeba() -> Iterator[tuple[str, bytes]]:
    """The English-Mandarin file of manythings.org/anki, split so that no sentence is in two parts."""
    commit = "620408eda1721f683e2413778ad19e4f94691053"
    text = download(f"{RAW}/DaoChaShao/py-st-dl-translater-2.0/{commit}/data/cmn.txt").decode(
        "utf-8-sig", errors="replace"
    )
    rows = [tuple(line.rstrip("\r").split("\t")[:3]) for line in text.split("\n") if line.strip()]
    if any(len(row) != 3 for row in rows):
        raise FetchError("en-zh-tatoeba: a line of cmn.txt does not have three columns")
    parts = split([(row[0], row[1]) for row in rows])
    for part in ("train", "val", "test"):
        for column, kind in enumerate(("en", "zh", "attribution")):
            lines = [row[column] for row, where in zip(rows, parts, strict=True) if where == part]
            yield f"{part}.{kind}.gz", "".join(f"{line}\n" for line in lines).encode()


def split(pairs: list[tuple[str, str]]) -> list[str | None]:
    """The part of each pair: those that share a sentence of either language form a group, which stays whole.

    A group's smallest English key decides by its hash: 360 to 719 of 10,000 is test, to 1079 val, from there
    train; below 360 a pair is kept out, for measuring.
    """
    parent: dict[str, str] = {}

    def root(key: str) -> str:
        while parent.setdefault(key, key) != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    keys = [("en:" + sentence_key(english), "zh:" + sentence_key(chinese)) for english, chinese in pairs]
    for english, chinese in keys:
        first, second = sorted((root(english), root(chinese)))
        parent[second] = first  # "en:" sorts before "zh:", so a root is the smallest English key of its group
    return [_part(root(english).removeprefix("en:")) for english, _ in keys]


def sentence_key(sentence: str) -> str:
    """Letters and digits only, without case or width."""
    return "".join(c for c in unicodedata.normalize("NFKC", sentence).casefold() if c.isalnum())


def _part(name: str) -> str | None:
    place = int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % 10000
    return None if place < 360 else "test" if place < 720 else "val" if place < 1080 else "train"


MULTI30K = {
    "test_2016_flickr.cs.gz": "45adb85f688de840",
    "test_2016_flickr.de.gz": "4be6b5b3236b79c2",
    "test_2016_flickr.en.gz": "399a4382932c1aad",
    "test_2016_flickr.fr.gz": "cb3160d69b002bb6",
    "test_2017_flickr.de.gz": "c3078bc3b36808bf",
    "test_2017_flickr.en.gz": "ce1450ddc5ab0834",
    "test_2017_flickr.fr.gz": "6f3764e31dac41e9",
    "train.cs.gz": "2be68b38c8d586ff",
    "train.de.gz": "2c2b73fd2b548fbc",
    "train.en.gz": "460a15fbd157e34a",
    "train.fr.gz": "5925a3c18f1587b6",
    "val.cs.gz": "d53827e469b0a1ca",
    "val.de.gz": "660e09eb7e1da2f8",
    "val.en.gz": "1f2a23d992769b5b",
    "val.fr.gz": "5304e444d842e962",
}
THREE_AM = {
    "train.en.gz": "3b839b554de9aa36",
    "train.zh.gz": "ef6664af8f0fdfef",
    "val.en.gz": "7143a3ba2e84454b",
    "val.zh.gz": "4bb831d994db78b1",
}
TATOEBA = {
    "test.attribution.gz": "8698b740fc417554",
    "test.en.gz": "1d1a3c9523c8dea7",
    "test.zh.gz": "907978fa0b3baba1",
    "train.attribution.gz": "2523562cad2ccad1",
    "train.en.gz": "b4c1c3f418ae4e7a",
    "train.zh.gz": "e277f6ccafa105b4",
    "val.attribution.gz": "8501dab1229f3de3",
    "val.en.gz": "b30ac63ca297a8ff",
    "val.zh.gz": "3717709ec0e9d158",
}

CORPORA = {
    "multi30k": Corpus(
        "en-de, en-fr, en-cs; 29,000 image captions",
        "none named; for non-commercial research and education (multi30k/dataset, README)",
        multi30k,
        MULTI30K,
    ),
    "en-zh-tatoeba": Corpus(
        "en-zh; 25,981 everyday sentences",
        "CC BY 2.0 FR, tatoeba.org; the attribution of each line is in *.attribution.gz",
        tatoeba,
        TATOEBA,
    ),
    "en-zh-3am": Corpus("en-zh; 23,931 captions", "MIT (MaxyLee/3AM)", three_am, THREE_AM),
    "en-zh-wikidoc": Corpus(
        "en-zh; 26,505 sentences of documents", "none named; Wikipedia (CC BY-SA)", None, {}
    ),
    "de-en-europarl20k": Corpus("de-en; 20,000 sentences of Europarl", "none named; Europarl", None, {}),
    "alignment-gold": Corpus(
        "gold word links, four pairs", "differs by set, see the README of the folder", None, {}
    ),
}


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def text_digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def has_text(path: Path, digest: str) -> bool:
    """Whether the gzip file is there and holds the text with this digest."""
    try:
        return text_digest(gzip.decompress(path.read_bytes())) == digest
    except (OSError, EOFError, zlib.error):
        return False


def from_network(name: str, out: Path) -> int:
    """Download and check one corpus; the number of files written."""
    corpus = CORPORA[name]
    if corpus.files is None:
        raise FetchError(f"{name}: not in plain form on the network, only from a folder (--from)")
    if all(has_text(out / name / file, digest) for file, digest in corpus.digests.items()):
        return 0
    made = dict(corpus.files())
    for file, digest in corpus.digests.items():
        if text_digest(made[file]) != digest:
            raise FetchError(
                f"{name}/{file}: the text is not the one that was expected; nothing of {name} was written"
            )
    for file, content in made.items():
        write(out / name / file, gzip.compress(content, mtime=0))
    return len(made)


def from_folder(names: list[str], folder: Path, out: Path) -> int:
    """Copy what SHA256SUMS of a folder lists, checking each file; the number of files written."""
    written = 0
    for digest, name in sums(folder):
        if "/" in name and name.split("/")[0] not in names:
            continue
        target = out / name
        if target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == digest:
            continue
        try:
            content = (folder / name).read_bytes()
        except OSError as error:
            raise FetchError(f"{folder / name}: {error.strerror}") from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise FetchError(f"{folder / name}: differs from its line in SHA256SUMS")
        write(target, content)
        written += 1
    return written


def sums(folder: Path) -> list[tuple[str, str]]:
    """The digests and names in a folder's SHA256SUMS; a name that leaves the folder is refused."""
    path = folder / "SHA256SUMS"
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise FetchError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from error
    found = []
    for number, line in enumerate(lines, 1):
        digest, _, name = line.partition(" ")
        name = name.lstrip(" *")
        if line and (len(digest) != 64 or not name or Path(name).is_absolute() or ".." in Path(name).parts):
            raise FetchError(f"{path}:{number}: not a digest and a name inside the folder")
        if line:
            found.append((digest, name))
    return found


def main(arguments: list[str] | None = None) -> int:
    """The command: 0 when all that was asked for is there, 1 with one line of error otherwise."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="CORPUS", help="which (default: all that can be had)")
    parser.add_argument("--from", dest="folder", type=Path, metavar="DIR", help="copy from this folder")
    parser.add_argument("--out", type=Path, default=Path("corpora"), metavar="DIR", help="default: corpora")
    parser.add_argument("--list", action="store_true", help="name the corpora and their licences")
    chosen = parser.parse_args(arguments)
    if unknown := [name for name in chosen.names if name not in CORPORA]:
        parser.error(f"no corpus is called {unknown[0]!r}; there are {', '.join(CORPORA)}")
    if chosen.list:
        for name, corpus in CORPORA.items():
            where = "" if corpus.files else " [only --from]"
            print(f"{name:<18} {corpus.about}{where}\n{'':<18} licence: {corpus.licence}")
        return 0
    names = chosen.names or [name for name, corpus in CORPORA.items() if chosen.folder or corpus.files]
    try:
        for name in names:
            print(f"{name}: licence: {CORPORA[name].licence}", file=sys.stderr)
            count = (
                from_folder([name], chosen.folder, chosen.out)
                if chosen.folder
                else from_network(name, chosen.out)
            )
            print(f"{name}: {count} files written" if count else f"{name}: complete", file=sys.stderr)
    except (FetchError, OSError) as error:
        print(f"fetch_corpora: error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
