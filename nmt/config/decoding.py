"""The ``decoding`` section: how translations are searched for.  All of it is free."""

from typing import Annotated, Literal

from pydantic import Field

from nmt.config.section import Section, free


class Gnmt(Section):
    """((5 + length) / 6)^alpha divides the log-probability: Wu et al. 2016."""

    type: Annotated[Literal["gnmt"], free("divide by ((5 + length) / 6)^alpha")] = "gnmt"
    alpha: Annotated[float, free("0: no penalty; larger: longer translations", ge=0)] = 0.6


class NoPenalty(Section):
    """The log-probability as it is, which favours short translations."""

    type: Annotated[Literal["none"], free("the plain log-probability")] = "none"


LengthPenalty = Annotated[Gnmt | NoPenalty, Field(discriminator="type")]


class MaxLength(Section):
    """The longest translation: ratio * source length + offset, in pieces."""

    ratio: Annotated[float, free("target pieces per source piece", ge=0)] = 2.0
    offset: Annotated[int, free("target pieces on top", ge=1)] = 20


class Decoding(Section):
    """Beam search and its limits."""

    beam: Annotated[int, free("hypotheses kept per sentence; 1 is greedy", ge=1, le=1000)] = 5
    length_penalty: Annotated[LengthPenalty, free("how hypotheses of different length compare")] = Gnmt()
    max_length: Annotated[MaxLength, free("longest translation")] = MaxLength()
    batch_tokens: Annotated[int, free("source tokens translated together, padding included", ge=1)] = 4096
