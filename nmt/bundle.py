"""One folder = one model: manifest, config, tokenizers, card, and the path of the weights. Torch-free.

A bundle from a stranger is harmless: nothing in it is executed or unpickled, every path stays inside it, and a file
that is missing, changed or of a newer format is refused in one line.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nmt.config.experiment import Experiment
from nmt.config.reader import dump, read
from nmt.config.tokenizer import Tokenizer
from nmt.errors import ConfigErrors, NmtError
from nmt.text.build import load_tokenizers
from nmt.text.files import Tokenizers, model_paths, save_tokenizers

FORMAT = 1
CONFIG, WEIGHTS, CARD, MANIFEST = "config.yaml", "model.safetensors", "card.json", "manifest.json"


@dataclass(frozen=True)
class Bundle:
    """An opened, verified bundle."""

    folder: Path
    experiment: Experiment
    card: Mapping[str, Any]

    @property
    def weights(self) -> Path:
        """The safetensors file."""
        return self.folder / WEIGHTS

    def tokenizers(self) -> Tokenizers:
        """The tokenizers that live inside."""
        return load_tokenizers(self.folder, self.experiment.tokenizer, self.experiment.languages)


def open_bundle(path: str | Path) -> Bundle:
    """Opens a run, a bundle or a checkpoint folder, every file checked against the manifest.

    Raises:
        NmtError: nothing there, no bundle, damaged, or written by a newer nmt.
    """
    folder = find_bundle(Path(path))
    files = verify(folder)
    card = _json(folder / CARD)
    if not isinstance(card, dict) or not isinstance(card.get("format"), int):
        raise NmtError(str(folder / CARD), "does not state its format")
    _check_format(folder, card)
    bundle = Bundle(folder, _experiment(folder / CONFIG), card)
    for name in _tokenizer_files(folder, bundle.experiment):
        if name not in files:
            raise NmtError(str(folder), f"has no {name}")
    return bundle


def find_bundle(path: Path) -> Path:
    """The bundle that MODEL means: the folder itself, or a run's best model, or else its last checkpoint."""
    if not path.exists():
        raise NmtError(str(path), "no such model", "give a run, a bundle or a checkpoint folder")
    if (path / MANIFEST).is_file():
        return path
    if (path / "model" / MANIFEST).is_file():
        return path / "model"
    last = path / "checkpoints" / "last"
    if last.is_file():
        name = last.read_text(encoding="utf-8", errors="replace").strip()
        if name == Path(name).name and (path / "checkpoints" / name / MANIFEST).is_file():
            return path / "checkpoints" / name
    raise NmtError(str(path), "holds no model", "give a run, a bundle or a checkpoint folder")


def write_bundle(
    folder: Path, *, experiment: Experiment, tokenizers: Tokenizers, card: Mapping[str, Any]
) -> None:
    """Writes everything but the weights into an existing folder; :func:`seal` it once the weights are there."""
    (folder / CONFIG).write_text(dump(experiment), encoding="utf-8")
    save_tokenizers(folder, tokenizers)
    text = json.dumps({"format": FORMAT, **card}, ensure_ascii=False, indent=2)
    (folder / CARD).write_text(text + "\n", encoding="utf-8")


def seal(folder: Path) -> None:
    """Brings every file to the disk and writes the manifest: name -> sha256. Files wait for the disk side by side."""
    names = sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())
    files = [folder / name for name in names]
    with ThreadPoolExecutor() as pool:
        synced, digests = pool.map(sync, files), pool.map(sha256, files)
        manifest = {name: digest for name, digest in zip(names, digests, strict=True) if name != MANIFEST}
        list(synced)  # raises what went wrong
    (folder / MANIFEST).write_text(
        json.dumps({"format": FORMAT, "files": manifest}, indent=2) + "\n", encoding="utf-8"
    )
    sync(folder / MANIFEST)
    for inner in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        sync(inner)


def verify(folder: Path) -> frozenset[str]:
    """The names in the manifest; raises NmtError unless each file is there, inside the folder, and unchanged."""
    manifest = _json(folder / MANIFEST)
    if isinstance(manifest, dict):
        _check_format(folder, manifest)
    files = manifest.get("files") if isinstance(manifest, dict) else None
    if not isinstance(files, dict):
        raise NmtError(str(folder / MANIFEST), "is not a manifest")
    for name in (CONFIG, WEIGHTS, CARD):
        if name not in files:
            raise NmtError(str(folder), f"has no {name}")
    for name, digest in files.items():
        path = folder / name
        if not _inside(folder, name):
            raise NmtError(str(folder / MANIFEST), f"names {name!r}, which lies outside the folder")
        if not os.path.isfile(path):
            raise NmtError(str(path), "is missing", "the model is incomplete")
        try:
            unchanged = sha256(path) == digest
        except OSError as error:
            raise NmtError(str(path), f"cannot be read ({error.strerror})") from error
        if not unchanged:
            raise NmtError(str(path), "is damaged: its sha256 is not the manifest's", "copy the model again")
    return frozenset(files)


def _inside(folder: Path, name: str) -> bool:
    """Whether a name from a manifest means a file of the folder itself, reached through no link."""
    root = folder.resolve()
    try:
        path = (root / name).resolve()
    except (OSError, ValueError, RuntimeError):  # no name at all: a NUL in it, or a loop of links
        return False
    return path == root / name and path.is_relative_to(root)


def _check_format(folder: Path, stated: Mapping[str, Any]) -> None:
    found = stated.get("format")
    if isinstance(found, int) and found > FORMAT:
        raise NmtError(str(folder), f"has format {found}, this nmt reads up to {FORMAT}", "update nmt")


def _experiment(path: Path) -> Experiment:
    """The config of a bundle: whole in itself, so that it leads to no other file."""
    try:
        return read(path, inherit=False)
    except ConfigErrors as error:
        what = f"is no config that this nmt understands: {error.problems[0]}"
        raise NmtError(str(path), what, "update nmt") from None


def _tokenizer_files(folder: Path, experiment: Experiment) -> set[str]:
    section = experiment.tokenizer
    joint = isinstance(section, Tokenizer) and section.joint
    return {path.name for path in model_paths(folder, joint=joint)}


def copy_bundle(source: Path, target: Path) -> None:
    """Copies the files of a bundle, without a checkpoint's training state, and seals the copy."""
    target.mkdir(parents=True)
    for file in sorted(source.iterdir()):
        if file.is_file() and file.name != MANIFEST:
            shutil.copyfile(file, target / file.name)
    seal(target)


def sha256(path: Path) -> str:
    """The file's digest in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Brings a file, or a folder's names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise NmtError(
            str(path), f"cannot be read ({type(error).__name__})", "the model is damaged"
        ) from error
