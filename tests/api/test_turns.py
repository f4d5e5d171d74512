"""Principals take turns: nobody waits for all of somebody else's requests, and nobody piles up without end."""

import asyncio
from collections import Counter
from contextlib import suppress

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.api.builder import AT, Company

from appraise.api.turns import MOST_LARGE, MOST_OF_ONE, MOST_RUNNING, MOST_WAITING, STRANGERS, Crowded, Turns
from appraise.settings import Settings
from appraise.web import create_app


@given(st.lists(st.sampled_from("abcdefgh"), max_size=60), st.sets(st.integers(0, 59)))
def test_all_run_in_their_own_order_few_at_once_whoever_gives_up(asked: list[str], leaving: set[int]) -> None:
    turns, begun, running, most = Turns(), list[int](), Counter[str](), Counter[str]()

    async def request(place: int) -> None:
        async with turns.turn(asked[place], within=60):
            begun.append(place)
            running[asked[place]] += 1
            most[asked[place]] = max(most[asked[place]], running[asked[place]])
            most["all"] = max(most["all"], running.total())
            await asyncio.sleep(0)
            running[asked[place]] -= 1

    async def all_of_them() -> None:
        tasks = [asyncio.create_task(request(place)) for place in range(len(asked))]
        await asyncio.sleep(0)
        for place in leaving & set(range(len(asked))):
            tasks[place].cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    asyncio.run(all_of_them())

    assert set(range(len(asked))) - leaving <= set(begun)
    for who in set(asked):
        mine = [place for place in begun if asked[place] == who]
        assert mine == sorted(mine)
        assert most[who] <= MOST_OF_ONE
    assert most["all"] <= MOST_RUNNING
    assert (turns._running.total(), turns._inside.total(), len(turns._waiting)) == (0, 0, 0)


def test_who_comes_after_fifty_requests_of_another_runs_next() -> None:
    turns, begun = Turns(), list[str]()

    async def request(who: str) -> None:
        async with turns.turn(who, within=60):
            begun.append(who)
            await asyncio.sleep(0.001)

    async def both() -> None:
        await asyncio.gather(*(request("hostile") for _ in range(50)), request("honest"))

    asyncio.run(both())

    assert begun.index("honest") <= MOST_OF_ONE


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.booleans()), max_size=60))
def test_requests_for_much_wait_for_each_other_and_hold_up_no_others(asked: list[tuple[str, bool]]) -> None:
    turns, running, most = Turns(), Counter[tuple[str, bool]](), Counter[str]()

    async def request(row: tuple[str, bool]) -> None:
        async with turns.turn(row[0], within=60, is_large=row[1]):
            running[row] += 1
            most["of one"] = max(most["of one"], *(count for (_, is_large), count in running.items() if is_large), 0)
            large = sum(count for (_, is_large), count in running.items() if is_large)
            most["large"] = max(most["large"], large)
            await asyncio.sleep(0.001 if row[1] else 0)
            running[row] -= 1

    async def all_of_them() -> None:
        await asyncio.gather(*(request(row) for row in asked))

    asyncio.run(all_of_them())

    assert most["of one"] <= 1
    assert most["large"] <= MOST_LARGE
    assert (turns._running.total(), turns._inside.total(), len(turns._waiting)) == (0, 0, 0)


def test_a_short_request_runs_at_once_beside_exports_of_the_same_principal() -> None:
    turns, begun = Turns(), list[str]()

    async def request(name: str, *, is_large: bool) -> None:
        async with turns.turn("hr", within=60, is_large=is_large):
            begun.append(name)
            await asyncio.sleep(0.001)

    async def both() -> None:
        exports = [request("export", is_large=True) for _ in range(10)]
        await asyncio.gather(*exports, request("read", is_large=False))

    asyncio.run(both())

    assert begun[:2] == ["export", "read"]


def test_who_waits_too_long_or_with_too_many_is_sent_away() -> None:
    async def crowd() -> list[str]:
        turns, told = Turns(), []
        async with turns.turn("a", within=1), turns.turn("a", within=1):
            waiting = [asyncio.create_task(_entered(turns, "a", 0.05)) for _ in range(MOST_WAITING - 2)]
            await asyncio.sleep(0)
            with pytest.raises(Crowded):
                turns.check("a")
            turns.check("b")
            told = await asyncio.gather(*waiting)
        turns.check("a")
        return told

    assert set(asyncio.run(crowd())) == {"crowded"}


async def _entered(turns: Turns, who: str, within: float) -> str:
    try:
        async with turns.turn(who, within=within):
            return "ran"
    except Crowded:
        return "crowded"


def test_a_credential_is_known_until_it_is_refused() -> None:
    turns = Turns()
    assert turns.principal_of("token") == STRANGERS
    turns.remember("token", "employee:1")
    assert turns.principal_of("token") == "employee:1"
    turns.forget("token")
    assert turns.principal_of("token") == STRANGERS


def test_a_flood_of_one_is_told_to_wait_and_another_is_answered(read_only: tuple[Company, object]) -> None:
    company = read_only[0]
    app = create_app(company.deployment, Settings(), lambda: AT)
    hostile, honest = company.token("Hal Novak"), company.token("Max Weber")

    async def flood() -> tuple[list[httpx2.Response], httpx2.Response, httpx2.Response]:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://testserver") as client:

            async def ask(token: str) -> httpx2.Response:
                body = {"query": "{ viewer { name } }"}
                return await client.post("/graphql", json=body, headers={"authorization": f"Bearer {token}"})

            await ask(hostile)
            flooding = asyncio.gather(*(ask(hostile) for _ in range(MOST_WAITING + 50)))
            await asyncio.sleep(0.01)
            answered, broken = await ask(honest), await ask(hostile[:-1] + "x")
            return await flooding, answered, broken

    answers, answered, broken = asyncio.run(flood())

    statuses = Counter(one.status_code for one in answers)
    assert set(statuses) == {200, 429}
    refused = next(one for one in answers if one.status_code == 429)
    assert (refused.json()["errors"][0]["extensions"]["code"], refused.headers["retry-after"]) == ("RATE_LIMITED", "1")
    assert (answered.status_code, answered.json()["data"]) == (200, {"viewer": {"name": "Max Weber"}})
    assert (broken.status_code, broken.headers["www-authenticate"]) == (401, 'Bearer realm="appraise"')
