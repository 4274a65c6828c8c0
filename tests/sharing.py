"""How the test files are shared out between the workers of `pytest -n 3`."""

from __future__ import annotations

from xdist.scheduler import LoadFileScheduling

# What uses `live_app` or the browser: shared out together, so that one of each is started.
WITH_LIVE_APP = (
    "tests/adversarial/test_v14_configuration.py",
    "tests/imports/test_events.py",
    "tests/pages/",
    "tests/products/test_export.py",
    "tests/test_pacing.py",
)
# Begun first, so that at the end of a run no worker waits for the other's long file.
LONGEST = (
    *WITH_LIVE_APP,
    "tests/test_several_machines.py",
    "tests/test_faults.py",
    "tests/products/test_listing.py",
    "tests/webhooks/test_faults.py",
    "tests/products/test_searching.py",
    "tests/deploy/test_roles.py",
    "tests/test_concurrency.py",
    "tests/local/test_supervisor.py",
    "tests/changes/test_model.py",
    "tests/test_openapi.py",
    "tests/migrations/",
)


class ByServers(LoadFileScheduling):  # type: ignore[misc]
    """Shares out file by file; the files of one server together."""

    def _split_scope(self, nodeid: str) -> str:
        return "live app" if nodeid.startswith(WITH_LIVE_APP) else str(super()._split_scope(nodeid))


def rank(nodeid: str) -> int:
    """The place of a test's file in the order of the run."""
    matches = (n for n, path in enumerate(LONGEST) if nodeid.startswith(path))
    return next(matches, len(LONGEST))
