"""The memory that a batch may take, watched while its forward pass saves what the backward pass will need.

Linux promises a process more memory than there is, and kills it when it uses that; and what runs out in the middle of
oneDNN may not come back. So a batch that is larger than any before is stopped in Python, in time.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks
from torch.nn.modules.module import register_module_forward_pre_hook

from nmt.data.batch import Batch
from nmt.machine import free_memory, return_memory

OBJECT = 1024  # bytes that a saved tensor takes whatever its size: what a graph of many small ones is made of
SHARE = 0.6  # of the free memory that may be saved: the backward pass needs some of its own


class Budget:
    """Watches batches on the processor; a size that went well once is not watched again, so that it costs nothing."""

    def __init__(self, parameters: Iterable[Tensor] = (), *, processes: int = 1) -> None:
        """``parameters`` are saved, too, but are there anyway; ``processes`` of this machine share its memory."""
        self.share = SHARE / processes
        self.there = {parameter.untyped_storage().data_ptr() for parameter in parameters}
        self.largest = 0  # volume that went well

    @contextmanager
    def watching(self, batch: Batch) -> Iterator[None]:
        """Raises ``MemoryError`` where the passes inside save more than the machine has room for."""
        free = self._free() if batch.volume > self.largest and batch.source.device.type == "cpu" else None
        if free is None:
            yield
            return
        taken, seen = 0, set(self.there)

        def save(tensor: Tensor) -> Tensor:
            nonlocal taken
            storage = tensor.untyped_storage()
            taken += OBJECT + (storage.nbytes() if storage.data_ptr() not in seen else 0)
            seen.add(storage.data_ptr())
            return (
                tensor.detach()
            )  # a result that remembers its own origin would never go, were the pass stopped

        def stop(*_: object) -> None:
            if taken > self.share * free:
                raise MemoryError(f"more than {taken:,} bytes for one batch")

        # Not from within `save`: the error would leave the whole graph behind.
        hook = register_module_forward_pre_hook(stop)
        try:
            with saved_tensors_hooks(save, lambda tensor: tensor):
                yield
        finally:
            hook.remove()
        self.largest = max(self.largest, batch.volume)

    def _free(self) -> int | None:
        """What the machine has, and what this process holds unused."""
        return_memory()
        return free_memory()
