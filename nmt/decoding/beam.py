"""Beam search over the ``begin/step`` contract, blind to the model's family. Greedy search is a beam of one.

Letters: B sentences, K beam, C candidates, V target vocabulary, T steps so far, S source length. The K hypotheses
of sentence b are the rows ``b*K .. b*K+K-1`` of the state; the memory has B rows and is never reordered.

Each step ranks the 2K best continuations of a sentence: those among the first K that end are finished, the best K
that do not end go on. A sentence is done when it has the wanted number of finished hypotheses and the best one that
goes on does not, at its present length, beat the worst of them. At the greatest length every hypothesis must end.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from nmt.decoding.engine import Hypothesis
from nmt.decoding.penalty import gnmt
from nmt.models.seq2seq import Seq2Seq
from nmt.models.state import select
from nmt.text.special import BOS, EOS, PAD

MIN_ROWS = 16  # a matrix product of fewer rows rounds differently, and a row would depend on its neighbours


@dataclass(frozen=True)
class _Beam:
    """Hypotheses: scores ``[B, K]``, tokens and token_scores ``[B, K, T]``, weights ``[B, K, T, S]`` or None."""

    scores: Tensor
    tokens: Tensor
    token_scores: Tensor
    weights: Tensor | None

    @classmethod
    def start(cls, source: Tensor, *, weights: bool) -> "_Beam":
        """One empty hypothesis a sentence."""
        size, device = source.size(0), source.device
        return cls(
            scores=torch.zeros(size, 1, device=device),
            tokens=source.new_zeros(size, 1, 0),
            token_scores=torch.zeros(size, 1, 0, device=device),
            weights=torch.zeros(size, 1, 0, source.size(1), device=device) if weights else None,
        )

    def extend(self, parents: Tensor, scores: Tensor, tokens: Tensor, seen: Tensor | None) -> "_Beam":
        """Children ``[B, C]`` of the given parents, one token longer; ``seen`` ``[B, K, S]`` by parent."""
        token_scores = scores - self.scores.gather(1, parents)
        weights = None  # also where they were asked for and the model has none
        if self.weights is not None and seen is not None:
            weights = torch.cat((_pick(self.weights, parents), _pick(seen, parents).unsqueeze(2)), dim=2)
        return _Beam(
            scores,
            torch.cat((_pick(self.tokens, parents), tokens.unsqueeze(-1)), dim=-1),
            torch.cat((_pick(self.token_scores, parents), token_scores.unsqueeze(-1)), dim=-1),
            weights,
        )

    def columns(self, columns: Tensor) -> "_Beam":
        """The hypotheses of the given columns ``[B, C]``."""
        weights = None if self.weights is None else _pick(self.weights, columns)
        scores, tokens = _pick(self.scores, columns), _pick(self.tokens, columns)
        return _Beam(scores, tokens, _pick(self.token_scores, columns), weights)

    def hypothesis(self, row: int, column: int, penalty: float) -> Hypothesis:
        """One finished column, whose last token is the end symbol."""
        return Hypothesis(
            ids=tuple(self.tokens[row, column, :-1].tolist()),
            score=self.scores[row, column].item() / penalty,
            token_scores=tuple(self.token_scores[row, column].tolist()),
            weights=None if self.weights is None else self.weights[row, column].float().cpu().numpy(),
        )


@dataclass
class _Sentence:
    """What has ended so far of one sentence; once done, nothing is added to it."""

    finished: list[Hypothesis] = field(default_factory=list)
    done: bool = False


@torch.inference_mode()
def beam_search(
    model: Seq2Seq,
    source: Tensor,
    lengths: Tensor,
    *,
    beam: int,
    nbest: int,
    alpha: float,
    limit: int,
    weights: bool,
    count: int | None = None,
) -> list[list[Hypothesis]]:
    """The ``nbest`` best hypotheses of each sentence, best first; at most ``limit`` pieces and the end symbol.

    Only the first ``count`` sentences are wanted, all by default: the others make up the number of rows that
    rounding asks for, and leave as soon as the beam itself does.

    Shape: source ``[B, S]``, lengths ``[B]``.
    """
    memory, state = model.begin(source, lengths)
    count = source.size(0) if count is None else count
    sentences = [_Sentence(done=row >= count) for row in range(source.size(0))]
    alive = list(sentences)  # by row of the batch
    tokens, hypotheses = source.new_full((len(alive),), BOS), _Beam.start(source, weights=weights)
    for length in range(1, limit + 2):  # |Y|, the end symbol included
        stepped = model.step(memory, state, tokens)
        width = hypotheses.scores.size(1)
        parents, ranked = _rank(
            hypotheses,
            _allowed(stepped.log_probs, must_end=length > limit).view(len(alive), width, -1),
            stepped.attended.weights if weights else None,
            count=2 * beam,
        )
        penalty = float(gnmt(length, alpha))
        _finish(ranked, alive, beam, penalty)
        onward = _onward(ranked, beam, width)
        _close(ranked.scores.gather(1, onward), alive, nbest, penalty)
        if all(sentence.done for sentence in alive):
            break
        hypotheses, parents = ranked.columns(onward), parents.gather(1, onward)
        rows = _remaining(alive, hypotheses.scores.size(1), source.device)
        if len(rows) < len(alive):
            memory, hypotheses, parents = select((memory, hypotheses, parents), rows)
            alive = [alive[row] for row in rows.tolist()]
        state = select(stepped.state, (rows.unsqueeze(1) * width + parents).flatten())
        tokens = hypotheses.tokens[:, :, -1].flatten()
    return [sorted(sentence.finished, key=lambda one: -one.score)[:nbest] for sentence in sentences[:count]]


def _allowed(log_probs: Tensor, *, must_end: bool) -> Tensor:
    """Nothing begins or pads a target in its middle; past the greatest length it can only end."""
    if must_end:
        end = log_probs[:, EOS].clone()
        log_probs.fill_(-torch.inf)[:, EOS] = end
    log_probs[:, [PAD, BOS]] = -torch.inf
    return log_probs


def _rank(hypotheses: _Beam, log_probs: Tensor, seen: Tensor | None, *, count: int) -> tuple[Tensor, _Beam]:
    """The best continuations, best first: their parents ``[B, C]`` and themselves. Shape: log_probs ``[B, K, V]``."""
    vocabulary = log_probs.size(-1)
    totals = (hypotheses.scores.unsqueeze(-1) + log_probs).flatten(1)
    scores, places = totals.topk(min(count, totals.size(1)), dim=1)
    parents = places.div(vocabulary, rounding_mode="floor")
    return parents, hypotheses.extend(parents, scores, places.remainder(vocabulary), seen)


def _finish(ranked: _Beam, alive: list[_Sentence], beam: int, penalty: float) -> None:
    """Adds the hypotheses among the first K that ended to their sentences."""
    ended = (ranked.tokens[:, :beam, -1] == EOS) & ranked.scores[:, :beam].isfinite()
    for row, column in ended.nonzero().tolist():
        if not alive[row].done:
            alive[row].finished.append(ranked.hypothesis(row, column, penalty))


def _onward(ranked: _Beam, beam: int, width: int) -> Tensor:
    """The columns ``[B, K]`` of the best candidates that did not end; each parent ends at most once."""
    ended = ranked.tokens[:, :, -1] == EOS
    count = max(min(beam, ended.size(1) - width), 1)
    return torch.sort(ended.to(torch.int8), dim=1, stable=True).indices[:, :count]


def _close(going: Tensor, alive: list[_Sentence], nbest: int, penalty: float) -> None:
    """Marks the sentences that are done. Shape: going ``[B, K]``, the scores of those that go on, best first."""
    for sentence, best in zip(alive, (going[:, 0] / penalty).tolist(), strict=True):
        scores = sorted((one.score for one in sentence.finished), reverse=True)
        # A best of -inf: every hypothesis had to end.
        sentence.done = (
            sentence.done or best == -torch.inf or (len(scores) >= nbest and scores[nbest - 1] >= best)
        )


def _remaining(alive: list[_Sentence], width: int, device: torch.device) -> Tensor:
    """The sentences to keep: all, until a quarter is done; then those still open, and as many of the done ones as
    MIN_ROWS rows of ``width`` hypotheses each need."""
    rows = [row for row, sentence in enumerate(alive) if not sentence.done]
    if len(rows) > 0.75 * len(alive):
        rows = list(range(len(alive)))
    else:
        missing = max(-(-MIN_ROWS // width) - len(rows), 0)
        rows = sorted(rows + [row for row, sentence in enumerate(alive) if sentence.done][:missing])
    return torch.tensor(rows, device=device)


def _pick(tensor: Tensor, columns: Tensor) -> Tensor:
    """Shape: tensor ``[B, K, ...]``, columns ``[B, C]`` -> ``[B, C, ...]``."""
    return tensor[torch.arange(tensor.size(0), device=tensor.device).unsqueeze(1), columns]
