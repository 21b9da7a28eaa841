"""A new mechanism is one class, one config section, one `case`, one table row and one test: held equal here."""

import ast
import inspect
import re
from pathlib import Path
from typing import get_args

import pytest

from nmt.attention import align, build, centre, fuse, hard, score, sparse, window
from nmt.config import attention as section
from nmt.config.shape import tag

ROOT = Path(__file__).parents[2]
README = (ROOT / "nmt" / "attention" / "README.md").read_text(encoding="utf-8")
LONGEST = 40  # lines of a score


def classes(*modules, contract: type) -> dict[str, type]:
    """The classes of these files that fulfil a contract whole."""
    return {
        name: found
        for module in modules
        for name, found in vars(module).items()
        if inspect.isclass(found)
        and issubclass(found, contract)
        and not inspect.isabstract(found)
        and found.__module__ == module.__name__
    }


def sections(union) -> set[str]:
    """The config sections of a tagged union, by name."""
    return {variant.__name__ for variant in get_args(get_args(union)[0])}


def cases(*functions) -> set[str]:
    """The sections that the `case`s of a builder name."""
    found = set()
    for function in functions:
        for node in ast.walk(ast.parse(inspect.getsource(function))):
            if isinstance(node, ast.MatchClass) and isinstance(node.cls, ast.Attribute):
                found.add(node.cls.attr)
    return found


def rows(title: str) -> list[list[str]]:
    """The cells of the table under a title of the README."""
    text = README.split(f"### {title}\n")[1].split("\n#")[0]
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[1:]]


def named(title: str) -> set[str]:
    """The classes that a table of the README names."""
    found = [cell.strip("`") for row in rows(title) for cell in row if re.fullmatch(r"`[A-Z]\w+`", cell)]
    assert len(found) == len(set(found)), "a mechanism stands in the table twice"
    return set(found)


def listed(file: str, name: str) -> set[str]:
    """The classes that a table of a test file names."""
    tree = ast.parse((ROOT / "tests" / "attention" / file).read_text(encoding="utf-8"))
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=found)]) | ast.AnnAssign(target=ast.Name(id=found)) if (
                found == name
            ):
                names = {one.id for one in ast.walk(node.value) if isinstance(one, ast.Name)}
                return {one for one in names if one[0].isupper() and not one.isupper()}
    raise AssertionError(f"{file} has no {name}")


def test_adding_a_score_touches_one_place_each():
    made = classes(score, contract=score.Score)
    assert len(made) > 6
    assert set(made) == sections(section.Score)
    assert set(made) == cases(build.build_score)
    assert set(made) == named("Scores")
    assert set(made) == listed("test_score.py", "SCORES")


@pytest.mark.parametrize("name", classes(score, contract=score.Score))
def test_a_score_is_a_small_class(name: str):
    assert len(inspect.getsource(getattr(score, name)).splitlines()) < LONGEST


def test_adding_a_fusion_touches_one_place_each():
    made = set(classes(fuse, contract=fuse.Fuse))
    assert len(made) > 3
    assert made == sections(section.Fuse) == cases(build.build_fuse)
    assert made == listed("test_fuse.py", "FUSES")
    assert made <= named("Around them")


def test_adding_a_window_touches_one_place_each():
    windows, centres = (
        set(classes(window, contract=window.Window)),
        set(classes(centre, contract=centre.Centre)),
    )
    assert windows == sections(section.Window) == cases(build.build_window)
    assert centres == sections(section.Centre) == cases(build.build_centre)
    assert windows | centres == named("Windows") | {"RealCentre"}  # which is Luong's own
    assert windows | centres == listed("conftest.py", "WINDOWS")


def test_adding_an_alignment_touches_one_place_each():
    plain, estimators = (
        set(classes(align, sparse, contract=align.Align)),
        set(classes(hard, contract=align.Align)),
    )
    (estimator,) = (
        field.annotation for name, field in section.Hard.model_fields.items() if name == "estimator"
    )
    assert plain == sections(section.Align) - {"Hard"} == cases(build.build_align) - {"Hard"}
    assert estimators == {one.__name__ for one in get_args(estimator)} == cases(build.build_hard)
    assert plain | estimators == named("Alignments") == listed("conftest.py", "ALIGNS")


def test_every_row_has_a_line_of_config_and_its_name_is_the_sections():
    for title in ("Scores", "Windows", "Alignments", "Around them"):
        for row in rows(title):
            lines = [cell for cell in row if re.match(r"`\w+: \{", cell)]
            assert len(lines) == 1, row
            assert row[-1], "the study's figure"
    types = {
        re.search(r"type: (\w+)", cell).group(1) for row in rows("Scores") for cell in row if "score:" in cell
    }
    assert types == {tag(variant) for variant in get_args(get_args(section.Score)[0])}
