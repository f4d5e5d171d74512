"""The HR systems into which sections are written: read once from the file that `APPRAISE_HOSTS` names."""

import fcntl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from appraise.adapters.sinks import HostLocked, SinkOptions
from appraise.domain.host_scale import HostScale
from appraise.errors import InvalidInput, NotFound, Problem
from appraise.use_cases.listed_file import Listed, check_names, read_listed

Text = Annotated[str, Field(min_length=1)]
Number = Annotated[Decimal, Field(strict=False)]
LONGEST_TIMEOUT: Final = 40
"""Seconds of a call, of which a try has seven at most: it must end while nobody else may take its line."""
HOSTS: Final = Listed("host", "APPRAISE_HOSTS", "docs/write-back.md")


@dataclass(frozen=True, slots=True)
class HostSystem:
    """One HR system. `since`: sections that become final from that day on are written without anybody asking."""

    name: str
    sink: str
    url: str = ""
    secret_file: Path | None = None
    employee: str | None = None
    scale: HostScale | None = None
    since: date | None = None
    settings: Mapping[str, str] | None = None
    timeout: float = 20.0

    def options(self, cycle_scale: HostScale | None = None) -> SinkOptions:
        """For a sink. The host's own scale goes before the cycle's. Raises `InvalidInput` for a secret not there."""
        return SinkOptions(
            name=self.name,
            url=self.url,
            secret=self._secret(),
            employee=self.employee,
            scale=self.scale or cycle_scale,
            settings=self.settings or {},
            timeout=self.timeout,
            renew=None if self.secret_file is None else self._renew,
        )

    def _renew(self, ask: Callable[[str], str]) -> None:
        """Nobody else reads or exchanges the secret meanwhile, and one that cannot be kept is not asked for."""
        assert self.secret_file is not None  # noqa: S101  # else it is not given
        try:
            with self.secret_file.open("r+", encoding="utf-8") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                following = ask(file.read().strip())
                file.seek(0)
                file.write(f"{following}\n")
                file.truncate()
        except OSError as error:
            problem = f"the secret of the host {self.name} changes with each use, and cannot be kept in"
            raise HostLocked(f"{problem} {self.secret_file}: {error}") from error

    def _secret(self) -> str | None:
        if self.secret_file is None:
            return None
        try:
            return self.secret_file.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise InvalidInput(
                f"the secret of the host {self.name} in {self.secret_file} cannot be read: {error}",
                hint="check secret_file in the file of hosts",
            ) from error


class _Scale(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    worst: Number
    best: Number
    step: Number

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        try:
            HostScale(self.worst, self.best, self.step)
        except Problem as problem:
            raise ValueError(f"{problem.found}; expected {problem.expected}") from problem
        return self


class _Host(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    sink: Text
    url: str = ""
    secret_file: Annotated[Path, Field(strict=False)] | None = None
    employee: Text | None = None
    scale: _Scale | None = None
    since: date | None = None
    settings: dict[str, str] = {}
    timeout: Annotated[float, Field(gt=0, le=LONGEST_TIMEOUT)] = 20.0


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    hosts: Annotated[list[_Host], Field(min_length=1)]


def read_hosts(file: Path | None) -> tuple[HostSystem, ...]:
    """None without a file. Raises `InvalidInput` for what cannot be read, with its place, and for a name twice."""
    if file is None:
        return ()
    document = read_listed(file, _Document, HOSTS)
    check_names([host.name for host in document.hosts], file, HOSTS, expected="a name for each host")
    return tuple(_system(host) for host in document.hosts)


def host_named(hosts: tuple[HostSystem, ...], name: str) -> HostSystem:
    """Raises `NotFound`."""
    for host in hosts:
        if host.name == name:
            return host
    raise NotFound(
        f"there is no host named {name!r}",
        expected="one of: " + ", ".join(host.name for host in hosts) if hosts else None,
        hint="name it in the file of hosts, and that file in APPRAISE_HOSTS; docs/write-back.md has an example",
    )


def _system(host: _Host) -> HostSystem:
    scale = None if host.scale is None else HostScale(host.scale.worst, host.scale.best, host.scale.step)
    plain = host.model_dump(exclude={"scale"})
    return HostSystem(**plain, scale=scale)
