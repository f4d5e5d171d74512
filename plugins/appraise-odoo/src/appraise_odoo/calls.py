"""Methods of Odoo's appraisals, called by JSON-2 (Odoo 19 and later) or by XML-RPC (before)."""

import re
import xmlrpc.client
from typing import Any, Final, Protocol
from xml.parsers.expat import ExpatError

from appraise.adapters.host_http import HostHttp
from appraise.adapters.sinks import HostBusy, HostLocked, HostRefused, SinkOptions

MODEL: Final = "hr.appraisal"
WARNING, ACCESS_DENIED, ACCESS_ERROR = 2, 3, 4
"""Odoo's codes of faults; any other is a defect of its own, told with its traceback."""
NOT_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
WORDS: Final = 300


class Calls(Protocol):
    def call(self, method: str, *, ids: list[int] | None = None, **arguments: Any) -> Any: ...

    def text(self, text: str) -> str:
        """As it comes back."""
        ...


class Json2:
    def __init__(self, http: HostHttp) -> None:
        self._http = http

    def call(self, method: str, *, ids: list[int] | None = None, **arguments: Any) -> Any:
        body = arguments if ids is None else {"ids": ids, **arguments}
        return self._http.call("POST", f"/json/2/{MODEL}/{method}", body=body)

    def text(self, text: str) -> str:
        return text


class XmlRpc:
    """Each call carries database, user and key; the number of the user is asked for once."""

    def __init__(self, http: HostHttp, options: SinkOptions) -> None:
        self._http, self._name = http, options.name
        self._database, self._login = options.settings["database"], options.settings["login"]
        self._key, self._user = options.secret, None

    def call(self, method: str, *, ids: list[int] | None = None, **arguments: Any) -> Any:
        who = (self._database, self._signed_in(), self._key)
        return self._answer("object", "execute_kw", (*who, MODEL, method, [] if ids is None else [ids], arguments))

    def text(self, text: str) -> str:
        return NOT_IN_XML.sub(" ", text)

    def _signed_in(self) -> Any:
        if self._user is None:
            asked: tuple[Any, ...] = (self._database, self._login, self._key, {})
            try:
                self._user = self._answer("common", "authenticate", asked) or None
            except HostRefused as refused:
                raise HostLocked(f"{self._name} lets nobody into {self._database}: {refused.found}") from refused
        if self._user is None:
            raise HostLocked(f"{self._name} does not know {self._login} or the key")
        return self._user

    def _answer(self, service: str, method: str, given: tuple[Any, ...]) -> Any:
        sent = xmlrpc.client.dumps(given, method, encoding="utf-8").encode()
        found = self._http.send(f"/xmlrpc/2/{service}", sent, "text/xml")
        try:
            return _loaded(found)
        except xmlrpc.client.Fault as fault:
            words = _words(fault)
            if fault.faultCode == ACCESS_DENIED:
                raise HostLocked(f"{self._name} does not let us in: {words}") from fault
            raise HostRefused(f"{self._name} refused ({fault.faultCode}): {words}") from fault
        except (ExpatError, ValueError, LookupError, TypeError, xmlrpc.client.Error) as error:
            raise HostBusy(f"{self._name} answered something that is no XML-RPC") from error


def _loaded(content: bytes) -> Any:
    """A document type is refused: entities can swell a small answer beyond any memory."""
    text = content.decode("utf-8")
    if "<!DOCTYPE" in text:
        message = "the answer declares a document type"
        raise ValueError(message)
    (value,), _ = xmlrpc.client.loads(text)
    return value


def _words(fault: xmlrpc.client.Fault) -> str:
    """What it says on one line; of a traceback the last line."""
    lines = [line for line in str(fault.faultString).splitlines() if line.strip()] or ["nothing"]
    told = lines if fault.faultCode in {WARNING, ACCESS_DENIED, ACCESS_ERROR} else lines[-1:]
    return " ".join(" ".join(told).split())[:WORDS]
