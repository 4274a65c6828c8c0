"""Files that are no tables of text, by how they begin: each named, with what to do about it.

Pure.
"""

from __future__ import annotations

import codecs
import re

SAVE_AS = "Export the products as CSV and import that."
NOT_TEXT = {
    b"PK\x03\x04": "an Excel workbook or a zip archive. Save it as CSV and import that.",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook. Save it as CSV and import that.",
    b"%PDF": f"a PDF document. {SAVE_AS}",
    b"\x89PNG": f"a picture. {SAVE_AS}",
    b"\xff\xd8\xff": f"a picture. {SAVE_AS}",
    b"GIF8": f"a picture. {SAVE_AS}",
    b"BZh": "a bzip2 archive. Unpack it, or pack the file with gzip.",
    b"\xfd7zXZ\x00": "an xz archive. Unpack it, or pack the file with gzip.",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive. Unpack it, or pack the file with gzip.",
    b"Rar!": "a RAR archive. Unpack it, or pack the file with gzip.",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive. Unpack it, or pack the file with gzip.",
    b"PAR1": f"a Parquet file. {SAVE_AS}",
    b"SQLite format 3\x00": f"an SQLite database. {SAVE_AS}",
    b"{\\rtf": f"a document in RTF, as word processors write it. {SAVE_AS}",
}
TAR_MAGIC, TAR_PLACE = b"ustar", 257
COMMENTS = rb"(?:(?:--[^\n]*+|/\*.*?\*/;?|#[^\n]*+)\s*+)*+"
STATEMENT = rb"(?:insert\s+into|create\s+table|drop\s+table|copy\s+\S+\s*\(|set\s+names)\b"
ATTRIBUTES = rb"(?:\s+[\w:.-]+\s*=\s*[\"'][^\"']*[\"'])*"
TEXTS = [
    (rb"\[\s*[\[{]|\{\s*\"|\[\s*\"[^\"]*\"\s*,|\[\s*\]|\{\s*\}", "json"),
    (rb"(?:<!doctype\s+html|<html|<head|<body|<table|<meta|<!--[^>]*-->\s*<html)\b", "html"),
    (rb"<\?xml|<!doctype\s|<[A-Za-z_][\w:.-]*" + ATTRIBUTES + rb"\s*/?>", "xml"),
    (COMMENTS + STATEMENT, "sql"),
    (rb"--\s*(?:mysql|mariadb|postgresql|phpmyadmin)[^\n]*dump", "sql"),
]  # fmt: skip
PATTERNS = [(re.compile(text, re.IGNORECASE | re.DOTALL), kind) for text, kind in TEXTS]
WORDS = {
    "html": "a page in HTML, whatever its name says. Open it in a spreadsheet and save it as CSV.",
    "xml": f"XML. {SAVE_AS}",
    "sql": f"a dump in SQL. {SAVE_AS}",
    "json": f"JSON. {SAVE_AS}",
    "lines": f"JSON in lines, one object on each. {SAVE_AS}",
}


def name_kind(start: bytes) -> str | None:
    """What a file is that begins so, and what to do, as the rest of `This is …`; None for text."""
    for magic, words in NOT_TEXT.items():
        if start.startswith(magic):
            return words
    if start[TAR_PLACE : TAR_PLACE + len(TAR_MAGIC)] == TAR_MAGIC:
        return "a tar archive. Take the file out of it, or pack it alone with gzip."
    text = start.removeprefix(codecs.BOM_UTF8).lstrip()[:8192]
    found = [kind for pattern, kind in PATTERNS if pattern.match(text)]
    kind = found[0] if found else ""
    if kind == "json" and re.match(rb"\{.*\}\s*\n\s*\{", text):
        kind = "lines"
    return WORDS.get(kind)
