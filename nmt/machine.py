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
import sys

_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -2, -3, -8  # glibc, malloc.h
_LARGEST_THRESHOLD = 32 * 2**20  # glibc accepts no larger one; what is above it is mapped each time

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
