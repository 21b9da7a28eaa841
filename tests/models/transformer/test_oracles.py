"""Torch's own layers, and a whole model of another library, given the same weights, give the same numbers."""

from collections.abc import Mapping
from itertools import product

import pytest
import torch
from torch import Tensor, nn
from transformers import LogitsProcessor, LogitsProcessorList, MarianConfig, MarianMTModel

from nmt.attention.heads import Heads
from nmt.attention.mask import causal_mask, padding_mask
from nmt.config.attention import Heads as HeadsSection
from nmt.config.transformer import TransformerModel
from nmt.decoding.beam import beam_search
from nmt.models.build import build_model
from nmt.models.encoder_decoder import EncoderDecoder
from nmt.models.transformer.decoder import DecoderLayer
from nmt.models.transformer.encoder import EncoderLayer
from nmt.models.transformer.residual import Residual
from nmt.text.special import BOS, EOS, PAD

D, FFN, HEADS, VOCABULARY = 12, 20, 3, 17
LENGTHS = torch.tensor([6, 4, 1])
CLOSE = {torch.float32: 1e-5, torch.float64: 1e-12}

Pairs = Mapping[str, nn.Module]

KINDS = [
    pytest.param(
        *kind, id=f"{'pre' if kind[0] else 'post'}-norm {kind[1]} {'shown' if kind[2] else 'fused'} {kind[3]}"
    )
    for kind in product((True, False), ("relu", "gelu"), (True, False), (torch.float32, torch.float64))
]


def ours(
    *, pre_norm: bool, activation: str, weights: bool, dtype: torch.dtype, layers: int = 1
) -> EncoderDecoder:
    config = TransformerModel(
        d_model=D,
        ffn=FFN,
        encoder_layers=layers,
        decoder_layers=layers,
        heads=HeadsSection(count=HEADS),
        pre_norm=pre_norm,
        activation=activation,
    )
    torch.manual_seed(0)
    model = build_model(
        config, source_size=VOCABULARY, target_size=VOCABULARY, padding=PAD, weights=weights
    ).to(dtype)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.4)
    return model.eval()


@torch.no_grad()
def fill(theirs: nn.MultiheadAttention, heads: Heads) -> None:
    """Torch's heads with the weights of ours."""
    theirs.in_proj_weight.copy_(torch.cat((heads.query.weight, heads.key.weight, heads.value.weight)))
    theirs.in_proj_bias.copy_(torch.cat((heads.query.bias, heads.key.bias, heads.value.bias)))
    theirs.out_proj.load_state_dict(heads.merge.output.state_dict())


def copy(theirs: nn.Module, pairs: Pairs) -> None:
    """Each named part of theirs becomes the given one of ours."""
    for name, module in pairs.items():
        if isinstance(module, Heads):
            fill(theirs.get_submodule(name), module)
        else:
            theirs.get_submodule(name).load_state_dict(module.state_dict())


def encoder_pairs(layer: EncoderLayer) -> Pairs:
    return {
        "self_attn": layer.attention,
        "norm1": layer.around_attention.norm,
        "linear1": layer.feedforward.inner,
        "linear2": layer.feedforward.outer,
        "norm2": layer.around_feedforward.norm,
    }


def decoder_pairs(layer: DecoderLayer) -> Pairs:
    return {
        "self_attn": layer.attention,
        "norm1": layer.around_attention.norm,
        "multihead_attn": layer.cross,
        "norm2": layer.around_cross.norm,
        "linear1": layer.feedforward.inner,
        "linear2": layer.feedforward.outer,
        "norm3": layer.around_feedforward.norm,
    }


def torchs(
    kind: type[nn.Module], pairs: Pairs, around: Residual, activation: str, dtype: torch.dtype
) -> nn.Module:
    """Torch's layer with the weights of ours."""
    layer = kind(
        D, HEADS, FFN, dropout=0.0, activation=activation, batch_first=True, norm_first=around.pre_norm
    ).to(dtype)
    copy(layer, pairs)
    return layer  # in training mode: in evaluation a kernel of torch's own drops padding


def values(*shape: int, seed: int, dtype: torch.dtype) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def close(one: Tensor, other: Tensor) -> None:
    torch.testing.assert_close(one, other, rtol=CLOSE[one.dtype], atol=CLOSE[one.dtype])


@torch.no_grad()
@pytest.mark.parametrize(("pre_norm", "activation", "weights", "dtype"), KINDS)
def test_an_encoder_layer_is_torchs(pre_norm, activation, weights, dtype):
    model = ours(pre_norm=pre_norm, activation=activation, weights=weights, dtype=dtype)
    (layer,) = model.encoder.layers
    theirs = torchs(
        nn.TransformerEncoderLayer, encoder_pairs(layer), layer.around_attention, activation, dtype
    )
    x, mask = values(3, 6, D, seed=1, dtype=dtype), padding_mask(LENGTHS, 6)
    expected = theirs(x, src_key_padding_mask=~mask)
    close(layer(x, mask, LENGTHS)[mask], expected[mask])
    assert expected[mask].std() > 0.3


@torch.no_grad()
@pytest.mark.parametrize(("pre_norm", "activation", "weights", "dtype"), KINDS)
def test_a_decoder_layer_is_torchs(pre_norm, activation, weights, dtype):
    model = ours(pre_norm=pre_norm, activation=activation, weights=weights, dtype=dtype)
    (layer,) = model.decoder.layers
    theirs = torchs(
        nn.TransformerDecoderLayer, decoder_pairs(layer), layer.around_attention, activation, dtype
    )
    x, read = values(3, 5, D, seed=1, dtype=dtype), values(3, 6, D, seed=2, dtype=dtype)
    mask = padding_mask(LENGTHS, 6)
    expected = theirs(x, read, tgt_mask=~causal_mask(5), memory_key_padding_mask=~mask)
    found = layer(x, layer.cross.remember(read, mask, LENGTHS), None, torch.arange(5))
    close(found.x, expected)


@torch.no_grad()
@pytest.mark.parametrize("weights", [True, False], ids=["shown", "fused"])
@pytest.mark.parametrize("pre_norm", [True, False], ids=["pre-norm", "post-norm"])
def test_stacked_layers_are_torchs_with_a_last_norm_where_norms_come_first(pre_norm, weights):
    dtype = torch.float64
    model = ours(pre_norm=pre_norm, activation="relu", weights=weights, dtype=dtype, layers=3)
    source, target = torch.randint(4, VOCABULARY, (3, 6)), torch.randint(4, VOCABULARY, (3, 5))
    mask = padding_mask(LENGTHS, 6)
    encoder, decoder = (
        torchs(kind, pairs(side.layers[0]), side.layers[0].around_attention, "relu", dtype)
        for kind, pairs, side in (
            (nn.TransformerEncoderLayer, encoder_pairs, model.encoder),
            (nn.TransformerDecoderLayer, decoder_pairs, model.decoder),
        )
    )
    stacks = (
        nn.TransformerEncoder(encoder, 3, model.encoder.norm, enable_nested_tensor=False),
        nn.TransformerDecoder(decoder, 3, model.decoder.norm),
    )
    for stack, side, pairs in zip(
        stacks, (model.encoder, model.decoder), (encoder_pairs, decoder_pairs), strict=True
    ):
        for theirs, layer in zip(stack.layers, side.layers, strict=True):
            copy(theirs, pairs(layer))
    reads = stacks[0](model.encoder.placed(model.encoder.embedding(source)), src_key_padding_mask=~mask)
    says = stacks[1](
        model.decoder.placed(model.decoder.embedding(target)),
        reads,
        tgt_mask=~causal_mask(5),
        memory_key_padding_mask=~mask,
    )
    close(model.encoder(source, LENGTHS).annotations[mask], reads[mask])
    close(model(source, LENGTHS, target).states, says)
    assert isinstance(model.decoder.norm, nn.LayerNorm if pre_norm else nn.Identity)


# A whole model of another library: post-norm, waves in two halves, one table for source, target and output.

LAYERS, LIMIT, BEAM = 2, 9, 4


def marian(activation: str, seed: int, *, std: float) -> MarianMTModel:
    """Random, its matrices N(0, std^2); its last layer speaks up, so that sentences differ."""
    config = MarianConfig(
        vocab_size=VOCABULARY,
        d_model=D,
        encoder_layers=LAYERS,
        decoder_layers=LAYERS,
        encoder_attention_heads=HEADS,
        decoder_attention_heads=HEADS,
        encoder_ffn_dim=FFN,
        decoder_ffn_dim=FFN,
        activation_function=activation,
        max_position_embeddings=LIMIT + 2,
        scale_embedding=True,
        share_encoder_decoder_embeddings=True,
        tie_word_embeddings=True,
        pad_token_id=PAD,
        bos_token_id=BOS,
        eos_token_id=EOS,
        decoder_start_token_id=BOS,  # Marian's own models begin with padding
        forced_eos_token_id=None,  # it would end for nothing
        attn_implementation="eager",
    )
    torch.manual_seed(seed)
    model = MarianMTModel(config).eval()
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:  # all but the waves
            spread = 0.3 if "shared" in name else 0.1 if "bias" in name else std
            nn.init.normal_(parameter, mean=1.0 if "norm.weight" in name else 0.0, std=spread)
    nn.init.normal_(model.model.decoder.layers[-1].final_layer_norm.weight, std=6.0)
    nn.init.normal_(model.final_logits_bias, std=0.3)
    model.final_logits_bias[:, EOS] += 1
    return model


def of_marian(theirs: MarianMTModel, *, weights: bool) -> EncoderDecoder:
    """Ours, with the weights of theirs."""
    config = TransformerModel(
        d_model=D,
        ffn=FFN,
        encoder_layers=LAYERS,
        decoder_layers=LAYERS,
        heads=HeadsSection(count=HEADS),
        pre_norm=False,
        activation=theirs.config.activation_function,
        tie="all",
    )
    model = build_model(config, source_size=VOCABULARY, target_size=VOCABULARY, padding=PAD, weights=weights)
    state = {f"{side}.embedding.weight": theirs.model.shared.weight for side in ("encoder", "decoder")}
    state |= {"projection.weight": theirs.lm_head.weight, "projection.bias": theirs.final_logits_bias[0]}
    parts = {
        "encoder": {
            "attention": "self_attn",
            "around_attention.norm": "self_attn_layer_norm",
            "feedforward.inner": "fc1",
            "feedforward.outer": "fc2",
            "around_feedforward.norm": "final_layer_norm",
        }
    }
    parts["decoder"] = parts["encoder"] | {
        "cross": "encoder_attn",
        "around_cross.norm": "encoder_attn_layer_norm",
    }
    maps = {"query": "q_proj", "key": "k_proj", "value": "v_proj", "merge.output": "out_proj"}
    for side, names in parts.items():
        for depth, (mine, other) in product(range(LAYERS), names.items()):
            layer = theirs.get_submodule(f"model.{side}.layers.{depth}.{other}")
            inner = maps.items() if "attn" in other and "norm" not in other else [("", "")]
            for one, part in inner:
                place = ".".join(filter(None, (side, "layers", str(depth), mine, one)))
                for name, tensor in layer.get_submodule(part).state_dict().items():
                    state[f"{place}.{name}"] = tensor
    model.load_state_dict(state)
    return model.eval()


def sentences(seed: int) -> tuple[Tensor, Tensor]:
    """Two of each length."""
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.arange(9, 0, -1).repeat_interleave(2)
    source = torch.randint(4, VOCABULARY, (18, 9), generator=generator)
    source = source.masked_fill(~padding_mask(lengths, 9), PAD)
    return source.scatter(1, lengths.unsqueeze(1) - 1, EOS), lengths


@torch.no_grad()
@pytest.mark.parametrize("weights", [True, False], ids=["shown", "fused"])
@pytest.mark.parametrize("activation", ["relu", "gelu", "silu"])
def test_the_logits_are_marians(activation, weights):
    theirs = marian(activation, 0, std=0.3)
    model, (source, lengths) = of_marian(theirs, weights=weights), sentences(0)
    target = torch.randint(4, VOCABULARY, (len(source), 10))
    expected = theirs(input_ids=source, attention_mask=source != PAD, decoder_input_ids=target).logits
    found = model.projection(model(source, lengths, target).states)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)
    assert expected.std() > 1


class EndsAtTheLimit(LogitsProcessor):
    """As our beam ends what has reached its greatest length: at the price of the end symbol."""

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        end = torch.arange(VOCABULARY) == EOS
        return scores if input_ids.size(1) <= LIMIT else scores.masked_fill(~end, -torch.inf)


@torch.no_grad()
@pytest.mark.parametrize("nbest", [1, BEAM])
@pytest.mark.parametrize("seed", [2, 3, 5, 12])
def test_the_beam_finds_what_marians_finds(seed, nbest):
    theirs = marian("relu", seed, std=0.6).double()
    model, (source, lengths) = of_marian(theirs, weights=True).double(), sentences(seed)
    said = theirs.generate(
        source,
        attention_mask=source != PAD,
        num_beams=BEAM,
        num_return_sequences=nbest,
        length_penalty=0.0,
        suppress_tokens=[PAD, BOS],
        do_sample=False,
        max_new_tokens=LIMIT + 1,
        logits_processor=LogitsProcessorList([EndsAtTheLimit()]),
        return_dict_in_generate=True,
        output_scores=True,
    )
    expected = [[token for token in row if token not in (BOS, EOS, PAD)] for row in said.sequences.tolist()]
    found = beam_search(model, source, lengths, beam=BEAM, nbest=nbest, alpha=0.0, limit=LIMIT, weights=False)
    flat = [one for hypotheses in found for one in hypotheses]
    assert [list(one.ids) for one in flat] == expected
    assert [one.score for one in flat] == pytest.approx(said.sequences_scores.tolist(), abs=2e-5)
    assert len({one.ids for one in flat}) > 2
    assert len({len(one.ids) for one in flat}) > 1
