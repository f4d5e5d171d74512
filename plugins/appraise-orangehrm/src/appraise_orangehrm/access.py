"""OrangeHRM lets programs in by OAuth as somebody who allowed it: access tokens of half an hour, for a refresh token.

Each refresh token is good once, and the answer brings the next one, which is kept in the secret's file.
"""

from collections.abc import Mapping
from time import monotonic
from typing import Any, Final
from urllib.parse import urlencode

import orjson

from appraise.adapters.host_http import Answered, HostHttp
from appraise.adapters.sinks import HostBusy, HostLocked, SinkOptions

TOKEN: Final = "/oauth2/token"  # noqa: S105  # a path
FORM: Final = "application/x-www-form-urlencoded"
SPARE: Final = 60
"""Seconds before its end in which an access token is not used any more."""


class OrangeHttp:
    """Calls with an access token, which is asked for before the first and whenever it is about to end."""

    def __init__(self, http: HostHttp, options: SinkOptions) -> None:
        self._http, self._options = http, options
        self._until = monotonic()

    def call(self, method: str, path: str, *, body: Any = None, params: Mapping[str, str] | None = None) -> Any:
        if monotonic() >= self._until:
            self._renew()
        return self._http.call(method, path, body=body, params=params)

    def _renew(self) -> None:
        assert self._options.renew is not None  # noqa: S101  # `open` has looked
        self._options.renew(self._exchanged)

    def _exchanged(self, refresh_token: str) -> str:
        """The next refresh token."""
        client = self._options.settings["client_id"]
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": client}
        began = monotonic()
        try:
            told = orjson.loads(self._http.send(TOKEN, urlencode(form).encode(), FORM))
            following = str(told["refresh_token"])
            self._http.authorise(f"Bearer {told['access_token']}")
            self._until = began + float(told.get("expires_in") or 0) - SPARE
        except (Answered, HostLocked) as refused:
            raise HostLocked(
                f"{refused.found}: allow Appraise anew, and put the refresh token into its file"
            ) from refused
        except (LookupError, ValueError, TypeError) as error:
            raise HostBusy(f"{self._options.name} answered something that is no token") from error
        return following
