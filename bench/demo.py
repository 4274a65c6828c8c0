"""`make demo`: a made-up catalog through the running app, with its progress on the terminal."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import requests

from app.sample import Recipe, save_sample
from bench.client import ApiError, Client, ImportState
from bench.local_app import running_app

BAR = 30


class ProgressLine:
    """One line rewritten in place on a terminal; elsewhere a line a second at most."""

    def __init__(self) -> None:
        self._in_place = sys.stdout.isatty()
        self._last = float("-inf")

    def show(self, state: ImportState) -> None:
        """Draw the state, if it is time to; the last one is for `end`."""
        if state.has_ended:
            return
        if self._in_place:
            print(f"\r\x1b[K{progress_text(state)}", end="", flush=True)
        elif time.monotonic() - self._last >= 1:
            self._last = time.monotonic()
            print(progress_text(state), flush=True)

    def end(self, state: ImportState) -> None:
        """Draw the last state and leave the line."""
        print(f"\r\x1b[K{progress_text(state)}" if self._in_place else progress_text(state))


def progress_text(state: ImportState) -> str:
    """The state in one line of fewer than 80 characters, whatever is known of it."""
    done = round(BAR * min(state.percent, 100) / 100)
    parts = [f"{state.stage:<10}[{'#' * done:.<{BAR}}]{state.percent:6.1f} %"]
    if state.rows_read:
        parts.append(f"{state.rows_read:,} rows")
    if state.rows_per_second and not state.has_ended:
        parts.append(f"{state.rows_per_second:,}/s")
    if state.eta_seconds is not None and not state.has_ended:
        parts.append(f"{state.eta_seconds:.0f} s left")
    return "  ".join(parts)


@contextmanager
def app_at(url: str, folder: Path) -> Iterator[Client]:
    """The app that answers at `url`; if none does, one of our own, on the same port."""
    client = Client(url)
    if client.is_up():
        print(f"Importing into the app at {url}.")
        yield client
        return
    address = urlsplit(url)
    if address.hostname not in ("127.0.0.1", "localhost"):
        raise ApiError(f"Nothing answers at {url}.")
    print(f"Nothing answers at {url}: starting an app of its own for this demo, with an")
    print("empty catalog in a temporary folder. It is stopped, and its data go, at the end.")
    with running_app(folder, client, PORT=str(address.port or 80)):
        yield client
        print("Stopping the demo's app.")


def import_file(client: Client, path: Path) -> bool:
    """Upload, follow, report; whether the import completed."""
    size = path.stat().st_size / 1e6
    began = time.monotonic()
    accepted = client.upload(path)
    uploaded = time.monotonic()
    print(f"Uploaded {size:.1f} MB in {uploaded - began:.2f} s: import {accepted.id}")
    line, state = ProgressLine(), accepted
    for state in client.follow(accepted.id, seconds=0.1):
        line.show(state)
    seconds = time.monotonic() - uploaded
    line.end(state)
    if state.status != "completed":
        print(f"The import {state.status}. {state.problem}")
        return False
    rows = state.counts["rows"]
    outcomes = {name: count for name, count in state.counts.items() if count and name != "rows"}
    print(f"{rows:,} rows: {', '.join(f'{n:,} {name}' for name, n in outcomes.items())}.")
    print(f"{seconds:.2f} s after the upload: {rows / seconds:,.0f} rows/s.")
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 if the import completed."""
    parser = argparse.ArgumentParser(prog="python -m bench.demo", description=__doc__)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--url", default=f"http://127.0.0.1:{os.environ.get('PORT') or 8000}")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="product-importer-demo-") as name:
        folder = Path(name)
        sample = folder / f"sample-{options.rows}.csv"
        print(f"Making a catalog of {options.rows:,} rows.")
        save_sample(Recipe(rows=options.rows), str(sample))
        try:
            with app_at(options.url, folder) as client:
                return 0 if import_file(client, sample) else 1
        except (ApiError, RuntimeError, requests.RequestException) as error:
            print(error)
            return 1
        except KeyboardInterrupt:
            print("\nStopped.")
            return 130


if __name__ == "__main__":
    sys.exit(main())
