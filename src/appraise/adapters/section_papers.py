"""Sections on paper for hosts that take documents: a zip archive with one PDF for each."""

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Final

from appraise.adapters.sinks import HostEntry, SinkOptions
from appraise.errors import InvalidInput

FILE: Final = "file"
"""Key of an entry: the name of its document in the archive."""
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """An archive without folders, in the order of names. Same files, same bytes."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            about = zipfile.ZipInfo(name, _EARLIEST)
            about.compress_type, about.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(about, files[name])
    return buffer.getvalue()


def papers(entries: Sequence[HostEntry], options: SinkOptions) -> bytes:
    """Each entry's section, printed, under the name in its key. Raises `InvalidInput` for a name twice."""
    printed = options.printed
    assert printed is not None  # noqa: S101  # whoever asks for a file of sections can print them
    names = [entry.key[FILE] for entry in entries]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidInput(
            f"two sections have the name {twice[0]!r} in the archive",
            expected="a name for each employee and cycle",
            hint="check that no two employees have one e-mail address or id",
        )
    return zipped({entry.key[FILE]: printed(entry.section) for entry in entries})


def file_name(*parts: str) -> str:
    """Parts joined by `_`, without what file systems do not take."""
    return "_".join("".join(one if one.isalnum() or one in "-_.@+" else "-" for one in part) for part in parts)
