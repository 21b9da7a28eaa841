"""The ``model`` section: the architecture.

Every model has an ``encoder`` and a ``decoder`` section, in the file or made of its keys.
"""

from typing import Annotated

from pydantic import Field

from nmt.config.mixed import MixedModel
from nmt.config.rnn import RnnDecoder, RnnEncoder, RnnModel
from nmt.config.transformer import TransformerDecoder, TransformerEncoder, TransformerModel

Model = Annotated[RnnModel | TransformerModel | MixedModel, Field(discriminator="type")]
Encoder = RnnEncoder | TransformerEncoder
Decoder = RnnDecoder | TransformerDecoder


def place(model: Model, side: str, *keys: str) -> tuple[str, ...]:
    """Where the config has a key of one side."""
    return ("model", side, *keys) if isinstance(model, MixedModel) else ("model", *keys)
