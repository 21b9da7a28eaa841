"""Failures that a user can act on: a place, a cause and a way out, in one line, with the right exit code."""


class NmtError(Exception):
    """A run, file or check that failed: exit 1.

    ``place`` says where (a file, ``file:line``, a config key), ``what`` the cause, ``hint`` the way out.
    """

    exit_code = 1

    def __init__(self, place: str, what: str, hint: str = "") -> None:
        self.place, self.what, self.hint = place, what, hint
        super().__init__(f"{place}: {what}" + (f" ({hint})" if hint else ""))


class UsageError(NmtError):
    """The command line or a config is wrong: exit 2."""

    exit_code = 2


class ConfigErrors(UsageError):
    """Every problem of one config at once, each as ``file:line:col: section.key: what (hint)``."""

    def __init__(self, place: str, problems: tuple[str, ...]) -> None:
        self.problems = problems
        count = len(problems)
        super().__init__(place, f"{count} error{'s' if count > 1 else ''} in the configuration", "see above")


class Followed(NmtError):
    """Another process of the same job has failed, and it is that one which says why: exit 3, without a word."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__("another process", "has failed")
