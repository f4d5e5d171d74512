"""The server that carries messages away, by SMTP."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import HeaderParseError, MessageDefect
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from ipaddress import ip_address
from typing import Final, Self
from urllib.parse import SplitResult, unquote, urlsplit

from appraise.domain.mails import Text
from appraise.errors import InvalidInput, Problem, Retriable

TIMEOUT: Final = 20.0
"""Seconds for each answer of the server."""
EXPECTED: Final = "smtp://user:password@host:587 or smtps://user:password@host:465"
FOR_GOOD: Final = 500
"""From this code on a refusal is permanent (RFC 5321, 4.2.1)."""
PORTS: Final = {"smtp": 587, "smtps": 465}


class Refused(Problem):
    """The server does not take this message. `for_good`: another try would end alike."""

    def __init__(self, found: str, *, for_good: bool, hint: str | None = None) -> None:
        super().__init__(found, hint=hint)
        self.for_good = for_good


@dataclass(frozen=True, slots=True)
class MailServer:
    """`console` is the address that messages point to. A password goes only through TLS, or to this machine."""

    host: str
    port: int
    is_tls: bool
    user: str | None
    password: str | None = field(repr=False)
    sender: Address
    console: str

    @classmethod
    def parse(cls, url: str, *, sender: str | None, console: str | None) -> Self:
        """Raises `InvalidInput` naming the setting that is missing or cannot be read; never with the password."""
        try:
            parts = urlsplit(url)
            port = parts.port or PORTS.get(parts.scheme)
        except ValueError:
            parts, port = SplitResult("", "", "", "", ""), None
        if port is None or not parts.hostname or parts.path.strip("/") or parts.query:
            raise InvalidInput("the setting APPRAISE_MAIL_SERVER cannot be read", expected=EXPECTED)
        if console is None:
            raise InvalidInput(
                "messages would point nowhere",
                expected="APPRAISE_PUBLIC_URL beside APPRAISE_MAIL_SERVER, e.g. https://appraise.example.org",
            )
        return cls(
            host=parts.hostname,
            port=port,
            is_tls=parts.scheme == "smtps",
            user=None if parts.username is None else unquote(parts.username),
            password=None if parts.password is None else unquote(parts.password),
            sender=_sender(sender),
            console=console,
        )

    @contextmanager
    def connected(self) -> Iterator["Connection"]:
        """Raises `Retriable` where it cannot be reached, does not let us in or cannot encrypt."""
        try:
            smtp = self._open()
        except (OSError, smtplib.SMTPException) as error:
            raise Retriable(f"{self}: {_said(error)}") from error
        try:
            yield Connection(smtp, self)
        finally:
            try:
                smtp.quit()
            except (OSError, smtplib.SMTPException):
                smtp.close()

    def _open(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.is_tls:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context)
        else:
            smtp = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        try:
            if not self.is_tls and not self._is_here():
                smtp.starttls(context=context)
            if self.user is not None:
                smtp.login(self.user, self.password or "")
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _is_here(self) -> bool:
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def __str__(self) -> str:
        return f"the mail server {self.host}:{self.port}"


class Connection:
    """For as many messages as there are."""

    def __init__(self, smtp: smtplib.SMTP, server: MailServer) -> None:
        self._smtp = smtp
        self._server = server
        self.console = server.console

    def send(self, key: str, name: str, address: str, text: Text, *, at: datetime) -> None:
        """`key` makes the message's id: where one is sent twice by mischance, mail programs show it once.

        Raises `Refused` where this one is not taken, `Retriable` where the server takes none at all for now.
        """
        message = self._message(key, _recipient(name, address), text, at)
        try:
            self._smtp.send_message(message, self._server.sender.addr_spec, [address])
        except smtplib.SMTPNotSupportedError as error:
            raise Refused(f"{self._server} does not take {address!r}: {error}", for_good=True) from error
        except smtplib.SMTPRecipientsRefused as error:
            raise self._refusal(address, *next(iter(error.recipients.values()))) from error
        except smtplib.SMTPDataError as error:
            raise self._refusal(address, error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Retriable(f"{self._server}: {_said(error)}") from error

    def _refusal(self, address: str, code: int, said: bytes | str) -> Refused:
        words = said.decode(errors="replace") if isinstance(said, bytes) else said
        return Refused(f"{self._server} answers {code} for {address}: {words[:200]}", for_good=code >= FOR_GOOD)

    def _message(self, key: str, to: Address, text: Text, at: datetime) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._server.sender
        message["To"] = to
        message["Subject"] = " ".join(text.subject.split())
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{key}@{self._server.sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence note comes back
        message.set_content(text.plain)
        message.add_alternative(text.html, subtype="html")
        return message


def _sender(text: str | None) -> Address:
    name, spec = parseaddr(text or "")
    try:
        if "@" not in spec:
            raise ValueError("there is no @")  # noqa: TRY301  # said once, below
        return Address(name, addr_spec=spec)
    except (ValueError, HeaderParseError, MessageDefect) as error:
        raise InvalidInput(
            "the setting APPRAISE_MAIL_FROM cannot be read",
            expected="an address beside APPRAISE_MAIL_SERVER, e.g. Appraise <appraise@example.org>",
        ) from error


def _recipient(name: str, address: str) -> Address:
    """One address alone: what came in an export could name several."""
    try:
        return Address(" ".join(name.split()), addr_spec=address)
    except (ValueError, HeaderParseError, MessageDefect, IndexError) as error:
        raise Refused(f"{address!r} is no e-mail address", for_good=True, hint="mend it in the HR system") from error


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return f"{error.smtp_code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
    return str(error) or type(error).__name__
