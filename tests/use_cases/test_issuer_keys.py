"""Keys of an issuer that turns them over, is slow, fails or lies."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from tests.use_cases.conftest import AT
from tests.use_cases.issuer import EC, OTHER_RSA, RSA, SHORT_RSA, Provider, jwk, served

from appraise.errors import Retriable
from appraise.use_cases.issuer_keys import IssuerKeys


def after(minutes: float) -> timedelta:
    return timedelta(minutes=minutes)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with served() as one:
        one.publish(one=RSA)
        yield one


@pytest.fixture
def keys(provider: Provider) -> IssuerKeys:
    return IssuerKeys(provider.url)


def test_the_set_is_fetched_once_and_again_when_it_is_no_longer_fresh(provider: Provider, keys: IssuerKeys) -> None:
    asked = []
    for minutes in (0, 4.9, 5, 9.9, 10):
        assert keys.get("one", at=AT + after(minutes)) is not None
        asked.append(provider.asked)

    assert asked == [1, 1, 2, 2, 3]


def test_a_new_key_is_found_when_it_is_first_used(provider: Provider, keys: IssuerKeys) -> None:
    assert keys.get("one", at=AT) is not None
    provider.publish(one=RSA, two=EC)

    assert keys.get("two", at=AT + after(1)) is not None
    assert keys.get("one", at=AT + after(1)) is not None


def test_a_withdrawn_key_is_forgotten(provider: Provider, keys: IssuerKeys) -> None:
    assert keys.get("one", at=AT) is not None
    provider.publish(two=OTHER_RSA)

    assert keys.get("one", at=AT + after(5)) is None


def test_invented_key_ids_cost_the_issuer_one_request_a_minute(provider: Provider, keys: IssuerKeys) -> None:
    for second in range(0, 120, 5):
        assert keys.get(f"invented {second}", at=AT + timedelta(seconds=second)) is None

    assert provider.asked == 2


def test_many_at_once_ask_the_issuer_once(provider: Provider, keys: IssuerKeys) -> None:
    provider.wait = 0.2
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: keys.get("one", at=AT), range(8)))

    assert (provider.asked, None in found) == (1, False)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"keys": {}}', b'{"keys": []}', b"<html>", b" " * 300_000])
def test_an_answer_that_is_no_set_leaves_the_old_keys_for_an_hour(
    provider: Provider, keys: IssuerKeys, body: bytes
) -> None:
    assert keys.get("one", at=AT) is not None
    provider.body = body

    assert keys.get("one", at=AT + after(59.9)) is not None
    with pytest.raises(Retriable):
        keys.get("one", at=AT + after(60))


@pytest.mark.parametrize("status", [404, 500, 503])
def test_an_issuer_that_fails_is_asked_again_a_minute_later(provider: Provider, keys: IssuerKeys, status: int) -> None:
    provider.status = status
    for second in (0, 59):
        with pytest.raises(Retriable):
            keys.get("one", at=AT + timedelta(seconds=second))
    assert provider.asked == 1
    provider.status = 200

    assert keys.get("one", at=AT + timedelta(seconds=60)) is not None


def test_nobody_listening_is_no_accident() -> None:
    with served() as gone:
        url = gone.url

    with pytest.raises(Retriable):
        IssuerKeys(url).get("one", at=AT)


def test_a_redirect_is_not_followed(provider: Provider, keys: IssuerKeys) -> None:
    provider.status, provider.location = 302, provider.url.replace("/keys", "/elsewhere")

    with pytest.raises(Retriable):
        keys.get("one", at=AT)
    assert provider.asked == 1


@pytest.mark.parametrize("way", ["wait", "drip"])
def test_a_slow_issuer_is_waited_for_three_seconds(provider: Provider, keys: IssuerKeys, way: str) -> None:
    setattr(provider, way, {"wait": 6, "drip": 0.05}[way])
    begun = time.monotonic()
    with pytest.raises(Retriable):
        keys.get("one", at=AT)

    assert 2.9 < time.monotonic() - begun < 4.5


def test_who_has_a_key_does_not_wait_for_anothers_fetch(provider: Provider, keys: IssuerKeys) -> None:
    assert keys.get("one", at=AT) is not None
    provider.wait = 2
    with ThreadPoolExecutor(1) as pool:
        fetching = pool.submit(keys.get, "unknown", at=AT + after(6))
        while provider.asked < 2:
            time.sleep(0.01)
        begun = time.monotonic()
        assert keys.get("one", at=AT + after(6)) is not None
        taken = time.monotonic() - begun
        assert fetching.result() is None

    assert taken < 1


def test_a_server_renews_the_set_before_it_is_due_and_no_request_fetches(provider: Provider, keys: IssuerKeys) -> None:
    asked = []
    for minutes in (0, 1, 3.9, 4, 4.9, 8):
        keys.renew(at=AT + after(minutes))
        assert keys.is_at_hand("one", at=AT + after(minutes))
        assert keys.get("one", at=AT + after(minutes)) is not None
        asked.append(provider.asked)

    assert asked == [1, 1, 1, 2, 2, 3]


def test_an_unknown_key_is_waited_for_once_a_minute(provider: Provider, keys: IssuerKeys) -> None:
    assert not keys.is_at_hand("one", at=AT)
    keys.renew(at=AT)
    assert keys.is_at_hand("unknown", at=AT + timedelta(seconds=59))
    assert not keys.is_at_hand("unknown", at=AT + timedelta(seconds=60))
    assert keys.get("unknown", at=AT + timedelta(seconds=60)) is None
    assert keys.is_at_hand("another", at=AT + timedelta(seconds=119))
    assert provider.asked == 2


def test_keys_that_are_not_to_be_used_are_left_out(provider: Provider, keys: IssuerKeys) -> None:
    good, broken = jwk(RSA, "one"), jwk(EC, "off the curve")
    listed = [
        {"kty": "oct", "kid": "secret", "k": "AAAA"},
        {"kty": "OKP", "kid": "unknown kind", "crv": "Ed25519", "x": "AAAA"},
        jwk(SHORT_RSA, "short"),
        jwk(OTHER_RSA, "for encryption") | {"use": "enc"},
        broken | {"x": broken["y"]},
        {"kty": "RSA", "kid": "no numbers"},
        {"kty": "RSA", "kid": "odd", "n": 3, "e": []},
        {"kty": ["RSA"], "kid": "listed"},
        {name: value for name, value in good.items() if name != "kid"},
        "text",
        good,
        jwk(OTHER_RSA, "one"),
    ]
    provider.body = json.dumps({"keys": listed}).encode()

    found = {each["kid"]: keys.get(each["kid"], at=AT) for each in listed if isinstance(each, dict) and "kid" in each}

    assert [kid for kid, key in found.items() if key is not None] == ["one"]
    assert found["one"].as_dict()["n"] == good["n"]
