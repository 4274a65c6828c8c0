"""Small nasty files, each with exactly what must come out of it."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Nasty:
    """A file, and its header, records and damages by line."""

    content: bytes
    rows: list[tuple[int, list[str]]]
    header: list[str] = field(default_factory=lambda: ["sku", "name"])
    damages: list[tuple[int, str]] = field(default_factory=list)
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'


# What LibreOffice 7.4 wrote of one sheet, with different filter options.
SHEET = ["SKU", "Name", "Description", "Price", "Active"]
SHEET_ROWS = [
    (2, ["00123", "Chaise «Élan»", "Chêne, massif\n2 lignes", "1299.5", "TRUE"]),
    (4, ["B-2", 'Stuhl 12"', 'He said "ok"; bye', "12.9", "FALSE"]),
    (5, ["1E5", "Größe L", "#NAME?", "0.05", "TRUE"]),
]
QUOTED = (
    '"SKU";"Name";"Description";"Price";"Active"\n'
    '"00123";"Chaise «Élan»";"Chêne, massif\n2 lignes";1299.5;"TRUE"\n'
    '"B-2";"Stuhl 12""";"He said ""ok""; bye";12.9;"FALSE"\n'
    '"1E5";"Größe L";"#NAME?";0.05;"TRUE"\n'
)
APOSTROPHES = (
    "'SKU','Name','Description','Price','Active'\n"
    "'00123','Chaise «Élan»','Chêne, massif\n2 lignes',1299.5,'TRUE'\n"
    "'B-2','Stuhl 12\"','He said \"ok\"; bye',12.9,'FALSE'\n"
    "'1E5','Größe L','#NAME?',0.05,'TRUE'\n"
)
UNQUOTED = (
    "SKU,Name,Description,Price,Active\n"
    '00123,Chaise «Élan»,"Chêne, massif\n2 lignes",1299.5,TRUE\n'
    'B-2,"Stuhl 12""","He said ""ok""; bye",12.9,FALSE\n'
    "1E5,Größe L,#NAME?,0.05,TRUE\n"
)


def libreoffice(content: bytes, **options: str) -> Nasty:
    """The sheet as saved by LibreOffice."""
    return Nasty(content, SHEET_ROWS, SHEET, **options)  # type: ignore[arg-type]


LIBREOFFICE = {
    "LibreOffice, UTF-8, semicolon": libreoffice(QUOTED.encode(), delimiter=";"),
    "LibreOffice, UTF-8, tab": libreoffice(
        QUOTED.replace(";", "\t").replace("\t bye", "; bye").encode(), delimiter="\t"),
    "LibreOffice, UTF-8 with BOM, unquoted": libreoffice(codecs.BOM_UTF8 + UNQUOTED.encode()),
    "LibreOffice, UTF-8, unquoted": libreoffice(UNQUOTED.encode()),
    "LibreOffice, apostrophes": libreoffice(APOSTROPHES.encode(), quote="'"),
    "LibreOffice, Windows-1252": libreoffice(
        QUOTED.encode("cp1252"), delimiter=";", encoding="windows-1252"),
    "LibreOffice, UTF-16": libreoffice(
        codecs.BOM_UTF16_LE + QUOTED.encode("utf-16-le"), delimiter=";", encoding="utf-16-le"),
}  # fmt: skip

A, B = ["A", "Chair"], ["B", "Table"]
LINES = {
    "LF": Nasty(b"sku,name\nA,Chair\nB,Table\n", [(2, A), (3, B)]),
    "CR": Nasty(b"sku,name\rA,Chair\rB,Table\r", [(2, A), (3, B)]),
    "CRLF": Nasty(b"sku,name\r\nA,Chair\r\nB,Table\r\n", [(2, A), (3, B)]),
    "all three": Nasty(b"sku,name\r\nA,Chair\n\rB,Table\r\n", [(2, A), (4, B)]),
    "no end": Nasty(b"sku,name\nA,Chair\nB,Table", [(2, A), (3, B)]),
    "LF CR": Nasty(b"sku,name\n\rA,Chair\n\rB,Table", [(3, A), (5, B)]),
    "quoted line ends": Nasty(
        b'sku,name\r\nA,"a\r\nb\rc\nd"\r\nB,Table\r\n', [(2, ["A", "a\r\nb\rc\nd"]), (6, B)]),
    "blank lines": Nasty(b"\n\r\nsku,name\n\n\nA,Chair\n,\n\nB,Table\n\n\n", [(6, A), (9, B)]),
    "line separators of Unicode are no line ends": Nasty(
        "sku,name\nA,a\u2028b\u2029c\x0bd\x0ce\x85f\n".encode(),
        [(2, ["A", "a\u2028b\u2029c\x0bd\x0ce\x85f"])]),
}  # fmt: skip

CELLS = {
    "trailing delimiters": Nasty(
        b"sku,name,\nA,Chair,\nB,Table,\n", [(2, [*A, ""]), (3, [*B, ""])], ["sku", "name", ""]),
    "trailing delimiters below the header": Nasty(
        b"sku;name\nA;Chair;;\nB;Table;;\n", [(2, [*A, "", ""]), (3, [*B, "", ""])],
        delimiter=";"),
    "too short and too long": Nasty(
        b"sku,name,price\nA\nA,Chair,1,2\nB,Table,3\n",
        [(2, ["A"]), (3, [*A, "1", "2"]), (4, [*B, "3"])], ["sku", "name", "price"]),
    "a space before the quote": Nasty(
        b'sku, name\nA, "Chair, red"\nB, "Table"\n', [(2, ["A", "Chair, red"]), (3, B)]),
    "backslashes escape": Nasty(
        b'sku,name\nA,"5\\" pipe, red"\nB,Table\n', [(2, ["A", '5" pipe, red']), (3, B)]),
    "backslashes are text": Nasty(
        b'sku,name\nA,C:\\new\nB,"C:\\dir\\"\n', [(2, ["A", "C:\\new"]), (3, ["B", "C:\\dir\\"])]),
    "apostrophes are text": Nasty(
        b"sku,name\nA,'90s chair\nB,rock 'n' roll\n",
        [(2, ["A", "'90s chair"]), (3, ["B", "rock 'n' roll"])]),
    "apostrophes quote": Nasty(
        b"'sku','name'\n'A','Chair, red'\n'B','O''Brien'\n",
        [(2, ["A", "Chair, red"]), (3, ["B", "O'Brien"])], quote="'"),
    "inches": Nasty(b'sku,name\nA,Monitor 24"\nB,Table\n', [(2, ["A", 'Monitor 24"']), (3, B)]),
    "numbers as they are": Nasty(
        b"sku,name\n007,1E5\n12345678901234567890,0012.50\n",
        [(2, ["007", "1E5"]), (3, ["12345678901234567890", "0012.50"])]),
    "every kind of letter": Nasty(
        "sku,name\nقلم,כיסא\n\u00c91,E\u03011\n😀,👩\u200d👧 \u200fx\n".encode(),
        [(2, ["قلم", "כיסא"]), (3, ["\u00c91", "E\u03011"]), (4, ["😀", "👩\u200d👧 \u200fx"])]),
}  # fmt: skip

QUOTES = {
    "a quote that never closes": Nasty(
        b'sku,name\nA,"Chair\nB,Table\n', [(3, B)], damages=[(2, "quote_open")]),
    "a quote that opens at the end": Nasty(
        b'sku,name\nA,Chair\nB,"', [(2, A)], damages=[(3, "quote_open")]),
    "a quote that closes inside": Nasty(
        b'sku,name\nA,"24" monitor"\nB,Table\n', [(3, B)], damages=[(2, "quote_stray")]),
    "a stray quote of the other kind": Nasty(
        b"'sku','name'\n'A','it's'\n'B','Table'\n'C','Desk'\n",
        [(3, B), (4, ["C", "Desk"])], damages=[(2, "quote_stray")], quote="'"),
}  # fmt: skip

HEADERS = {
    "several names alike": Nasty(
        b"sku,name,name,,,__proto__\nA,Chair,x,y,z,1\n", [(2, [*A, "x", "y", "z", "1"])],
        ["sku", "name", "name", "", "", "__proto__"]),
    "over several lines": Nasty(
        b'sku,"Product\r\nName",price\nA,Chair,1\n', [(3, [*A, "1"])],
        ["sku", "Product Name", "price"]),
    "with characters that cannot be shown": Nasty(
        b"sku,na\x00me,\xff\xfe\nA,Chair,1\n", [(2, [*A, "1"])], ["sku", "na\ufffdme", "ÿþ"],
        encoding="windows-1252"),
    "below a report": Nasty(
        b"Products of Acme\nDate: 2024-01-01\n\nsku,name\nA,Chair\nB,Table\n", [(5, A), (6, B)]),
    "below a report that Excel padded": Nasty(
        b"Products of Acme;\nDate;2024-01-01\n;\nsku;name\nA;Chair\n", [(5, A)], delimiter=";"),
    "below Excel's own line": Nasty(b"sep=;\r\nsku;name\r\nA;Chair\r\n", [(3, A)], delimiter=";"),
    "below Excel's own line and a mark": Nasty(
        codecs.BOM_UTF8 + b"sep=\t\nsku\tname\nA\tChair\n", [(3, A)], delimiter="\t"),
    "500 columns": Nasty(
        ("sku,name," + ",".join(f"c{n}" for n in range(498)) + "\n" + "A,Chair," + "," * 497
         + "\n").encode(),
        [(2, [*A, *[""] * 498])], ["sku", "name", *(f"c{n}" for n in range(498))]),
}  # fmt: skip

FILES = {**LIBREOFFICE, **LINES, **CELLS, **QUOTES, **HEADERS}
