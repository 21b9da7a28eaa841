"""Laws of the schema as a whole."""

from collections.abc import Iterator

from nmt.config.attention import Additive, Dot
from nmt.config.data import Files, Hub, Jsonl, Parquet, Tsv
from nmt.config.experiment import Experiment
from nmt.config.section import Section, is_free
from nmt.config.shape import child, homes, sections, tag, variant
from nmt.config.tokenizer import Sided, Tokenizer


def all_sections(top: type[Section] = Experiment) -> Iterator[type[Section]]:
    yield top
    for name, field in top.model_fields.items():
        for below in sections(field.annotation) or sections(child(field.annotation, "any name", {})):
            yield from all_sections(below)
        assert name


SECTIONS = set(all_sections())


def test_the_walk_reaches_the_sections():
    assert len(SECTIONS) == 82
    assert {Experiment, Files, Tsv, Jsonl, Parquet, Hub, Sided, Additive, Dot} <= SECTIONS


def test_every_section_and_key_says_what_it_is_and_whether_a_resumed_run_may_change_it():
    for section in SECTIONS:
        assert section.__doc__, section
        for name, field in section.model_fields.items():
            assert field.description, (section, name)
            assert "\n" not in field.description
            assert is_free(field) in (True, False)


def test_no_variant_has_a_key_of_its_own_name():
    """Pydantic's locations hold variant names between keys; they are skipped because no key is called so."""
    for section in SECTIONS:
        assert section.__name__ not in section.model_fields
        assert tag(section) not in section.model_fields


def test_every_number_has_a_bound():
    for section in SECTIONS:
        for name, field in section.model_fields.items():
            if field.annotation in (int, float):
                assert field.metadata, (section, name)


def test_a_mapping_stands_for_the_variant_of_its_type_or_of_its_own_keys():
    assert variant([Additive, Dot], {"type": "dot"}) is Dot
    assert variant([Additive, Dot], {"type": "dott"}) is None
    assert variant([Additive, Dot], {"size": 3}) is None
    assert variant([Files, Tsv], {"tsv": "x"}) is Tsv
    assert variant([Files, Tsv], {"tsv": "x", "source": "y"}) is None
    corpora = [Files, Tsv, Jsonl, Parquet, Hub]
    assert variant(corpora, {"source": "x", "target": "y"}) is Files, (
        "all that it requires, and no key of another"
    )
    assert variant(corpora, {"jsonl": "x", "source": "y"}) is Jsonl
    assert variant(corpora, {"hub": "x", "split": "y"}) is Hub
    assert variant(corpora, {"source": "x"}) is None
    assert variant(corpora, {"weight": 2}) is None
    assert variant([Tokenizer, Sided], {"type": "char"}) is Tokenizer
    assert variant([Tokenizer, Sided], {"target": {}}) is Sided


def test_homes_are_the_sections_that_have_a_key():
    assert set(homes(Experiment, "batch_tokens")) == {"training", "decoding"}
    assert set(homes(Experiment, "model")) == {""}
    assert set(homes(Experiment, "nowhere")) == set()
