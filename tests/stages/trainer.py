"""A server of trainings for the kill tests: torch is imported once, with what its optimisers import when the first of
them is made, then every training is a fork of this process.

It reads a request a line from stdin, ``{"config", "overrides", "out", "end", "count"}``, and answers each with a line,
``{"code", "steps", "renames", "saved", "said", "result"}``. With ``"processes": N`` it forks N that train together, and
answers with a list of N; then ``end`` is that of the one whose number is ``"of"``. ``end`` says how the child's life
ends, at the ``count``-th opportunity:

* ``kill step``, ``kill rename``: by SIGKILL, after that step, or instead of the rename that would have come then;
* ``terminate``, ``interrupt``: it sends itself SIGTERM or SIGINT after that step, and may save;
* ``terminate twice``, ``interrupt twice``: and again at once, which leaves no time to save;
* ``save``: it sends itself SIGUSR1 after that step, and trains to the end;
* ``never``: it trains to the end.

``code`` is the exit status, negative where a signal killed it; steps and renames are those of the whole sitting.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from tempfile import TemporaryDirectory
from typing import Any

import torch._dynamo  # noqa: F401

from nmt.errors import NmtError
from nmt.machine import STORE
from nmt.pictures import curves
from nmt.stages.train import run
from nmt.training.events import Event, SaveDue, Stepped
from nmt.training.ranks import joined

SIGNALS = {
    "kill step": signal.SIGKILL,
    "terminate": signal.SIGTERM,
    "interrupt": signal.SIGINT,
    "save": signal.SIGUSR1,
}


class Sitting:
    """One training in the child, with its end in mind."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.end, self.count = request["end"], request["count"]
        self.steps = self.renames = 0
        self.saved: list[int] = []
        os.rename, os.replace = self._counted(os.rename), self._counted(os.replace)

    def listen(self, event: Event) -> None:
        if isinstance(event, SaveDue):
            self.saved.append(event.step)
        if isinstance(event, Stepped):
            self.steps += 1
            number = SIGNALS.get(self.end.removesuffix(" twice"))
            if self.count == event.step and number is not None:
                for _ in range(1 + self.end.endswith(" twice")):
                    os.kill(os.getpid(), number)

    def _counted(self, rename: Callable[..., None]) -> Callable[..., None]:
        def counted(*arguments: Any, **keywords: Any) -> None:
            self.renames += 1
            if self.count == self.renames and self.end == "kill rename":
                os.kill(os.getpid(), signal.SIGKILL)
            rename(*arguments, **keywords)

        return counted


os.fsync = lambda _: None  # no test takes the power away
curves.draw = lambda rows, path, title="": open(path, "w").close()


def train(request: dict[str, Any]) -> dict[str, Any]:
    """In the child."""
    sitting = Sitting(request)
    said: list[str] = []
    try:
        with joined() as ranks:
            result = run(
                request["config"],
                request["overrides"],
                out=request["out"],
                say=said.append,
                listen=sitting.listen,
                ranks=ranks,
            )
        found = {"step": result.step, "reason": result.reason, "signal": result.signal, "card": result.card}
    except NmtError as error:
        found = {"error": str(error)}
    told = {
        "steps": sitting.steps,
        "renames": sitting.renames,
        "saved": sitting.saved,
    }
    return {**told, "said": said, "result": found}


def fork(request: dict[str, Any]) -> tuple[int, int]:
    """A child that trains: its number, and the pipe that it answers through."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    os.close(reading)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # as a shell would have it, rather than an exception
    with os.fdopen(writing, "w") as pipe:
        json.dump(train(request), pipe)
    os._exit(0)


def answer(child: int, reading: int) -> dict[str, Any]:
    """What a child had to say, and how it ended."""
    with os.fdopen(reading) as pipe:
        told = json.loads(pipe.read() or "{}")
    _, status = os.waitpid(child, 0)
    return {"code": os.waitstatus_to_exitcode(status), **told}


def together(request: dict[str, Any]) -> list[dict[str, Any]]:
    """The answers of several children that train together."""
    world = request["processes"]
    with TemporaryDirectory() as place:
        os.environ |= {"WORLD_SIZE": str(world), "LOCAL_WORLD_SIZE": str(world), STORE: f"{place}/store"}
        os.environ["GLOO_SOCKET_IFNAME"] = "lo"
        children = []
        for rank in range(world):
            os.environ["RANK"] = str(rank)
            end = request["end"] if rank == request["of"] else "never"
            children.append(fork({**request, "end": end}))
        del os.environ["WORLD_SIZE"]
        return [answer(*child) for child in children]


def serve() -> None:
    """Answers until stdin ends."""
    for line in sys.stdin:
        request = json.loads(line)
        answered = together(request) if request["processes"] > 1 else answer(*fork(request))
        sys.stdout.write(json.dumps(answered) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
