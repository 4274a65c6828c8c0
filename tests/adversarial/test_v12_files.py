"""V12, files: names, contents and archives that are meant to hurt; and what goes out again."""

from __future__ import annotations

import csv
import gzip
import io
import time
from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from app.imports.errors import BrokenArchive, FileProblem
from app.imports.mapping import count_known
from app.imports.quoting import find_quoting
from app.imports.reader import COLUMNS_MAX, HEADER_MAX, FormatWish, open_csv
from app.imports.unpacking import MEMBERS_MAX, unpack
from tests.adversarial.conftest import MARKUP, assert_problem
from tests.imports.factories import upload

ROWS = b"sku,name\nA,B\n"
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|'/c calc'!A1", "＝1", "\n=1"]


@pytest.mark.parametrize(
    "path",
    [
        "/css/../../app/config.py",
        "/css/..%2f..%2fapp%2fconfig.py",
        "/css/%2e%2e/%2e%2e/app/config.py",
        "/css/..%5c..%5capp%5cconfig.py",
        "/css//etc/passwd",
        "/js/....//....//README.md",
        "/samples/%2fetc%2fpasswd",
        "/..%2fREADME.html",
        "/css/",
        "/css",
        "/static/index.html",
        "/.git/config",
        "/.env",
    ],
)
def test_no_address_leads_out_of_the_folder_of_assets(client: FlaskClient, path: str) -> None:
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code in (404, 308)
    assert b"import" not in answer.data


NAMES = [
    ("../../etc/passwd", "passwd"),
    ("C:\\secret\\a.csv", "a.csv"),
    ('a";b.csv', 'a";b.csv'),
    (MARKUP, MARKUP),
    ("\u202egnp.csv", "\u202egnp.csv"),
    ("x" * 255, "x" * 255),
    ("..", ".."),
]


@pytest.mark.parametrize(("sent", "kept"), NAMES)
def test_a_file_is_handed_out_as_an_attachment_under_its_last_name(
    client: FlaskClient, run_jobs: Callable[[], None], sent: str, kept: str
) -> None:
    made = client.post(
        "/api/imports", query_string={"filename": sent}, data=ROWS, content_type="text/csv"
    ).get_json()
    run_jobs()
    for name, title in (("file", kept), ("rejects.csv", f"rejects of {kept}.csv")):
        answer = client.get(f"/api/imports/{made['id']}/{name}", buffered=True)
        disposition = answer.headers["Content-Disposition"]
        assert disposition == f"attachment; filename*=UTF-8''{quote(title, safe='')}"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.mimetype == "text/csv"


@pytest.mark.parametrize("name", ["a\r\nX-Injected: 1.csv", "a\x00.csv", "a\x7f\x1b[2J.csv"])
def test_a_name_makes_no_header(client: FlaskClient, name: str) -> None:
    answer = client.post(
        "/api/imports", query_string={"filename": name}, data=ROWS, content_type="text/csv"
    )
    made = answer.get_json()
    if answer.status_code == 202:
        got = client.get(f"/api/imports/{made['id']}/file", buffered=True)
        assert "X-Injected" not in got.headers
        assert got.headers["Content-Disposition"].isprintable()
    else:
        assert_problem(answer, 422)


def test_what_looks_like_a_page_is_a_file_all_the_same(client: FlaskClient) -> None:
    page = b"<!doctype html><script>alert(1)</script>,name\n"
    made = client.post(
        "/api/imports?filename=a.html", data=page, content_type="text/csv"
    ).get_json()
    answer = client.get(f"/api/imports/{made['id']}/file")
    assert (answer.mimetype, answer.data) == ("text/csv", page)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("kind", ["text/html", "application/xml", "text/xml", "image/svg+xml"])
def test_markup_is_not_taken_for_a_table(client: FlaskClient, kind: str) -> None:
    entity = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    assert_problem(client.post("/api/imports", data=entity, content_type=kind), 415)


@pytest.mark.parametrize("formula", FORMULAS)
def test_an_export_runs_in_no_spreadsheet(client: FlaskClient, formula: str) -> None:
    values = {"sku": f"S{formula.strip()}", "name": f"N {formula}", "description": formula}
    client.post("/api/products", json=values)
    rows = list(csv.reader(io.StringIO(client.get("/api/products/export.csv").text)))
    assert [cell for cell in rows[1] if cell.lstrip("\t\r\n ")[:1] in "=+-@" and cell] == []


def test_the_rejected_rows_come_back_as_they_were(
    client: FlaskClient, run_jobs: Callable[[], None]
) -> None:
    """They are a person's own file, to be corrected; its cells must not change on the way."""
    import_id = upload(client, "sku,name,price\nA,=1+1,x\n").get_json()["id"]
    run_jobs()
    rows = list(csv.reader(io.StringIO(client.get(f"/api/imports/{import_id}/rejects.csv").text)))
    assert rows[1][:3] == ["A", "=1+1", "x"]


def refuse(data: bytes) -> str:
    """Why the reader refuses a file."""
    with pytest.raises(FileProblem) as refused:
        open_csv([data], FormatWish(), count_known)
    return str(refused.value)


def test_a_table_of_a_million_columns_is_refused() -> None:
    assert "columns" in refuse(b"sku,name" + b",x" * 100_000 + b"\n")
    wide = b"sku,name" + b",x" * (COLUMNS_MAX - 2) + b"\n"
    assert len(open_csv([wide], FormatWish(), count_known).header) == COLUMNS_MAX


def test_a_header_that_would_fill_every_answer_is_refused() -> None:
    assert "names of the columns" in refuse(b"sku,name," + b"x" * HEADER_MAX + b"\n")


def test_a_line_without_end_is_refused() -> None:
    assert "longer than" in refuse(ROWS + b"x" * 5_000_000)


def test_an_archive_of_too_many_parts_is_refused_in_time() -> None:
    """Each part is only a header; with what follows copied for each it would take hours."""
    empty = gzip.compress(b"")
    begun = time.process_time()
    with pytest.raises(BrokenArchive):
        for _ in unpack([gzip.compress(ROWS) + empty * (MEMBERS_MAX + 1)]):
            pass
    assert time.process_time() - begun < 60


def test_an_archive_that_expands_beyond_the_limit_is_413(client: FlaskClient) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 100_000
    assert_problem(client.post("/api/imports", data=bomb, content_type="application/gzip"), 413)


@pytest.mark.parametrize("cell", ['\\"', '\\",', ',"', '""', '" ', ', "', "'',", "\\'"])
def test_no_text_keeps_the_search_for_quotes_busy(cell: str) -> None:
    begun = time.process_time()
    find_quoting(["sku,name\n", 'A,"' + cell * 300_000 + "\n"], ",")
    assert time.process_time() - begun < 60
