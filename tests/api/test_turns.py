"""Principals take turns: nobody waits for all of somebody else's requests, and nobody piles up without end."""

import asyncio
import time
from collections import Counter
from contextlib import suppress

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import ClientDisconnect, Request
from starlette.types import Message
from tests.api.builder import AT, Company

from appraise.api.http import _while_there
from appraise.api.running import Running
from appraise.api.turns import FOLLOWS, MOST_INSIDE, MOST_WAITING, Crowded, Lane, Overloaded, Taken, Turns, stranger_at
from appraise.settings import Settings
from appraise.storage.deadline import DEADLINE
from appraise.web import create_app


def assert_empty(turns: Turns) -> None:
    assert turns.in_progress == 0
    assert not any(turns._waiting.values())
    assert not any(turns._running.values())


@given(st.lists(st.sampled_from("abcdefgh"), max_size=60), st.sets(st.integers(0, 59)))
def test_all_run_in_their_own_order_few_at_once_whoever_gives_up(asked: list[str], leaving: set[int]) -> None:
    turns, begun, running, most = Turns(), list[int](), Counter[str](), Counter[str]()

    async def request(place: int) -> None:
        async with turns.turn(asked[place], within=60):
            begun.append(place)
            running[asked[place]] += 1
            most[asked[place]] = max(most[asked[place]], running[asked[place]])
            most["all"] = max(most["all"], running.total())
            try:
                await asyncio.sleep(0)
            finally:
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
        assert most[who] <= Lane.QUICK.of_one
    assert most["all"] <= Lane.QUICK.most
    assert_empty(turns)


def test_who_comes_after_fifty_requests_of_another_runs_next() -> None:
    turns, begun = Turns(), list[str]()

    async def request(who: str) -> None:
        async with turns.turn(who, within=60):
            begun.append(who)
            await asyncio.sleep(0.001)

    async def both() -> None:
        await asyncio.gather(*(request("hostile") for _ in range(50)), request("honest"))

    asyncio.run(both())

    assert begun.index("honest") <= Lane.QUICK.of_one


@pytest.mark.parametrize("lane", [Lane.QUICK, Lane.READING])
def test_who_asked_nothing_lately_runs_before_thirty_others_who_go_on_asking(lane: Lane) -> None:
    """Each of the thirty has one request waiting all the time; in turns alone the new one would wait for all of them."""

    async def before_it() -> int:
        turns, begun, is_over, all_ran = Turns(), list[str](), asyncio.Event(), asyncio.Event()

        async def request(who: str) -> None:
            async with turns.turn(who, within=60, lane=lane):
                begun.append(who)
                await asyncio.sleep(0.001)
            if len(set(begun)) == len(crowd):
                all_ran.set()

        async def goes_on(who: str) -> None:
            while not is_over.is_set():
                await request(who)

        crowd = [asyncio.create_task(goes_on(str(n))) for n in range(30)]
        await all_ran.wait()
        arrived = len(begun)
        await request("honest")
        is_over.set()
        await asyncio.gather(*crowd)
        return begun.index("honest") - arrived

    assert asyncio.run(before_it()) <= lane.most


def test_what_somebody_took_counts_half_after_ten_seconds() -> None:
    now = 0.0
    taken = Taken(lambda: now)
    taken.add("a", 1.0)
    now = 10.0
    taken.add("more", 0.51)
    taken.add("less", 0.49)

    assert taken.rank("nobody") < taken.rank("less") < taken.rank("a") < taken.rank("more")

    taken.add("less", 0.02)
    now = 1e7
    assert taken.rank("a") < taken.rank("less")
    taken.add("a", 1e-9)
    assert taken.rank("a") > taken.rank("more")


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.booleans()), max_size=60))
def test_requests_for_much_wait_for_each_other_and_hold_up_no_others(asked: list[tuple[str, bool]]) -> None:
    turns, running, most = Turns(), Counter[tuple[str, bool]](), Counter[str]()

    async def request(row: tuple[str, bool]) -> None:
        async with turns.turn(row[0], within=60, lane=Lane.LARGE if row[1] else Lane.QUICK):
            running[row] += 1
            most["of one"] = max(most["of one"], *(count for (_, is_large), count in running.items() if is_large), 0)
            large = sum(count for (_, is_large), count in running.items() if is_large)
            most["large"] = max(most["large"], large)
            await asyncio.sleep(0.001 if row[1] else 0)
            running[row] -= 1

    async def all_of_them() -> None:
        await asyncio.gather(*(request(row) for row in asked))

    asyncio.run(all_of_them())

    assert most["of one"] <= Lane.LARGE.of_one
    assert most["large"] <= Lane.LARGE.most
    assert_empty(turns)


def test_a_short_request_runs_at_once_beside_exports_of_the_same_principal() -> None:
    turns, begun = Turns(), list[str]()

    async def request(name: str, *, is_large: bool) -> None:
        async with turns.turn("hr", within=60, lane=Lane.LARGE if is_large else Lane.QUICK):
            begun.append(name)
            await asyncio.sleep(0.001)

    async def both() -> None:
        exports = [request("export", is_large=True) for _ in range(10)]
        await asyncio.gather(*exports, request("read", is_large=False))

    asyncio.run(both())

    assert begun[:2] == ["export", "read"]


def test_what_subscriptions_look_up_holds_up_no_requests_however_many_there_are() -> None:
    async def crowd() -> tuple[int, int]:
        turns, looking, most = Turns(), 0, 0

        async def look(who: str) -> None:
            nonlocal looking, most
            async with turns.turn(who + FOLLOWS, within=60, lane=Lane.FOLLOWING):
                looking += 1
                most = max(most, looking)
                await asyncio.sleep(0.0001)
                looking -= 1

        tasks = [asyncio.create_task(look(str(n % 100))) for n in range(MOST_INSIDE)]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            turns.check("0" + FOLLOWS)
        turns.check("0")
        async with turns.turn("0", within=1):
            left = len([one for one in tasks if not one.done()])
        await asyncio.gather(*tasks)
        return left, most

    left, most = asyncio.run(crowd())

    assert left == MOST_INSIDE
    assert most == Lane.FOLLOWING.most


def test_strangers_of_one_address_keep_out_neither_those_of_another_nor_who_is_known() -> None:
    turns, begun = Turns(), list[str]()

    async def request(who: str) -> None:
        async with turns.turn(who, within=60):
            begun.append(who)
            await asyncio.sleep(0.001)

    async def all_of_them() -> None:
        hostile = [request(stranger_at(f"192.0.2.{n}")) for n in range(10) for _ in range(20)]
        await asyncio.gather(*hostile, request("known"), request(stranger_at("198.51.100.7")))

    asyncio.run(all_of_them())

    assert begun.index("known") <= Lane.STRANGER.most
    assert begun.index(stranger_at("198.51.100.7")) <= 2 * 11
    assert stranger_at("2001:db8::1") == stranger_at("2001:db8::ffff:2") != stranger_at("2001:db8:0:1::1")


def test_what_is_known_runs_at_once_beside_a_hundred_whose_documents_must_be_read() -> None:
    turns, begun = Turns(), list[str]()

    async def request(who: str, lane: Lane) -> None:
        async with turns.turn(who, within=60, lane=lane):
            begun.append(who)
            await asyncio.sleep(0)

    async def all_of_them() -> None:
        await asyncio.gather(*(request(str(n), Lane.READING) for n in range(100)), request("known", Lane.QUICK))

    asyncio.run(all_of_them())

    assert begun.index("known") <= Lane.READING.most


def test_reading_leaves_three_quarters_of_the_time_to_others() -> None:
    turns, took = Turns(), list[float]()

    async def request(who: str) -> None:
        async with turns.turn(who, within=60, lane=Lane.READING):
            begin = time.monotonic()
            await asyncio.sleep(0.01)
            took.append(time.monotonic() - begin)

    async def all_of_them() -> float:
        begin = time.monotonic()
        await asyncio.gather(*(request(str(n)) for n in range(6)))
        return time.monotonic() - begin

    in_all = asyncio.run(all_of_them())

    assert in_all >= (1 + Lane.READING.rest) * sum(took[:-1])


def test_beyond_a_thousand_in_all_each_may_have_as_many_as_come_to_each() -> None:
    async def crowd() -> tuple[int, int, bool]:
        turns, hostile, gate = Turns(), MOST_INSIDE // MOST_WAITING, asyncio.Event()

        async def inside(who: str) -> None:
            async with turns.turn(who, within=60):
                await gate.wait()

        tasks = [asyncio.create_task(inside(str(n % hostile))) for n in range(MOST_INSIDE)]
        await asyncio.sleep(0)
        let_in = 0
        for _ in range(MOST_WAITING):  # somebody new, while the others have their hundred each
            with suppress(Overloaded):
                turns.check("honest")
                tasks.append(asyncio.create_task(inside("honest")))
                await asyncio.sleep(0)
                let_in += 1
        turns.check(stranger_at("192.0.2.1"))
        each = MOST_INSIDE // (hostile + 1)
        more = range(2 * MOST_INSIDE - len(tasks))
        tasks.extend([asyncio.create_task(inside(f"another {n}")) for n in more])
        await asyncio.sleep(0)
        is_full = False
        try:
            turns.check("the last")
        except Overloaded:
            is_full = True
        gate.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert_empty(turns)
        return let_in, each, is_full

    let_in, each, is_full = asyncio.run(crowd())

    assert let_in == each
    assert is_full


def test_one_whose_turn_does_not_come_is_not_told_of_a_hundred_others() -> None:
    async def late() -> None:
        turns = Turns()
        async with turns.turn("a", within=1), turns.turn("a", within=1), turns.turn("a", within=0.01):
            pass

    with pytest.raises(Crowded, match=r"your requests that came before took all of the 0\.01 s"):
        asyncio.run(late())


def test_who_has_gone_waits_no_longer() -> None:
    async def gone() -> Message:
        return {"type": "http.disconnect"}

    async def waiting() -> None:
        async with _while_there(Request({"type": "http"}, gone)):
            await asyncio.sleep(60)

    with pytest.raises(ClientDisconnect):
        asyncio.run(asyncio.wait_for(waiting(), 10))


@pytest.mark.parametrize("is_change", [False, True])
def test_what_nobody_waits_for_is_stopped_unless_it_changes_something_and_keeps_its_turn_until_then(
    is_change: bool,
) -> None:
    done = list[bool]()

    def work() -> None:
        deadline = DEADLINE.get()
        assert deadline is not None
        deadline.is_change = is_change
        until = time.monotonic() + 0.3
        while time.monotonic() < until and not deadline.is_over:
            time.sleep(0.005)
        done.append(not deadline.is_over)

    async def left() -> None:
        running = Running(timeout=30)
        asking = asyncio.create_task(running.in_turn("a", work))
        await asyncio.sleep(0.05)
        asking.cancel()
        await asyncio.sleep(0)
        assert running.turns._running[Lane.QUICK].total() == 1
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert_empty(running.turns)

    asyncio.run(left())

    assert done == [is_change]


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
    assert turns.principal_of("token") is None
    turns.remember("token", "employee:1")
    assert turns.principal_of("token") == "employee:1"
    turns.forget("token")
    assert turns.principal_of("token") is None


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
