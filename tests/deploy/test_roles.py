"""Every role of the image, run from its folder by its entry script, against real servers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg2
import pytest
import requests

from app.local.processes import free_port
from tests.conftest import answers, wait_until
from tests.deploy.image import Image, Part
from tests.waiting import PATIENCE

WAITING = "the migrations have not been run yet"
PASSWORD = "correct horse battery staple"
CSV = b"sku,name,price\n" + b"".join(b"a%d,Product %d,1.00\n" % (n, n) for n in range(500))

Start = Callable[..., Part]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    return Image(tmp_path_factory.mktemp("image") / "app")


@pytest.fixture
def environment(
    request: pytest.FixtureRequest, database_url: str, redis_url: str
) -> dict[str, str]:
    """An empty database and an empty Redis, and what a platform says about them."""
    name = f"deployed_{free_port()}"
    with closing(psycopg2.connect(database_url)) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {name}")
    port = free_port()
    return {
        "DATABASE_URL": urlunsplit(urlsplit(database_url)._replace(path=f"/{name}")),
        "REDIS_URL": urlunsplit(urlsplit(redis_url)._replace(path=f"/{1 + port % 15}")),
        "SECRET_KEY": "s" * 40,
        "ADMIN_PASSWORD": PASSWORD,
        "HOST": "0.0.0.0",
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
        "WORKERS": "1",
    }


@pytest.fixture
def start(image: Image, environment: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Starts a role; what still runs after the test is ended."""
    parts: list[Part] = []

    def start_role(*role: str, **changes: str) -> Part:
        log = tmp_path / f"{'-'.join(role)}-{len(parts)}.log"
        parts.append(image.start(*role, log=log, **{**environment, **changes}))
        return parts[-1]

    yield start_role
    for part in parts:
        part.end()


def import_products(address: str) -> int:
    """Log in, import a file, and tell how many products there are then."""
    with requests.Session() as session:
        login = session.post(
            f"{address}/api/session", json={"password": PASSWORD}, timeout=PATIENCE
        )
        assert login.status_code == 204
        accepted = session.post(
            f"{address}/api/imports",
            data=CSV,
            headers={"Content-Type": "text/csv"},
            timeout=PATIENCE,
        )
        assert accepted.status_code == 202
        place = f"{address}{accepted.headers['Location']}"
        wait_until(lambda: session.get(place, timeout=PATIENCE).json()["status"] == "completed")
        products = session.get(f"{address}/api/products?limit=1", timeout=PATIENCE)
        return int(products.json()["total"])


def test_web_and_workers_wait_for_the_migrations_and_then_work(
    start: Start, image: Image, environment: dict[str, str]
) -> None:
    address = f"http://127.0.0.1:{environment['PORT']}"
    before = image.files()
    web = start("web")
    workers = [start("worker", "imports"), start("worker", "webhooks")]
    wait_until(lambda: answers(f"{address}/healthz"))
    wait_until(lambda: all(WAITING in worker.said() for worker in workers))
    assert requests.get(f"{address}/readyz", timeout=PATIENCE).json()["parts"]["schema"] == "failed"

    migrations = start("migrate")
    assert migrations.process.wait(PATIENCE) == 0, migrations.said()
    wait_until(lambda: answers(f"{address}/readyz"))
    assert import_products(address) == len(CSV.splitlines()) - 1

    if os.geteuid() == 0:
        assert image.account
        assert web.users() | workers[0].users() == {image.account.uid}
    assert [part.stop() for part in (*workers, web)] == [0, 0, 0]
    assert image.files() == before


def test_all_in_one_container_migrates_imports_and_leaves_no_process_behind(
    start: Start, environment: dict[str, str]
) -> None:
    address = f"http://127.0.0.1:{environment['PORT']}"
    everything = start("all")
    wait_until(lambda: answers(f"{address}/readyz"))
    assert import_products(address) == len(CSV.splitlines()) - 1
    processes = psutil.Process(everything.process.pid).children(recursive=True)
    assert len(processes) >= 4
    assert everything.stop() == 0
    assert not psutil.wait_procs(processes, timeout=PATIENCE)[1]


def test_all_in_one_container_writes_json_that_names_the_process(start: Start) -> None:
    everything = start("all")

    def writers() -> set[str]:
        lines = [line for line in everything.said().splitlines() if line.startswith("{")]
        return {json.loads(line)["process"] for line in lines}

    wait_until(lambda: writers() == {"migrations", "web", "worker 1", "webhooks"})
    assert '| {"' not in everything.said()


def test_web_without_a_password_refuses_to_start_and_says_why(start: Start) -> None:
    web = start("web", ADMIN_PASSWORD="")
    assert web.process.wait(PATIENCE) != 0
    assert "ADMIN_PASSWORD is not set" in web.said()


def test_all_in_one_container_needs_servers_of_the_platform(start: Start) -> None:
    everything = start("all", DATABASE_URL="")
    assert everything.process.wait(PATIENCE) == 2
    assert "DATABASE_URL is not set" in everything.said()


def test_a_role_that_there_is_not_is_refused_with_those_that_there_are(start: Start) -> None:
    part = start("server")
    assert part.process.wait(PATIENCE) == 64
    assert "web | worker QUEUE | migrate | all" in part.said()
