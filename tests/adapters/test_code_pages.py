"""Code pages: told by what cannot be, declared, or refused; never guessed."""

from pathlib import Path

import pytest

from appraise.adapters.code_pages import PAGES, as_declared, code_page
from appraise.adapters.contract import FileShape, ImportOptions
from appraise.adapters.detection import detect
from appraise.adapters.documents import read_xml
from appraise.adapters.files import read_rows
from appraise.errors import InvalidInput

GERMAN = "Jürgen Größe, Köln\nRenée Weiß, Füssen\n"
NAMES = {
    "cp1252": "Hélène Muñoz\nFrançois Benoît\n",
    "cp1250": "Jiří Dvořák\nŁukasz Gąska\n",
    "cp1254": "Yıldız Şahin\n",
    "cp1257": "Jānis Bērziņš\n",
    "cp1251": "Иван Петров\n",
    "cp1253": "Γιώργος Παππάς\n",
    "iso8859_2": "Łukasz Gąska\n",
    "mac_roman": "Zoë Müller\n",
    "cp850": "Jürgen Größe\n",
    "koi8_r": "Иван Петров\n",
}


def written(directory: Path, content: bytes) -> Path:
    path = directory / "people.csv"
    path.write_bytes(b"id,name\n" + content)
    return path


def test_a_text_that_is_the_same_in_every_page_in_which_it_can_be_is_read(tmp_path: Path) -> None:
    """German letters stand in the same places in the pages of Windows; in all others no words come of them."""
    assert code_page(written(tmp_path, GERMAN.encode("cp1252"))) == "cp1252"


@pytest.mark.parametrize("page", NAMES)
def test_names_of_a_code_page_are_right_or_refused(tmp_path: Path, page: str) -> None:
    path = written(tmp_path, NAMES[page].encode(page))

    try:
        told = path.read_text(encoding=code_page(path))
    except InvalidInput as refusal:
        assert "encoding=" in (refusal.hint or "")  # noqa: PT017  # or it is the truth
    else:
        assert told == "id,name\n" + NAMES[page]


def test_a_refusal_shows_a_word_and_what_it_may_be(tmp_path: Path) -> None:
    """Byte F8 is ř in Windows-1250 and ø in Windows-1252, as the tables of the Unicode consortium have it."""
    with pytest.raises(InvalidInput) as refusal:
        code_page(written(tmp_path, "Dvořák".encode("cp1250")))

    assert "'Dvoøák' (cp1252" in refusal.value.found
    assert "'Dvořák' (cp1250" in refusal.value.found


def test_bytes_of_no_page_are_shown(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"in no known code page is .* a word"):
        code_page(written(tmp_path, b"M\xa4ller\xb7\xd7x"))


@pytest.mark.parametrize("page", [*PAGES, "utf-16-le", "utf-32-be"])
def test_a_declared_encoding_is_taken(tmp_path: Path, page: str) -> None:
    text = {"cp1251": "Иван", "koi8_r": "Иван", "cp1253": "Γιώ", "cp437": "Jürgen"}.get(page, "Jürgen")
    path = tmp_path / "people.csv"
    path.write_bytes(f"id,name\n7,{text}\n".encode(page))

    with as_declared(path, ImportOptions("hr", settings={"encoding": page})) as (copy, options):
        assert copy.name == path.name
        assert list(read_rows(copy, detect(copy, FileShape()))) == [(2, {"id": "7", "name": text})]
        assert options.source == "hr"


@pytest.mark.parametrize(
    ("encoding", "content", "found"),
    [
        ("cp1259", b"id\n", "there is no encoding named 'cp1259'"),
        ("cp1252", b"id\n\x81\n", "the file's text is not cp1252"),
        ("utf-8", "id\nJürgen\n".encode("cp1252"), "the file's text is not utf-8"),
        ("cp1252", b"PK\x03\x04", "the setting encoding=cp1252 does not go with this file"),
    ],
)
def test_a_declared_encoding_in_which_the_file_is_not_is_refused(
    tmp_path: Path, encoding: str, content: bytes, found: str
) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)

    with (
        pytest.raises(InvalidInput) as refusal,
        as_declared(path, ImportOptions("hr", settings={"encoding": encoding})),
    ):
        pass

    assert refusal.value.found.startswith(found)


def test_an_xml_document_tells_its_encoding(tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    path.write_bytes('<?xml version="1.0" encoding="windows-1250"?><r><n>Dvořák</n></r>'.encode("cp1250"))

    assert read_xml(path, "report").findtext("n") == "Dvořák"


def test_utf_16_without_its_mark_is_refused_with_what_to_declare(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes("id,name\n7,Ann\n".encode("utf-16-le"))

    with pytest.raises(InvalidInput, match="UTF-16 without a byte-order mark") as refusal:
        detect(path, FileShape())

    assert "utf-16-le" in (refusal.value.hint or "")
