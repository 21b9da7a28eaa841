"""What a comparison reads: names, languages and texts, before any model translates."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from nmt.bundle import seal
from nmt.errors import NmtError, UsageError
from nmt.stages import compare as stage
from nmt.stages import evaluate
from nmt.stages.compare import check_systems, chosen_text, compare, shortest_names, target_language
from nmt.stages.translate_torch import load


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["a.zh", "b.zh"], ["a.zh", "b.zh"]),
        (["out/a.zh", "runs/b"], ["a.zh", "b"]),
        (["runs/a/model", "runs/b/model"], ["a", "b"]),
        (["one/test.zh", "two/test.zh", "two/other.zh"], ["one/test.zh", "two/test.zh", "two/other.zh"]),
        (["x/test.zh", "test.zh"], ["x/test.zh", "test.zh"]),
        (["/a/b/c", "/d/b/c"], ["a", "d"]),
        (["base", "-"], ["base", "-"]),
    ],
)
def test_names_are_the_shortest_that_tell_systems_apart(paths: list[str], names: list[str]) -> None:
    found = shortest_names([Path(path) for path in paths])
    assert list(found) == names
    assert [str(path) for path in found.values()] == paths


@pytest.mark.parametrize("systems", [[], ["a"]])
def test_one_system_is_no_comparison(systems: list[str]) -> None:
    with pytest.raises(UsageError, match=r"^command line: give two systems or more"):
        check_systems([Path(one) for one in systems])


def test_a_system_by_two_names_is_given_twice(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("a")
    for systems in (["a", "b", "a"], ["a", "./a"], ["-", "-"], [tmp_path / "a", tmp_path / "link"]):
        with pytest.raises(UsageError, match="is given twice"):
            check_systems([Path(one) for one in systems])


@pytest.fixture
def translating(trained: Path, tmp_path: Path) -> Callable[[str], Path]:
    """The model, as one that translates into this language."""

    def make(language: str) -> Path:
        folder = tmp_path / language
        folder.mkdir()
        for file in (trained / "model").iterdir():
            content = file.read_bytes()
            if file.name == "config.yaml":
                assert b"target: zh\n" in content
                content = content.replace(b"target: zh\n", f"target: {language}\n".encode(), 1)
            (folder / file.name).write_bytes(content)
        seal(folder)
        return folder

    return make


def test_the_models_tell_the_language_where_they_agree(translating: Callable[[str], Path]) -> None:
    zh, cmn, de = (translating(language) for language in ("zh", "cmn", "de"))
    assert target_language([zh], "") == "zh"
    assert target_language([cmn, zh], "") == "cmn"  # one language under two names
    assert target_language([], "fr") == target_language([zh, de], "fr") == "fr"
    with pytest.raises(UsageError, match=r"de translates into de, .*zh into zh \(-l CODE says"):
        target_language([zh, de], "")
    with pytest.raises(UsageError, match="files alone do not tell their language"):
        target_language([], "")


def test_a_named_set_and_its_files_are_the_same_text(trained: Path, there: Path) -> None:
    named = chosen_text([trained], reference=None, source=None, test_set="test")
    by_file = chosen_text([], reference=Path("test.zh"), source=Path("test.en"), test_set=None)
    assert named == replace(by_file, place="test set test")
    assert len(named.references) == 20
    assert chosen_text([], reference=Path("test.zh"), source=None, test_set=None).sources is None


@pytest.mark.parametrize(
    "named",
    [
        {"reference": None, "source": None, "test_set": None},
        {"reference": None, "source": Path("a"), "test_set": None},
        {"reference": Path("a"), "source": None, "test_set": "test"},
        {"reference": None, "source": Path("a"), "test_set": "test"},
    ],
)
def test_anything_but_one_way_to_name_the_text_is_a_wrong_command_line(named: dict[str, Path | str]) -> None:
    with pytest.raises(UsageError, match=r"^command line: give either --reference"):
        chosen_text([Path("run")], **named)


def test_nothing_is_translated_before_every_file_was_read(trained, there, monkeypatch) -> None:
    monkeypatch.setattr(stage, "translate_all", lambda *_: pytest.fail("translated"))
    Path("short.zh").write_text("一\n", encoding="utf-8")
    with pytest.raises(NmtError, match=r"short\.zh: has 1 lines, but test set test has 20"):
        compare([trained, Path("short.zh")], test_set="test")


def test_models_and_files_are_mixed_and_a_model_s_own_translations_do_not_differ(trained, there) -> None:
    sources = Path("test.en").read_text(encoding="utf-8").splitlines()
    own = load(trained).translate(sources)
    Path("own.zh").write_text("\n".join(own) + "\n", encoding="utf-8")
    found = compare(
        [trained, Path("own.zh"), Path("test.zh")],
        reference=Path("test.zh"),
        source=Path("test.en"),
        metrics=["chrf"],
        samples=50,
    )
    assert found.notices == ()
    run, file, reference = found.comparison.systems
    assert (run.name, file.name, reference.name) == ("run", "own.zh", "test.zh")
    assert run.lines == file.lines == [line.rstrip() for line in own]
    outcomes = found.comparison.significance[0].outcomes
    assert (outcomes["own.zh"].difference, outcomes["own.zh"].p) == (0.0, 1.0)
    assert outcomes["test.zh"].score == pytest.approx(100)
    assert outcomes["test.zh"].significant


def test_cropped_lines_are_told_by_model(trained, there, monkeypatch) -> None:
    translator = load(trained)
    translator.options = replace(translator.options, max_source=3)
    monkeypatch.setattr(evaluate, "load", lambda model, **_: translator)
    found = compare([trained, Path("test.zh")], test_set="test", metrics=["chrf"], samples=5)
    assert found.notices[0].startswith("run: line 1: the last ")


def test_too_little_memory_for_the_samples_says_what_helps(there, monkeypatch) -> None:
    def fail(*_, **__):
        raise MemoryError

    monkeypatch.setattr(stage, "measure", fail)
    with pytest.raises(NmtError, match=r"out of memory: .* \(fewer --samples\)"):
        compare([Path("test.zh"), Path("test.en")], reference=Path("test.zh"), language="zh")
