"""Sizes from the header of a safetensors file, and files that are none."""

import json

import pytest
import torch
from safetensors.torch import save_file

from nmt.errors import NmtError
from nmt.models.header import read_sizes
from nmt.models.parts import by_part


def test_sizes_are_those_of_the_tensors(tmp_path):
    tensors = {
        "a.weight": torch.zeros(3, 4),
        "b": torch.zeros(()),
        "c": torch.zeros(0, 5),
        "d": torch.zeros(2).half(),
    }
    save_file(tensors, tmp_path / "w", metadata={"format": "pt"})
    assert read_sizes(tmp_path / "w") == {"a.weight": 12, "b": 1, "c": 0, "d": 2}


def entry(**changed: object) -> bytes:
    return json.dumps({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4], **changed}}).encode()


@pytest.mark.parametrize(
    ("header", "length", "why"),
    [
        (b"", 2**60, r"its header claims 1,152,921,504,606,846,976 bytes"),
        (b"{}", 3, "its header claims 3 bytes"),
        (b"{,}", 3, "its header is no JSON"),
        (b"\xff\xfe", 2, "its header is no JSON"),
        (b"[" * 100_000, 100_000, "its header is no JSON"),
        (b"[1]", 3, "its header is no mapping"),
        (b'{"a": 1}', 8, "no shape of 'a'"),
        (entry(shape=[-1]), None, "no shape of 'a'"),
        (entry(shape=["3"]), None, "no shape of 'a'"),
        (entry(shape=[True]), None, "no shape of 'a'"),
        (entry(shape=[2**40] * 10_000), None, "'a' is larger than the file"),
    ],
)
def test_a_hostile_header_is_one_line(tmp_path, header, length, why):
    size = len(header) if length is None else length
    (tmp_path / "w").write_bytes(size.to_bytes(8, "little") + header)
    with pytest.raises(NmtError) as caught:
        read_sizes(tmp_path / "w")
    assert str(caught.value) == f"{tmp_path / 'w'}: is not a readable safetensors file ({why})"


def test_a_file_that_is_missing_or_too_short_is_one_line_too(tmp_path):
    with pytest.raises(NmtError, match="No such file"):
        read_sizes(tmp_path / "none")
    (tmp_path / "w").write_bytes(b"abc")
    with pytest.raises(NmtError, match="not a readable safetensors file"):
        read_sizes(tmp_path / "w")


def test_parts_are_two_names_deep():
    counts = {
        "encoder.layers.0.w": 1,
        "encoder.layers.1.w": 2,
        "encoder.embedding.weight": 4,
        "projection.bias": 8,
        "w": 16,
    }
    assert by_part(counts) == {"encoder.layers": 3, "encoder.embedding": 4, "projection": 8, "w": 16}
