"""Threads, memory and the processor, as far as a process may ask."""

import builtins
import ctypes
import io
import os
import subprocess
import sys
from pathlib import Path
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


def system(root: Path, cgroup: str, **files: str) -> Path:
    """A file system of 8,000,000 bytes of free memory, with these files of control groups (``__`` for a slash)."""
    for name, text in {"proc__self__cgroup": cgroup, "proc__meminfo": MEMINFO, **files}.items():
        path = root / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


MEMINFO = "MemTotal:  9999 kB\nMemFree:  1 kB\nMemAvailable:    7813 kB\n"  # 8,000,512 bytes
V2 = {
    "sys__fs__cgroup__a__b__memory_DOT_max": "max\n",
    "sys__fs__cgroup__a__b__memory_DOT_current": "5000\n",
    "sys__fs__cgroup__a__b__memory_DOT_stat": "anon 4000\ninactive_file 1000\n",
    "sys__fs__cgroup__a__memory_DOT_max": "900000\n",
    "sys__fs__cgroup__a__memory_DOT_current": "600000\n",
    "sys__fs__cgroup__a__memory_DOT_stat": "inactive_file 100000\n",
}
V1 = {
    "sys__fs__cgroup__memory__memory_DOT_limit_in_bytes": "700000\n",  # a container sees its own group as the root
    "sys__fs__cgroup__memory__memory_DOT_usage_in_bytes": "300000\n",
    "sys__fs__cgroup__memory__memory_DOT_stat": "cache 5\ntotal_inactive_file 50000\n",
}


@pytest.mark.parametrize(
    ("cgroup", "files", "free"),
    [
        ("0::/\n", {}, 8_000_512),
        ("", {}, 8_000_512),
        ("0::/a/b\n", V2, 900_000 - (600_000 - 100_000)),  # the group above has the limit
        ("4:memory:/docker/x\n0::/\n", V1, 700_000 - (300_000 - 50_000)),
        ("4:cpu,memory:/\n", V1, 450_000),
        ("4:cpu:/\n", V1, 8_000_512),
        ("0::/a/b\n", {**V2, "sys__fs__cgroup__a__memory_DOT_max": "400000"}, 0),
    ],
)
def test_free_memory_is_the_least_of_the_machine_s_and_of_every_group_s(tmp_path, cgroup, files, free):
    assert machine.free_memory(system(tmp_path, cgroup, **files)) == free


def test_free_memory_is_unknown_where_the_system_does_not_tell(tmp_path):
    assert machine.free_memory(tmp_path) is None
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text("MemTotal: 1 kB\n")
    assert machine.free_memory(tmp_path) is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux tells")
def test_a_peak_is_what_the_work_had_at_most_and_is_forgotten_afterwards():
    held = machine.held_memory()
    large = machine.peak_memory(lambda: bytearray(100_000_000))
    small = machine.peak_memory(lambda: None)
    assert held is not None
    assert small is not None
    assert large is not None
    assert 90_000_000 < large - small < 110_000_000
    assert 0.8 < small / machine.held_memory() < 1.2


def test_without_a_system_that_tells_there_is_no_peak(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())  # another C library, which trims nothing
    monkeypatch.setattr(builtins, "open", lambda *_, **__: io.StringIO("Name:\tpython\n"))
    assert machine.peak_memory(lambda: pytest.fail("worked for nothing")) is None
    assert machine.held_memory() is None
