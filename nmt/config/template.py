"""A new experiment to start from: every key with its default and its meaning."""

from typing import Any

from nmt.config.experiment import Experiment
from nmt.config.messages import did_you_mean, either
from nmt.config.shape import sections, tag
from nmt.config.writing import render
from nmt.errors import UsageError

_HEAD = """\
# nmt train {name}
#
# One file is one experiment.  Every key is here with its default; delete what you leave as it is.
# Paths are relative to the folder the command runs in.
"""

_START: dict[str, Any] = {
    "languages": {"source": "en", "target": "de"},
    "data": {
        "train": {"source": "data/train.en", "target": "data/train.de"},
        "validation": {"source": "data/valid.en", "target": "data/valid.de"},
        "test": {"test": {"source": "data/test.en", "target": "data/test.de"}},
    },
    "training": {"max_steps": 10_000},
}


def template(model: str, name: str = "experiment.yaml") -> str:
    """A commented YAML for an architecture, which reads back valid; the files it names are examples.

    Raises:
        UsageError: there is no such architecture.
    """
    known = [tag(section) or "" for section in sections(Experiment.model_fields["model"].annotation)]
    if model not in known:
        raise UsageError("--model", f"expected {either(known)}, found {model!r}", did_you_mean(model, known))
    experiment = Experiment.model_validate({**_START, "model": {"type": model}})
    return _HEAD.format(name=name) + render(experiment, comments=True)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a configuration file, for editors; ``base``, known to the reader alone, is added."""
    schema = Experiment.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["properties"] = {
        "base": {"type": "string", "description": "a file to inherit from, relative to this one"},
        **schema["properties"],
    }
    return schema
