"""The alignment error rate (Och and Ney 2003): how far predicted word links are from a person's."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from nmt.alignment.pharaoh import Link, Links
from nmt.errors import NmtError


def aer(predicted: Sequence[AbstractSet[Link]], gold: Sequence[Links]) -> float:
    """AER = 1 - (|A n S| + |A n P|) / (|A| + |S|), counted over the whole corpus; 0 is perfect.

    Gold without possible-only links makes it 1 - F1. No links on either side is perfect agreement.

    >>> aer([{(0, 0), (1, 1)}], [Links(frozenset({(0, 0)}), frozenset({(0, 0), (1, 1)}))])
    0.0

    Raises ``NmtError`` with both counts when they differ.
    """
    if len(predicted) != len(gold):
        raise NmtError("alignment", f"{len(predicted)} predicted lines, {len(gold)} gold lines")
    agreed = claimed = 0
    for links, truth in zip(predicted, gold, strict=True):
        agreed += len(links & truth.sure) + len(links & truth.possible)
        claimed += len(links) + len(truth.sure)
    return 1.0 - agreed / claimed if claimed else 0.0
