"""What a model is: read from its bundle, without torch."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nmt.bundle import Bundle, open_bundle
from nmt.config.attention import Attention
from nmt.config.experiment import Experiment
from nmt.config.rnn import RnnDecoder, RnnEncoder
from nmt.config.section import Section
from nmt.config.tokenizer import Sided, SideTokenizer
from nmt.config.transformer import Attending, TransformerDecoder, TransformerEncoder
from nmt.config.writing import scalar
from nmt.models.header import read_sizes
from nmt.models.parts import by_part
from nmt.stages.standing import Standing, last_metrics, standing


@dataclass(frozen=True)
class Info:
    """A verified model. ``choices`` says its architecture in words, ``standing`` and ``metrics`` are a run's."""

    bundle: Bundle
    parameters: dict[str, int]
    choices: dict[str, str]
    vocabularies: dict[str, dict[str, Any]]
    files: dict[str, int]
    standing: Standing | None
    metrics: dict[str, dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """For JSON; ``parameters`` is a contract, the rest may grow."""
        experiment, run = self.bundle.experiment, self.standing
        stands = (
            {}
            if run is None
            else {"run": {**vars(run), "checkpoint": run.checkpoint.name, "metrics": self.metrics}}
        )
        return {
            "path": str(self.bundle.folder),
            "format": self.bundle.card["format"],
            "languages": experiment.languages.model_dump(),
            "model": experiment.model.model_dump(),
            "parameters": self.parameters,
            "total": sum(self.parameters.values()),
            "vocabularies": self.vocabularies,
            "card": dict(self.bundle.card),
            "files": self.files,
            **stands,
        }

    def text(self) -> str:
        """A table for a person, names on the left."""
        experiment = self.bundle.experiment
        lines = [("model", str(self.bundle.folder))]
        lines += [("languages", f"{experiment.languages.source} to {experiment.languages.target}")]
        lines += list(self.choices.items())
        lines += [("parameters", f"{sum(self.parameters.values()):>13,}")]
        lines += [("", f"{count:>13,}  {part}") for part, count in by_part(self.parameters).items()]
        lines += [
            (f"{side}", f"{one['size']:,} pieces, {one['type']}") for side, one in self.vocabularies.items()
        ]
        lines += _scores(self.bundle.card)
        lines += [("files", f"{sum(self.files.values()):>13,} bytes, format {self.bundle.card['format']}")]
        lines += [("", f"{size:>13,}  {name}") for name, size in self.files.items()]
        if self.standing is not None:
            lines += _run(self.standing, self.metrics)
        width = max(12, 2 + max(len(name) for name, _ in lines))
        return "".join(f"{name:<{width}}{text}\n" for name, text in lines)


def info(model: str | Path) -> Info:
    """Opens a run, a bundle or a checkpoint folder and tells what it is.

    Raises:
        NmtError: there is no model, or it is damaged.
    """
    bundle = open_bundle(model)
    run = Path(model)
    return Info(
        bundle=bundle,
        parameters=read_sizes(bundle.weights),
        choices=_choices(bundle.experiment),
        vocabularies=_vocabularies(bundle),
        files={
            str(file.relative_to(bundle.folder)): file.stat().st_size
            for file in sorted(bundle.folder.rglob("*"))
            if file.is_file()
        },
        standing=standing(run),
        metrics=last_metrics(run),
    )


def _choices(experiment: Experiment) -> dict[str, str]:
    """The architecture in the words of the schema: ``{"score": "additive: v . tanh(W q + U k)", ...}``."""
    return _described(experiment.model)


def _described(section: Section, *, inside: str = "") -> dict[str, str]:
    """A section's plain keys on one line, then its parts; those of an attention by their own names."""
    plain = {name: value for name, value in section if not isinstance(value, Section) and name != "type"}
    words = {f"{inside}type": _in_words(section)} if "type" in type(section).model_fields else {}
    if fixed := plain.pop("attention", None):
        words["attention"] = f"{fixed}: the decoder sees one fixed vector"
    words[inside] = ", ".join(f"{name} {scalar(value)}" for name, value in plain.items())
    for name, part in section:
        match part:
            case Attention():
                words |= {name: _in_words(one) for name, one in part if one is not None}
            case Attending():
                words[name] = "; ".join(_in_words(one) for _, one in part)
            case RnnEncoder() | RnnDecoder() | TransformerEncoder() | TransformerDecoder():
                words |= _described(part, inside=f"{name} ")
            case Section():
                words[f"{inside}{name}"] = _in_words(part)
    return words


def _in_words(section: Any) -> str:
    """``additive: v . tanh(W q + U k)`` of a section that has a type, ``count 4, merge average`` of one without."""
    if "type" not in type(section).model_fields:
        return ", ".join(f"{name} {scalar(value)}" for name, value in section)
    return f"{section.type}: {type(section).model_fields['type'].description}"


def _vocabularies(bundle: Bundle) -> dict[str, dict[str, Any]]:
    """The size and kind of each; a joint one stands once."""
    tokenizers, section = bundle.tokenizers(), bundle.experiment.tokenizer
    if tokenizers.joint:
        return {"joint": _vocabulary(tokenizers.source.size, section)}
    sides = (section.source, section.target) if isinstance(section, Sided) else (section, section)
    sizes = (tokenizers.source.size, tokenizers.target.size)
    return {
        name: _vocabulary(size, side)
        for name, size, side in zip(("source", "target"), sizes, sides, strict=True)
    }


def _vocabulary(size: int, section: SideTokenizer | Sided) -> dict[str, Any]:
    assert isinstance(section, SideTokenizer)  # a joint one has one section
    return {"size": size, "type": section.type, "byte_fallback": section.byte_fallback}


def _scores(card: Any) -> list[tuple[str, str]]:
    """The step of the weights and what their validation scored, as far as the card is one of ours."""
    lines = [("step", f"{card['step']:,}")] if isinstance(card.get("step"), int) else []
    match card.get("validation"):
        case {"metrics": dict() as metrics}:
            for name, one in metrics.items():
                match one:
                    case {"score": int() | float() as score, "signature": str() as signature}:
                        lines.append((str(name), f"{score:.2f}  {signature}"))
    return lines


def _run(stands: Standing, metrics: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    ended = f"finished: {stands.finished}" if stands.finished else "not finished"
    best = f", best at step {stands.best_step:,}" if stands.best_step is not None else ""
    lines = [("run", f"at step {stands.step:,}, epoch {stands.epoch}, {ended}{best}")]
    for kind, row in metrics.items():
        told = (
            f"{name} {_figure(value)}" for name, value in row.items() if not isinstance(value, dict | list)
        )
        lines.append((kind, ", ".join(told)))
    return lines


def _figure(value: Any) -> str:
    """A number in six digits, anything else as it is."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
