"""Reading: defaults, overrides, bases, and every error at once in its place."""

from pathlib import Path

import pytest

from nmt.config.attention import Additive, Attention, General
from nmt.config.data import Tsv
from nmt.config.decoding import Gnmt
from nmt.config.optimizer import Adam, AdamW
from nmt.config.reader import MAX_BYTES, check, read
from nmt.config.schedule import Noam
from nmt.config.tokenizer import Sided, Tokenizer
from nmt.errors import ConfigErrors, UsageError

TAIL = "training: {max_steps: 10}\n"


def test_a_short_file_gets_the_defaults(write, small):
    experiment = read(write(small))
    assert experiment.languages.source == "en"
    assert experiment.tokenizer == Tokenizer(type="unigram", vocab_size=8000, joint=True)
    assert experiment.model.attention == Attention(score=Additive(size=512))
    assert experiment.decoding.length_penalty.alpha == 0.6
    assert experiment.evaluation.metrics == ("bleu", "chrf")
    assert experiment.data.test == {}


def test_numbers_and_words_are_those_of_yaml_1_2(write, small):
    text = small.replace("source: en,", "source: no,").replace(
        "10}", "10, optimizer: {type: adam, lr: 1e-3}}"
    )
    experiment = read(write(text))
    assert experiment.languages.source == "no"
    assert isinstance(experiment.training.optimizer, Adam)
    assert experiment.training.optimizer.lr == 0.001


def test_an_integer_serves_where_a_number_is_wanted(write, small):
    assert read(write(small), ["model.dropout=0"]).model.dropout == 0.0


def test_a_date_is_text(write, small):
    experiment = read(write(small.replace("train.en", "2020-01-01")))
    assert experiment.data.train.source == "2020-01-01"


def test_an_experiment_cannot_be_changed(write, small):
    with pytest.raises(ValueError, match="frozen"):
        read(write(small)).model.hidden = 3


def test_attention_may_be_the_word_none(write, small):
    assert read(write(small.replace("{type: rnn}", "{type: rnn, attention: none}"))).model.attention == "none"


def test_corpora_and_tokenizers_are_told_apart_by_their_keys(write, small):
    text = small.replace("{source: train.en, target: train.de}", "{tsv: train.tsv.gz}")
    experiment = read(
        write(text + "tokenizer: {source: {type: bpe}, target: {type: char, vocab_size: 90}}\n")
    )
    assert experiment.data.train == Tsv(tsv="train.tsv.gz")
    assert isinstance(experiment.tokenizer, Sided)
    assert (experiment.tokenizer.source.type, experiment.tokenizer.target.vocab_size) == ("bpe", 90)


def test_bom_and_crlf_do_no_harm(write, small):
    assert read(write(b"\xef\xbb\xbf" + small.replace("\n", "\r\n").encode())) == read(write(small))


def test_an_anchor_may_be_used_twice_and_defined_again(write, small):
    text = small.replace("train: {", "train: &a {") + "decoding: {max_length: &a {ratio: 3}}\n"
    text = text.replace("validation: {source: valid.en, target: valid.de}", "validation: *a")
    assert read(write(text)).data.validation.source == "train.en"


SCORES = "additive, concat, general, dot, scaled_dot, cosine or location"

BAD_LINES = {
    "an unknown key with a neighbour": (
        "model: {type: rnn, hiden: 3}",
        "5:20: model.hiden: unknown key (did you mean 'hidden'?)",
    ),
    "an unknown section": (
        "modle: {type: rnn}\nmodel: {type: rnn}",
        "5:1: modle: unknown key (did you mean 'model'?)",
    ),
    "a mistyped base": ("bse: x.yaml\nmodel: {type: rnn}", "5:1: bse: unknown key (did you mean 'base'?)"),
    "a key that belongs elsewhere": (
        "model: {type: rnn, seed: 3}",
        "5:20: model.seed: unknown key (it belongs under training)",
    ),
    "a key of another variant": (
        "model: {type: rnn, attention: {score: {type: general, bias: true}}}",
        "5:55: model.attention.score.bias: unknown key (it belongs to type additive)",
    ),
    "joint where each side has its own": (
        "model: {type: rnn}\ntokenizer: {source: {joint: true}, target: {}}",
        "6:22: tokenizer.source.joint: unknown key (it belongs under tokenizer)",
    ),
    "an unknown key without a neighbour": (
        "model: {type: rnn}\nevaluation: {zzz: 3}",
        "6:14: evaluation.zzz: unknown key (known here: metrics, samples)",
    ),
    "a word for an integer": (
        "model: {type: rnn, hidden: abc}",
        "5:28: model.hidden: expected an integer, found 'abc'",
    ),
    "a quoted integer": (
        "model: {type: rnn, hidden: '12'}",
        "5:28: model.hidden: expected an integer, found '12' (without quotes)",
    ),
    "a fraction for an integer": (
        "model: {type: rnn, hidden: 3.0}",
        "5:28: model.hidden: expected an integer, found 3.0",
    ),
    "true for an integer": (
        "model: {type: rnn, hidden: true}",
        "5:28: model.hidden: expected an integer, found true",
    ),
    "yes for true": (
        "model: {type: rnn, bidirectional: yes}",
        "5:35: model.bidirectional: expected true or false, found 'yes'",
    ),
    "a number for text": (
        "model: {type: rnn}\nlanguages2: 1",
        "6:1: languages2: unknown key (did you mean 'languages'?)",
    ),
    "a number too small": (
        "model: {type: rnn, hidden: 0}",
        "5:28: model.hidden: must be at least 1, found 0",
    ),
    "a probability of one": (
        "model: {type: rnn, dropout: 1}",
        "5:29: model.dropout: must be less than 1.0, found 1",
    ),
    "infinity": (
        "model: {type: rnn, dropout: .inf}",
        "5:29: model.dropout: expected a finite number, found inf",
    ),
    "not a number": (
        "model: {type: rnn, dropout: .nan}",
        "5:29: model.dropout: expected a finite number, found nan",
    ),
    "an unknown word": (
        "model: {type: rnn, cell: gruu}",
        "5:26: model.cell: expected gru or lstm, found 'gruu' (did you mean 'gru'?)",
    ),
    "an unknown type": (
        "model:\n  type: rnn\n  attention:\n    score:\n      type: aditive",
        f"9:13: model.attention.score.type: expected {SCORES}, found 'aditive' (did you mean 'additive'?)",
    ),
    "a type that is a list": (
        "model: {type: rnn, attention: {score: {type: [dot]}}}",
        f"5:46: model.attention.score.type: expected {SCORES}, found a list",
    ),
    "a missing type": (
        "model: {type: rnn, attention: {score: {size: 3}}}",
        f"5:39: model.attention.score.type: missing: choose {SCORES}",
    ),
    "a missing type of a model": (
        "model: {hidden: 3}",
        "5:8: model.type: missing: choose rnn, transformer or mixed",
    ),
    "the word of a type for its mapping": (
        "model: {type: rnn, attention: {score: additive}}",
        "5:39: model.attention.score: expected a mapping, found 'additive' (write {type: additive})",
    ),
    "a wrong word for attention": (
        "model: {type: rnn, attention: nome}",
        "5:31: model.attention: expected none, found 'nome' (did you mean 'none'?)",
    ),
    "a number for a section of one needed key": (
        "model: {type: rnn, attention: {heads: 4}}",
        "5:39: model.attention.heads: expected a mapping, found 4 (write {count: 4})",
    ),
    "a yes for a section": (
        "model: {type: rnn, attention: {coverage: true}}",
        "5:42: model.attention.coverage: expected a mapping, found true (write {} for its defaults)",
    ),
    "a no for a section": (
        "model: {type: rnn, attention: {coverage: false}}",
        "5:42: model.attention.coverage: expected a mapping, found false (write null)",
    ),
    "a no for a section that must be": (
        "model: {type: rnn, attention: {score: {type: dot}}}\nevaluation: false",
        "6:13: evaluation: expected a mapping, found false",
    ),
    "nothing for a section": ("model:", "5:1: model: expected a mapping, found nothing"),
    "a list for a section": ("model: [rnn]", "5:8: model: expected a mapping, found a list"),
    "too few betas": (
        "model: {type: rnn}\ntraining: {max_steps: 1, optimizer: {type: adam, betas: [0.9]}}",
        "6:57: training.optimizer.betas: too few values: 1",
    ),
    "too many betas": (
        "model: {type: rnn}\ntraining: {max_steps: 1, optimizer: {type: adam, betas: [0.9, 0.9, 0.9]}}",
        "6:57: training.optimizer.betas: too many values: 3",
    ),
    "a wrong beta": (
        "model: {type: rnn}\ntraining: {max_steps: 1, optimizer: {type: adam, betas: [0.9, '0.9']}}",
        "6:63: training.optimizer.betas[1]: expected a number, found '0.9' (without quotes)",
    ),
    "a wrong metric": (
        "model: {type: rnn}\nevaluation: {metrics: [bleu, blue]}",
        "6:30: evaluation.metrics[1]: expected bleu, bleu_lc, chrf or ter, found 'blue' (did you mean 'bleu'?)",
    ),
    "only a wrong metric": (
        "model: {type: rnn}\nevaluation: {metrics: [xyz]}",
        "6:24: evaluation.metrics[0]: expected bleu, bleu_lc, chrf or ter, found 'xyz'",
    ),
    "no metric": (
        "model: {type: rnn}\nevaluation: {metrics: []}",
        "6:23: evaluation.metrics: too few values: 0",
    ),
    "a word for a list": (
        "model: {type: rnn}\nevaluation: {metrics: bleu}",
        "6:23: evaluation.metrics: expected a list, found 'bleu'",
    ),
    "a missing half": ("model: {type: rnn}\ntokenizer: {source: {}}", "6:12: tokenizer.target: missing"),
    "a key given twice": (
        "model: {type: rnn, hidden: 3, hidden: 4}",
        "5:31: model.hidden: given twice, first in line 5",
    ),
    "a python tag": (
        "model: {type: rnn, hidden: !!python/object/apply:os.system [exit 3]}",
        "5:28: model.hidden: the tag !!python/object/apply:os.system is refused: only plain values are read, "
        "and nothing is ever run",
    ),
    "a tag of one's own": (
        "model: {type: rnn, hidden: !big 3}",
        "5:28: model.hidden: the tag !big is refused: only plain values are read, and nothing is ever run",
    ),
    "a merge key": (
        "model: {type: rnn, <<: {hidden: 3}}",
        "5:20: model: merge keys (<<) are not understood; a whole file inherits with base:",
    ),
    "a list for a key": ("model: {type: rnn, [a]: 3}", "5:20: model: a key must be a plain word"),
    "a tag that does not fit": (
        "model: {type: rnn, hidden: !!int many}",
        "5:28: model.hidden: 'many' cannot be read as int",
    ),
    "a wrong language": (
        "model: {type: rnn}\nlanguages: {source: '', target: de}",
        "6:21: languages.source: expected a language code such as en, de or zh-CN, found ''",
    ),
    "an empty file name": (
        "model: {type: rnn}\ndata: {train: {tsv: ''}, validation: {tsv: v}}",
        "6:21: data.train.tsv: expected text, found nothing between the quotes",
    ),
    "a word that is no number": (
        "model: {type: rnn}\ntraining: {max_steps: 1, batch_tokens: atuo}",
        "6:40: training.batch_tokens: expected an integer or auto, found 'atuo'",
    ),
    "a batch of nothing": (
        "model: {type: rnn}\ntraining: {max_steps: 1, batch_tokens: 0}",
        "6:40: training.batch_tokens: must be at least 1, found 0",
    ),
    "no corpus": (
        "model: {type: rnn}\ndata: {train: [], validation: {tsv: v}}",
        "6:15: data.train: too few values: 0",
    ),
    "a corpus that is never seen": (
        "model: {type: rnn}\ndata: {train: [{tsv: t}, {tsv: u, weight: 0}], validation: {tsv: v}}",
        "6:43: data.train[1].weight: must be more than 0.0, found 0",
    ),
    "a mistyped key of a corpus in a list": (
        "model: {type: rnn}\ndata: {train: [{tsv: t}, {jsonl: u, sorce: en}], validation: {tsv: v}}",
        "6:37: data.train[1].sorce: unknown key (did you mean 'source'?)",
    ),
    "a list of validation sets": (
        "model: {type: rnn}\ndata: {train: {tsv: t}, validation: [{tsv: v}]}",
        "6:37: data.validation: expected a mapping, found a list",
    ),
    "an unnamed test set": (
        "model: {type: rnn}\ndata: {train: {tsv: t}, validation: {tsv: v}, test: [{tsv: x}]}",
        "6:53: data.test: expected a mapping, found a list",
    ),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_an_error_names_its_place_its_key_and_the_way_out(problems, small, name):
    line, expected = BAD_LINES[name]
    given = {part.split(":")[0] for part in line.split("\n")}
    kept = [] if "data" in given else small.splitlines()[1:4]
    if "languages" not in given:
        kept.insert(0, small.splitlines()[0])
    kept += ["# filled up"] * (4 - len(kept))
    if "training" not in given:
        line += "\n" + TAIL
    assert problems("\n".join([*kept, line])) == [f"c.yaml:{expected}"]


def test_all_errors_come_at_once_in_order_of_place(problems):
    text = "training: {max_steps: x}\nmodel: {type: rnn, hiden: 1, hidden: -1, hidden: 2}\nlanguages: 3\n"
    assert problems(text, ["decoding.bem=3"]) == [
        "c.yaml:1:1: data: missing",
        "c.yaml:1:23: training.max_steps: expected an integer, found 'x'",
        "c.yaml:2:20: model.hiden: unknown key (did you mean 'hidden'?)",
        "c.yaml:2:38: model.hidden: must be at least 1, found -1",
        "c.yaml:2:42: model.hidden: given twice, first in line 2",
        "c.yaml:3:12: languages: expected a mapping, found 3",
        "--set decoding.bem=3: decoding.bem: unknown key (did you mean 'beam'?)",
    ]


def test_an_unknown_key_does_not_hide_a_contradiction(problems, small):
    text = small.replace("{type: rnn}", "{type: rnn, sizze: 3, attention: {score: {type: dot}}}")
    assert [line.split(": ")[1] for line in problems(text)] == ["model.sizze", "model.attention.score.type"]


def test_a_file_that_is_no_mapping_is_one_error(problems):
    assert problems("- a\n- b\n") == [
        "c.yaml:1:1: expected a mapping of sections (languages, data, model, training, ...)"
    ]


def test_invalid_utf8_names_line_column_and_byte(problems):
    assert problems(b"languages:\n  source: \xe9n\n") == ["c.yaml:2:11: not UTF-8 (byte 0xe9)"]


def test_a_huge_file_is_refused_unread(problems):
    assert problems(b"a" * (MAX_BYTES + 1)) == ["c.yaml:1:1: longer than 256 KiB: this is no configuration"]


def test_a_missing_file_exits_2_and_suggests_its_neighbour(write, small):
    write(small, "experiment.yaml")
    with pytest.raises(UsageError, match=r"^experiment.yml: no such file .*'experiment.yaml'\?\)$") as caught:
        read("experiment.yml")
    assert caught.value.exit_code == 2


def test_a_folder_is_no_configuration(tmp_path):
    with pytest.raises(UsageError, match="is a directory"):
        read(tmp_path)


def test_check_reports_all_files(write, small):
    good, bad = write(small), write(small.replace("rnn", "rmn"), "bad.yaml")
    check([good])
    with pytest.raises(ConfigErrors) as caught:
        check([bad, good, Path("none.yaml")])
    assert [line.split(":")[0] for line in caught.value.problems] == ["bad.yaml", "none.yaml"]
    assert caught.value.place == "bad.yaml, none.yaml"


class TestSet:
    def test_values_are_yaml(self, write, small):
        experiment = read(
            write(small),
            [
                "training.seed=7",
                "model.dropout=1e-1",
                "evaluation.metrics=[chrf, bleu]",
                "data.test={a: {tsv: x}}",
            ],
        )
        assert (experiment.training.seed, experiment.model.dropout) == (7, 0.1)
        assert experiment.evaluation.metrics == ("chrf", "bleu")
        assert experiment.data.test == {"a": Tsv(tsv="x")}

    def test_the_last_of_two_wins(self, write, small):
        assert read(write(small), ["training.seed=7", "training.seed=8"]).training.seed == 8

    def test_a_value_may_hold_an_equals_sign(self, write, small):
        assert read(write(small), ["data.train.source=a=b"]).data.train.source == "a=b"

    def test_another_type_drops_the_old_types_keys_in_any_order(self, write, small):
        text = small.replace("10}", "10, schedule: {type: inverse_sqrt, warmup: 9}}")
        for overrides in (["warmup=5", "type=noam"], ["type=noam", "warmup=5"]):
            experiment = read(write(text), [f"training.schedule.{override}" for override in overrides])
            assert experiment.training.schedule == Noam(warmup=5, model_size=512)

    def test_the_same_type_keeps_the_other_keys(self, write, small):
        text = small.replace("{type: rnn}", "{type: rnn, attention: {score: {type: additive, size: 8}}}")
        assert read(write(text), ["model.attention.score.bias=true"]).model.attention == Attention(
            score=Additive(size=8, bias=True)
        )

    def test_a_key_of_a_section_that_the_file_leaves_out_changes_its_default(self, write, small):
        experiment = read(write(small), ["training.optimizer.lr=0.5", "decoding.length_penalty.alpha=1"])
        assert experiment.training.optimizer == AdamW(lr=0.5)
        assert experiment.decoding.length_penalty == Gnmt(alpha=1.0)

    def test_another_type_than_the_default_needs_no_more(self, write, small):
        assert read(write(small), ["training.optimizer.type=adam"]).training.optimizer == Adam()

    def test_none_becomes_an_attention_again(self, write, small):
        text = small.replace("{type: rnn}", "{type: rnn, attention: none}")
        experiment = read(write(text), ["model.attention.score.type=general"])
        assert experiment.model.attention == Attention(score=General())

    @pytest.mark.parametrize(
        ("override", "problem"),
        [
            ("model.hidden=abc", "model.hidden: expected an integer, found 'abc'"),
            ("model.hiden=3", "model.hiden: unknown key (did you mean 'hidden'?)"),
            ("model.cell.x=3", "model.cell: expected gru or lstm, found a mapping"),
            ("model.hidden", "expected section.key=value (as in training.max_steps=1000)"),
            ("model..hidden=3", "expected section.key=value (as in training.max_steps=1000)"),
            ("model.hidden=", "no value after '=' (null for none, '' for empty text)"),
            ("data.test={", "not valid YAML: a list or mapping in brackets is not closed, or lacks a comma"),
            ("model.tie=!!python/name:os.system", "model.tie: the tag !!python/name:os.system is refused: "
             "only plain values are read, and nothing is ever run"),
            ("base=x.yaml", "base: only a file has a base"),
            ("training.best=blue", "training.best: expected bleu, bleu_lc, chrf, ter or loss, found 'blue' "
             "(did you mean 'bleu'?)"),
        ],
    )  # fmt: skip
    def test_errors_name_the_override(self, problems, small, override, problem):
        assert problems(small, [override]) == [f"--set {override}: {problem}"]

    def test_every_wrong_override_is_reported(self, problems, small):
        assert problems(small, ["a", "model.hidden=x", "b="]) == [
            "--set a: expected section.key=value (as in training.max_steps=1000)",
            "--set model.hidden=x: model.hidden: expected an integer, found 'x'",
            "--set b=: no value after '=' (null for none, '' for empty text)",
        ]

    def test_what_is_missing_is_missing_in_the_file(self, problems, small):
        text = small.replace("training: {max_steps: 10}\n", "")
        assert problems(text, ["training.seed=3"]) == ["--set training.seed=3: training.max_steps: missing"]
        assert problems(text, ["model.hidden=3"]) == ["c.yaml:1:1: training: missing"]


class TestBase:
    def test_a_mechanism_is_a_three_line_file(self, write, small):
        write(small)
        path = write("base: c.yaml\nmodel: {attention: {align: {type: uniform}}}\n", "uniform.yaml")
        experiment, plain = read(path), read("c.yaml")
        assert experiment.model.attention.align.type == "uniform"
        assert experiment.model_copy(update={"model": plain.model}) == plain

    def test_the_base_lies_beside_the_file_that_names_it(self, write, small):
        write(small, "recipes/c.yaml")
        assert read(write("base: c.yaml\n", "recipes/d.yaml")) == read("recipes/c.yaml")

    def test_another_kind_of_corpus_replaces_the_base_s(self, write, small):
        write(small)
        assert read(write("base: c.yaml\ndata: {train: {tsv: t}}\n", "d.yaml")).data.train == Tsv(tsv="t")

    def test_a_plain_type_is_no_other_variant(self, write, small):
        write(small + "tokenizer: {type: bpe, vocab_size: 300}\n")
        tokenizer = read(write("base: c.yaml\ntokenizer: {type: char}\n", "d.yaml")).tokenizer
        assert tokenizer == Tokenizer(type="char", vocab_size=300)

    def test_test_sets_are_added(self, write, small):
        write(small.replace("model:", "  test: {a: {tsv: a}}\nmodel:"))
        assert set(read(write("base: c.yaml\ndata: {test: {b: {tsv: b}}}\n", "d.yaml")).data.test) == {
            "a",
            "b",
        }

    def test_errors_point_into_the_right_file(self, problems, write, small):
        write(small.replace("type: rnn", "type: rnn, hiden: 3").replace("10}", "ten}"), "b.yaml")
        assert problems("base: b.yaml\ndecoding: {beam: 0}\n") == [
            "c.yaml:2:18: decoding.beam: must be at least 1, found 0",
            "b.yaml:5:20: model.hiden: unknown key (did you mean 'hidden'?)",
            "b.yaml:6:23: training.max_steps: expected an integer, found 'ten'",
        ]

    def test_syntax_errors_of_the_base_are_in_the_base(self, problems, write):
        write("a: [\n", "b.yaml")
        (problem,) = problems("base: b.yaml\n")
        assert problem.startswith("b.yaml:2:1: not valid YAML: ")

    def test_only_one_level_is_inherited(self, problems, write, small):
        write("base: z.yaml\n" + small, "b.yaml")
        assert problems("base: b.yaml\n") == [
            "b.yaml:1:1: base: a base has no base of its own (one level is inherited)"
        ]

    def test_a_missing_base_is_an_error_at_its_name(self, problems, small):
        assert problems("base: nome.yaml\n" + small) == [
            "c.yaml:1:7: base: nome.yaml: no such file or directory"
        ]

    def test_a_base_is_a_name(self, problems, small):
        assert problems("base: [a, b]\n" + small) == [
            "c.yaml:1:7: base: expected the name of a configuration file"
        ]

    def test_a_file_cannot_be_its_own_base(self, problems, small):
        assert problems("base: c.yaml\n" + small) == [
            "c.yaml:1:1: base: a base has no base of its own (one level is inherited)"
        ]
