"""Threads, memory and the processor, as far as a process may ask."""

import builtins
import ctypes
import io
import os
import subprocess
import sys
from typing import Any

import pytest

from nmt import machine


@pytest.mark.parametrize(
    ("name", "ours", "users"),
    [
        ("OMP_WAIT_POLICY", "PASSIVE", "ACTIVE"),
        ("GOMP_SPINCOUNT", "1000", "5"),
        ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64", "1024"),
        ("LRU_CACHE_CAPACITY", "64", "1024"),
    ],
)
def test_the_environment_is_settled_unless_the_user_says_otherwise(monkeypatch, name, ours, users):
    monkeypatch.setattr(os, "environ", {})
    machine.settle()
    assert os.environ[name] == ours
    monkeypatch.setattr(os, "environ", {name: users})
    machine.settle()
    assert os.environ[name] == users


def test_whoever_wants_threads_to_spin_has_them_spin_for_ever(monkeypatch):
    monkeypatch.setattr(os, "environ", {"OMP_WAIT_POLICY": "ACTIVE"})
    machine.settle()
    assert "GOMP_SPINCOUNT" not in os.environ


def test_cores_are_those_that_this_process_may_use(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 3, 5}, raising=False)
    assert machine.cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert machine.cores() == 7
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert machine.cores() == 1


@pytest.mark.parametrize(
    ("flags", "fast"),
    [
        ("fpu sse avx512f avx512_bf16", True),
        ("fpu amx_bf16 amx_tile", True),
        ("fpu sse avx2 avx512f", False),
        ("fpu not_avx512_bf16", False),
    ],
)
def test_bfloat16_is_fast_where_the_processor_says_so(monkeypatch, flags, fast):
    cpuinfo = f"processor\t: 0\nflags\t\t: {flags}\nbugs\t\t: amx_bf16\n"
    monkeypatch.setattr(builtins, "open", lambda *_, **__: io.StringIO(cpuinfo))
    assert machine.fast_bfloat16() is fast


def test_a_machine_that_tells_nothing_has_no_fast_bfloat16(monkeypatch):
    def nothing(*_: Any, **__: Any) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(builtins, "open", nothing)
    assert machine.fast_bfloat16() is False


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc only")
def test_large_memory_is_kept_and_used_again():
    """In a process of its own: a large block lies on the heap, and the heap does not shrink when it goes."""
    code = """
import ctypes
from nmt.machine import keep_memory
keep_memory()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.sbrk.restype = ctypes.c_void_p, ctypes.c_void_p
before = libc.sbrk(0)
block = libc.malloc(ctypes.c_size_t(25_000_000))
libc.free(ctypes.c_void_p(block))
print(libc.sbrk(0) - before)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) >= 25_000_000


def test_another_c_library_is_left_alone(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    machine.keep_memory()
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "CDLL", lambda _: pytest.fail("asked for a C library"))
    machine.keep_memory()
