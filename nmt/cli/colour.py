"""Whether to write colours."""

import os
import sys


def wanted() -> bool:
    """Colour only for a person, and only where NO_COLOR does not ask for none (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
