"""Packed exports: gzip files, and zip archives of one file, unpacked within bounds."""

import errno
import gzip
import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from appraise.errors import InvalidInput, Place

CHUNK = 1 << 20
ALWAYS = 64 << 20
MOST_TIMES = 200
"""Tables pack to a tenth or a thirtieth; what unpacks to more than so many times its size is a bomb."""
MOST = 64 << 30
"""Bytes, however large the archive: a hundred million rows of 640 bytes, and less than the disk of most servers."""
UNREADABLE = (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError, ValueError, OSError)
"""What the readers of archives raise of damaged ones; an `OSError` without a number is theirs, others the system's."""
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The file itself, or what it packs, in a directory of its own; workbooks are zip archives and stay as they are.

    Raises `InvalidInput` for an archive that is damaged, that holds several files or none, is encrypted, or is a bomb.
    """
    with path.open("rb") as stream:
        magic = stream.read(4)
    if not magic.startswith(b"\x1f\x8b") and magic != b"PK\x03\x04":
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="appraise-unpacked-") as directory:
        try:
            if magic.startswith(b"\x1f\x8b"):
                copy = Path(directory, path.stem if path.suffix.casefold() in {".gz", ".gzip"} else path.name)
                with gzip.open(path) as packed:
                    _copy(packed.read, copy, path)
            else:
                with zipfile.ZipFile(path) as archive:
                    member = _only_member(archive, path)
                    copy = path if member is None else Path(directory, Path(member.filename).name)
                    if member is not None:
                        with archive.open(member) as packed:
                            _copy(packed.read, copy, path)
        except UNREADABLE as error:
            raise refusal(error, path, directory) from error
        yield copy


def refusal(error: Exception, path: Path, directory: str) -> InvalidInput:
    """What is told of an archive that could not be unpacked into a directory."""
    place = Place(path.name)
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return InvalidInput(
            f"there is no room to unpack the archive: {error.strerror}",
            place=place,
            expected=f"room for its content in {Path(directory).parent}",
            hint="make room there, or name another directory by TMPDIR",
        )
    if isinstance(error, OSError) and error.errno is not None:
        return InvalidInput(f"the archive cannot be unpacked: the system says: {error.strerror}", place=place)
    return InvalidInput(
        f"the archive cannot be unpacked: {error}", place=place, hint="export it again, without a password"
    )


def _only_member(archive: zipfile.ZipFile, path: Path) -> zipfile.ZipInfo | None:
    """None of a workbook."""
    members = [one for one in archive.infolist() if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
    if any(one.filename.startswith(("xl/", "content.xml")) for one in members):
        return None
    if len(members) != 1:
        shown = ", ".join(one.filename for one in members[:5])
        raise InvalidInput(
            f"the archive holds {len(members)} files: {shown}",
            place=Place(path.name),
            expected="one file",
            hint="unpack it and import the files by their names",
        )
    return members[0]


def _copy(read: Callable[[int], bytes], copy: Path, path: Path) -> None:
    most, size = min(MOST, max(ALWAYS, MOST_TIMES * path.stat().st_size)), 0
    with copy.open("wb") as target:
        while chunk := read(CHUNK):
            size += len(chunk)
            if size > most:
                times = "" if most == MOST else f", over {MOST_TIMES} times its size"
                raise InvalidInput(
                    f"the archive unpacks to more than {most >> 20:,} MiB{times}",
                    place=Place(path.name),
                    expected="an export, which packs to a thirtieth at best",
                    hint="if it is one, unpack it first" if times else "unpack it first, and import it in parts",
                )
            target.write(chunk)
