"""What pydantic found wrong, in a person's words and at the right place."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from nmt.config.document import Problem, Refused, Tree
from nmt.config.merge import shallow
from nmt.config.shape import child, homes, may_be_null, required, sections, tag, variant, words

_KINDS = {
    "int_type": "an integer",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "text",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


def problems(error: ValidationError, root: Tree, schema: Any) -> Iterator[Problem]:
    """One problem for each of pydantic's errors, but for values that were refused before."""
    for detail in error.errors(include_url=False):
        tree, path = _descend(root, detail["loc"])
        if tree.value is not Refused.VALUE and not _counts_only_valid_items(detail, tree):
            yield _problem(detail, root, tree, path, schema)


def _counts_only_valid_items(detail: Any, tree: Tree) -> bool:
    """Pydantic calls a list too short when its items are wrong; those have errors of their own."""
    return bool(detail["type"] == "too_short" and len(tree.value) >= detail["ctx"]["min_length"])


def _descend(root: Tree, location: Sequence[str | int]) -> tuple[Tree, list[str | int]]:
    """The value at pydantic's location and its path; names of union variants lie between and are skipped."""
    tree, path = root, list[str | int]()
    for step in location:
        match tree.value:
            case dict() as mapping if step in mapping:
                tree = mapping[step]
            case tuple() as items if isinstance(step, int) and step < len(items):
                tree = items[step]
            case _:
                continue
        path.append(step)
    return tree, path


def _problem(detail: Any, root: Tree, tree: Tree, path: list[str | int], schema: Any) -> Problem:
    """The problem of one error; ``tree`` is the value it speaks of, or the mapping that lacks a key."""
    kind, context = detail["type"], detail.get("ctx", {})
    found = f"found {describe(tree)}"
    match kind:
        case "extra_forbidden":
            return _unknown_key(root, path, schema)
        case "missing" if isinstance(detail["loc"][-1], int):
            return Problem(tree.place, dotted(path), f"too few values: {len(tree.value)}")
        case "missing":
            return Problem(tree.place, dotted([*path, detail["loc"][-1]]), "missing")
        case "too_short" | "too_long":
            few = "few" if kind == "too_short" else "many"
            return Problem(tree.place, dotted(path), f"too {few} values: {len(tree.value)}")
        case "union_tag_not_found" if isinstance(tree.value, dict):
            names = [name for section in sections(_annotation(schema, root, path)) if (name := tag(section))]
            return Problem(tree.place, dotted([*path, "type"]), f"missing: choose {either(names)}")
        case "union_tag_invalid":
            return _unknown_word(tree.value["type"], [*path, "type"], context["expected_tags"])
        case "literal_error":
            return _unknown_word(tree, path, context["expected"])
        case "model_type" | "model_attributes_type" | "union_tag_not_found" if isinstance(tree.value, str):
            return _no_mapping(tree, path, _annotation(schema, root, path))
        case "string_too_short":
            return Problem(tree.place, dotted(path), "expected text, found nothing between the quotes")
        case "finite_number":
            return Problem(tree.place, dotted(path), f"expected a finite number, {found}")
        case "value_error":
            return Problem(tree.place, dotted(path), str(context["error"]))
        case _ if kind in _BOUNDS:
            bound, name = _BOUNDS[kind]
            return Problem(tree.place, dotted(path), f"must be {bound} {context[name]}, {found}")
        case _ if kind in _KINDS:
            annotation = _annotation(schema, root, path)
            allowed = words(annotation) if isinstance(path[-1], str) else ()
            expected = either([_KINDS[kind], *allowed])
            hint = _unquoted(kind, tree.value) or _as_mapping(tree.value, annotation)
            return Problem(tree.place, dotted(path), f"expected {expected}, {found}", hint)
        case _:
            return Problem(
                tree.place, dotted(path), f"{detail['msg'][:1].lower()}{detail['msg'][1:]}, {found}"
            )


def _unknown_key(root: Tree, path: list[str | int], schema: Any) -> Problem:
    """An unknown key, placed at the key; the hint is the nearest key here, else where the key belongs."""
    parent, key = root, str(path[-1])
    for step in path[:-1]:
        parent = parent.value[step]
    annotation = _annotation(schema, root, path[:-1])
    here = variant(sections(annotation), parent.plain())
    known = [name for section in ([here] if here else sections(annotation)) for name in section.model_fields]
    if (
        annotation is schema and key == "base"
    ):  # what is left of it after inheriting came from the command line
        return Problem(parent.keys[key], key, "only a file has a base")
    if annotation is schema:
        known.append("base")
    hint = did_you_mean(key, known)
    if not hint:
        others = [tag(section) for section in sections(annotation) if key in section.model_fields]
        elsewhere = sorted(set(homes(schema, key)))
        if any(others):
            hint = f"it belongs to type {either([other for other in others if other])}"
        elif 0 < len(elsewhere) <= 2:
            hint = f"it belongs under {either([home or 'the top level' for home in elsewhere])}"
        else:
            hint = f"known here: {', '.join(known)}"
    return Problem(parent.keys.get(key, parent.place), dotted(path), "unknown key", hint)


def _unknown_word(tree: Tree, path: list[str | int], expected: str) -> Problem:
    """A word outside a choice; ``expected`` is pydantic's list of quoted words."""
    choices = re.findall(r"'([^']*)'", expected)
    hint = did_you_mean(tree.value, choices) if isinstance(tree.value, str) else ""
    return Problem(tree.place, dotted(path), f"expected {either(choices)}, found {describe(tree)}", hint)


def _no_mapping(tree: Tree, path: list[str | int], annotation: Any) -> Problem:
    """A plain word where a mapping belongs, perhaps the name of a type."""
    tagged = tree.value in [tag(section) for section in sections(annotation)]
    hint = f"write {{type: {tree.value}}}" if tagged else ""
    return Problem(tree.place, dotted(path), f"expected a mapping, found {describe(tree)}", hint)


def _annotation(schema: Any, root: Tree, path: Sequence[str | int]) -> Any:
    """The annotation that stands at ``path``, by way of the variants that the document chose."""
    annotation, tree = schema, root
    for step in path:
        annotation, tree = child(annotation, str(step), shallow(tree)), tree.value[step]
    return annotation


def _unquoted(kind: str, value: Any) -> str:
    """A hint where a number is right but for its quotes."""
    quoted = isinstance(value, str) and re.fullmatch(r"[+-]?[\d.]+([eE][+-]?\d+)?", value)
    return "without quotes" if quoted and kind in ("int_type", "float_type") else ""


def _as_mapping(value: Any, annotation: Any) -> str:
    """A hint where a plain value stands for a section: ``heads: 4``, ``coverage: true``, ``coverage: false``."""
    candidates = sections(annotation)
    if len(candidates) != 1 or not isinstance(value, int | float):
        return ""
    needed = sorted(required(candidates[0]))
    if isinstance(value, bool):
        if value:
            return "" if needed else "write {} for its defaults"
        return "write null" if may_be_null(annotation) else ""
    return f"write {{{needed[0]}: {value}}}" if len(needed) == 1 else ""


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """A hint that names the closest known word, or nothing."""
    close = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else ""


def either(words: Sequence[str]) -> str:
    """``a``, ``a or b``, ``a, b or c``."""
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def describe(tree: Tree) -> str:
    """A value as a person would name it: ``'abc'``, ``3``, ``true``, ``a list``."""
    match tree.value:
        case None:
            return "nothing"
        case bool():
            return str(tree.value).lower()
        case dict():
            return "a mapping"
        case tuple():
            return "a list"
        case str() if len(tree.value) > 60:
            return repr(tree.value[:57] + "...")
        case _:
            return repr(tree.value)


def dotted(path: Sequence[str | int]) -> str:
    """``("data", "test", 0)`` as ``data.test[0]``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
