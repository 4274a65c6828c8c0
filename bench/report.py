"""The numbers of a benchmark as Markdown, and what they were taken on."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import psutil

from bench.run import Case, Timing

HEADINGS = (
    "case", "floor s", "import s", "rows/s", "ratio to the floor", "upload s", "worker peak MB",
    "journal B/row",
)  # fmt: skip


def table(rows: int, timings: Mapping[Case, Sequence[Timing]]) -> str:
    """One line per case; each number is the median of that case's runs, the peak the largest."""
    lines = [_line(HEADINGS), _line(["---"] + ["---:"] * (len(HEADINGS) - 1))]
    lines += [_line(_cells(case, rows, runs)) for case, runs in timings.items()]
    return "\n".join(lines)


def _cells(case: Case, rows: int, runs: Sequence[Timing]) -> list[str]:
    floor = median(run.floor_seconds for run in runs)
    seconds = median(run.import_seconds for run in runs)
    ratio = median(run.import_seconds / run.floor_seconds for run in runs)
    peaks = [run.peak_megabytes for run in runs if run.peak_megabytes is not None]
    return [
        case.name,
        f"{floor:.2f}",
        f"{seconds:.2f}",
        f"{rows / seconds:,.0f}",
        f"{ratio:.2f}",
        f"{median(run.upload_seconds for run in runs):.2f}",
        f"{max(peaks):.0f}" if peaks else "not seen",
        f"{median(run.journal_bytes for run in runs) / rows:.0f}",
    ]


def splits(timings: Mapping[Case, Sequence[Timing]]) -> str:
    """Where the time went in the last run of each case, as the worker told it."""
    return "\n".join(f"- {case.name}: {runs[-1].split}" for case, runs in timings.items())


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def notes(rows: int, size: int, repeat: int, idle_megabytes: float) -> str:
    """What the columns mean, in one paragraph."""
    return (
        f"{rows:,} rows, {size / 1e6:.1f} MB; each case {repeat} ×, medians. Floor: COPY of clean "
        "rows into a bare staging table and one upsert, committed, in the same database. Import: "
        "from the 202 until the API says completed, asked every 50 ms; queue, reading and checking "
        "included. "
        "Peak: the worker, its job's process and the reading one together, each page counted once "
        f"({idle_megabytes:.0f} MB when idle). Journal: what it grows on disk, indexes included."
    )


def machine(postgres_version: str) -> str:
    """Where and when."""
    memory = psutil.virtual_memory().total / 1e9
    return (
        f"{_processor()}, {psutil.cpu_count()} cores, {memory:.0f} GB; {platform.system()} "
        f"{platform.release()}; Python {platform.python_version()}; "
        f"PostgreSQL {postgres_version}; {datetime.now(UTC):%Y-%m-%d %H:%M} UTC."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
