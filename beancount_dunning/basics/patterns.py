"""Regular expressions that a user typed."""

from __future__ import annotations

import re
import warnings


def compile_pattern(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Compile a regular expression that a user typed.

    Args:
        pattern: The regular expression.
        flags: As for `re.compile`.

    Returns:
        The compiled pattern.

    Raises:
        ValueError: It is no regular expression, or one that Python cannot compile.
    """
    try:
        with warnings.catch_warnings():
            # How a later Python may read it is nothing to trouble the user with.
            warnings.simplefilter("ignore")
            return re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(str(error)) from error
