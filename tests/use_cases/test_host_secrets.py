"""Secrets that are good once: exchanged by one at a time, and kept before anybody needs the next."""

import time
from pathlib import Path
from threading import Thread

import pytest

from appraise.adapters.sinks import HostLocked, SinkOptions
from appraise.use_cases.hosts import HostSystem


def options(file: Path) -> SinkOptions:
    return HostSystem("orange", "orangehrm", "https://hr.example.org", file).options()


def test_each_secret_is_exchanged_once_however_many_do_it_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("0\n", encoding="utf-8")
    file.chmod(0o600)
    given: list[str] = []

    def ask(present: str) -> str:
        given.append(present)
        time.sleep(0.001)  # as long as a host might take, in which others come
        return str(int(present) + 1)

    def many() -> None:
        renew = options(file).renew
        assert renew is not None
        for _ in range(20):
            renew(ask)

    threads = [Thread(target=many) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert given == [str(number) for number in range(60)]
    assert (file.read_text(encoding="utf-8"), file.stat().st_mode & 0o777) == ("60\n", 0o600)


def test_what_the_host_did_not_exchange_stays_and_a_shorter_secret_leaves_nothing_of_a_longer(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("a-long-refresh-token\n", encoding="utf-8")
    renew = options(file).renew
    assert renew is not None

    def refused(_: str) -> str:
        raise HostLocked("no")

    with pytest.raises(HostLocked):
        renew(refused)
    assert file.read_text(encoding="utf-8") == "a-long-refresh-token\n"
    renew(lambda _: "short")
    assert file.read_text(encoding="utf-8") == "short\n"


def test_a_secret_that_could_not_be_kept_is_not_exchanged(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("first", encoding="utf-8")
    renew = options(file).renew
    assert renew is not None
    file.unlink()
    asked: list[str] = []

    with pytest.raises(HostLocked, match="the secret of the host orange changes with each use, and cannot be kept in"):
        renew(lambda present: asked.append(present) or "next")  # type: ignore[func-returns-value]
    assert asked == []
