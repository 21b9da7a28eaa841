"""One document over another: how ``base:`` is inherited and ``--set`` is applied."""

from collections.abc import Mapping
from typing import Any

from nmt.config.document import Place, Tree
from nmt.config.section import Section
from nmt.config.shape import child, sections, variant


def overlay(base: Tree, over: Tree, schema: Any, *, on_defaults: bool = False) -> Tree:
    """``over`` upon ``base``: mappings are merged key by key, all else is replaced.

    A mapping that chooses another variant of its section (another ``type``, a .tsv for two files) replaces
    the base's, whose other keys belong to the old variant.  The merged mapping stands where ``over`` does,
    unless that is the command line: what is then still missing is missing in the file.

    ``on_defaults`` merges also with the defaults of sections that ``base`` leaves out, so that
    ``--set training.optimizer.lr=0.1`` needs no ``training.optimizer.type``.
    """
    if not (isinstance(base.value, dict) and isinstance(over.value, dict)):
        return over
    old, new = (variant(sections(schema), shallow(tree)) for tree in (base, over))
    if old and new and old is not new:
        return over
    value, keys = dict(base.value), {**base.keys, **over.keys}
    section = new or old
    for key, tree in over.value.items():
        if on_defaults and section and key in section.model_fields and key not in value:
            default = section.model_fields[key].get_default()
            if isinstance(default, Section):
                value[key] = _as_tree(default, tree.place)
        known = child(schema, key, shallow(over if new else base))
        value[key] = overlay(value[key], tree, known, on_defaults=on_defaults) if key in value else tree
    return Tree(value, over.place if over.place.line else base.place, keys)


def _as_tree(value: Any, place: Place) -> Tree:
    """A section as if it had been written at ``place``."""
    match value:
        case Section():
            names = type(value).model_fields
            return Tree({name: _as_tree(getattr(value, name), place) for name in names}, place)
        case tuple():
            return Tree(tuple(_as_tree(item, place) for item in value), place)
        case _:
            return Tree(value, place)


def shallow(tree: Tree) -> Mapping[str, Any]:
    """The values of a mapping, by key; of a list there is none."""
    return {key: below.value for key, below in tree.value.items()} if isinstance(tree.value, dict) else {}
