"""YAML with places: what is refused before any schema is asked."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.config.document import Place, Unreadable, parse


def refusal(text: str) -> str:
    with pytest.raises(Unreadable) as caught:
        parse(text, "f")
    return str(caught.value.problem)


def test_every_key_and_value_knows_its_place():
    tree, problems = parse("a:\n  - 1\n  - {b: x}\n", "f")
    assert problems == []
    assert tree.plain() == {"a": (1, {"b": "x"})}
    inner = tree.value["a"].value[1]
    assert (str(tree.keys["a"]), str(inner.keys["b"]), str(inner.value["b"].place)) == (
        "f:1:1",
        "f:3:6",
        "f:3:9",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "f:1:1: empty (nmt config init writes a new experiment)"),
        ("# only a comment\n", "f:1:1: empty (nmt config init writes a new experiment)"),
        (
            "a: [1\nb: 2\n",
            "f:2:2: not valid YAML: a list or mapping in brackets is not closed, or lacks a comma",
        ),
        ("a:\n\t- b\n", "f:2:1: not valid YAML: a tab: YAML is indented with spaces"),
        (
            "a: b: c\n",
            "f:1:5: not valid YAML: ':' is not expected here: check the indentation, or quote the text",
        ),
        (
            "a: 1\n b: 2\n",
            "f:2:3: not valid YAML: ':' is not expected here: check the indentation, or quote the text",
        ),
        ("a: 1\nb: 'x\nc: 2\n", "f:2:4: not valid YAML: a quote that is never closed"),
        ("a: 1\nbb\nc: 2\n", "f:2:1: not valid YAML: a key without ':'"),
        ("a: @b\n", "f:1:4: not valid YAML: a reserved character cannot begin a value: put it in quotes"),
        ("a: *b\n", "f:1:4: not valid YAML: an alias (*name) without its anchor (&name)"),
        ("a: !x!y 1\n", "f:1:4: not valid YAML: an unknown tag: a configuration holds plain values only"),
        ("a: 1\n---\nb: 2\n", "f:2:1: not valid YAML: a second document (---): one file is one experiment"),
        ("a: 1\nb: x\0y\n", "f:2:5: the character '\\x00' cannot stand in YAML"),
        ("&a [*a]", "f:1:1: an alias (*name) stands inside its own anchor (&name)"),
        ("[" * 500, "f:1:1: nested too deeply: this is no configuration"),
    ],
)
def test_what_is_no_document_is_one_clear_sentence(text, problem):
    assert refusal(text) == problem


def test_an_alias_bomb_is_refused_before_it_unfolds():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 30)]
    assert refusal("\n".join(lines)) == "f:1:1: unfolds to more than 10000 values: this is no configuration"


def test_a_fixed_place_is_the_place_of_everything():
    place = Place("--set a=b")
    tree, problems = parse("{b: 1, b: 2}", "ignored", place=place)
    assert tree.value["b"].place == place
    assert [str(problem) for problem in problems] == ["--set a=b: b: given twice, first above"]


def test_the_first_of_two_equal_keys_is_kept_and_the_second_reported():
    tree, problems = parse("a: 1\n'a': 2\n", "f")
    assert tree.plain() == {"a": 1}
    assert [str(problem) for problem in problems] == ["f:2:1: a: given twice, first in line 1"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001), ("1e3", 1000.0), ("no", "no"), ("On", "On"), ("true", True), ("~", None),
        ("none", "none"),
        ("0o17", 15), ("0x1f", 31), ("1:30", "1:30"), ("2020-01-01", "2020-01-01"), ("=", "="), ("'1'", "1"),
    ],
)  # fmt: skip
def test_scalars_are_those_of_yaml_1_2(text, value):
    plain = parse(f"a: {text}", "f")[0].plain()["a"]
    assert (plain, type(plain)) == (value, type(value))


@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"%@`#,? \n\t\r\x00\x851.<=~é中\u2028"), max_size=40))
def test_no_text_whatever_does_more_than_fail_to_read(text):
    with suppress(Unreadable):
        tree, problems = parse(text, "f")
        assert tree.place.line > 0
        assert all(problem.what for problem in problems)
