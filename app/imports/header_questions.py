"""What is asked where a header does not fit the rows below it, or there is none.

Pure. The answers take the columns by their numbers, so that nothing in the file is changed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from app.imports.dialect import DELIMITERS, Recognise
from app.imports.errors import Question, make_answer
from app.imports.headers import find_meaning
from app.imports.mapping import ColumnMapping, map_columns
from app.imports.prices import read_number
from app.imports.reader import CsvFile
from app.imports.shape import HABIT_ROWS, are_nearly_all, has_space
from app.products.upsert import Field, Mode

NAMES_MORE = 3  # a name is seldom cut into more pieces
BY_NUMBER = "Choose the columns by their numbers"


def ask_short_header(
    file: CsvFile, mapping: ColumnMapping, recognise: Recognise
) -> Question | None:
    """Values on nearly every row beyond the header's last name."""
    named, rows = file.shape.named, file.layout.rows
    is_asked = file.layout.has_header and file.joined is None and not file.shape.is_ours
    are_wider = are_nearly_all(any(map(str.strip, row[named:])) for row in rows)
    if not is_asked or not are_wider or len(rows) < HABIT_ROWS:
        return None
    width = Counter(map(len, rows)).most_common(1)[0][0]
    ways = [(0, "Choose the columns by their numbers")]
    if width == named + 1 and mapping.columns:
        ways = [(1, "The first column has no name"), (0, "The last column has no name")]
    answers = [
        answer_by_position(file, label, {f: at + shift for f, at in mapping.columns.items()})
        for shift, label in ways
    ]
    return Question(
        f"The header has {named} names, and nearly every row has {width} cells. A name is missing "
        "in the header, or a delimiter between two names, and it is not clear which. Add it, or "
        "choose.",
        answers,
    )


def ask_broken_header(
    file: CsvFile, mapping: ColumnMapping, recognise: Recognise
) -> Question | None:
    """A line break without quotes in the header: its last names stand on the next line."""
    named, rows = file.shape.named, [row for row in file.layout.rows if any(row)]
    if not file.layout.has_header or len(rows) < 2 or not recognise(file.header[:-1]):
        return None
    rest, width = rows[0], named + len(rows[0]) - 1
    is_broken = len(rest) < width > named and are_nearly_all(len(r) == width for r in rows[1:])
    # Below a title, such as `Chairs,`, the rows have only empty cells more than the header.
    filled = sum(any(map(str.strip, row[named:])) for row in rows[1:])
    is_title = filled <= (0 if all(map(str.strip, rest)) else len(rows) // 2)
    if not is_broken or is_title or any(map(str.isdigit, "".join(rest))):
        return None
    joined = f"{file.header[-1]} {rest[0]}".strip()
    header = [*file.header[:-1], joined, *map(str.strip, rest[1:])]
    found = map_columns(header, {}, Mode.UPSERT).columns
    columns = {**mapping.columns, **found}
    below = file.layout.starts[1]
    answers = [
        answer_by_position(file, f"“{joined}” is one name", columns, rows[1], below=below),
        make_answer("It is the header", {"header_row": file.header_line}),
    ]
    return Question(
        f"The header seems to go on in line {file.layout.starts[0]}: "
        f"“{show(rest)}”. A name with a line break in it has to be in quotation marks.",
        answers,
    )


def ask_long_header(file: CsvFile, mapping: ColumnMapping, recognise: Recognise) -> Question | None:
    """A header with a few names more than nearly every row has cells.

    A delimiter in a name makes two of it, or all rows end before their last cells, which are empty.
    """
    named, rows = file.shape.named, [row for row in file.layout.rows if any(row)]
    is_asked = file.layout.has_header and file.joined is None and not file.shape.is_ours
    if not is_asked or file.shape.is_cut or len(rows) < HABIT_ROWS:
        return None
    width = Counter(map(len, rows)).most_common(1)[0][0]
    more = named - width
    # A stray delimiter in a few rows hides nothing, where the spaces behind delimiters show both.
    is_spaced = len(file.layout.spaced) == more
    are_short = are_nearly_all(
        len(row) == width or (len(row) > width and (is_spaced or has_space(row))) for row in rows
    )
    marks = {mark for mark in DELIMITERS if are_nearly_all(mark in row[0] for row in rows)}
    if width < 2 or not 0 < more <= NAMES_MORE or not are_short or marks:
        return None
    ways = list(_join_names(file, mapping, recognise, more))
    kept = {field: at for field, at in mapping.columns.items() if at < width}
    lost = ", ".join(f"“{name}”" for name in file.header[width:named])
    ways.append((f"Empty on every row: {lost}", kept))
    told = [row for row in rows if len(row) == width]
    fitting = [(label, columns) for label, columns in ways if holds_prices(told, columns)]
    answers = [answer_by_position(file, label, columns, told[0]) for label, columns in fitting[-4:]]
    return Question(
        f"The header has {named} names, and nearly every row has {width} cells. A name with a "
        "delimiter in it has to be in quotation marks. Correct it, or choose.",
        answers or [answer_by_position(file, BY_NUMBER, {})],
    )


def _join_names(
    file: CsvFile, mapping: ColumnMapping, recognise: Recognise, more: int
) -> Iterator[tuple[str, dict[Field, int]]]:
    """Names that may be one with the `more` names behind it, and where each field is then."""
    for at in range(file.shape.named - more):
        names = file.header[at : at + more + 1]
        meaning = find_meaning(" ".join(names))
        if meaning or not recognise(names[1:]):
            columns = {
                field: to if to <= at else to - more
                for field, to in mapping.columns.items()
                if not at < to <= at + more
            }
            columns |= {meaning.field: at} if meaning else {}
            yield f"“{f'{file.dialect.delimiter} '.join(names)}” is one name", columns


def ask_glued_names(file: CsvFile, mapping: ColumnMapping, recognise: Recognise) -> Question | None:
    """A name that is two known ones, in a file whose rows have an empty cell too many."""
    if file.shape.usual != file.shape.named + 1 or not file.layout.has_header:
        return None
    for at, name in enumerate(file.header):
        cuts = () if recognise([name]) else range(2, len(name) - 1)
        if any(recognise([name[:cut]]) and recognise([name[cut:]]) for cut in cuts):
            return Question(
                f"The rows have a cell more than the header has names, and “{name}” looks like two "
                "names without a delimiter between them. Correct the header, if it is so.",
                [
                    make_answer(
                        f"“{name}” is one column",
                        {"header_row": file.header_line},
                        [row[at] for row in file.layout.rows[:3] if at < len(row)],
                    )
                ],
            )
    return None


def ask_no_header(file: CsvFile, mapping: ColumnMapping, recognise: Recognise) -> Question | None:
    """A first line whose cells look like those below it."""
    rows = [row for row in file.layout.rows if len(row) == len(file.header)]
    is_asked = mapping.missing and file.layout.known == 0 and file.layout.has_header and rows
    if not is_asked or not any(
        are_nearly_all(_mask(row[at]) == _mask(name) for row in rows)
        for at, name in enumerate(file.header)
        if any(map(str.isdigit, name))
    ):
        return None
    columns = guess_columns([file.header, *rows])
    guess = ", ".join(f"{field}: {file.header[at]}" for field, at in columns.items())
    options: dict[str, object] = {"header_row": 0}
    if columns:
        options["mapping"] = {field: f"Column {at + 1}" for field, at in columns.items()}
    return Question(
        f"The first line looks like a product, not like names of columns: “{show(file.header)}”.",
        [
            make_answer(f"There is no header. {guess}".strip(), options, [show(file.header)]),
            make_answer("It is the header", {"header_row": file.header_line}, [show(rows[0])]),
        ],
    )


def answer_by_position(
    file: CsvFile,
    label: str,
    columns: Mapping[Field, int],
    row: Sequence[str] = (),
    options: Mapping[str, object] | None = None,
    *,
    below: int = 0,
) -> dict[str, object]:
    """An answer that takes the columns by their numbers, as a sample shows the first `row`.

    `below` is the line on which the rows begin, if it is not the one below the header.
    """
    starts = file.layout.starts
    below = below or (starts[0] if starts else file.header_line + 1)
    chosen: dict[str, object] = {
        **(options or {}), "header_row": 0, "leave_out": list(range(1, below))
    }  # fmt: skip
    if columns:
        found = {str(f): f"Column {at + 1}" for f, at in columns.items()}
        others = {str(f): None for f in Field if f not in (Field.SKU, Field.NAME, *columns)}
        chosen["mapping"] = {**found, **others}
    row = row or file.layout.rows[0]
    read = [f"{field}: {row[at]}" for field, at in columns.items() if at < len(row)]
    return make_answer(label, chosen, [", ".join(read) if columns else show(row)])


def holds_prices(rows: Sequence[Sequence[str]], columns: Mapping[Field, int]) -> bool:
    """Whether nearly all cells of the price's column are numbers or empty, if it has one."""
    at = columns.get(Field.PRICE)
    cells = [row[at].strip() for row in rows if at < len(row)] if at is not None else []
    return not cells or are_nearly_all(not cell or read_number(cell) is not None for cell in cells)


def guess_columns(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """SKU, name and price by what the cells look like; nothing where that is not clear."""
    columns = list(zip(*rows, strict=True))
    prices = [at for at, cells in enumerate(columns) if all(map(_is_price, cells))]
    keys = [at for at, cells in enumerate(columns) if at not in prices and _are_keys(cells)]
    # Numbers alone may be a quantity, or count the rows.
    skus = [at for at in keys if all(any(map(str.isalpha, cell)) for cell in columns[at])] or keys
    left = [at for at in range(len(columns)) if at not in (*prices, *skus[:1])]
    names = [at for at in left if all(any(map(str.isalpha, cell)) for cell in columns[at])]
    if not skus or not names:
        return {}
    guess = {str(Field.SKU): skus[0], str(Field.NAME): names[0]}
    return {**guess, str(Field.PRICE): prices[0]} if len(prices) == 1 else guess


def _is_price(cell: str) -> bool:
    return bool(re.fullmatch(r"\D{0,4}\d{1,7}[.,]\d{2}\D{0,4}", cell.strip()))


def _are_keys(cells: Sequence[str]) -> bool:
    """Whether cells tell rows apart: all there, all different, without spaces, with digits."""
    is_each = all(re.fullmatch(r"\S*\d\S*", cell.strip()) for cell in cells)
    return is_each and len(set(cells)) == len(cells)


def _mask(cell: str) -> str:
    """What a cell is made of: `NH-12` and `AB-7` are both `A-9`."""
    kinds = ["9" if c.isdigit() else "A" if c.isalpha() else c for c in cell.strip()]
    return "".join(kinds[:1] + [other for one, other in pairwise(kinds) if one != other])


def show(cells: Sequence[str]) -> str:
    """The beginning of a row, for a person to read."""
    return ", ".join(cells)[:200]
