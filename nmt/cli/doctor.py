"""``nmt doctor``: whether nmt works here."""

import json
from typing import Annotated

import typer

from nmt.errors import NmtError


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check the installation and the machine, and say what to do. Exit 1 where something keeps nmt from working.

    Examples:

      nmt doctor

      nmt doctor --json
    """
    from nmt.stages.doctor import examine

    findings = []
    for finding in examine():  # each as it comes: some take a second
        findings.append(finding)
        if not as_json:
            print(finding.text(), flush=True)
    if as_json:
        print(json.dumps([vars(finding) for finding in findings], ensure_ascii=False))
    problems = [finding for finding in findings if finding.status == "problem"]
    if problems:
        count = f"{len(problems)} problem{'s' * (len(problems) > 1)}"
        raise NmtError(
            "doctor", f"{count} in the way: {', '.join(finding.name for finding in problems)}", "see above"
        )
