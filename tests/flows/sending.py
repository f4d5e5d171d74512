"""Runs `appraise write-back send 2025` in a process of its own for each line that it reads, having loaded all of it once.

Prints the process's number when it begins, and how it ended (the signal's number below zero) when it has.
"""

import os
import sys

import typer

from appraise.cli.write_back import send
from appraise.cli.write_back_output import send_and_print


def main() -> None:
    assert send_and_print  # loaded here, and not by each process
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            try:
                send("2025")
            except typer.Exit as end:
                os._exit(end.exit_code)
            os._exit(0)
        _tell(child)
        _tell(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def _tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
