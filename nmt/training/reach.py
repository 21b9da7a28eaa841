"""How far back into the source a gradient reaches (Bengio et al. 1994; Pascanu et al. 2013).

Letters: B sentences, S source and T target length, D output width, N real target positions, V target vocabulary.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from nmt.data.batch import Batch
from nmt.models.encoder_decoder import EncoderDecoder


@dataclass(frozen=True)
class GradientByDistance:
    """norms[k]: how much the source piece k places before a sentence's end moves the likelihood of its translation,
    as a mean over the ``counts[k]`` sentences that are so long; k = 0 is the end symbol."""

    norms: tuple[float, ...]
    counts: tuple[int, ...]


def gradient_by_distance(model: EncoderDecoder, batch: Batch) -> GradientByDistance:
    """The gradient of a sentence's likelihood with regard to its source, by the distance from the sentence's end.

    For each sentence: the norm of the gradient of its mean log-likelihood per target token with regard to the
    embedding of each source place. Then the mean over the sentences of the batch, by distance. In a forward reader
    without attention the distance is the number of recurrent steps on the path from the place to the decoder, so that
    what vanishes on the way is seen to fall with it; a backward reader shortens the way from the sentence's beginning,
    and attention makes it as short from every place.

    Dropout rests, and no parameter gets a gradient.
    """
    training = model.training
    model.eval()
    embedded: list[Tensor] = []

    def cut(_: nn.Module, inputs: object, output: Tensor) -> Tensor | None:
        if embedded:
            return None  # a table that is shared, asked by the decoder
        embedded.append(output.detach().requires_grad_())
        return embedded[0]

    hook = model.encoder.embedding.register_forward_hook(cut)
    try:
        with torch.enable_grad():
            decoded = model(batch.source, batch.source_lengths, batch.target_in)
            means = _mean_log_likelihoods(decoded.states, model, batch)
            # One pass serves all sentences, since each depends on its own places only.
            (gradient,) = torch.autograd.grad(means.sum(), embedded)
    finally:
        hook.remove()
        model.train(training)
    return _by_distance(gradient.norm(dim=-1), batch.source_lengths)


def _mean_log_likelihoods(states: Tensor, model: EncoderDecoder, batch: Batch) -> Tensor:
    """Shape: states ``[B, T, D]`` -> ``[B]``; logits of real positions only."""
    real = batch.target_mask
    logits = model.projection(states[real])  # [N, V]
    token = logits.float().log_softmax(-1).gather(-1, batch.target_out[real].unsqueeze(-1)).squeeze(-1)
    sentence = real.nonzero()[:, 0]  # [N]
    sums = token.new_zeros(len(real)).index_add(0, sentence, token)
    return sums / real.sum(dim=1)


def _by_distance(norms: Tensor, lengths: Tensor) -> GradientByDistance:
    """Shape: norms ``[B, S]`` by place, lengths ``[B]``."""
    distance = lengths.unsqueeze(1) - 1 - torch.arange(norms.size(1), device=norms.device)
    real = distance >= 0
    size = int(lengths.max())
    sums = norms.new_zeros(size).index_add(0, distance[real], norms[real])
    counts = torch.bincount(distance[real], minlength=size)
    return GradientByDistance(tuple((sums / counts).tolist()), tuple(counts.tolist()))
