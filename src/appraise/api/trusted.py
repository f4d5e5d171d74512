"""Trusted documents: those of `schema/operations/`, known by the SHA-256 of their text, and sent as `documentId`."""

import hashlib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Final

import orjson

from appraise.errors import Forbidden, NotFound

MANIFEST: Final = "trusted_documents.json"
"""Lies beside this module, so that it is in the wheel; `make schema` writes it."""


def document_id(text: str) -> str:
    """`sha256:` and 64 hexadecimal digits of the text without white space around it."""
    return "sha256:" + hashlib.sha256(text.strip().encode()).hexdigest()


def manifest(texts: Iterable[str]) -> str:
    """The manifest's text: documents by id, in the ids' order."""
    documents = {document_id(text): text.strip() for text in texts}
    return orjson.dumps(documents, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode() + "\n"


class TrustedDocuments:
    """With `only`, nothing but these is run; their own text does as well as their id."""

    def __init__(self, documents: Mapping[str, str], *, only: bool) -> None:
        self._documents = documents
        self._texts = frozenset(documents.values())
        self._only = only

    @classmethod
    def packaged(cls, *, only: bool) -> "TrustedDocuments":
        return cls(orjson.loads(files(__package__).joinpath(MANIFEST).read_bytes()), only=only)

    def __contains__(self, text: object) -> bool:
        """Whether a text that `text` gave is trusted."""
        return text in self._texts

    def text(self, query: str | None, document: str | None) -> str:
        """The document to run, a trusted one without white space around it.

        Raises `NotFound` for an unknown id, `Forbidden` for a text that is not trusted.
        """
        if query is None:
            known = self._documents.get(document or "")
            if known is None:
                raise NotFound("there is no trusted document with this documentId", hint="send the document itself")
            return known
        stripped = query.strip()
        if stripped in self._texts:
            return stripped
        if self._only:
            raise Forbidden(
                "only trusted documents are answered here", hint="have the document added to schema/operations"
            )
        return query
