"""The base of every section of a configuration, and the two kinds of key it declares.

A key is *identity* when another value would make another experiment (resuming a run refuses the change), and
*free* when the run may go on with another value (time limits, intervals, decoding).
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo


class Section(BaseModel):
    """A frozen mapping of the configuration: unknown keys are refused and nothing is silently converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def identity(meaning: str, **bounds: Any) -> Any:
    """A key that makes the experiment what it is, as in ``Annotated[int, identity("width", ge=1)] = 512``."""
    return Field(description=meaning, json_schema_extra={"resume": "identity"}, **bounds)


def free(meaning: str, **bounds: Any) -> Any:
    """A key that a resumed run may change; on a key that holds a section it frees everything below."""
    return Field(description=meaning, json_schema_extra={"resume": "free"}, **bounds)


def is_free(field: FieldInfo) -> bool:
    """Whether a resumed run may change this key.  Raises ``TypeError`` for a key declared neither way."""
    match field.json_schema_extra:
        case {"resume": "free"}:
            return True
        case {"resume": "identity"}:
            return False
        case _:
            raise TypeError(f"declared neither identity nor free: {field.description or field.annotation}")
