"""What a process asks of the machine before torch is loaded: calm threads, and memory that neither moves nor grows.

All found by measuring. OpenMP threads that spin while they wait lose a factor of ten once another process takes a core;
threads that sleep at once lose a third in small models, whose thousands of short products each wait for one to wake.
Spinning for some microseconds before sleeping gives most of that third back, and costs a fifth where a core is taken.
A step whose large tensors are mapped anew spends a fifth of its time on page faults. And the kernels that oneDNN
generates for each new shape of a bfloat16 product are kept, up to a thousand of them, in two caches: with batches of
ever new shapes a training grew by 20 MB a step.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -2, -3, -8  # glibc, malloc.h
_LARGEST_THRESHOLD = 32 * 2**20  # glibc accepts no larger one; what is above it is mapped each time

_NO_MEMORY = (
    "can't allocate memory",
    "bad_alloc",
    "out of memory",
    "could not create a primitive",  # oneDNN's
)

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
STORE = "NMT_STORE"  # the file through which the processes of one machine meet, where they were given one
STARTER = "NMT_STARTER"  # the number of the process that started this one to work with it

_TURNS = "1000"  # of the waiting loop, before a thread sleeps
_KERNELS = "64"  # more than one step uses


def settle() -> None:
    """To be called before torch is imported; what the user set in the environment is respected."""
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
        os.environ.setdefault("GOMP_SPINCOUNT", _TURNS)
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", _KERNELS)
    os.environ.setdefault("LRU_CACHE_CAPACITY", _KERNELS)  # torch's own cache of them


def keep_memory() -> None:
    """Lets freed memory be used again by the next step, rather than returned and mapped anew (glibc only)."""
    if not sys.platform.startswith("linux"):
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another C library
        return
    mallopt(_M_MMAP_THRESHOLD, _LARGEST_THRESHOLD)
    mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)
    mallopt(_M_TOP_PAD, 64 * 2**20)
    mallopt(_M_ARENA_MAX, 1)  # what one thread freed, every thread may use


def return_memory() -> None:
    """Gives what :func:`keep_memory` kept back to the system (glibc only)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out: torch has a class for it on a GPU, and only a text on the CPU."""
    return isinstance(error, MemoryError) or any(sign in str(error) for sign in _NO_MEMORY)


def end_with_starter() -> None:
    """Where another process of this program started this one, its death, of whatever, asks this one to end as SIGTERM
    does (Linux only)."""
    starter = os.environ.get(STARTER)
    if starter is None or not sys.platform.startswith("linux"):
        return
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(starter):  # it was too late
        os.kill(os.getpid(), signal.SIGTERM)


def cores() -> int:
    """Processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def fast_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 matrices in hardware (AMX or AVX-512 BF16; Linux tells)."""
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="ignore") as file:
            flags = next((line for line in file if line.startswith("flags")), "")
    except OSError:
        return False
    return bool({"amx_bf16", "avx512_bf16"} & set(flags.split()))


def free_memory(root: Path = Path("/")) -> int | None:
    """Bytes that this process may still take: what the machine has, or what its control groups leave it.

    None where the system does not tell (it is Linux that does). What the kernel would give back at need, such as
    files that it holds in memory, counts as free.
    """
    try:
        lines = (root / "proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    available = [int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")]
    return max(0, min([*available, *_left_by_groups(root)])) if available else None


def held_memory() -> int | None:
    """Bytes that this process has now; None where the system does not tell."""
    try:
        return _told("VmRSS")
    except (OSError, KeyError):
        return None


def peak_memory(work: Callable[[], object]) -> int | None:
    """The most bytes that this process had while it worked; None, and no work done, where the system does not tell.

    The heap's free parts are given back first: they would hide what the work takes of them.
    """
    return_memory()
    try:
        with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
            file.write("5")  # forget the peak so far: proc(5)
        _told("VmHWM")
    except (OSError, KeyError):
        return None
    work()
    return _told("VmHWM")


def _told(name: str) -> int:
    """A size that the kernel tells of this process, in bytes."""
    with open("/proc/self/status", encoding="ascii", errors="ignore") as file:
        return int(dict(line.split(":", 1) for line in file)[name].split()[0]) * 1024


def _left_by_groups(root: Path) -> Iterator[int]:
    """The bytes that each control group of this process, and each group above it, has left; v2 and v1."""
    groups = ""
    with suppress(OSError):
        groups = (root / "proc/self/cgroup").read_text(encoding="utf-8")
    for line in groups.splitlines():
        number, controllers, path = line.split(":", 2)
        if number == "0":
            place, limit, used, cached = "sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"
        elif "memory" in controllers.split(","):
            place, limit, used = "sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"
            cached = "total_inactive_file"
        else:
            continue
        inside = Path(path.lstrip("/"))
        for group in (inside, *inside.parents):
            folder = root / place / group
            with suppress(OSError, ValueError):  # no such file here, or the limit is the word "max"
                stat = dict(row.split() for row in (folder / "memory.stat").read_text().splitlines())
                taken = int((folder / used).read_text()) - int(stat.get(cached, 0))
                yield int((folder / limit).read_text()) - taken
