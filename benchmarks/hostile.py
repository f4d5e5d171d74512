"""Does the service stand what means harm? Without a defect, a hang or growth, and without making others wait.

    python benchmarks/hostile.py --minutes 10 [--database postgresql://…/empty]

Half of the time Schemathesis makes queries from the schema; half of the time requests are changed and broken at random.
Then a hundred clients do so at once while one asks for a page of people, and its wait is compared with its wait alone:
with one token, with the tokens of a hundred people, and made-up ones, among which new honest tokens must be let in.
Exits with 1 where anything is wrong, and prints the seed of each request that brought it about.
"""

import argparse
import asyncio
import json
import re
import statistics
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

import httpx2
from attack.requests import one
from attack.running import Tally, Target, attacked

MOST_GROWTH = 64.0
"""MiB that the service may hold more at the end than after the first tenth of the time: caches are filled by then."""
MOST_WAIT = 3.0
"""Times as long as alone that an honest client may wait."""
CROWD = 100
PAGE = """{ employees(first: 20) { totalCount nodes { id name job department { name } managerName } } }"""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", help="address of an empty database; SQLite by default")
    chosen = parser.parse_args(arguments)
    seconds = chosen.minutes * 60
    with attacked(chosen.database) as target:
        problems = by_schemathesis(target, seconds * 0.45)
        problems += by_changes(target, seconds * 0.45, chosen.seed)
        for who, tokens in (("one token", [target.hostile]), ("a hundred people", target.crowd), ("strangers", [])):
            problems += asyncio.run(by_a_crowd(target, max(seconds * 0.03, 4.0), chosen.seed, who, tokens))
    for problem in problems:
        print(f"  {problem}")
    print("nothing gave way" if not problems else f"{len(problems)} problems")
    return 1 if problems else 0


def by_schemathesis(target: Target, seconds: float) -> list[str]:
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{target.url}/graphql"),
        *("--header", f"Authorization: Bearer {target.hostile}", "--checks", "not_a_server_error"),
        *("--max-time", str(int(seconds)), "--max-examples", "1000000", "--continue-on-failure", "--no-color"),
    ]
    before = target.memory
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds + 120)
    told = [line.strip() for line in ran.stdout.splitlines() if "generated" in line or "passed" in line]
    print(f"Schemathesis, {seconds:.0f} s: {'; '.join(told[-2:])}; {before:.0f} → {target.memory:.0f} MiB")
    # It takes every refusal without data for a failure of the server; ours are told by status and code.
    defects = re.findall(r"^.*(?:\[5\d\d\]|INTERNAL).*$", ran.stdout, re.MULTILINE)
    is_broken = "generated" not in ran.stdout
    return [f"Schemathesis: {line[:300]}" for line in defects] + ([f"Schemathesis: {ran.stderr}"] if is_broken else [])


def by_changes(target: Target, seconds: float, seed: int) -> list[str]:
    tally, begin, settled = Tally(), time.monotonic(), 0.0
    with httpx2.Client(timeout=30) as client:
        for number in count(seed):
            spent = time.monotonic() - begin
            if spent > seconds:
                break
            if settled == 0.0 and spent > seconds / 10:
                settled = target.memory
            sent = one(number)
            headers = sent.headers | {"authorization": f"Bearer {target.hostile}"}
            started = time.monotonic()
            with client.stream(sent.method, target.url + sent.path, headers=headers, content=sent.body) as answer:
                is_endless = answer.headers.get("content-type", "").startswith("text/event-stream")
                body = next(answer.iter_bytes(), b"") if is_endless else answer.read()
            tally.take(sent, answer.status_code, body, time.monotonic() - started)
    grown = target.memory - settled
    print(
        f"Changed requests, {seconds:.0f} s: {tally.statuses.total():,}, the slowest {tally.slowest * 1000:.0f} ms; "
        f"HTTP {dict(sorted(tally.statuses.items()))}; {dict(tally.codes.most_common())}; grown by {grown:.1f} MiB"
    )
    return tally.defects + ([f"the service grew by {grown:.0f} MiB"] if grown > MOST_GROWTH else [])


async def by_a_crowd(target: Target, seconds: float, seed: int, who: str, tokens: list[str]) -> list[str]:
    """The crowd is a process of its own: what it takes to make the attacks must not make the honest client wait."""
    command = [sys.executable, str(Path(__file__).with_name("attack") / "crowd.py")]
    async with httpx2.AsyncClient(timeout=60) as client:
        alone = await _waits(client, target, seconds)
        crowd = await asyncio.create_subprocess_exec(
            *command, target.url, str(seed), str(CROWD), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        if crowd.stdin is not None and crowd.stdout is not None:
            crowd.stdin.write(f"{' '.join(tokens)}\n".encode())
            await crowd.stdout.readline()  # they are at it
        among = await _waits(client, target, seconds)
        kept_out = [] if tokens else [one for one in target.fresh[:20] if not await _is_let_in(client, target, one)]
        attacks = json.loads((await crowd.communicate(b"\n"))[0])
    ratio = statistics.median(among) / statistics.median(alone)
    print(
        f"One among {CROWD} ({who}): waits {statistics.median(alone) * 1000:.1f} ms alone ({len(alone):,} pages), "
        f"{statistics.median(among) * 1000:.1f} ms among them ({len(among):,} pages): × {ratio:.1f}; "
        f"attacks by HTTP status {attacks}"
    )
    problems = [f"{len(kept_out)} of 20 honest tokens that are new are kept out by {who}"] if kept_out else []
    if ratio > MOST_WAIT:
        problems.append(f"an honest client waits {ratio:.1f} times as long among {who}, at most {MOST_WAIT} is meant")
    return problems


async def _is_let_in(client: httpx2.AsyncClient, target: Target, token: str) -> bool:
    headers = {"authorization": f"Bearer {token}"}
    answer = await client.post(f"{target.url}/graphql", json={"query": "{ viewer { name } }"}, headers=headers)
    return answer.status_code == httpx2.codes.OK


async def _waits(client: httpx2.AsyncClient, target: Target, seconds: float) -> list[float]:
    headers = {"authorization": f"Bearer {target.honest}"}
    waits, until = [], time.monotonic() + seconds
    while time.monotonic() < until or len(waits) < 5:
        started = time.monotonic()
        answer = await client.post(f"{target.url}/graphql", json={"query": PAGE}, headers=headers)
        waits.append(time.monotonic() - started)
        if "errors" in answer.json():
            raise RuntimeError(answer.text)
    return waits


if __name__ == "__main__":
    sys.exit(main())
