"""An encoder that tells the decoder nothing of the order: without attention no model can reverse a sentence.

A recurrent encoder does not do: its last state carries the words round the attention, and a model whose weights lie on
the wrong places still passes.

Letters: B sentences, S source length, K annotation width.
"""

from torch import Tensor, nn

from nmt.attention.mask import padding_mask
from nmt.models.encoder_decoder import Encoded, Encoder


class PlacedWords(Encoder):
    """Annotations are embedding plus learnt position, both N(0, std^2); the decoder begins with their mean, in which
    order is lost."""

    def __init__(self, *, vocabulary: int, places: int, size: int, std: float) -> None:
        super().__init__()
        self.output_size, self.max_length = size, places
        self.words, self.places = (nn.Embedding(rows, size) for rows in (vocabulary, places))
        for table in (self.words, self.places):
            nn.init.normal_(table.weight, std=std)

    def forward(self, source: Tensor, lengths: Tensor) -> Encoded:
        """Shape: source ``[B, S]``, lengths ``[B]``."""
        states = self.words(source) + self.places.weight[: source.size(1)]
        real = padding_mask(lengths, source.size(1)).unsqueeze(-1)
        mean = states.masked_fill(~real, 0.0).sum(dim=1) / lengths.unsqueeze(-1)
        return Encoded(states, (mean,))
