"""`make bench`: what an import costs, beside the least that PostgreSQL could do it for.

It measures and never fails for being slow; it fails when the counts are wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import requests

from app.local.errors import StartError
from bench.bulk import bulk_table
from bench.client import ApiError
from bench.reader import time_reader
from bench.report import machine, notes, splits, table
from bench.run import CASES, Bench, Case, Timing, WrongResultError


def say(line: str) -> None:
    """Progress, apart from the result: standard output holds the report alone."""
    print(line, file=sys.stderr, flush=True)


def measure(rows: int, repeat: int, *, only_fresh: bool) -> str:
    """The report. Raises WrongResultError, and what the servers' start raises."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        say(f"Making {rows:,} rows and starting the servers.")
        bench = Bench(stack, folder, rows)
        records, reader_seconds = time_reader(bench.sample)
        timings: dict[Case, list[Timing]] = defaultdict(list)
        for case, timing in bench.run(repeat, say, only_fresh=only_fresh):
            timings[case].append(timing)
        fresh = median(timing.floor_seconds for timing in timings[CASES[0]])
        idle = max(timing.idle_megabytes for runs in timings.values() for timing in runs)
        return "\n\n".join(
            [
                table(rows, timings),
                *([] if only_fresh else [bulk_table(bench.bulk_timings, fresh)]),
                splits(timings),
                notes(rows, bench.sample.stat().st_size, repeat, idle),
                f"The reader alone: {records / reader_seconds:,.0f} rows/s.",
                machine(bench.floor.version()),
            ]
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 measured, 1 not, or wrongly imported."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument(
        "--repeat", type=int, default=1, help="runs of each case; the median counts"
    )
    parser.add_argument("--only-fresh", action="store_true", help="import into an empty catalog")
    options = parser.parse_args(arguments)
    try:
        print(measure(options.rows, options.repeat, only_fresh=options.only_fresh))
    except (
        WrongResultError,
        StartError,
        ApiError,
        RuntimeError,
        requests.RequestException,
    ) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Stopped.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
