"""A server of trainings for the kill tests: torch is imported once, then every training is a fork of this process.

It reads a request a line from stdin, ``{"config", "overrides", "out", "end", "count"}``, and answers each with a line,
``{"code", "steps", "renames", "result"}``. ``end`` says how the child's life ends, at the ``count``-th opportunity:

* ``kill step``, ``kill rename``: by SIGKILL, after that step, or instead of the rename that would have come then;
* ``terminate``: it sends itself SIGTERM after that step, and may save;
* ``never``: it trains to the end.

``code`` is the exit status, negative where a signal killed it; steps and renames are those of the whole sitting.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from nmt.errors import NmtError
from nmt.stages.train import run
from nmt.training.events import Event, Stepped


class Sitting:
    """One training in the child, with its end in mind."""

    def __init__(self, request: dict[str, Any]) -> None:
        self.end, self.count = request["end"], request["count"]
        self.steps = self.renames = 0
        os.rename, os.replace = self._counted(os.rename), self._counted(os.replace)

    def listen(self, event: Event) -> None:
        if isinstance(event, Stepped):
            self.steps += 1
            if self.count == event.step and self.end == "terminate":
                os.kill(os.getpid(), signal.SIGTERM)
            if self.count == event.step and self.end == "kill step":
                os.kill(os.getpid(), signal.SIGKILL)

    def _counted(self, rename: Callable[..., None]) -> Callable[..., None]:
        def counted(*arguments: Any, **keywords: Any) -> None:
            self.renames += 1
            if self.count == self.renames and self.end == "kill rename":
                os.kill(os.getpid(), signal.SIGKILL)
            rename(*arguments, **keywords)

        return counted


def train(request: dict[str, Any]) -> dict[str, Any]:
    """In the child."""
    sitting = Sitting(request)
    said: list[str] = []
    try:
        result = run(
            request["config"],
            request["overrides"],
            out=request["out"],
            say=said.append,
            listen=sitting.listen,
        )
        found = {"step": result.step, "reason": result.reason, "signal": result.signal, "card": result.card}
    except NmtError as error:
        found = {"error": str(error)}
    return {"steps": sitting.steps, "renames": sitting.renames, "said": said, "result": found}


def serve() -> None:
    """Answers until stdin ends."""
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            with os.fdopen(writing, "w") as pipe:
                json.dump(train(json.loads(line)), pipe)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            answer = json.loads(pipe.read() or "{}")
        _, status = os.waitpid(child, 0)
        sys.stdout.write(json.dumps({"code": os.waitstatus_to_exitcode(status), **answer}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
