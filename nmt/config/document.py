"""YAML text to a tree in which every key and value knows its place; nothing in the text is ever executed.

Only mappings, lists and plain scalars exist.  Syntax errors end the reading; every other problem (a key given
twice, a tag, a merge key) is collected, so that one look at a file shows all that is wrong with it.
"""

import math
import warnings
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

MAX_NODES = 10_000
"""Far more than any experiment needs, far less than an alias bomb unfolds to."""

_CORE = "tag:yaml.org,2002:"
_TEXT_TAGS = {_CORE + name for name in ("str", "timestamp", "value")}  # YAML 1.2 knows no dates and no "="
_PLAIN_TAGS = _TEXT_TAGS | {_CORE + name for name in ("int", "float", "bool", "null")}


@dataclass(frozen=True)
class Place:
    """Where something stands; ``rank`` orders sources; lines, columns count from 1; line 0 is the whole."""

    source: str
    line: int = 0
    column: int = 0
    rank: int = 0

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}" if self.line else self.source

    @property
    def order(self) -> tuple[int, str, int, int]:
        """The sorting key of problems: by file, then by position."""
        return self.rank, self.source, self.line, self.column


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: place, dotted path of the key (empty: the document), cause and way out."""

    place: Place
    path: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        key = f"{self.path}: " if self.path else ""
        return f"{self.place}: {key}{self.what}" + (f" ({self.hint})" if self.hint else "")


class Refused(Enum):
    """Stands for a value that was refused, and reported, when it was read."""

    VALUE = "refused"


@dataclass
class Tree:
    """A value with its place: a scalar, a tuple of trees, or a dict of trees with the places of its keys."""

    value: Any
    place: Place
    keys: dict[str, Place] = field(default_factory=dict)

    def plain(self) -> Any:
        """The value alone, as pydantic takes it; lists become tuples."""
        match self.value:
            case dict():
                return {key: child.plain() for key, child in self.value.items()}
            case tuple():
                return tuple(child.plain() for child in self.value)
            case _:
                return self.value


class Unreadable(Exception):
    """The text is no YAML document; carries its one problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def parse(
    text: str, source: str, *, rank: int = 0, place: Place | None = None, path: str = ""
) -> tuple[Tree, list[Problem]]:
    """Read one YAML document.

    A command-line value is part of a greater document: all of it is at ``place``, below the key ``path``.

    Raises:
        Unreadable: the text is no YAML, is empty, holds several documents or unfolds to too much.
    """
    whole = place or Place(source, 1, 1, rank)
    try:
        node = _compose(text)
        if node is None:
            raise Unreadable(Problem(whole, "", "empty", "nmt config init writes a new experiment"))
        builder = _Builder(source, rank, place)
        builder.refuse_bombs(node)
        return builder.tree(node, path), builder.problems
    except ReaderError as error:
        line, column = _line_and_column(text, error.position)
        what = f"the character {chr(error.character)!r} cannot stand in YAML"
        raise Unreadable(Problem(place or Place(source, line, column, rank), "", what)) from None
    except MarkedYAMLError as error:
        raise Unreadable(_syntax_problem(error, source, rank, place)) from None
    except YAMLError as error:
        raise Unreadable(Problem(whole, "", f"not valid YAML: {' '.join(str(error).split())}")) from None
    except RecursionError:
        raise Unreadable(Problem(whole, "", "nested too deeply: this is no configuration")) from None


def _compose(text: str) -> Node | None:
    with warnings.catch_warnings():  # an anchor defined twice is legal, and warned of
        warnings.simplefilter("ignore")
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
        return node


def _line_and_column(text: str, position: int) -> tuple[int, int]:
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


_PLAIN_WORDS = {
    "that cannot start any token": "a reserved character cannot begin a value: put it in quotes",
    "mapping values are not allowed": "':' is not expected here: check the indentation, or quote the text",
    "found undefined alias": "an alias (*name) without its anchor (&name)",
    "but found another document": "a second document (---): one file is one experiment",
    "expected ',' or": "a list or mapping in brackets is not closed, or lacks a comma",
    "while parsing a flow node": "a list or mapping in brackets is not closed, or lacks a comma",
    "while scanning a quoted scalar": "a quote that is never closed",
    "could not find expected ':'": "a key without ':'",
    "expected <block end>": "the indentation does not fit the lines above",
    "undefined tag handle": "an unknown tag: a configuration holds plain values only",
}


def _syntax_problem(error: MarkedYAMLError, source: str, rank: int, place: Place | None) -> Problem:
    """One sentence, at the quote or key whose end is missing, else where reading failed."""
    said = f"{error.context or ''} {error.problem or ''}"
    unclosed = "quoted scalar" in said or "simple key" in said
    mark = error.context_mark if unclosed and error.context_mark else error.problem_mark or error.context_mark
    what = next((words for key, words in _PLAIN_WORDS.items() if key in said), None)
    if "found character '\\t'" in said:
        what = "a tab: YAML is indented with spaces"
    if place is None:
        place = Place(source, mark.line + 1, mark.column + 1, rank) if mark else Place(source, 1, 1, rank)
    return Problem(place, "", f"not valid YAML: {what or ' '.join(said.split())}")


class _Builder:
    """Turns composed nodes into a tree, collecting what is wrong."""

    def __init__(self, source: str, rank: int, place: Place | None) -> None:
        self.source, self.rank, self.fixed = source, rank, place
        self.problems: list[Problem] = []
        self._scalars = YAML(typ="safe", pure=True).constructor

    def place(self, node: Node) -> Place:
        return self.fixed or Place(
            self.source, node.start_mark.line + 1, node.start_mark.column + 1, self.rank
        )

    def refuse_bombs(self, root: Node) -> None:
        """Count what the aliases unfold to, without unfolding them."""
        sizes: dict[int, float] = {}

        def size(node: Node) -> float:
            if id(node) not in sizes:
                sizes[id(node)] = math.inf  # met again inside itself: endless
                sizes[id(node)] = 1 + sum(size(child) for child in _children(node))
            return sizes[id(node)]

        count = size(root)
        if math.isinf(count):
            raise Unreadable(
                Problem(self.place(root), "", "an alias (*name) stands inside its own anchor (&name)")
            )
        if count > MAX_NODES:
            what = f"unfolds to more than {MAX_NODES} values: this is no configuration"
            raise Unreadable(Problem(self.place(root), "", what))

    def tree(self, node: Node, path: str) -> Tree:
        match node:
            case MappingNode(tag=tag) if tag == _CORE + "map":
                return self._mapping(node, path)
            case SequenceNode(tag=tag) if tag == _CORE + "seq":
                children = tuple(self.tree(child, f"{path}[{i}]") for i, child in enumerate(node.value))
                return Tree(children, self.place(node))
            case ScalarNode(tag=tag) if tag in _PLAIN_TAGS:
                return self._scalar(node, path)
            case _:
                tag = str(node.tag).replace(_CORE, "!!")
                what = f"the tag {tag} is refused: only plain values are read, and nothing is ever run"
                return self._refuse(node, path, what)

    def _refuse(self, node: Node, path: str, what: str) -> Tree:
        self.problems.append(Problem(self.place(node), path, what))
        return Tree(Refused.VALUE, self.place(node))

    def _mapping(self, node: MappingNode, path: str) -> Tree:
        tree = Tree({}, self.place(node))
        for key_node, value_node in node.value:
            key = key_node.value
            if key_node.tag == _CORE + "merge":
                self._refuse(
                    key_node, path, "merge keys (<<) are not understood; a whole file inherits with base:"
                )
            elif not isinstance(key_node, ScalarNode) or key_node.tag not in _PLAIN_TAGS:
                self._refuse(key_node, path, "a key must be a plain word")
            elif key in tree.keys:
                where = "above" if self.fixed else f"in line {tree.keys[key].line}"
                self._refuse(key_node, _join(path, key), f"given twice, first {where}")
            else:
                tree.keys[key] = self.place(key_node)
                value = self.tree(value_node, _join(path, key))
                if value.value is None and not value_node.value:
                    value.place = tree.keys[key]  # nothing is written: YAML places it at the next token
                tree.value[key] = value
        return tree

    def _scalar(self, node: ScalarNode, path: str) -> Tree:
        if str(node.tag) in _TEXT_TAGS:
            return Tree(node.value, self.place(node))
        try:
            return Tree(self._scalars.construct_object(node), self.place(node))
        except (ValueError, OverflowError, YAMLError):
            return self._refuse(
                node, path, f"{node.value[:40]!r} cannot be read as {str(node.tag).replace(_CORE, '')}"
            )


def _children(node: Node) -> list[Node]:
    match node:
        case MappingNode():
            return [child for pair in node.value for child in pair]
        case SequenceNode():
            return list(node.value)
        case _:
            return []


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
