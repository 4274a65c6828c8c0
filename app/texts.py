"""How a text is looked for in the database's texts."""

from __future__ import annotations

import sqlalchemy as sa

# PostgreSQL's built-in Unicode collation: what `lower()` does under it depends on no host's locale.
UNICODE = "pg_c_utf8"
WILDCARDS = ("\\", "%", "_")


def fold(text: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """What a text is found by: its Unicode form NFKC (UAX #15) in lower case.

    So `café` is found however its é is written, and a space where there is a no-break space.
    Most texts are ASCII, which has one form only, and normalising costs more than looking.
    """
    is_ascii = sa.func.octet_length(text) == sa.func.char_length(text)
    normal = sa.func.normalize(text, sa.literal_column("NFKC"), type_=sa.Text)
    return sa.func.lower(sa.case((is_ascii, text), else_=normal), type_=sa.Text)


def fold_literal(text: str) -> sa.ColumnElement[str]:
    """The same of a text that is looked for.

    The database does it for both: Python's functions disagree about letters such as İ.
    """
    return fold(sa.collate(sa.literal(text, sa.Text), UNICODE))


def contains(folded: sa.ColumnElement[str], text: str) -> sa.ColumnElement[bool]:
    """`text` occurs in a column of folded texts; wildcards are taken literally.

    They are escaped after the folding, which makes `%` of a full-width `％`.
    """
    needle = fold_literal(text)
    for wildcard in WILDCARDS:
        needle = sa.func.replace(needle, wildcard, f"\\{wildcard}", type_=sa.Text)
    any_text = sa.literal("%", sa.Text)
    return folded.like(any_text.concat(needle).concat(any_text))
