"""The four special ids, the same in every vocabulary: padding, unknown, begin and end of sentence."""

PAD, UNK, BOS, EOS = 0, 1, 2, 3
