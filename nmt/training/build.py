"""From the ``training`` section of a config to objective, optimiser and schedule: all here that reads config."""

from collections.abc import Iterator
from typing import assert_never

import torch
from torch import nn

from nmt.config import attention as attentions
from nmt.config import optimizer as optimizers
from nmt.config import schedule as schedules
from nmt.config.model import Model
from nmt.config.rnn import RnnDecoder
from nmt.config.training import Training
from nmt.config.transformer import Attending, TransformerDecoder
from nmt.machine import fast_bfloat16
from nmt.training.coverage import CoverageTerm
from nmt.training.decay import Pulled, everything, layers, matrices, parameter_groups
from nmt.training.objective import Objective, Term
from nmt.training.reinforce import (
    Baseline,
    ExpectationBaseline,
    MovingBaseline,
    NoBaseline,
    ReinforceTerm,
    Reward,
    rest_reward,
    sentence_reward,
    step_reward,
)
from nmt.training.schedule import (
    Constant,
    Cosine,
    Exponential,
    InverseSqrt,
    Linear,
    Luong,
    Noam,
    Plateau,
    Schedule,
)


def build_objective(config: Training, architecture: Model, model: nn.Module) -> Objective:
    """What training minimises: the likelihood, and what the model's attention asks for beside it."""
    return Objective(
        model,
        list(_terms(architecture)),
        label_smoothing=config.label_smoothing,
        r_drop=config.r_drop,
    )


def _terms(architecture: Model) -> Iterator[Term]:
    """Of the attention to the source."""
    match architecture.decoder:
        case RnnDecoder(attention=attentions.Attention() as attention):
            yield from _choices(attention)
            if (coverage := attention.coverage) is not None and coverage.loss > 0:
                yield CoverageTerm(weight=coverage.loss, start=coverage.start)
        case TransformerDecoder(cross_attention=attention):
            yield from _choices(attention)


def _choices(attention: attentions.Attention | Attending) -> Iterator[Term]:
    """A reward for places that are drawn, where any are."""
    match attention.window, attention.align:
        case _, attentions.Hard(estimator=attentions.Reinforce() as estimator):
            yield _reinforce(estimator)
        case attentions.Predictive(centre=attentions.SampledCentre(estimator=estimator)), _:
            yield _reinforce(estimator)


def _reinforce(config: attentions.Reinforce) -> ReinforceTerm:
    return ReinforceTerm(
        reward=_reward(config), baseline=_baseline(config), weight=config.weight, entropy=config.entropy
    )


def _reward(config: attentions.Reinforce) -> Reward:
    match config.reward:
        case "step":
            return step_reward
        case "rest":
            return rest_reward
        case "sentence":
            return sentence_reward
        case _:
            assert_never(config.reward)


def _baseline(config: attentions.Reinforce) -> Baseline:
    match config.baseline:
        case "none":
            return NoBaseline()
        case "moving":
            return MovingBaseline(decay=config.decay)
        case "expectation":
            return ExpectationBaseline()
        case _:
            assert_never(config.baseline)


def build_optimizer(config: optimizers.Optimizer, model: nn.Module) -> torch.optim.Optimizer:
    """Of the parameters that learn; fused where torch can: one pass over them a step."""
    groups = parameter_groups(model, _pulled(config, model))
    lr, decay = config.lr, config.weight_decay
    match config:
        case optimizers.Sgd(momentum=momentum, nesterov=nesterov):
            return torch.optim.SGD(
                groups, lr=lr, momentum=momentum, nesterov=nesterov, weight_decay=decay, fused=True
            )
        case optimizers.Adam(betas=betas, eps=eps):
            return torch.optim.Adam(groups, lr=lr, betas=betas, eps=eps, weight_decay=decay, fused=True)
        case optimizers.AdamW(betas=betas, eps=eps):
            return torch.optim.AdamW(groups, lr=lr, betas=betas, eps=eps, weight_decay=decay, fused=True)
        case optimizers.Adagrad(initial=initial, eps=eps):
            return torch.optim.Adagrad(
                groups, lr=lr, initial_accumulator_value=initial, eps=eps, weight_decay=decay, fused=True
            )
        case optimizers.Adafactor(beta2_decay=beta2_decay, eps=eps, clip=clip):
            return torch.optim.Adafactor(
                groups, lr=lr, beta2_decay=beta2_decay, eps=(None, eps), d=clip, weight_decay=decay
            )
        case _:
            assert_never(config)


def _pulled(config: optimizers.Optimizer, model: nn.Module) -> Pulled:
    match config.decay:
        case "all":
            return everything
        case "matrices":
            return matrices
        case "layers":
            return layers(model)
        case _:
            assert_never(config.decay)


def build_schedule(config: schedules.Schedule, *, max_steps: int) -> Schedule:
    """The factor of the learning rate; ``max_steps`` is where a fall without an end of its own ends."""
    match config:
        case schedules.Constant(warmup=warmup):
            return Constant(warmup)
        case schedules.Noam(warmup=warmup, model_size=size):
            return Noam(size, warmup)
        case schedules.InverseSqrt(warmup=warmup, decay=decay, steps=steps, min_factor=least):
            return InverseSqrt(warmup, steps or max_steps, decay, least)
        case schedules.Cosine(warmup=warmup, steps=steps, min_factor=least):
            return Cosine(steps or max_steps, warmup, least)
        case schedules.Linear(warmup=warmup, steps=steps, min_factor=least):
            return Linear(steps or max_steps, warmup, least)
        case schedules.Exponential(gamma=gamma, every=every):
            return Exponential(gamma, every)
        case schedules.Luong(start=start, every=every):
            return Luong(start, every)
        case schedules.Plateau(
            factor=factor, patience=patience, threshold=threshold, min_factor=least, warmup=warmup
        ):
            return Plateau(factor, patience, threshold, least, warmup)
        case _:
            assert_never(config)


def half_precision(config: Training) -> bool:
    """Whether matrix products run in bfloat16: as asked for, or where the processor does them in hardware."""
    match config.precision:
        case "fp32":
            return False
        case "bf16":
            return True
        case "auto":
            return fast_bfloat16()
        case _:
            assert_never(config.precision)
