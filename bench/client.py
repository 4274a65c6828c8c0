"""The importer's API as a script uses it: upload a file, ask how it is getting on."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import requests

ENDS = frozenset(("completed", "failed", "cancelled", "ready", "needs_mapping"))


class ApiError(Exception):
    """The app refused or failed; the message is what it said."""


@dataclass(frozen=True, kw_only=True)
class ImportState:
    """One answer of GET /api/imports/{id}; `percent` is 0 to 100."""

    id: str
    status: str
    stage: str
    percent: float
    rows_read: int
    rows_per_second: int
    eta_seconds: float | None
    counts: Mapping[str, int]
    problem: str

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Self:
        """Read the API's import object, in which what is not known yet is null."""
        progress = body.get("progress") or {}
        problem = body.get("problem") or {}
        return cls(
            id=body["id"],
            status=body["status"],
            stage=body.get("stage") or body["status"],
            percent=progress.get("percent") or 0.0,
            rows_read=progress.get("rows_read") or 0,
            rows_per_second=progress.get("rows_per_second") or 0,
            eta_seconds=progress.get("eta_seconds"),
            counts=body["counts"],
            problem=problem.get("detail") or problem.get("title") or "",
        )

    @property
    def has_ended(self) -> bool:
        """Whether this was the last word."""
        return self.status in ENDS


class Client:
    """Talks to one app. Proxies named by the environment are not asked."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False

    def is_up(self) -> bool:
        """Whether the app answers."""
        return self._is_fine("/healthz")

    def is_ready(self) -> bool:
        """Whether it can do its work, a worker included."""
        return self._is_fine("/readyz")

    def _is_fine(self, path: str) -> bool:
        try:
            return self._session.get(f"{self.url}{path}", timeout=2).ok
        except requests.RequestException:
            return False

    def upload(self, path: Path, *, preview: bool = False) -> ImportState:
        """Send a CSV file, block by block, and return once it is accepted."""
        with path.open("rb") as file:
            return self._import(
                self._session.post(
                    f"{self.url}/api/imports",
                    params={"filename": path.name, "preview": "true" if preview else "false"},
                    headers={"Content-Type": "text/csv"},
                    data=file,
                    timeout=600,
                )
            )

    def read(self, import_id: str) -> ImportState:
        """The import as it is now."""
        return self._import(self._session.get(f"{self.url}/api/imports/{import_id}", timeout=30))

    def follow(self, import_id: str, seconds: float) -> Iterator[ImportState]:
        """The import every so many seconds, until it has ended; the last one says how."""
        while not (state := self.read(import_id)).has_ended:
            yield state
            time.sleep(seconds)
        yield state

    def delete_all(self) -> str:
        """Delete the whole catalog; the change set's id."""
        return self._change_set(
            self._session.delete(f"{self.url}/api/products?confirm=all", timeout=30)
        )

    def undo(self, change_set_id: str) -> str:
        """Undo a change set; the id of the undo's."""
        address = f"{self.url}/api/change-sets/{change_set_id}/undo"
        return self._change_set(self._session.post(address, timeout=30))

    def follow_change_set(self, change_set_id: str, seconds: float) -> str:
        """Ask every so many seconds until it is completed; its id. Raises ApiError if it fails."""
        address = f"{self.url}/api/change-sets/{change_set_id}"
        while True:
            state = self._session.get(address, timeout=30).json()
            if state["status"] == "failed":
                raise ApiError(f"The change set failed: {state['problem']}")
            if state["status"] == "completed":
                return change_set_id
            time.sleep(seconds)

    def _change_set(self, answer: requests.Response) -> str:
        if not answer.ok:
            raise ApiError(f"{answer.status_code} from {answer.url}: {answer.text[:500]}")
        return str(answer.json()["id"])

    def _import(self, answer: requests.Response) -> ImportState:
        if not answer.ok:
            raise ApiError(f"{answer.status_code} from {answer.url}: {answer.text[:500]}")
        return ImportState.of(answer.json())
