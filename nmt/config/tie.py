"""Which embeddings of a model are one and the same."""

from typing import Annotated, Literal

from nmt.config.section import identity

Tie = Annotated[
    Literal["none", "decoder", "all"],
    identity("share embeddings: decoder: target input and output; all: the source too (joint vocabulary)"),
]
