"""Every kind of model, tiny: what is a law of models is tested on all of them."""

from typing import Any

from nmt.config.attention import (
    Additive,
    Attention,
    BestCentre,
    Cosine,
    Coverage,
    General,
    Gumbel,
    Hard,
    Heads,
    Location,
    Luong,
    Monotonic,
    Predictive,
    Reinforce,
    Soft,
    Sparsemax,
    StraightThrough,
    Threshold,
    TopK,
    Uniform,
)
from nmt.config.mixed import MixedModel
from nmt.config.model import Model
from nmt.config.rnn import RnnDecoder, RnnEncoder, RnnModel
from nmt.config.transformer import (
    Attending,
    Learned,
    Relative,
    Rotary,
    Sinusoidal,
    TransformerDecoder,
    TransformerEncoder,
    TransformerModel,
)

WIDTH = {"d_model": 12, "ffn": 10, "heads": Heads(count=2)}
PLACES = 8  # the longest side of the tests


def transformer(**changes: Any) -> TransformerModel:
    """Two layers a side, two heads."""
    return TransformerModel(**{**WIDTH, "encoder_layers": 2, "decoder_layers": 2, "dropout": 0.0, **changes})


def looking(
    *, encoder: Any = None, decoder: Any = None, cross: Any = None, **changes: Any
) -> TransformerModel:
    """With these parts in its three attentions, rotary positions so that the places tell in every score."""
    three = {
        f"{name}_attention": Attending(**parts)
        for name, parts in (("encoder", encoder), ("decoder", decoder), ("cross", cross))
        if parts is not None
    }
    return transformer(**three, **changes)


def everywhere(**parts: Any) -> TransformerModel:
    """The same parts in all three."""
    return looking(encoder=parts, decoder=parts, cross=parts)


POSITIONS = {
    "sinusoidal": Sinusoidal(),
    "learned": Learned(max_length=PLACES),
    "rotary": Rotary(),
    "relative": Relative(reach=2),
}
FUSED: dict[str, Model] = {  # where a fused kernel stands in for what shows its weights
    **{
        f"{name}, {'pre' if pre else 'post'}-norm, {norm} norm": transformer(
            positions=positions, pre_norm=pre, norm=norm
        )
        for name, positions in POSITIONS.items()
        for pre in (True, False)
        for norm in ("layer", "rms")
    },
    **{name: transformer(activation=name) for name in ("gelu", "silu", "glu", "geglu", "swiglu")},
    "one layer": transformer(encoder_layers=1, decoder_layers=1),
    "one head": transformer(heads=Heads(count=1)),
    "averaged heads": transformer(heads=Heads(count=2, merge="average"), positions=Relative(reach=3)),
    "averaged heads of full width": transformer(
        heads=Heads(count=3, size=12, merge="average"), positions=Rotary()
    ),
    "narrow heads": transformer(heads=Heads(count=5, size=2), positions=Rotary()),
    "one table": transformer(tie="all"),
    "transformer reads, rnn says": MixedModel(
        encoder=TransformerEncoder(**WIDTH, layers=2, dropout=0.0, positions=Rotary()),
        decoder=RnnDecoder(
            embedding=6, hidden=5, dropout=0.0, attention=Attention(score=Additive(size=4), fuse=Luong())
        ),
    ),
    "rnn reads, transformer says": MixedModel(
        encoder=RnnEncoder(embedding=6, hidden=5, dropout=0.0),
        decoder=TransformerDecoder(**WIDTH, layers=2, dropout=0.0, positions=Relative(reach=2)),
    ),
}
SHOWN: dict[str, Model] = {
    "local-m": everywhere(window=Monotonic(size=1)),
    "local-p": everywhere(window=Predictive(size=2)),
    "local-p, best": everywhere(window=Predictive(size=1, centre=BestCentre())),
    "additive": everywhere(score=Additive(size=5)),
    "additive, relative": everywhere(score=Additive(size=5, bias=True, normalised=True)).model_copy(
        update={"positions": Relative(reach=2)}
    ),
    "general": everywhere(score=General()),
    "cosine, rotary": everywhere(score=Cosine()).model_copy(update={"positions": Rotary()}),
    "location": everywhere(score=Location(max_source=PLACES)),
    "sharp": everywhere(align=Soft(temperature=0.5)),
    "sparsemax": everywhere(align=Sparsemax()),
    "threshold": everywhere(align=Threshold(least=0.2)),
    "top-k": everywhere(align=TopK(k=2)),
    "uniform": everywhere(align=Uniform()),
    "straight-through": looking(
        encoder={"align": Hard(estimator=StraightThrough())},
        decoder={"align": Hard(estimator=StraightThrough())},
    ),
    "gumbel": everywhere(align=Hard(estimator=Gumbel())),
    "reinforce": looking(cross={"align": Hard(estimator=Reinforce())}, positions=Rotary()),
    "local by turns": looking(
        encoder={"window": Predictive(size=2)},
        decoder={"window": Monotonic(size=2), "align": Sparsemax()},
        cross={"score": Additive(size=3), "window": Predictive(size=2)},
        heads=Heads(count=2, merge="average"),
        positions=Relative(reach=2),
        norm="rms",
    ),
    "rnn, bahdanau": RnnModel(
        embedding=6, hidden=5, dropout=0.0, attention=Attention(score=Additive(size=4))
    ),
    "rnn, luong with coverage": RnnModel(
        cell="lstm",
        embedding=6,
        hidden=5,
        decoder_layers=2,
        dropout=0.0,
        attention=Attention(score=Additive(size=4), fuse=Luong(), coverage=Coverage()),
    ),
    "rnn, heads": RnnModel(embedding=6, hidden=5, dropout=0.0, attention=Attention(heads=Heads(count=2))),
    "transformer reads, fixed vector": MixedModel(
        encoder=TransformerEncoder(**WIDTH, layers=1, dropout=0.0),
        decoder=RnnDecoder(embedding=6, hidden=5, dropout=0.0, attention="none"),
    ),
}
PARTLY = ("straight-through", "reinforce")  # of whose three attentions fused kernels take some
KINDS: dict[str, Model] = FUSED | SHOWN
