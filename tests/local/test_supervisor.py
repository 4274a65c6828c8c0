"""The supervisor over small real processes."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import closing
from pathlib import Path

import psutil
import psycopg2
import pytest

from tests.local.running import Start, all_gone, program
from tests.waiting import PATIENCE, wait_until

SLEEP = "import time; print('hello'); time.sleep(60)"
SAY_AND_LEAVE = (
    "import signal, sys, time\n"
    "def leave(*_): print('bye'); sys.exit()\n"
    "signal.signal(signal.SIGTERM, leave)\n"
    "print('hello'); time.sleep(60)"
)
STUBBORN = (
    "import pathlib, signal, time\n"
    "signal.signal(signal.SIGTERM, lambda *_: pathlib.Path('asked').touch())\n"
    "print('hello')\n"
    "while True: time.sleep(60)"
)
WITH_A_HORSE = (
    "import os, signal, time\n"
    "if os.fork() == 0:\n"
    "    os.setpgrp(); signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "    print('horse'); time.sleep(60)\n"
    "time.sleep(60)"
)


def test_stages_start_in_order_and_stop_in_the_opposite_order(start: Start) -> None:
    first = f"import pathlib\n{SAY_AND_LEAVE}".replace(
        "time.sleep", "pathlib.Path('up').touch(); time.sleep"
    )
    running = start(
        [program("first", first, ready="up")],
        [program("second", "print('done')", once=True)],
        [program("third", SAY_AND_LEAVE)],
    )
    running.wait_for("all up")
    running.wait_for("third | hello")
    assert running.stop() == 0
    assert running.said() == [
        "first | hello",
        "second | done",
        "all up",
        "third | hello",
        "third | bye",
        "first | bye",
    ]


def test_a_dead_program_is_started_again_at_once(start: Start) -> None:
    running = start([program("worker", SLEEP)])
    running.wait_for("hello")
    os.kill(running.descendants()[0].pid, signal.SIGKILL)
    running.wait_for("worker was killed by SIGKILL; it is started again now.")
    running.wait_for("hello")


def test_a_program_that_keeps_dying_is_started_again_ever_later(start: Start) -> None:
    running = start([program("worker", "import time; time.sleep(0.3); raise SystemExit(3)")])
    running.wait_for("worker ended with exit code 3; it is started again now.")
    running.wait_for("worker ended with exit code 3; it is started again in 1 s.")
    running.wait_for("worker ended with exit code 3; it is started again in 2 s.")


def test_a_program_that_never_comes_up_ends_the_start_and_leaves_nothing(start: Start) -> None:
    running = start(
        [program("server", SLEEP)],
        [
            program(
                "web",
                "import time; time.sleep(0.2); print('no such module'); exit(1)",
                ready="never",
            )
        ],
    )
    running.wait_for("server | hello")
    before = running.descendants()
    running.wait_for("web | no such module")
    running.wait_for("web does not come up: it ended with exit code 1.")
    assert running.process.wait(PATIENCE) == 1
    assert all_gone(before)


def test_a_program_that_hangs_while_starting_is_named(start: Start) -> None:
    running = start([program("web", SLEEP, ready="never")], up_seconds=1)
    running.wait_for("web did not come up within 1 s.")
    assert running.process.wait(PATIENCE) == 1


def test_a_failed_migration_ends_the_start_with_its_output(start: Start) -> None:
    running = start(
        [program("migrations", "exit('column is missing')", once=True)],
        [program("web", SLEEP)],
    )
    assert running.process.wait(PATIENCE) == 1
    assert running.said() == [
        "migrations | column is missing",
        "migrations does not come up: it ended with exit code 1.",
    ]


def test_a_migration_that_its_server_broke_off_is_begun_again_when_the_server_is_back(
    start: Start, tmp_path: Path
) -> None:
    server = (
        "import pathlib, time; up = pathlib.Path('up')\n"
        "if pathlib.Path('broken').exists(): time.sleep(1); up.touch(); time.sleep(60)\n"
        "up.touch(); print('hello')\n"
        "while not pathlib.Path('broken').exists(): time.sleep(0.01)\n"
        "up.unlink(); exit(1)"
    )
    migration = (
        "import pathlib, time; broken = pathlib.Path('broken')\n"
        "if broken.exists(): print('server is up:', pathlib.Path('up').exists()); exit()\n"
        "broken.touch()\n"
        "while pathlib.Path('up').exists(): time.sleep(0.01)\n"
        "exit('connection lost')"
    )
    running = start(
        [program("server", server, ready="up")],
        [program("migrations", migration, once=True, attempts=2)],
    )
    running.wait_for("migrations | connection lost")
    running.wait_for("migrations ended with exit code 1; it is started again now.")
    running.wait_for("migrations | server is up: True")
    running.wait_for("all up")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_no_process_behind(start: Start, number: signal.Signals) -> None:
    running = start([program("server", SLEEP)], [program("worker", WITH_A_HORSE)])
    running.wait_for("worker | horse")
    before = running.descendants()
    assert len(before) == 3
    assert running.stop(number) == 0
    assert all_gone(before)


def test_a_restart_leaves_no_grandchild_of_the_dead_process(start: Start) -> None:
    running = start([program("worker", WITH_A_HORSE)])
    running.wait_for("horse")
    worker, horse = running.descendants()
    worker.kill()
    running.wait_for("horse")
    assert all_gone([horse])


def test_a_program_that_ignores_the_request_is_killed_in_the_end(start: Start) -> None:
    running = start([program("worker", STUBBORN, patience=0.5)])
    running.wait_for("hello")
    before = running.descendants()
    assert running.stop() == 0
    assert all_gone(before)


def test_a_second_ctrl_c_hurries(start: Start, tmp_path: Path) -> None:
    running = start([program("worker", STUBBORN, patience=10 * PATIENCE)])
    running.wait_for("hello")
    running.process.send_signal(signal.SIGINT)
    wait_until((tmp_path / "asked").exists)  # Two signals at once would be one.
    assert running.stop() == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux ties processes together")
def test_a_killed_supervisor_takes_its_programs_along_and_the_next_one_comes_up(
    start: Start, tmp_path: Path
) -> None:
    """Also a PostgreSQL that has recovered from the death of one of its processes."""
    running = start([{"name": "postgres"}], [program("worker", SLEEP)])
    url = running.wait_for("url ").removeprefix("url ")
    running.wait_for("worker | hello")
    with closing(psycopg2.connect(url)) as connection:
        os.kill(connection.info.backend_pid, signal.SIGKILL)
    assert answer_in_time(url, "SELECT 1") == 1
    before = running.descendants()
    assert len(before) > 2
    running.process.kill()
    assert all_gone(before)
    assert "received immediate shutdown request" in (tmp_path / "postgres.log").read_text()
    again = start([{"name": "postgres"}])
    url = again.wait_for("url ").removeprefix("url ")
    assert answer(url, "SELECT 1") == 1


def test_a_killed_postgresql_is_started_again_with_its_data(start: Start) -> None:
    running = start([{"name": "postgres"}])
    url = running.wait_for("url ").removeprefix("url ")
    running.wait_for("all up")
    answer(url, "CREATE TABLE kept AS SELECT 42 AS answer; SELECT 1")
    [postmaster] = psutil.Process(running.process.pid).children()
    postmaster.kill()
    running.wait_for("PostgreSQL was killed by SIGKILL; it is started again")
    assert answer_in_time(url, "SELECT answer FROM kept") == 42


def answer(url: str, statement: str) -> object:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        [[value]] = cursor.fetchall()
        return value


def answer_in_time(url: str, statement: str) -> object:
    """The answer of a server that is just starting."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return answer(url, statement)
        except psycopg2.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
