"""The attentions of a model by name: to look at what each head looks at, and to do without one.

``encoder.0`` is the self-attention of the encoder's first layer, ``decoder.0`` and ``cross.0`` are the decoder's own
and its attention to the source; an RNN has one, ``decoder``. Letters: T target length, S source length, H heads.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, cast

from torch import Tensor, nn

from nmt.attention.attention import Attended, Attention
from nmt.attention.heads import Heads
from nmt.errors import UsageError
from nmt.models.encoder_decoder import EncoderDecoder
from nmt.models.rnn.decoder import RnnDecoder
from nmt.models.transformer.decoder import DecoderLayer, TransformerDecoder
from nmt.models.transformer.encoder import EncoderLayer, TransformerEncoder


def attentions(model: EncoderDecoder) -> dict[str, nn.Module]:
    """All of them, the encoder's first."""
    found = dict[str, nn.Module]()
    if isinstance(model.encoder, TransformerEncoder):
        for number, layer in enumerate(cast(Iterable[EncoderLayer], model.encoder.layers)):
            found[f"encoder.{number}"] = layer.attention
    if isinstance(model.decoder, TransformerDecoder):
        layers = list(cast(Iterable[DecoderLayer], model.decoder.layers))
        found |= {f"decoder.{number}": layer.attention for number, layer in enumerate(layers)}
    return found | to_source(model)


def to_source(model: EncoderDecoder) -> dict[str, nn.Module]:
    """Those that look from the target into the source."""
    match model.decoder:
        case TransformerDecoder() as decoder:
            layers = cast(Iterable[DecoderLayer], decoder.layers)
            return {f"cross.{number}": layer.cross for number, layer in enumerate(layers)}
        case RnnDecoder() as decoder:
            return {"decoder": decoder.attention}
        case _:
            return {}


def heads(model: EncoderDecoder) -> Iterator[str]:
    """Every head's name, as ``cross.1.0``; an attention of an RNN that has no heads has none to name."""
    for name, attention in attentions(model).items():
        if isinstance(attention, Heads):
            yield from (f"{name}.{head}" for head in range(attention.heads))


def silence(model: EncoderDecoder, names: Sequence[str]) -> None:
    """Leaves the named heads' contexts out from now on (Michel, Levy and Neubig 2019, section 2.3).

    Raises:
        UsageError: there is no such head.
    """
    known = list(heads(model))
    for name in names:
        if name not in known:
            has = f"{known[0]} to {known[-1]}" if known else "no heads: nothing to mask"
            raise UsageError(f"head {name!r}", "the model has none of that name", f"it has {has}")
        layer, _, head = name.rpartition(".")
        attention = cast(Heads, attentions(model)[layer])
        attention.silent |= {int(head)}


@contextmanager
def watched(model: EncoderDecoder) -> Iterator[dict[str, list[Tensor]]]:
    """While open, notes the weights of every head that looks into the source, at each call, ``[B, H, T, S]``.

    Empty for an attention that keeps its weights to itself, or has none.
    """
    seen: dict[str, list[Tensor]] = {name: [] for name in to_source(model)}
    with ExitStack() as stack:
        for name, attention in to_source(model).items():
            inner = attention.attention if isinstance(attention, Heads) else attention
            if isinstance(inner, Attention):
                hook = inner.register_forward_hook(_noting(seen[name], single=inner is attention))
                stack.callback(hook.remove)
        yield seen


def _noting(seen: list[Tensor], *, single: bool) -> Any:
    def note(_: nn.Module, __: object, attended: Attended) -> None:
        if attended.weights is not None:
            seen.append(attended.weights.unsqueeze(-3) if single else attended.weights)

    return note
