"""Faults that BLEU hardly sees, counted line by line.

ASCII punctuation in Chinese costs 4 points of BLEU at most, a space between all characters one, and a reader
stumbles over each; so each has a counter, next to empty lines, copies of the source and loops.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from nmt.alignment.words import words
from nmt.evaluation.lengths import length, unit_of
from nmt.text.normalise import is_chinese

HAN = r"[\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\U00020000-\U0003FFFF]"
ASCII_AFTER_HAN = re.compile(rf"{HAN}[,.!?;:()]")
SPACED_HAN = re.compile(rf"{HAN}\s+(?={HAN})")
HAN_TEXT = re.compile(rf"{HAN}{{2}}")
CLOSING_QUOTES = "”’」』》\"'"
FINAL_MARKS = ("。", "！", "？", "…")
PAIRS = {"”": "“", "」": "「", "』": "『", "》": "《"}


@dataclass(frozen=True)
class Count:
    """How many lines have a fault, and what share of all lines that is."""

    count: int
    share: float


def count_faults(
    hypotheses: Sequence[str],
    references: Sequence[str],
    sources: Sequence[str] | None,
    target_language: str,
) -> dict[str, Count]:
    """Count the lines with each fault; copies need ``sources``, and Chinese has four faults of its own."""
    pairs = list(zip(hypotheses, references, strict=True))
    counts = {
        "empty": _count(not line.strip() for line in hypotheses),
        "repeated_4grams": _count(map(repeats, hypotheses)),
    }
    if sources is not None:
        triples = zip(hypotheses, references, sources, strict=True)
        counts["copied"] = _count(is_copy(*triple) for triple in triples)
    if is_chinese(target_language):
        counts["ascii_punctuation"] = _count(map(_finder(ASCII_AFTER_HAN), hypotheses))
        counts["spaced_han"] = _count(map(_finder(SPACED_HAN), hypotheses))
        counts["missing_final_stop"] = _count(misses_stop(*pair) for pair in pairs)
        counts["unbalanced_quotes"] = _count(map(has_unbalanced_quotes, hypotheses))
    return counts


def length_ratio(hypotheses: Sequence[str], references: Sequence[str]) -> float:
    """Length of all hypotheses over that of all references, in words or characters; 0 without references."""
    unit = unit_of(references)
    total = sum(length(line, unit) for line in references)
    return sum(length(line, unit) for line in hypotheses) / total if total else 0.0


def repeats(line: str, order: int = 4) -> bool:
    """Whether four words (characters of Chinese) in a row occur twice: the mark of a decoder in a loop."""
    units = words(line)
    grams = [tuple(units[k : k + order]) for k in range(len(units) - order + 1)]
    return len(set(grams)) < len(grams)


def is_collapsed(hypotheses: Sequence[str], sources: Sequence[str]) -> bool:
    """Whether different sentences are all translated alike: the decoder does not look at the source."""
    return len(set(hypotheses)) == 1 and len(set(sources)) > 1


def is_copy(hypothesis: str, reference: str, source: str) -> bool:
    """Whether the source came out unchanged where the reference did change it."""
    return bool(source.strip()) and hypothesis.strip() == source.strip() != reference.strip()


def misses_stop(hypothesis: str, reference: str) -> bool:
    """Whether the reference ends with 。 (before a closing quote, too) and the hypothesis without a mark."""
    has_stop = reference.rstrip().rstrip(CLOSING_QUOTES).endswith("。")
    return has_stop and not hypothesis.rstrip().rstrip(CLOSING_QUOTES).endswith(FINAL_MARKS)


def has_unbalanced_quotes(line: str) -> bool:
    """Whether a quote is opened and not closed, closed and not opened, or closed by another kind."""
    opened: list[str] = []
    for character in line:
        if character in PAIRS.values():
            opened.append(character)
        elif character in PAIRS and (not opened or opened.pop() != PAIRS[character]):
            return True
    return bool(opened) or line.count('"') % 2 == 1


def _finder(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda line: pattern.search(line) is not None


def _count(found: Iterable[bool]) -> Count:
    flags = list(found)
    return Count(sum(flags), sum(flags) / len(flags) if flags else 0.0)
