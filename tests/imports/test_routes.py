"""Imports over HTTP, from the upload to the catalog."""

from __future__ import annotations

import base64
import gzip
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.imports import reader, windows
from app.imports.models import import_chunks, imports
from app.imports.rejects_file import NOT_THE_HEADERS
from app.products.models import products
from tests.imports.factories import upload

Run = Callable[[], None]


def imported(client: FlaskClient, run_jobs: Run, text: str | bytes, **fields: str) -> Any:
    """Upload, work, and the import as it ended."""
    created = upload(client, text, **fields)
    assert created.status_code == 202, created.get_json()
    run_jobs()
    return client.get(created.headers["Location"]).get_json()


def catalog(connection: sa.Connection) -> list[tuple[Any, ...]]:
    """(sku, name, description, price as text, active, version) in the order of the SKUs."""
    rows = connection.execute(sa.select(products).order_by(products.c.sku))
    return [
        (r.sku, r.name, r.description, r.price and str(r.price), r.active, r.version) for r in rows
    ]


def test_a_file_lands_in_the_catalog(
    client: FlaskClient, run_jobs: Run, connection: sa.Connection
) -> None:
    text = "sku,name,description,price,active\nA-1,Chair,Oak,12.90,true\n007,Écu,,,no\n"
    done = imported(client, run_jobs, text)
    assert done["status"] == "completed"
    assert done["counts"] == {
        "rows": 2, "created": 2, "updated": 0, "unchanged": 0,
        "duplicates": 0, "rejected": 0, "skipped": 0,
    }  # fmt: skip
    assert done["progress"]["percent"] == 100.0
    assert catalog(connection) == [
        ("007", "Écu", "", None, False, 1),
        ("A-1", "Chair", "Oak", "12.90", True, 1),
    ]


def test_the_answer_to_an_upload_has_the_shape_of_the_contract(client: FlaskClient) -> None:
    answer = upload(client, "sku,name\n1,A\n")
    body = answer.get_json()
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/imports/{body['id']}"
    assert list(body) == [
        "id", "filename", "size_bytes", "preview", "mode", "on_reject", "status", "stage",
        "progress", "counts", "format", "mapping", "ignored_columns", "notices",
        "problem", "change_set_id", "waiting_for", "created_at", "started_at", "finished_at",
    ]  # fmt: skip
    assert body["status"] == "queued"
    assert body["size_bytes"] == 13
    assert body["created_at"].endswith("Z")
    assert body["started_at"] is None


def test_a_raw_body_is_taken_as_well(client: FlaskClient, run_jobs: Run) -> None:
    answer = client.post(
        "/api/imports?filename=a.csv&mode=upsert", data=b"sku,name\n1,A\n", content_type="text/csv"
    )
    assert answer.status_code == 202
    assert answer.get_json()["filename"] == "a.csv"
    run_jobs()
    assert client.get(answer.headers["Location"]).get_json()["counts"]["created"] == 1


def test_skus_are_matched_without_regard_to_unicode_case(
    client: FlaskClient, run_jobs: Run, connection: sa.Connection
) -> None:
    imported(client, run_jobs, "sku,name\nÉ1,Old\n")
    done = imported(client, run_jobs, "sku,name\né1,New\n")
    assert done["counts"]["updated"] == 1
    assert catalog(connection) == [("É1", "New", "", None, True, 2)]


def test_a_row_equal_to_the_stored_one_writes_nothing(
    client: FlaskClient, run_jobs: Run, connection: sa.Connection
) -> None:
    text = "sku,name,price\nA,Chair,5\nB,Table,\n"
    imported(client, run_jobs, text)
    before = connection.execute(sa.select(products)).all()
    connection.rollback()
    done = imported(client, run_jobs, text)
    assert done["counts"]["unchanged"] == 2
    assert connection.execute(sa.select(products)).all() == before


def test_a_field_without_a_column_stays_on_update(
    client: FlaskClient, run_jobs: Run, connection: sa.Connection
) -> None:
    imported(client, run_jobs, "sku,name,description,price,active\nA,Chair,Oak,5,no\n")
    imported(client, run_jobs, "sku,name\nA,Stool\n")
    assert catalog(connection) == [("A", "Stool", "Oak", "5.00", False, 2)]


def test_an_empty_cell_clears_an_optional_value(
    client: FlaskClient, run_jobs: Run, connection: sa.Connection
) -> None:
    imported(client, run_jobs, "sku,name,description,price\nA,Chair,Oak,5\n")
    imported(client, run_jobs, "sku,name,description,price\nA,Chair,,\n")
    assert catalog(connection) == [("A", "Chair", "", None, True, 2)]


def test_the_last_row_of_a_sku_wins_and_the_others_are_listed(
    client: FlaskClient, run_jobs: Run, connection: sa.Connection
) -> None:
    done = imported(client, run_jobs, "sku,name\na,One\nb,Other\nA,Two\nÀ,X\nA,Three\n")
    assert done["counts"]["duplicates"] == 2
    assert done["counts"]["created"] == 3
    listed = client.get(f"/api/imports/{done['id']}/duplicates").get_json()
    assert listed["total"] == 2
    assert listed["items"] == [
        {"line": 2, "sku": "a", "replaced_by_line": 6},
        {"line": 4, "sku": "A", "replaced_by_line": 6},
    ]
    assert ("A", "Three", "", None, True, 1) in catalog(connection)


BAD_ROWS = [
    (",No sku,1", "sku", "sku_required"),
    ("S,,1", "name", "name_required"),
    ("S,N,abc", "price", "price_invalid"),
    ("S,N,-1", "price", "price_negative"),
    ("S,N,1.2345", "price", "price_too_precise"),
    ("S,N,99999999999", "price", "price_too_large"),
    (f"{'S' * 300},N,1", "sku", "sku_too_long"),
    ("S,a\x00b,1", "name", "name_control_character"),
    ("S,N", None, "too_few_cells"),
    ("S,N,1,extra", None, "too_many_cells"),
    ('T,"a"b,1', None, "quote_stray"),
]


@pytest.mark.parametrize(("row", "column", "code"), BAD_ROWS)
def test_a_bad_row_is_named_and_the_good_ones_land(
    client: FlaskClient, run_jobs: Run, row: str, column: str | None, code: str
) -> None:
    done = imported(client, run_jobs, f"sku,name,price\nG1,Good,1\n{row}\nG2,Good,2\n")
    assert done["status"] == "completed"
    assert (done["counts"]["rows"], done["counts"]["created"]) == (3, 2)
    rejects = client.get(f"/api/imports/{done['id']}/rejects").get_json()
    assert rejects["total"] == done["counts"]["rejected"] == 1
    assert [(r["line"], r["column"], r["code"]) for r in rejects["items"]] == [(3, column, code)]
    assert rejects["items"][0]["detail"].endswith(".")


def test_a_stray_quote_costs_its_row_alone(
    client: FlaskClient, run_jobs: Run, connection: sa.Connection
) -> None:
    rows = "".join(f"K{n},Name {n},1\n" for n in range(3000))
    done = imported(client, run_jobs, f'sku,name,price\nX,"open,1\n{rows}')
    assert done["counts"]["rejected"] == 1
    assert done["counts"]["created"] == 3000
    reject = client.get(f"/api/imports/{done['id']}/rejects").get_json()["items"][0]
    assert (reject["line"], reject["code"]) == (2, "quote_open")


def test_line_numbers_are_those_of_an_editor(client: FlaskClient, run_jobs: Run) -> None:
    text = 'sku,name\r\nA,"two\r\nlines"\r\n\r\nB,\r\n'
    done = imported(client, run_jobs, text)
    rejects = client.get(f"/api/imports/{done['id']}/rejects").get_json()
    assert [r["line"] for r in rejects["items"]] == [5]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\x89PNG\r\n\x1a\n0000", "/problems/not-text"),
        (b"PK\x03\x04aaaa", "/problems/not-text"),
        (b"\x00" * 5000, "/problems/not-text"),
        (b"sku,name\n", "/problems/empty-file"),
        (b"\n\n\n", "/problems/empty-file"),
        (b"\xef\xbb\xbf", "/problems/empty-file"),
    ],
)
def test_a_file_that_is_no_table_fails_with_a_problem(
    client: FlaskClient, run_jobs: Run, content: bytes, problem: str
) -> None:
    done = imported(client, run_jobs, content)
    assert done["status"] == "failed"
    assert done["problem"]["type"] == problem
    assert done["problem"]["detail"].endswith(".")
    assert done["finished_at"] is not None


def test_a_header_without_a_sku_asks_for_a_mapping_and_goes_on_with_one(
    client: FlaskClient, run_jobs: Run, connection: sa.Connection
) -> None:
    waiting = imported(client, run_jobs, "Ware,Title\nA,Chair\n")
    assert waiting["status"] == "needs_mapping"
    assert "SKU" in waiting["problem"]["detail"]
    preview = client.get(f"/api/imports/{waiting['id']}/preview").get_json()
    assert preview["columns"] == [
        {"header": "Ware", "field": None, "samples": ["A"]},
        {"header": "Title", "field": "name", "samples": ["Chair"]},
    ]
    started = client.post(
        f"/api/imports/{waiting['id']}/start", json={"mapping": {"sku": "Ware", "name": "Title"}}
    )
    assert started.status_code == 202
    run_jobs()
    assert catalog(connection) == [("A", "Chair", "", None, True, 1)]


def test_a_preview_counts_what_the_import_then_does(client: FlaskClient, run_jobs: Run) -> None:
    imported(client, run_jobs, "sku,name,price\nA,Chair,5\nB,Table,6\n")
    text = "sku,name,price\na,Chair,5\nB,Table,7\nC,New,1\nc,Newer,2\n,bad,1\n"
    ready = imported(client, run_jobs, text, preview="true")
    assert ready["status"] == "ready"
    preview = client.get(f"/api/imports/{ready['id']}/preview").get_json()
    assert preview["sample_changes"] == [
        {
            "action": "update",
            "line": 3,
            "before": {
                "sku": "B",
                "name": "Table",
                "description": "",
                "price": "6.00",
                "active": True,
            },
            "after": {
                "sku": "B",
                "name": "Table",
                "description": "",
                "price": "7.00",
                "active": True,
            },
        },
        {
            "action": "create",
            "line": 5,
            "before": None,
            "after": {
                "sku": "c",
                "name": "Newer",
                "description": "",
                "price": "2.00",
                "active": True,
            },
        },
    ]
    assert client.post(f"/api/imports/{ready['id']}/start").status_code == 202
    run_jobs()
    done = client.get(f"/api/imports/{ready['id']}").get_json()
    assert done["status"] == "completed"
    assert done["counts"] == preview["counts"] == ready["counts"]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("upsert", {"created": 1, "updated": 1, "unchanged": 1, "skipped": 0}),
        ("create_only", {"created": 1, "updated": 0, "unchanged": 0, "skipped": 2}),
        ("update_only", {"created": 0, "updated": 1, "unchanged": 1, "skipped": 1}),
    ],
)
def test_a_mode_decides_what_may_be_written(
    client: FlaskClient, run_jobs: Run, mode: str, expected: dict[str, int]
) -> None:
    imported(client, run_jobs, "sku,name\nA,Chair\nB,Table\n")
    text = "sku,name\nA,Chair\nB,Desk\nC,New\n"
    ready = imported(client, run_jobs, text, mode=mode, preview="1")
    done = imported(client, run_jobs, text, mode=mode)
    for counts in (ready["counts"], done["counts"]):
        assert {name: counts[name] for name in expected} == expected


def test_one_bad_row_stops_an_import_that_asks_for_it(
    client: FlaskClient, run_jobs: Run, connection: sa.Connection
) -> None:
    done = imported(client, run_jobs, "sku,name\nA,Chair\n,Bad\n", on_reject="abort")
    assert done["status"] == "failed"
    assert done["problem"]["type"] == "/problems/rejected-rows"
    assert catalog(connection) == []
    assert client.get(f"/api/imports/{done['id']}/rejects").get_json()["total"] == 1
    assert (done["counts"]["rows"], done["counts"]["skipped"]) == (2, 1)


def test_a_preview_that_would_be_stopped_says_so_and_can_be_started_otherwise(
    client: FlaskClient, run_jobs: Run, connection: sa.Connection
) -> None:
    text = "sku,name\nA,Chair\n,Bad\n"
    ready = imported(client, run_jobs, text, on_reject="abort", preview="true")
    assert ready["status"] == "ready"
    assert ready["problem"]["type"] == "/problems/rejected-rows"
    client.post(f"/api/imports/{ready['id']}/start", json={"on_reject": "skip"})
    run_jobs()
    assert len(catalog(connection)) == 1


def test_a_cancelled_import_changes_nothing(
    client: FlaskClient, run_jobs: Run, connection: sa.Connection
) -> None:
    created = upload(client, "sku,name\nA,Chair\n").get_json()
    assert client.post(f"/api/imports/{created['id']}/cancel").status_code == 202
    run_jobs()
    assert client.get(f"/api/imports/{created['id']}").get_json()["status"] == "cancelled"
    assert catalog(connection) == []
    assert client.post(f"/api/imports/{created['id']}/cancel").status_code == 409


def test_the_rejected_rows_come_back_as_a_file_that_imports_once_corrected(
    client: FlaskClient, run_jobs: Run
) -> None:
    done = imported(client, run_jobs, 'sku,name,vendor\nA,Chair,X\n,"Ta\nble, big",Y\n')
    answer = client.get(f"/api/imports/{done['id']}/rejects.csv")
    assert answer.mimetype == "text/csv"
    assert answer.text == (
        'sku,name,vendor,_line,_error\r\n,"Ta\nble, big",Y,3,The SKU is missing.\r\n'
    )
    again = imported(client, run_jobs, answer.text.replace("\r\n,", "\r\nB,"))
    assert again["counts"]["created"] == 1
    assert again["ignored_columns"] == ["vendor"]


def test_the_uploaded_file_can_be_had_back(client: FlaskClient) -> None:
    content = b"sku,name\n" + b"".join(b"%d,N%d\n" % (n, n) for n in range(100_000))
    created = upload(client, content).get_json()
    assert client.get(f"/api/imports/{created['id']}/file").data == content


@pytest.mark.parametrize(
    ("request_options", "status"),
    [
        ({}, 422),
        ({"data": {}, "content_type": "multipart/form-data"}, 422),
        ({"data": {"file": (io.BytesIO(b""), "a.csv")}}, 422),
        ({"data": {"file": (io.BytesIO(b"sku,name\n1,a\n"), "a.csv"), "mode": "x"}}, 422),
        ({"data": {"file": (io.BytesIO(b"sku,name\n1,a\n"), "a.csv"), "mapping": "{"}}, 422),
        ({"data": {"file": (io.BytesIO(b"sku,name\n1,a\n"), "a.csv"), "colour": "red"}}, 422),
        ({"json": {"file": "no"}}, 415),
        ({"data": b"sku,name\n", "content_type": "text/csv", "query_string": "a=b"}, 422),
        ({"data": b"x" * 5_000_001, "content_type": "text/csv"}, 413),
    ],
)
def test_an_upload_that_cannot_be_taken_is_a_problem(
    client: FlaskClient, request_options: dict[str, Any], status: int
) -> None:
    answer = client.post("/api/imports", **request_options)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["status"] == status


def test_a_form_larger_than_the_limit_is_refused(client: FlaskClient) -> None:
    for size in (5_000_001, 7_000_000):
        answer = upload(client, b"x" * size)
        assert answer.status_code == 413
        assert answer.get_json()["limit_bytes"] == 5_000_000


def test_imports_are_listed_newest_first(client: FlaskClient) -> None:
    ids = [upload(client, "sku,name\n1,A\n").get_json()["id"] for _ in range(3)]
    page = client.get("/api/imports?limit=2").get_json()
    assert [item["id"] for item in page["items"]] == [ids[2], ids[1]]
    assert page["total"] == 3
    rest = client.get(f"/api/imports?limit=2&cursor={page['next_cursor']}").get_json()
    assert [item["id"] for item in rest["items"]] == [ids[0]]
    assert rest["next_cursor"] is None


def test_an_unknown_import_is_a_404_problem(client: FlaskClient) -> None:
    for path in ("", "/rejects", "/preview", "/file", "/rejects.csv", "/duplicates"):
        answer = client.get(f"/api/imports/019aa5a1-0000-7000-8000-000000000000{path}")
        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_a_preview_can_be_run_again_read_in_another_way(
    client: FlaskClient, run_jobs: Run, connection: sa.Connection
) -> None:
    ready = imported(client, run_jobs, "sku,name,price\nA,Chair,5\n", preview="true")
    path = f"/api/imports/{ready['id']}"
    again = client.post(f"{path}/preview", json={"mapping": {"name": "price"}})
    assert again.status_code == 202
    run_jobs()
    change = client.get(f"{path}/preview").get_json()["sample_changes"][0]
    assert change["after"]["name"] == "5"
    assert client.get(path).get_json()["status"] == "ready"
    assert catalog(connection) == []
    client.post(f"{path}/start")
    run_jobs()
    assert catalog(connection) == [("A", "5", "", None, True, 1)]
    assert client.post(f"{path}/preview", json={}).status_code == 409


def test_rejected_rows_are_counted_by_reason(client: FlaskClient, run_jobs: Run) -> None:
    done = imported(client, run_jobs, "sku,name,price\n,a,1\nA,b,x\n,c,1\nB,d,1\n")
    assert client.get(f"/api/imports/{done['id']}/rejects/kinds").get_json() == [
        {"code": "sku_required", "count": 2, "first_line": 2},
        {"code": "price_invalid", "count": 1, "first_line": 3},
    ]


def test_a_short_row_is_rejected_again_when_it_comes_back_as_it_was(
    client: FlaskClient, run_jobs: Run, connection: sa.Connection
) -> None:
    done = imported(client, run_jobs, "sku,name,description,price\nA,Chair,Oak,5\nA,Chair\n")
    rejects = client.get(f"/api/imports/{done['id']}/rejects.csv").text
    again = imported(client, run_jobs, rejects)
    assert (again["counts"]["rows"], again["counts"]["rejected"]) == (1, 1)
    assert catalog(connection) == [("A", "Chair", "Oak", "5.00", True, 1)]
    corrected = rejects.replace("Chair,,,", "Chair,Pine,6,").replace(NOT_THE_HEADERS, "")
    assert imported(client, run_jobs, corrected)["counts"]["updated"] == 1
    assert catalog(connection) == [("A", "Chair", "Pine", "6.00", True, 2)]


def test_an_option_given_twice_is_refused_with_a_pointer(client: FlaskClient) -> None:
    form = {"mode": ["upsert", "update_only"], "file": (io.BytesIO(b"sku,name\nA,One\n"), "a.csv")}
    answer = client.post("/api/imports", data=form)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == "/mode"


@pytest.mark.parametrize(
    "field",
    [
        {"mapping": '{"sku": "\\u0000"}'}, {"mapping": '{"sku": "\\ud800"}'},
        {"mapping": '{"colour": "a"}'}, {"mapping": "[]"}, {"encoding": "idna"},
        {"encoding": "punycode"}, {"encoding": "base64"}, {"encoding": "nothing"},
        {"delimiter": "xx"}, {"decimal": ";"}, {"preview": "perhaps"},
    ],
)  # fmt: skip
def test_an_option_that_means_nothing_is_refused_with_a_pointer(
    client: FlaskClient, field: dict[str, str]
) -> None:
    answer = upload(client, "sku,name\n1,A\n", **field)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"].startswith(f"/{next(iter(field))}")


@pytest.mark.parametrize("encoding", ["utf-16", "utf_8", "latin-1", "SHIFT_JIS", "windows-1252"])
def test_a_file_read_in_a_wrong_encoding_ends_with_a_reason(
    client: FlaskClient, run_jobs: Run, encoding: str
) -> None:
    done = imported(client, run_jobs, "sku,name\n1,Écu\n", encoding=encoding)
    assert done["status"] in ("completed", "needs_mapping", "failed")
    assert done["problem"] is None or done["problem"]["status"] == 422


@pytest.mark.parametrize("payload", [["-id", "n", "not-a-uuid"], ["-id", "n", 5], ["-id"], {}])
def test_a_cursor_made_up_is_refused(client: FlaskClient, payload: object) -> None:
    cursor = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")
    assert client.get(f"/api/imports?cursor={cursor}").status_code == 422


def test_a_form_field_too_large_is_not_called_a_large_file(client: FlaskClient) -> None:
    answer = upload(client, "sku,name\n1,A\n", mapping="x" * 600_000)
    assert answer.status_code == 413
    assert answer.get_json()["type"] != "/problems/upload-too-large"


def test_a_mapping_to_a_header_that_is_not_there_asks_for_another(
    client: FlaskClient, run_jobs: Run
) -> None:
    waiting = imported(client, run_jobs, "sku,name\n1,A\n", mapping='{"sku": "Ware"}')
    assert waiting["status"] == "needs_mapping"
    assert waiting["problem"]["type"] == "/problems/bad-mapping"


def test_a_file_packed_with_gzip_is_unpacked(client: FlaskClient, run_jobs: Run) -> None:
    packed = gzip.compress(b"sku,name\n1,A\n")
    created = upload(client, packed, filename="a.csv.gz").get_json()
    run_jobs()
    done = client.get(f"/api/imports/{created['id']}").get_json()
    assert done["counts"]["created"] == 1


def test_a_gzip_bomb_is_refused_for_what_it_expands_to(client: FlaskClient) -> None:
    answer = upload(client, gzip.compress(b"0" * 6_000_000), filename="a.csv.gz")
    assert (answer.status_code, answer.get_json()["limit_bytes"]) == (413, 5_000_000)


def test_a_broken_archive_is_refused(client: FlaskClient) -> None:
    answer = upload(client, gzip.compress(b"sku,name\n1,A\n")[:-9], filename="a.csv.gz")
    assert answer.status_code == 422


def test_prices_that_do_not_tell_their_mark_are_refused_and_read_when_told(
    client: FlaskClient, run_jobs: Run, connection: sa.Connection
) -> None:
    failed = imported(client, run_jobs, 'sku,name,price\nA,N,"1,299"\nB,N,5\n')
    assert (failed["status"], failed["problem"]["type"]) == (
        "failed",
        "/problems/ambiguous-decimal",
    )
    assert failed["problem"]["examples"] == ["1,299"]
    path = f"/api/imports/{failed['id']}"
    assert client.post(f"{path}/preview", json={"decimal": "."}).status_code == 202
    run_jobs()
    client.post(f"{path}/start")
    run_jobs()
    assert [row[3] for row in catalog(connection)] == ["1299.00", "5.00"]


def test_a_comma_that_shows_late_is_right_for_the_rows_before_it(
    client: FlaskClient,
    run_jobs: Run,
    connection: sa.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reader, "SAMPLE_BYTES", 1 << 14)
    monkeypatch.setattr(reader, "BLOCK_BYTES", 1 << 15)
    monkeypatch.setattr(windows, "WINDOW_ROWS", 1000)
    many = "".join(f"S{n:05};N;5\n" for n in range(9_000))
    done = imported(client, run_jobs, f"sku;name;price\nA;N;1.299\n{many}Z;N;12,90\n")
    assert done["counts"] == {**done["counts"], "rows": 9_002, "created": 9_002, "rejected": 0}
    assert done["format"]["decimal"] == ","
    prices = {row[0]: row[3] for row in catalog(connection)}
    assert (prices["A"], prices["Z"]) == ("1299.00", "12.90")


def test_a_delimiter_that_cannot_be_decided_shows_the_candidates(
    client: FlaskClient, run_jobs: Run
) -> None:
    failed = imported(client, run_jobs, "sku;name,price\n1;A,5\n2;B,6\n")
    assert (failed["status"], failed["problem"]["type"]) == (
        "failed",
        "/problems/ambiguous-delimiter",
    )
    assert [c["delimiter"] for c in failed["problem"]["candidates"]] == [",", ";"]


def test_an_encoding_that_cannot_be_decided_is_asked_about_and_the_answer_is_kept(
    client: FlaskClient, run_jobs: Run, connection: sa.Connection
) -> None:
    waiting = imported(client, run_jobs, "sku,name\nA,Chair\nB,Cenę\n".encode("cp1250"))
    assert waiting["status"] == "needs_mapping"
    assert waiting["problem"]["type"] == "/problems/ambiguous-encoding"
    answers = {a["options"]["encoding"]: a["samples"] for a in waiting["problem"]["answers"]}
    assert answers["windows-1252"] == ["B,Cenê"]
    assert answers["windows-1250"] == ["B,Cenę"]
    path = f"/api/imports/{waiting['id']}"
    assert client.post(f"{path}/start", json={"encoding": "windows-1250"}).status_code == 202
    run_jobs()
    assert [row[1] for row in catalog(connection)] == ["Chair", "Cenę"]
    assert client.get(path).get_json()["format"]["encoding"] == "windows-1250"


def test_an_empty_sku_column_is_named_and_another_one_offered(
    client: FlaskClient, run_jobs: Run
) -> None:
    text = "Handle,Title,Variant SKU\nchair,Chair,\ntable,Table,\n"
    waiting = imported(client, run_jobs, text)
    assert waiting["status"] == "needs_mapping"
    assert waiting["problem"]["type"] == "/problems/empty-sku-column"
    assert waiting["problem"]["suggested"] == {"sku": "Handle"}


def test_the_answer_to_a_question_starts_an_import_and_its_rejects_keep_the_file_s_header(
    client: FlaskClient, run_jobs: Run, connection: sa.Connection
) -> None:
    waiting = imported(client, run_jobs, "sku,name,price,price\nA,Chair,1,2\n,Bad,3,4\n")
    assert waiting["status"] == "needs_mapping"
    assert waiting["problem"]["type"] == "/problems/ambiguous-column"
    assert waiting["ignored_columns"] == ["price (2)"]
    options = waiting["problem"]["answers"][1]["options"]
    path = f"/api/imports/{waiting['id']}"
    assert client.post(f"{path}/start", json=options).status_code == 202
    run_jobs()
    assert [row[3] for row in catalog(connection)] == ["2.00"]
    assert client.get(path).get_json()["mapping"]["price"] == "price (2)"
    rejects = client.get(f"{path}/rejects.csv").text
    assert rejects.splitlines()[0] == "sku,name,price,price,_line,_error"


def test_a_file_that_breaks_the_server_again_and_again_is_given_up(
    client: FlaskClient, run_jobs: Run, app: Flask
) -> None:
    created = upload(client, "sku,name\n1,A\n").get_json()
    with db.engine.begin() as connection:
        connection.execute(sa.update(imports).values(attempts=10))
    run_jobs()
    done = client.get(f"/api/imports/{created['id']}").get_json()
    assert (done["status"], done["problem"]["type"]) == ("failed", "/problems/import-failed")


def test_a_restart_measures_its_own_time(client: FlaskClient, run_jobs: Run) -> None:
    ready = imported(client, run_jobs, "sku,name\n1,A\n", preview="true")
    started = client.post(f"/api/imports/{ready['id']}/start").get_json()
    assert (started["started_at"], started["finished_at"]) == (None, None)
    run_jobs()
    done = client.get(f"/api/imports/{ready['id']}").get_json()
    assert done["started_at"] > ready["started_at"]


def test_a_header_with_broken_bytes_and_two_delimiters_is_the_files_fault(
    client: FlaskClient, run_jobs: Run
) -> None:
    failed = imported(client, run_jobs, "häääää".encode() + b"\xffde;lab,el\nA;b,c\n")
    assert (failed["status"], failed["problem"]["status"]) == ("failed", 422)


def test_the_counts_of_a_file_that_failed_add_up(client: FlaskClient, run_jobs: Run) -> None:
    text = 'sku,name,price\nA,N,.5\n,N,1\nB,N,"1,5"\n'
    many = "".join(f"S{n},N,.5\n" for n in range(20_000))
    counts = imported(client, run_jobs, text.replace("A,N,.5\n", many))["counts"]
    assert counts["rows"] == sum(count for name, count in counts.items() if name != "rows")


def test_the_rejects_of_a_file_that_cannot_be_imported_are_as_many_as_counted(
    client: FlaskClient, run_jobs: Run
) -> None:
    waiting = imported(client, run_jobs, "Handle,Title,Variant SKU\na,Chair,\nb,Table,\n")
    rejects = client.get(f"/api/imports/{waiting['id']}/rejects").get_json()
    assert len(rejects["items"]) == rejects["total"] == waiting["counts"]["rejected"] == 2


@pytest.mark.parametrize("lost_from", [0, 1])
def test_an_import_restored_without_its_file_says_that_it_is_no_longer_kept(
    client: FlaskClient, run_jobs: Callable[[], None], lost_from: int
) -> None:
    text = "sku,name\n" + "".join(f"S{number},Name\n" for number in range(30_000))
    answer = upload(client, text)
    with db.engine.begin() as connection:
        lost = import_chunks.c.position >= lost_from
        assert connection.execute(sa.delete(import_chunks).where(lost)).rowcount
    run_jobs()
    ended = client.get(answer.headers["Location"]).get_json()
    assert (ended["status"], ended["problem"]["type"]) == ("failed", "/problems/file-not-kept")
    assert client.get("/api/products").get_json()["total"] == 0
