"""The mean of weights, in numbers, and what has no mean."""

import re
import weakref
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from nmt.config.rnn import RnnModel
from nmt.errors import NmtError
from nmt.models import average
from nmt.models.average import average_weights
from nmt.models.build import build_model
from nmt.models.load import load_weights, save_weights


def files(folder: Path, *contents: dict[str, Tensor]) -> list[Path]:
    paths = [folder / f"{number}.safetensors" for number in range(len(contents))]
    for path, tensors in zip(paths, contents, strict=True):
        save_file(tensors, str(path))
    return paths


def mean(folder: Path, *contents: dict[str, Tensor]) -> dict[str, Tensor]:
    average_weights(files(folder, *contents), folder / "mean")
    return load_file(str(folder / "mean"))


def test_it_is_the_arithmetic_mean(tmp_path):
    contents = [{"a": torch.tensor([[value, 1.0]]), "b": torch.tensor([value])} for value in (1.0, 2.0, 6.0)]
    found = mean(tmp_path, *contents)
    assert found["a"].tolist() == [[3.0, 1.0]]
    assert found["b"].tolist() == [3.0]
    assert found["a"].dtype == torch.float32


def test_equal_values_stay_equal_to_the_last_bit(tmp_path):
    torch.manual_seed(1)
    tensor = torch.randn(1000) * torch.tensor(10.0) ** torch.randint(-30, 30, (1000,))
    for count in (1, 2, 3, 7):
        assert torch.equal(mean(tmp_path, *({"a": tensor} for _ in range(count)))["a"], tensor)


def test_the_sum_is_taken_in_float64(tmp_path):
    """In float32 the small one would be lost beside the large ones."""
    values = (2.0**24, 1.0, -(2.0**24), 1.0)
    assert mean(tmp_path, *({"a": torch.tensor([value])} for value in values))["a"].item() == 0.5


@pytest.mark.parametrize("tie", ["none", "all"])
def test_a_model_loads_its_mean_what_is_tied_stays_tied(tmp_path, tie):
    def build():
        return build_model(RnnModel(embedding=6, hidden=4, tie=tie), source_size=9, target_size=9, padding=0)

    models = [build() for _ in range(3)]
    paths = [tmp_path / str(number) for number in range(3)]
    for model, path in zip(models, paths, strict=True):
        save_weights(model, path)
    average_weights(paths, tmp_path / "mean")
    found = build()
    load_weights(found, tmp_path / "mean")
    assert (found.encoder.embedding.weight is found.projection.weight) == (tie == "all")
    for name, parameter in found.named_parameters():
        expected = torch.stack([model.get_parameter(name) for model in models]).mean(dim=0)
        torch.testing.assert_close(parameter, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"a": torch.ones(3), "b": torch.ones(1)}, "cannot be averaged: a is [3], in {first} it is [2]"),
        ({"a": torch.ones(2)}, "cannot be averaged: b is missing, in {first} it is [1]"),
        (
            {"a": torch.ones(2), "b": torch.ones(1), "c": torch.ones(4)},
            "cannot be averaged: c is [4], in {first} it is missing",
        ),
    ],
)
def test_other_tensors_have_no_mean(tmp_path, other, message):
    paths = files(tmp_path, {"a": torch.ones(2), "b": torch.ones(1)}, other)
    expected = f"{paths[1]}: {message.format(first=paths[0])}"
    with pytest.raises(NmtError, match=f"^{re.escape(expected)}$"):
        average_weights(paths, tmp_path / "mean")
    assert not (tmp_path / "mean").exists()


def test_what_is_no_weight_file_is_refused(tmp_path):
    (tmp_path / "no").write_bytes(b"garbage")
    for path in (tmp_path / "no", tmp_path / "missing"):
        with pytest.raises(NmtError, match="is not a readable safetensors file") as caught:
            average_weights([path], tmp_path / "mean")
        assert caught.value.place == str(path)


def test_a_tensor_of_one_file_is_in_memory_at_a_time(tmp_path, monkeypatch):
    read = []

    class Watched:
        """Weights of which no tensor may be alive when the next is read."""

        def __init__(self, *args, **kwargs):
            self.weights = safe_open(*args, **kwargs)

        def __enter__(self):
            self.weights.__enter__()
            return self

        def __exit__(self, *error):
            self.weights.__exit__(*error)

        def __getattr__(self, name):
            return getattr(self.weights, name)

        def get_tensor(self, name):
            assert all(reference() is None for reference in read)
            tensor = self.weights.get_tensor(name)
            read.append(weakref.ref(tensor))
            return tensor

    monkeypatch.setattr(average, "safe_open", Watched)
    contents = [{"a": torch.full((2,), value), "b": torch.ones(3)} for value in (1.0, 2.0, 6.0)]
    assert mean(tmp_path, *contents)["a"].tolist() == [3.0, 3.0]
    assert len(read) == 6


def test_a_disk_that_refuses_is_one_line(tmp_path):
    paths = files(tmp_path, {"a": torch.ones(2)})
    with pytest.raises(NmtError, match="cannot be written") as caught:
        average_weights(paths, tmp_path / "missing" / "mean")
    assert caught.value.place == str(tmp_path / "missing" / "mean")


def test_what_a_file_says_of_itself_stays(tmp_path):
    save_file({"a": torch.ones(2)}, str(tmp_path / "one"), metadata={"format": "pt", "b": "a"})
    average_weights([tmp_path / "one"], tmp_path / "mean")
    with safe_open(str(tmp_path / "mean"), framework="pt") as weights:
        assert weights.metadata() == {"format": "pt", "b": "a"}
