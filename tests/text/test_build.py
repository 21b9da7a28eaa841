"""The config's tokenizers: joint, separate, or of different settings; saved and loaded."""

from pathlib import Path

import pytest

from nmt.config.languages import Languages
from nmt.config.tokenizer import Sided, SideTokenizer
from nmt.config.tokenizer import Tokenizer as OneSetting
from nmt.errors import NmtError
from nmt.text.build import build_tokenizers, load_tokenizers
from nmt.text.files import Tokenizers, save_tokenizers
from nmt.text.special import UNK

ENGLISH = ["I love machine learning.", "The cat sat on the mat."] * 4
CHINESE = ["我爱机器学习。", "今天天气很好，我们去公园吧！"] * 4

PAIR = Languages(source="en", target="zh-CN")
JOINT = OneSetting(type="char", vocab_size=500)
SEPARATE = OneSetting(type="char", vocab_size=500, joint=False)
SIDED = Sided(
    source=SideTokenizer(type="word", vocab_size=500),
    target=SideTokenizer(type="char", vocab_size=500, byte_fallback=True),
)


def build(section: OneSetting | Sided) -> Tokenizers:
    return build_tokenizers(section, PAIR, iter(ENGLISH), iter(CHINESE))


def test_a_joint_vocabulary_is_one_model_behind_two_normalisers() -> None:
    both = build(JOINT)
    assert both.joint
    assert both.source.model == both.target.model
    assert both.source.encode("我") == both.target.encode("我") != [UNK]
    assert both.target.normalise("Ａ") == "A"
    assert both.source.normalise("Ａ") == "Ａ"


@pytest.mark.parametrize("text", ["I love the cat.", "我爱 cat。"])
def test_a_joint_vocabulary_with_chinese_has_no_dummy_piece_and_loses_nothing(text: str) -> None:
    both = build(JOINT)
    for side in (both.source, both.target):
        assert not side.pieces(text)[0].startswith("▁")
        assert side.decode(side.encode(text)) == text


def test_separate_vocabularies_know_their_own_side() -> None:
    both = build(SEPARATE)
    assert not both.joint
    assert UNK in both.source.encode("我")
    assert UNK not in both.target.encode("我")
    assert both.source.pieces("cat")[0] == "▁"
    assert both.target.pieces("我")[0] == "我"


def test_notices_name_the_side() -> None:
    assert [notice.split(":")[0] for notice in build(SIDED).notices] == [
        "source tokenizer",
        "target tokenizer",
    ]


@pytest.mark.parametrize(
    ("section", "files"),
    [
        (JOINT, ["tokenizer.model"]),
        (SEPARATE, ["source.model", "target.model"]),
        (SIDED, ["source.model", "target.model"]),
    ],
)
def test_what_is_saved_is_loaded(section: OneSetting | Sided, files: list[str], tmp_path: Path) -> None:
    made = build(section)
    save_tokenizers(tmp_path, made)
    assert sorted(path.name for path in tmp_path.iterdir()) == files
    read = load_tokenizers(tmp_path, section, PAIR)
    assert (read.source.model, read.target.model, read.joint) == (
        made.source.model,
        made.target.model,
        made.joint,
    )
    assert (read.source.language, read.target.language) == ("en", "zh-CN")


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(NmtError, match=r"tokenizer\.model: cannot be read"):
        load_tokenizers(tmp_path, JOINT, PAIR)
