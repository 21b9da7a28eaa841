"""From the ``training`` section of a config to objective, optimiser and schedule: all here that reads config."""

from typing import assert_never

import torch
from torch import nn

from nmt.config import optimizer, schedule
from nmt.config.training import Training
from nmt.machine import fast_bfloat16
from nmt.training.objective import NegativeLogLikelihood, Objective
from nmt.training.schedule import Constant, InverseSqrt, Noam, Schedule


def build_objective(config: Training, model: nn.Module) -> Objective:
    """What training minimises."""
    return Objective(model, [NegativeLogLikelihood(label_smoothing=config.label_smoothing)])


def build_optimizer(config: optimizer.Optimizer, model: nn.Module) -> torch.optim.Optimizer:
    """Fused optimisers: one pass over the parameters a step."""
    parameters = list(model.parameters())
    match config:
        case optimizer.Adam(lr=lr, betas=betas, eps=eps, weight_decay=decay):
            return torch.optim.Adam(parameters, lr=lr, betas=betas, eps=eps, weight_decay=decay, fused=True)
        case optimizer.AdamW(lr=lr, betas=betas, eps=eps, weight_decay=decay):
            return torch.optim.AdamW(parameters, lr=lr, betas=betas, eps=eps, weight_decay=decay, fused=True)
        case _:
            assert_never(config)


def build_schedule(config: schedule.Schedule) -> Schedule:
    """The factor of the learning rate, by step."""
    match config:
        case schedule.Constant(warmup=warmup):
            return Constant(warmup)
        case schedule.Noam(warmup=warmup, model_size=size):
            return Noam(size, warmup)
        case schedule.InverseSqrt(warmup=warmup):
            return InverseSqrt(warmup)
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
