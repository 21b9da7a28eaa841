"""The torch engine: any model of nmt behind the :class:`~nmt.decoding.engine.Engine` contract.

On the CPU a sentence's translation is the same to the last bit whatever it is translated with: workers are
one-threaded, only sentences of equal length share a batch, so that nothing is padded (a given target is, to a length
that it alone decides), and no batch has fewer than ``MIN_ROWS`` rows (copies fill it up). Letters: B sentences, S
source and T target length.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nmt.bundle import Bundle
from nmt.decoding.beam import MIN_ROWS, beam_search
from nmt.decoding.engine import Hypothesis, Options, Pieces
from nmt.machine import cores
from nmt.models.attentions import silence, watched
from nmt.models.encoder_decoder import EncoderDecoder
from nmt.models.load import load_model
from nmt.text.files import Tokenizers
from nmt.text.special import BOS, EOS

T = TypeVar("T")
TARGET_STEP = 8  # given targets are padded to multiples of it


class TorchEngine:
    """Searches with one model, which must be in eval mode, in one-threaded workers over batches of one length."""

    def __init__(
        self, model: EncoderDecoder, *, device: torch.device | None = None, workers: int = 1
    ) -> None:
        self.model, self.device, self.workers = model, device or torch.device("cpu"), workers

    @property
    def max_source(self) -> int | None:
        """The longest source that the model can read, its end symbol included; None: any."""
        return self.model.max_source

    @property
    def max_target(self) -> int | None:
        """The longest target that the model can say, its end symbol included; None: any."""
        return self.model.max_target

    def translate(self, pieces: Sequence[Pieces], options: Options) -> list[list[Hypothesis]]:
        """For each sentence its ``nbest`` hypotheses, best first."""

        def search(rows: list[int]) -> list[list[Hypothesis]]:
            source, lengths = self._batch([pieces[row] for row in rows])
            limit = int(options.max_ratio * (source.size(1) - 1)) + options.max_offset
            if self.max_target is not None:
                limit = min(limit, self.max_target - 1)
            return beam_search(
                self.model,
                source,
                lengths,
                beam=options.beam,
                nbest=options.nbest,
                alpha=options.alpha,
                limit=limit,
                weights=options.weights,
                count=len(rows),
            )

        return self._run(_batches([len(one) for one in pieces], options.batch_tokens), search, len(pieces))

    def force(self, pieces: Sequence[Pieces], targets: Sequence[Pieces]) -> list[Hypothesis]:
        """Scores given translations with the plain log-probability, and keeps their weights."""

        def score(rows: list[int]) -> list[Hypothesis]:
            source, lengths = self._batch([pieces[row] for row in rows])
            return _force(self.model, source, lengths, [targets[row] for row in rows], sizes[rows[0]])

        sizes = [self._padded(len(target) + 1) for target in targets]
        return self._run(_batches([len(one) for one in pieces], 4096, sizes), score, len(pieces))

    def _padded(self, length: int) -> int:
        """What a target of this length, its end symbol included, is padded to: few sizes, so that many share one."""
        whole = -(-length // TARGET_STEP) * TARGET_STEP
        return whole if self.max_target is None else max(min(whole, self.max_target), length)

    @torch.inference_mode()
    def look(self, pieces: Pieces, target: Pieces) -> dict[str, NDArray[np.float32]]:
        """Where each head of each attention to the source looks while one target is said."""
        source, lengths = self._batch([pieces])
        with watched(self.model) as seen:
            self.model(source, lengths, source.new_tensor([[BOS, *target]]).expand(len(source), -1))
        # An RNN asks step by step, [B, H, 1, S] each; a Transformer for all steps at once.
        return {
            name: torch.cat([one[0] for one in calls], dim=-2).float().cpu().numpy()
            for name, calls in seen.items()
            if calls
        }

    def _batch(self, pieces: list[Pieces]) -> tuple[Tensor, Tensor]:
        """Sentences of one length as ``[B, S]`` with their end symbols, B at least MIN_ROWS."""
        rows = [[*one, EOS] for one in pieces]
        rows += [rows[0]] * (MIN_ROWS - len(rows))
        source = torch.tensor(rows, device=self.device)
        return source, torch.full((len(rows),), source.size(1), device=self.device)

    def _run(self, batches: list[list[int]], work: Callable[[list[int]], list[T]], count: int) -> list[T]:
        """Does the work of every batch in the workers and puts the results back in order."""
        results: dict[int, T] = {}
        with _one_threaded(self.workers) as pool:
            for rows, found in zip(batches, pool.map(work, batches), strict=True):
                results.update(zip(rows, found, strict=True))
        return [results[row] for row in range(count)]


def load_engine(
    bundle: Bundle, tokenizers: Tokenizers, *, workers: int | None = None, silent: Sequence[str] = ()
) -> TorchEngine:
    """The engine of a bundle, one worker a core unless told otherwise, without the heads that shall be silent.

    Raises:
        NmtError: the bundle has no readable weights of its model.
        UsageError: the model has no such head.
    """
    model = load_model(
        bundle.experiment.model,
        bundle.weights,
        source_size=tokenizers.source.size,
        target_size=tokenizers.target.size,
    )
    silence(model, silent)
    return TorchEngine(model, workers=workers or cores())


def _batches(lengths: list[int], batch_tokens: int, sizes: list[int] | None = None) -> list[list[int]]:
    """Rows of equal length together, at most ``batch_tokens`` source tokens each, the longest first; of equal target
    ``sizes`` where these are given."""
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row, shape in enumerate(zip(lengths, sizes or [0] * len(lengths), strict=True)):
        groups[shape].append(row)
    batches = []
    for shape in sorted(groups, reverse=True):
        rows, size = groups[shape], max(batch_tokens // (shape[0] + 1), 1)
        batches += [rows[start : start + size] for start in range(0, len(rows), size)]
    return batches


@contextmanager
def _one_threaded(workers: int) -> Iterator[ThreadPoolExecutor]:
    """Workers in which every product runs on one thread; the caller's own setting returns afterwards."""
    threads = torch.get_num_threads()
    with ThreadPoolExecutor(workers, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)
            torch.set_num_threads(threads)


@torch.inference_mode()
def _force(
    model: EncoderDecoder, source: Tensor, lengths: Tensor, targets: list[Pieces], size: int
) -> list[Hypothesis]:
    """The targets are padded to ``size``."""
    padded = [[BOS, *target, *[EOS] * (size - len(target))] for target in targets]
    padded += [padded[0]] * (len(source) - len(padded))
    tokens = torch.tensor(padded, device=source.device)
    decoded = model(source, lengths, tokens[:, :-1])
    # Step by step, as search does: the logits of a whole batch would not fit.
    scores = torch.cat(
        [
            torch.log_softmax(model.projection(states), dim=-1, dtype=torch.float32).gather(
                1, gold.unsqueeze(1)
            )
            for states, gold in zip(decoded.states.unbind(1), tokens[:, 1:].unbind(1), strict=True)
        ],
        dim=1,
    )
    results = []
    for row, target in enumerate(targets):
        steps = len(target) + 1
        token_scores = tuple(scores[row, :steps].tolist())
        weights = None if decoded.weights is None else decoded.weights[row, :steps].float().cpu().numpy()
        results.append(Hypothesis(tuple(target), sum(token_scores), token_scores, weights))
    return results
