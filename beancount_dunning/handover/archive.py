"""Files that belong together, as a ZIP archive.

The same files give the same bytes: names are sorted, nothing in an archive has a time,
and nothing is compressed, which no two libraries do alike.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from zipfile import ZipFile
from zipfile import ZipInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

# A file that its owner may write, and all may read.
_MODE = 0o100644 << 16
_UNIX = 3


def as_zip(files: Mapping[str, bytes]) -> bytes:
    """Put files into an archive.

    Args:
        files: The contents, by name.
    """
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        for name, content in sorted(files.items()):
            info = ZipInfo(name)
            info.create_system, info.external_attr = _UNIX, _MODE
            archive.writestr(info, content)
    return out.getvalue()
