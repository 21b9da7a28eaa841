"""From weights between words to links, and the diagonal that any aligner has to beat."""

from nmt.alignment.merge import Matrix
from nmt.alignment.pharaoh import Link


def target_links(weights: Matrix) -> set[Link]:
    """Link each target word with the source word that it attended to most; a row of zeros has no link.

    Shape: weights [target words, source words]. Ties go to the first.
    """
    if weights.size == 0:
        return set()
    best = weights.argmax(axis=1)
    return {(int(i), j) for j, i in enumerate(best) if weights[j, i] > 0}


def source_links(weights: Matrix) -> set[Link]:
    """Link each source word with the target word that attended to it most; a column of zeros has no link.

    Shape: weights [target words, source words]. The intersection with ``target_links`` is the careful
    alignment.
    """
    return {(i, j) for j, i in target_links(weights.T)}


def diagonal(source_words: int, target_words: int) -> set[Link]:
    """Link target word j with source word j * I / J, rounded: the floor, which knows only the lengths."""
    last = source_words - 1
    return {(min(last, round(j * source_words / target_words)), j) for j in range(target_words) if last >= 0}
