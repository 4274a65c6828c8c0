"""Times the floor and the real import in turns: same data, same server, same minutes."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from app.local.postgres import PostgresServer
from app.local.processes import free_port
from app.local.valkey import ValkeyServer
from app.sample import Recipe, make_rows, save_sample
from bench.bulk import BulkTiming, time_bulk
from bench.client import Client, ImportState
from bench.floor import Floor, write_clean
from bench.local_app import running_app
from bench.memory import HorseWatch

POLL_SECONDS = 0.05
LOG_SECONDS = 5


class WrongResultError(Exception):
    """What was measured is not what should have been done; no number of this run counts."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """What a run finds in the catalog, and the count that has to equal the file's rows."""

    name: str
    revision: int
    counted: str
    from_empty: bool = False
    preview: bool = False


CASES = (
    Case(name="fresh", revision=0, counted="created", from_empty=True),
    Case(name="unchanged", revision=0, counted="unchanged"),
    Case(name="every price changed", revision=1, counted="updated"),
    Case(name="preview only", revision=1, counted="unchanged", preview=True),
)


@dataclass(frozen=True, kw_only=True)
class Timing:
    """One case, once. `import_seconds` runs from the 202 to the first answer "completed"."""

    floor_seconds: float
    upload_seconds: float
    import_seconds: float
    peak_megabytes: float | None
    split: str
    journal_bytes: int
    idle_megabytes: float


class Bench:
    """The servers, the app with one worker, and the files; closed by the caller's stack."""

    def __init__(self, stack: ExitStack, folder: Path, rows: int) -> None:
        self.rows = rows
        self._csv = [folder / f"revision-{revision}.csv" for revision in (0, 1)]
        self._clean = [folder / f"revision-{revision}.copy" for revision in (0, 1)]
        for revision in (0, 1):
            recipe = Recipe(rows=rows, revision=revision)
            save_sample(recipe, str(self._csv[revision]))
            write_clean(make_rows(recipe), self._clean[revision])
        postgres = stack.enter_context(PostgresServer(folder / "postgres"))
        valkey = stack.enter_context(ValkeyServer(folder / "valkey"))
        port = free_port()
        self.client = Client(f"http://127.0.0.1:{port}")
        self._supervisor = stack.enter_context(
            running_app(
                folder,
                self.client,
                PORT=str(port),
                WORKERS="1",
                LOG_FORMAT="json",
                DATABASE_URL=postgres.url,
                REDIS_URL=valkey.url,
            )
        )
        self._log = folder / "app.log"
        self._fresh_floor = 0.0
        self.bulk_timings: list[BulkTiming] = []
        self.floor = Floor(postgres.url)
        stack.callback(self.floor.close)

    @property
    def sample(self) -> Path:
        """The file of the first two cases."""
        return self._csv[0]

    def run(
        self, repeat: int, say: Callable[[str], None], *, only_fresh: bool = False
    ) -> Iterator[tuple[Case, Timing]]:
        """All cases, or the first alone, `repeat` times over. Raises WrongResultError."""
        for turn in range(1, repeat + 1):
            for case in CASES[:1] if only_fresh else CASES:
                timing = self._run_case(case)
                say(
                    f"{turn}/{repeat} {case.name}: floor {timing.floor_seconds:.2f} s, "
                    f"import {timing.import_seconds:.2f} s"
                )
                yield case, timing
            if not self.floor.is_equal():
                raise WrongResultError("The catalog is not what the floor made of the same rows.")
            if only_fresh:
                continue
            self.bulk_timings.append(time_bulk(self.client, self.floor))

    def _run_case(self, case: Case) -> Timing:
        if case.from_empty:
            self.floor.empty_both()
        self.floor.settle()
        floor_seconds = self._fresh_floor if case.preview else self._run_floor(case)
        if case.from_empty:
            self._fresh_floor = floor_seconds
        self.floor.settle()
        journal_bytes = self.floor.journal_bytes()
        with HorseWatch(self._supervisor) as watch:
            began = time.perf_counter()
            upload = self.client.upload(self._csv[case.revision], preview=case.preview)
            accepted = time.perf_counter()
            *_, outcome = self.client.follow(upload.id, POLL_SECONDS)
            ended = time.perf_counter()
        self._check(case, outcome)
        return Timing(
            floor_seconds=floor_seconds,
            upload_seconds=accepted - began,
            import_seconds=ended - accepted,
            peak_megabytes=watch.peak_megabytes,
            split=self._read_split(upload.id),
            journal_bytes=self.floor.journal_bytes() - journal_bytes,
            idle_megabytes=watch.idle_megabytes,
        )

    def _run_floor(self, case: Case) -> float:
        seconds, written = self.floor.load(self._clean[case.revision])
        expected = 0 if case.counted == "unchanged" else self.rows
        if written != expected:
            raise WrongResultError(f"{case.name}: the floor wrote {written} rows, not {expected}.")
        return seconds

    def _read_split(self, import_id: str) -> str:
        """Where the worker says that the time went."""
        deadline = time.monotonic() + LOG_SECONDS
        while time.monotonic() < deadline:
            lines = re.findall(r"(\{.*\})$", self._log.read_text(), re.MULTILINE)
            for told in map(json.loads, lines):
                if told.get("import_id") == import_id and "seconds" in told:
                    return ", ".join(f"{name} {s:.2f} s" for name, s in told["seconds"].items())
            time.sleep(POLL_SECONDS)
        raise WrongResultError(f"The worker's log does not tell of the import {import_id}.")

    def _check(self, case: Case, state: ImportState) -> None:
        if state.status != ("ready" if case.preview else "completed"):
            raise WrongResultError(f"{case.name}: the import {state.status}. {state.problem}")
        found = {name: count for name, count in state.counts.items() if count}
        if found != {"rows": self.rows, case.counted: self.rows}:
            raise WrongResultError(
                f"{case.name}: {self.rows} rows were to be {case.counted}, and the import "
                f"counted {found}."
            )
