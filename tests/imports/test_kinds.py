"""Files that are no tables of text are refused by what they are."""

from __future__ import annotations

import bz2
import io
import lzma
import re
import tarfile

import pytest

from app.imports.kinds import name_kind
from tests.imports.reading import read_whole


def make_tar() -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        member = tarfile.TarInfo("products.csv")
        member.size = 9
        archive.addfile(member, io.BytesIO(b"sku,name\n"))
    return content.getvalue()


OTHERS = {
    "JSON": b'[\n {"sku": "A", "name": "Chair"}\n]',
    "JSON, an object": b'{"products": [{"sku": "A"}]}',
    "JSON in lines": b'{"sku":"A","name":"Chair"}\n{"sku":"B","name":"Table"}\n',
    "XML": b'\xef\xbb\xbf<?xml version="1.0"?>\n<products><product sku="A"/></products>',
    "XML without a declaration": b'<products xmlns="x">\n<product sku="A"/></products>',
    "HTML": b"<!DOCTYPE html>\n<html><body><table><tr><td>sku</td></tr></table></body></html>",
    "HTML as Excel opens it": b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>',
    "HTML, a table": b'<table border="1">\n<tr><td>sku</td></tr></table>',
    "SQL": b"INSERT INTO products (sku, name) VALUES ('A', 'Chair');\n",
    "SQL, a dump": b"-- MySQL dump 10.13\n--\n/*!40101 SET NAMES utf8 */;\nCREATE TABLE `p` (",
    "RTF": b"{\\rtf1\\ansi sku,name\\par A,Chair\\par }",
    "bzip2": bz2.compress(b"sku,name\nA,Chair\n"),
    "xz": lzma.compress(b"sku,name\nA,Chair\n"),
    "tar": make_tar(),
    "7-Zip": b"7z\xbc\xaf\x27\x1c" + bytes(40),
    "Parquet": b"PAR1" + bytes(40),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_a_file_of_another_kind_is_named(kind: str) -> None:
    problem = read_whole(OTHERS[kind]).problem
    assert problem is not None
    assert problem.slug == "not-text"
    assert re.split("[, ]", kind)[0] in problem.detail


@pytest.mark.parametrize(
    "start",
    [b"sku,name\nA,<b>Chair</b>\n", b'"sku","name"\n', b"[sku],name\n", b"-- list --\nsku,name\n"],
)
def test_a_table_is_of_no_other_kind(start: bytes) -> None:
    assert name_kind(start) is None


def test_long_comments_are_passed_over_in_one_go() -> None:
    assert name_kind(b"--" * 4000) is None
    assert name_kind(b"/*" * 4000) is None


def test_cells_aligned_with_spaces_are_named() -> None:
    read = read_whole("SKU       Name            Price\nF-001     Sanding block    3.20\n")
    assert read.problem is not None
    assert "fixed width" in read.problem.detail


def test_a_file_without_a_separator_is_said_to_have_one_column() -> None:
    read = read_whole("artnr\nF-001\nF-002\n")
    assert read.problem is not None
    assert "no separator was found" in read.problem.detail
