"""From the ``attention`` section of a config to modules: the only file here that reads config."""

from typing import assert_never

from nmt.attention.align import Align, Soft, Uniform
from nmt.attention.attention import Attention
from nmt.attention.centre import BestCentre, Centre, RealCentre, SampledCentre
from nmt.attention.fuse import Fuse, Gate, Luong, Readout, Sum
from nmt.attention.fused import FusedAttention
from nmt.attention.hard import Gumbel, Reinforce, StraightThrough
from nmt.attention.heads import Average, Concatenate, Heads, Merge
from nmt.attention.lexicon import Lexicon
from nmt.attention.relation import Relation, Relative, Rotary
from nmt.attention.score import Additive, Concat, Cosine, Dot, General, Location, ScaledDot, Score
from nmt.attention.sparse import Sparsemax, Threshold, TopK
from nmt.attention.window import Monotonic, NoWindow, Predictive, Window
from nmt.config import attention as section
from nmt.config import transformer as layered


def build_attention(config: section.Attention, *, query_size: int, key_size: int) -> Attention | Heads:
    """The attention of the given widths: one head, or several."""
    if config.heads is None:
        return _build_head(config, query_size=query_size, key_size=key_size)
    return build_heads(config, config.heads, query_size=query_size, key_size=key_size, size=key_size)


def build_heads(
    config: section.Attention | layered.Attending,
    heads: section.Heads,
    *,
    query_size: int,
    key_size: int,
    size: int,
    relation: Relation | None = None,
    causal: bool = False,
    fused: bool = False,
) -> Heads:
    """Several heads that together give a context of width ``size``; ``fused``, where a fused kernel can."""
    width = head_size(heads, size)
    head: Attention | FusedAttention
    if fused and (dropout := fusible(config)) is not None:
        head = FusedAttention(key_size=width, dropout=dropout, causal=causal)
    else:
        head = _build_head(config, query_size=width, key_size=width, causal=causal)
    return Heads(
        attention=head,
        merge=build_merge(heads, head_size=width, size=size),
        query_size=query_size,
        key_size=key_size,
        heads=heads.count,
        head_size=width,
        size=size,
        relation=relation,
    )


def fusible(config: section.Attention | layered.Attending) -> float | None:
    """The dropout of an attention that torch's fused kernel computes: scaled dot product, whole side, softmax; else
    None."""
    match config.score, config.window, config.align:
        case section.ScaledDot(), section.NoWindow(), section.Soft(temperature=1.0, dropout=dropout):
            return dropout
        case _:
            return None


def _build_head(
    config: section.Attention | layered.Attending, *, query_size: int, key_size: int, causal: bool = False
) -> Attention:
    coverage = isinstance(config, section.Attention) and config.coverage is not None
    return Attention(
        score=build_score(config.score, query_size=query_size, key_size=key_size, coverage=coverage),
        window=build_window(config.window, query_size=query_size),
        align=build_align(config.align),
        key_size=key_size,
        causal=causal,
    )


def build_relation(config: layered.Positions, *, head_size: int) -> Relation | None:
    """How a side's queries and keys learn of one another's places; None where its embeddings tell."""
    match config:
        case layered.Rotary(base=base):
            return Rotary(size=head_size, base=base)
        case layered.Relative(reach=reach):
            return Relative(size=head_size, reach=reach)
        case layered.Sinusoidal() | layered.Learned():
            return None
        case _:
            assert_never(config)


def head_size(config: section.Heads, size: int) -> int:
    """The width of each head.  Raises ValueError where the heads do not divide the width."""
    if config.size is not None:
        return config.size
    if size % config.count:
        raise ValueError(f"{config.count} heads do not divide a width of {size}")
    return size // config.count


def build_merge(config: section.Heads, *, head_size: int, size: int) -> Merge:
    """How the contexts of the heads become one of width ``size``."""
    match config.merge:
        case "concatenate":
            return Concatenate(heads=config.count, head_size=head_size, size=size)
        case "average":
            return Average(head_size=head_size, size=size)
        case _:
            assert_never(config.merge)


def build_score(config: section.Score, *, query_size: int, key_size: int, coverage: bool = False) -> Score:
    """Raises ValueError where the widths, or coverage, do not suit the score."""
    match config:
        case section.Additive(size=size, bias=bias, normalised=normalised):
            return Additive(
                query_size=query_size,
                key_size=key_size,
                size=size,
                bias=bias,
                normalised=normalised,
                coverage=coverage,
            )
        case section.Concat(size=size):
            return Concat(query_size=query_size, key_size=key_size, size=size, coverage=coverage)
        case _ if coverage:
            raise ValueError(f"coverage enters additive and concat scores, not {config.type}")
        case section.General():
            return General(query_size=query_size, key_size=key_size)
        case section.Dot():
            return Dot(query_size=query_size, key_size=key_size)
        case section.ScaledDot():
            return ScaledDot(query_size=query_size, key_size=key_size)
        case section.Cosine(scale=scale):
            return Cosine(query_size=query_size, key_size=key_size, scale=scale)
        case section.Location(max_source=max_source):
            return Location(query_size=query_size, max_source=max_source)
        case _:
            assert_never(config)


def build_window(config: section.Window, *, query_size: int) -> Window:
    """Which keys may be seen."""
    match config:
        case section.NoWindow():
            return NoWindow()
        case section.Monotonic(size=size):
            return Monotonic(size=size)
        case section.Predictive(size=size, centre=centre):
            return Predictive(size=size, centre=build_centre(centre, query_size=query_size))
        case _:
            assert_never(config)


def build_centre(config: section.Centre, *, query_size: int) -> Centre:
    """What a predictive window is centred on."""
    match config:
        case section.RealCentre():
            return RealCentre(query_size=query_size)
        case section.BestCentre():
            return BestCentre()
        case section.SampledCentre(estimator=estimator):
            return SampledCentre(expected=estimator.expected)
        case _:
            assert_never(config)


def build_align(config: section.Align) -> Align:
    """How scores become weights."""
    match config:
        case section.Soft(temperature=temperature, dropout=dropout):
            return Soft(temperature=temperature, dropout=dropout)
        case section.Uniform(dropout=dropout):
            return Uniform(dropout=dropout)
        case section.Threshold(least=least, temperature=temperature, dropout=dropout):
            return Threshold(least=least, temperature=temperature, dropout=dropout)
        case section.TopK(k=k, temperature=temperature, dropout=dropout):
            return TopK(k=k, temperature=temperature, dropout=dropout)
        case section.Sparsemax(temperature=temperature, dropout=dropout):
            return Sparsemax(temperature=temperature, dropout=dropout)
        case section.Hard():
            return build_hard(config)
        case _:
            assert_never(config)


def build_hard(config: section.Hard) -> Align:
    """One place, and how the choice learns."""
    match config.estimator:
        case section.Reinforce(expected=expected):
            return Reinforce(temperature=config.temperature, expected=expected)
        case section.StraightThrough():
            return StraightThrough(temperature=config.temperature)
        case section.Gumbel(start=start, least=least, decay=decay, straight_through=straight_through):
            return Gumbel(
                start=start,
                least=least,
                decay=decay,
                straight_through=straight_through,
                temperature=config.temperature,
            )
        case _:
            assert_never(config.estimator)


def build_lexicon(config: section.Lexicon | None, *, vocabulary: int) -> Lexicon | None:
    """What guides the scores from outside, its table still empty."""
    if config is None:
        return None
    return Lexicon(vocabulary=vocabulary, candidates=config.candidates, reach=config.reach)


def build_fuse(
    config: section.Fuse, *, state_size: int, embedding_size: int, context_size: int, size: int
) -> Fuse:
    """How the context joins the decoder's output, of width ``size``."""
    match config:
        case section.Readout():
            return Readout(
                state_size=state_size, embedding_size=embedding_size, context_size=context_size, size=size
            )
        case section.Luong():
            return Luong(state_size=state_size, context_size=context_size, size=size)
        case section.Gate():
            return Gate(state_size=state_size, context_size=context_size, size=size)
        case section.Sum():
            return Sum(state_size=state_size, context_size=context_size, size=size)
        case _:
            assert_never(config)
