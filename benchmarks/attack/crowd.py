"""Clients that attack all at once until a line comes on standard input; prints the answers by status.

The first line has the tokens: each client takes one by turns; where there are none, each makes one up for every request
and comes from one of a few addresses of this machine that are no proxy's.

What they send is made beforehand, and sent by bare sockets: they are to spend the service's time, not their own.
"""

import asyncio
import json
import secrets
import sys
from collections import Counter
from itertools import count, islice
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))

from appraise.domain.identifiers import TokenId
from appraise.use_cases.token_text import LIVE, TokenText, new_secret
from attack.requests import one

DIFFERENT = 2_000
"""Requests."""
TOKEN = b"Bearer @"
"""In whose place each client puts its own."""
ADDRESSES = [f"127.0.0.{number}" for number in range(2, 10)]


def made(seed: int) -> list[bytes]:
    wanted = (sent for sent in map(one, count(seed)) if "event-stream" not in sent.headers["accept"])
    found = []
    for sent in islice(wanted, DIFFERENT):
        headers = sent.headers | {
            "host": "x",
            "authorization": TOKEN.decode(),
            "content-length": str(len(sent.body)),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        found.append(f"{sent.method} {sent.path} HTTP/1.1\r\n{head}\r\n".encode("utf-8", "replace") + sent.body)
    return found


def made_up() -> str:
    """Of the right form, and nobody's."""
    return str(TokenText(LIVE, TokenId(secrets.token_hex(8)), new_secret()))


async def main(url: str, seed: str, number: str) -> None:
    tokens = sys.stdin.readline().split()
    stop, statuses, requests = asyncio.Event(), Counter[int](), made(int(seed))
    where = urlsplit(url)
    assert where.hostname  # noqa: S101  # an address of our own
    clients = [
        asyncio.create_task(
            _attacks(
                (where.hostname, where.port or 80),
                requests[place:] + requests[:place],
                tokens[place // (DIFFERENT // int(number)) % len(tokens)] if tokens else None,
                stop,
                statuses,
            )
        )
        for place in range(0, DIFFERENT, DIFFERENT // int(number))
    ]
    await asyncio.sleep(2)
    print("at it", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    stop.set()
    await asyncio.gather(*clients)
    print(json.dumps(statuses))


async def _attacks(
    server: tuple[str, int], requests: list[bytes], token: str | None, stop: asyncio.Event, statuses: Counter[int]
) -> None:
    place, source = 0, None if token else (secrets.choice(ADDRESSES), 0)
    while not stop.is_set():
        reader, writer = await asyncio.open_connection(*server, local_addr=source)
        try:
            while not stop.is_set():
                mine = f"Bearer {token or made_up()}".encode()
                writer.write(requests[place % len(requests)].replace(TOKEN, mine, 1))
                place += 1
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                statuses[int(head[9:12])] += 1
                length = head.partition(b"content-length: ")[2].partition(b"\r\n")[0]
                await reader.readexactly(int(length or 0))
                if b"connection: close" in head or not length:
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            statuses[0] += 1
        finally:
            writer.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
