"""rq-dashboard as mounted: it works, tells nobody's browser what to run, and changes
nothing for a link or another site. Needs a real Redis, as it is all about what is in it."""

import re
from collections.abc import Iterator

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from rq import Queue, Worker
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer
from werkzeug.test import TestResponse

from app.ops import dashboard

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
NASTY = "<script>alert('job')</script>"
QUEUE = "dashboard-tests"


def create_app(redis_url: str) -> Flask:
    app = Flask(__name__, static_folder=None)
    dashboard.init_app(app, redis_url)
    return app


@pytest.fixture
def client(redis_url: str) -> FlaskClient:
    return create_app(redis_url).test_client()


@pytest.fixture
def queue(redis_url: str) -> Iterator[Queue]:
    """An empty queue of JSON jobs that leaves nothing behind."""
    with redis.Redis.from_url(redis_url) as connection:
        queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
        yield queue
        for registry in (queue.failed_job_registry, queue.started_job_registry):
            for job_id in registry.get_job_ids(cleanup=False):
                registry.remove(job_id, delete_job=True)
        queue.delete(delete_jobs=True)


def enqueue_job(queue: Queue, description: str = "a job") -> Job:
    return queue.enqueue("operator.neg", 1, description=description, meta={"step": 1})


def fail_job(queue: Queue, description: str = "a job") -> Job:
    """A job that has been run and is in the failed registry."""
    job = enqueue_job(queue, description)
    queue.remove(job)
    job.set_status(JobStatus.FAILED)
    queue.failed_job_registry.add(job, exc_string=f"ValueError: {NASTY}")
    return job


def page_of(response: TestResponse) -> str:
    assert response.status_code == 200, response.text
    return response.text


@pytest.mark.parametrize(
    "path",
    [
        "/rq/",
        "/rq/0/view/workers",
        "/rq/0/view/jobs",
        f"/rq/0/view/jobs/{QUEUE}/failed/8/asc/1",
    ],
)
def test_every_page_answers_escapes_and_loads_only_from_here(
    client: FlaskClient, queue: Queue, path: str
) -> None:
    enqueue_job(queue)
    page = page_of(client.get(path))
    assert "<%=" not in page
    assert "<%-" in page
    loaded = re.findall(r'<(?:script|link|img)[^>]* (?:src|href)="([^"]*)"', page)
    assert len(loaded) == 7
    for address in loaded:
        with client.get(address) as answer:
            assert (address[:4], answer.status_code) == ("/rq/", 200)


@pytest.mark.parametrize("registry", sorted(dashboard.REGISTRIES))
def test_jobs_of_every_registry_are_listed(
    client: FlaskClient, queue: Queue, registry: str
) -> None:
    answer = client.get(f"/rq/0/data/jobs/{queue.name}/{registry}/8/asc/1.json")
    assert (answer.status_code, answer.get_json()["jobs"]) == (200, [])


def test_job_page_leaves_escaping_to_the_template(client: FlaskClient, queue: Queue) -> None:
    job = fail_job(queue, description=NASTY)
    page = page_of(client.get(f"/rq/0/view/job/{job.id}"))
    data = client.get(f"/rq/0/data/job/{job.id}.json").get_json()
    assert data["description"] == NASTY
    assert "<%=" not in page
    assert NASTY not in page
    for text in ("d.description", "d.exc_info", "JSON.stringify(d.result, null, 2)"):
        assert f"<%- {text} %>" in page


def test_job_list_escapes_once(client: FlaskClient, queue: Queue) -> None:
    fail_job(queue, description=NASTY)
    page = page_of(client.get(f"/rq/0/view/jobs/{queue.name}/failed/8/asc/1"))
    assert "<%- d.description %>" in page
    assert "<%- d.exc_info %>" in page
    assert ".text(d." not in page


def test_queue_name_in_the_address_is_no_script(client: FlaskClient) -> None:
    page = page_of(client.get("/rq/0/view/jobs/x');alert('queue/queued/8/asc/1"))
    assert "');alert('" not in page
    assert r"\u0027);alert(\u0027queue" in page


def test_policy_allows_the_one_inline_script_by_its_nonce(client: FlaskClient) -> None:
    answer = client.get("/rq/")
    policy = answer.headers["Content-Security-Policy"]
    nonces = re.findall(r'<script type="text/javascript" nonce="([^"]+)">', answer.text)
    assert len(nonces) == 1
    assert f"script-src 'self' 'nonce-{nonces[0]}' 'unsafe-eval';" in policy
    assert client.get("/rq/").headers["Content-Security-Policy"] != policy


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_requeue_all_is_refused_but_by_post(client: FlaskClient, queue: Queue, method: str) -> None:
    job = fail_job(queue)
    answer = client.open(f"/rq/requeue/{queue.name}", method=method, headers=SAME_SITE)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert queue.failed_job_registry.get_job_ids(cleanup=False) == [job.id]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {},
    ],
)
@pytest.mark.parametrize(
    "path",
    [
        "/rq/requeue/{queue}",
        "/rq/queue/{queue}/failed/empty",
        "/rq/queue/{queue}/compact",
        "/rq/job/{job}/delete",
        "/rq/job/{job}/requeue",
    ],
)
def test_writes_from_another_site_are_refused(
    client: FlaskClient, queue: Queue, path: str, headers: dict[str, str]
) -> None:
    job = fail_job(queue)
    answer = client.post(path.format(queue=queue.name, job=job.id), headers=headers)
    assert answer.status_code == 403
    assert queue.failed_job_registry.get_job_ids(cleanup=False) == [job.id]


@pytest.mark.parametrize(
    "headers", [SAME_SITE, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}]
)
@pytest.mark.parametrize("path", ["/rq/requeue/{queue}", "/rq/job/{job}/requeue"])
def test_own_pages_requeue_and_the_job_stays_json(
    client: FlaskClient, queue: Queue, path: str, headers: dict[str, str]
) -> None:
    job = fail_job(queue)
    answer = client.post(path.format(queue=queue.name, job=job.id), headers=headers)
    assert answer.get_json()["status"] == "OK"
    again = queue.fetch_job(job.id)
    assert again is not None
    assert (again.get_status(), again.args, again.meta) == ("queued", [1], {"step": 1})


def test_own_pages_delete_and_empty(client: FlaskClient, queue: Queue) -> None:
    deleted, emptied = fail_job(queue), fail_job(queue)
    client.post(f"/rq/job/{deleted.id}/delete", headers=SAME_SITE)
    assert queue.failed_job_registry.get_job_ids(cleanup=False) == [emptied.id]
    client.post(f"/rq/queue/{queue.name}/failed/empty", headers=SAME_SITE)
    assert queue.failed_job_registry.get_job_ids(cleanup=False) == []
    assert queue.fetch_job(emptied.id) is None


def test_own_pages_compact_a_queue_also_an_empty_one(client: FlaskClient, queue: Queue) -> None:
    address = f"/rq/queue/{queue.name}/compact"
    assert client.post(address, headers=SAME_SITE).status_code == 200
    gone, kept = enqueue_job(queue), enqueue_job(queue)
    queue.connection.delete(gone.key)
    assert client.post(address, headers=SAME_SITE).status_code == 200
    assert queue.get_job_ids() == [kept.id]


def test_busy_worker_is_shown_with_its_json_job(client: FlaskClient, queue: Queue) -> None:
    job = enqueue_job(queue)
    worker = Worker([queue], connection=queue.connection, serializer=JSONSerializer)
    worker.register_birth()  # type: ignore[no-untyped-call]
    try:
        worker.set_current_job_id(job.id)
        workers = client.get("/rq/0/data/workers.json").get_json()["workers"]
    finally:
        worker.register_death()  # type: ignore[no-untyped-call]
    shown = {entry["name"]: entry["current_job"] for entry in workers}
    assert shown[worker.name]["call_string"] == "operator.neg(1)"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/rq/0/view/job/no-such-job"),
        ("GET", "/rq/0/data/job/no-such-job.json"),
        ("POST", "/rq/job/no-such-job/requeue"),
        ("GET", "/rq/0/view/job/%3Cimg%3E"),
        ("GET", "/rq/0/data/job/%ff.json"),
        ("POST", "/rq/job/a%20b/delete"),
        ("GET", "/rq/7/view/queues"),
        ("GET", "/rq/0/data/jobs/imports/nonsense/8/asc/1.json"),
        ("GET", "/rq/0/data/jobs/imports/queued/0/asc/1.json"),
        ("GET", "/rq/0/data/jobs/imports/queued/8/asc/one.json"),
    ],
)
def test_what_is_not_there_is_404(client: FlaskClient, method: str, path: str) -> None:
    assert client.open(path, method=method, headers=SAME_SITE).status_code == 404


def test_requeue_of_a_job_that_has_not_failed_is_409(client: FlaskClient, queue: Queue) -> None:
    job = enqueue_job(queue)
    answer = client.post(f"/rq/job/{job.id}/requeue", headers=SAME_SITE)
    assert answer.status_code == 409


def test_two_apps_in_one_process_both_work(redis_url: str, queue: Queue) -> None:
    enqueue_job(queue)
    for app in (create_app(redis_url), create_app(redis_url)):
        data = app.test_client().get("/rq/0/data/queues.json").get_json()
        assert {entry["name"]: entry["count"] for entry in data["queues"]}[queue.name] == 1


@pytest.mark.parametrize(
    "path",
    ["/rq/", "/rq/0/view/jobs", "/rq/0/view/job/x", "/rq/0/view/workers", "/rq/0/data/queues.json"],
)
def test_redis_away_is_a_page_that_says_so(path: str) -> None:
    answer = create_app("redis://127.0.0.1:1/0").test_client().get(path)
    assert answer.status_code == 503
    assert "Redis cannot be reached" in answer.text
    assert "Retry-After" in answer.headers
    assert "Traceback" not in answer.text
