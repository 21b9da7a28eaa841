"""Choices of the ``model`` section around its attentions that contradict each other, or the text."""

from collections.abc import Iterator

from nmt.config.experiment import Experiment
from nmt.config.finding import Finding
from nmt.config.model import place
from nmt.config.rnn import RnnDecoder, RnnEncoder, RnnModel
from nmt.config.tokenizer import Sided, Tokenizer
from nmt.config.transformer import Learned, Rotary, TransformerDecoder, TransformerEncoder


def residuals_need_layers(experiment: Experiment) -> Iterator[Finding]:
    """The lowest layer reads embeddings, to which nothing is added."""
    match experiment.model:
        case RnnModel(residual=residual, encoder_layers=1, decoder_layers=1):
            alone: list[tuple[str, ...]] = [("model", "residual")] if residual else []
        case RnnModel():
            alone = []
        case model:
            alone = [
                place(model, name, "residual")
                for name, side in (("encoder", model.encoder), ("decoder", model.decoder))
                if isinstance(side, RnnEncoder | RnnDecoder) and side.residual and side.layers == 1
            ]
    for path in alone:
        yield Finding(path, "has no effect: there is one layer", "more layers, or false")


def last_needs_equal_widths(experiment: Experiment) -> Iterator[Finding]:
    """The encoder's last state is the decoder's first where it is as wide; the mean of two directions may be."""
    match experiment.model.encoder, experiment.model.decoder:
        case encoder, RnnDecoder(initial_state="last", hidden=hidden):
            each = encoder.hidden if isinstance(encoder, RnnEncoder) else encoder.output
            if hidden not in (each, encoder.output):
                what = f"last needs equal widths: decoder state {hidden}, encoder's last {encoder.output}"
                other = "encoder_hidden" if isinstance(experiment.model, RnnModel) else "decoder.hidden"
                hint = f"choose bridge or zero, or another {other}"
                yield Finding(place(experiment.model, "decoder", "initial_state"), what, hint)


def tying_all_needs_one_vocabulary(experiment: Experiment) -> Iterator[Finding]:
    """Source and target can share vectors only where they share the pieces."""
    if experiment.model.tie != "all":
        return
    match experiment.tokenizer:
        case Tokenizer(joint=True):
            return
        case Tokenizer():
            why = "tokenizer.joint is false"
        case Sided():
            why = "the tokenizer has a source and a target"
    yield Finding(("model", "tie"), f"all needs one joint vocabulary: {why}", "choose decoder or none")


def tying_all_needs_one_width(experiment: Experiment) -> Iterator[Finding]:
    """A shared vector is as wide on either side."""
    source, target = experiment.model.encoder.embedding, experiment.model.decoder.embedding
    if experiment.model.tie == "all" and source != target:
        what = f"all needs equal embeddings: {source} in the encoder, {target} in the decoder"
        yield Finding(("model", "tie"), what, "choose decoder or none")


def rotary_turns_pairs(experiment: Experiment) -> Iterator[Finding]:
    """Each turn takes two parts of a head."""
    for name, side in _layered(experiment):
        width = side.heads.size or side.d_model // side.heads.count
        if isinstance(side.positions, Rotary) and width % 2:
            what = f"rotary turns pairs, but a head is {width} wide"
            yield Finding(place(experiment.model, name, "positions", "type"), what, "an even heads.size")


def waves_come_in_pairs(experiment: Experiment) -> Iterator[Finding]:
    """A sine and a cosine of each frequency."""
    for name, side in _layered(experiment):
        if side.positions.type == "sinusoidal" and side.d_model % 2:
            what = f"sinusoidal positions need an even d_model, not {side.d_model}"
            yield Finding(place(experiment.model, name, "positions", "type"), what, "an even d_model")


def learned_places_reach_the_longest_side(experiment: Experiment) -> Iterator[Finding]:
    """The table has a row for each place, the end symbol's included."""
    longest = experiment.data.filters.max_length
    for name, side in _layered(experiment):
        match side.positions:
            case Learned(max_length=size) if size <= longest:
                what = f"{size} places, but {name}s read up to {longest} pieces and an end symbol"
                path = place(experiment.model, name, "positions", "max_length")
                yield Finding(path, f"{what} (data.filters.max_length)", "a larger one, or shorter pairs")


def _layered(experiment: Experiment) -> Iterator[tuple[str, TransformerEncoder | TransformerDecoder]]:
    """The sides that are a Transformer's; where both share their keys, the encoder stands for both."""
    model = experiment.model
    if isinstance(model.encoder, TransformerEncoder):
        yield "encoder", model.encoder
    if isinstance(model.decoder, TransformerDecoder) and (
        place(model, "decoder") != ("model",) or not isinstance(model.encoder, TransformerEncoder)
    ):
        yield "decoder", model.decoder


CHECKS = (
    residuals_need_layers,
    last_needs_equal_widths,
    tying_all_needs_one_vocabulary,
    tying_all_needs_one_width,
    rotary_turns_pairs,
    waves_come_in_pairs,
    learned_places_reach_the_longest_side,
)
