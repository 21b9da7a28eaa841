"""The readout: a maximum over pairs."""

import numpy as np
import torch

from nmt.attention.fuse import Readout


def test_readout_is_the_larger_of_each_pair():
    fuse = Readout(state_size=3, embedding_size=2, context_size=4, size=5).double()
    torch.nn.init.normal_(fuse.linear.bias)
    state, embedded, context = (torch.randn(2, 6, n, dtype=torch.float64) for n in (3, 2, 4))
    joined = np.concatenate((state, embedded, context), axis=-1)
    both = joined @ fuse.linear.weight.detach().numpy().T + fuse.linear.bias.detach().numpy()
    expected = np.maximum(both[..., :5], both[..., 5:])
    np.testing.assert_allclose(fuse(state, embedded, context).detach().numpy(), expected, atol=1e-9)
    assert fuse.output_size == 5


def test_the_gradient_reaches_all_three_inputs():
    fuse = Readout(state_size=3, embedding_size=2, context_size=4, size=5)
    inputs = [torch.randn(2, n, requires_grad=True) for n in (3, 2, 4)]
    fuse(*inputs).sum().backward()
    assert all(tensor.grad is not None and tensor.grad.abs().max() > 0 for tensor in inputs)
