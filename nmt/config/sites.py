"""Every attention of a model, seen alike: what it is made of, where the config has it, and what meets in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from nmt.config.attention import Align, Attention, Coverage, Heads, Lexicon, Score, Window
from nmt.config.experiment import Experiment
from nmt.config.model import Model, place
from nmt.config.rnn import RnnDecoder, RnnEncoder
from nmt.config.transformer import Attending, TransformerDecoder, TransformerEncoder

Path = tuple[str, ...]


class Role(Enum):
    """What an attention looks at: the source while it is read, what was said so far, or the source while it is said."""

    ENCODER = "encoder"
    DECODER = "decoder"
    CROSS = "cross"


@dataclass(frozen=True)
class Site:
    """One attention. query, key: widths that meet in it; ``heads`` stand at ``heads_at``, and share a width of
    ``shared``."""

    role: Role
    at: Path
    query: int
    key: int
    score: Score
    window: Window
    align: Align
    heads: Heads | None
    heads_at: Path
    shared: int
    coverage: Coverage | None = None
    lexicon: Lexicon | None = None


def sites(experiment: Experiment) -> Iterator[Site]:
    """The attentions of an experiment's model, the encoder's first."""
    model = experiment.model
    encoder, decoder = model.encoder, model.decoder
    match encoder:
        case TransformerEncoder():
            yield _layered(model, Role.ENCODER, encoder.encoder_attention, encoder)
        case RnnEncoder():
            pass
        case _:
            assert_never(encoder)
    match decoder:
        case TransformerDecoder():
            yield _layered(model, Role.DECODER, decoder.decoder_attention, decoder)
            yield _layered(model, Role.CROSS, decoder.cross_attention, decoder)
        case RnnDecoder(attention=Attention() as attention):
            at = place(model, "decoder", "attention")
            yield Site(
                role=Role.CROSS,
                at=at,
                query=decoder.hidden,
                key=encoder.output,
                score=attention.score,
                window=attention.window,
                align=attention.align,
                heads=attention.heads,
                heads_at=(*at, "heads"),
                shared=encoder.output,
                coverage=attention.coverage,
                lexicon=attention.lexicon,
            )
        case RnnDecoder():
            pass
        case _:
            assert_never(decoder)


def _layered(
    model: Model, role: Role, attending: Attending, layers: TransformerEncoder | TransformerDecoder
) -> Site:
    side = "encoder" if role is Role.ENCODER else "decoder"
    return Site(
        role=role,
        at=place(model, side, f"{role.value}_attention"),
        query=layers.d_model,
        key=layers.d_model,
        score=attending.score,
        window=attending.window,
        align=attending.align,
        heads=layers.heads,
        heads_at=place(model, side, "heads"),
        shared=layers.d_model,
    )
