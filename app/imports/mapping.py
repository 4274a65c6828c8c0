"""Header names → product fields.

Pure. Names are compared as `headers.py` does, by the names that shops' exports
use. What is not recognised is ignored and listed, never guessed; of columns
that may all be one field, `rivals` tells.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from itertools import count

from app.imports.errors import BadMapping
from app.imports.headers import Meaning, find_meaning, normalise
from app.products.upsert import Field, Mode

OURS = frozenset({"_line", "_error"})


@dataclasses.dataclass(frozen=True)
class ColumnMapping:
    """Which column brings which field. `columns` are indices into the header.

    `rivals` are, for a field that was found by its name, the columns that may be meant as well:
    those of the same name, of which the first is taken, and those of another currency or with
    and without tax, of which none is.
    """

    columns: Mapping[Field, int]
    headers: Mapping[Field, str]
    ignored: tuple[str, ...]
    missing: tuple[Field, ...]
    rivals: Mapping[Field, tuple[int, ...]] = dataclasses.field(default_factory=dict)


def name_columns(header: Sequence[str]) -> list[str]:
    """The header with a number behind each name that came before: `Price`, `Price (2)`.

    Columns without a name stay so.
    """
    taken, named = set(header), set[str]()
    names: list[str] = []
    for name in header:
        own = name
        if name and name in named:
            own = next(n for at in count(2) if (n := f"{name} ({at})") not in taken)
        taken.add(own)
        named.add(own)
        names.append(own)
    return names


def count_known(header: Sequence[str]) -> int:
    """How many of a header's names mean something here."""
    return sum(find_meaning(name) is not None for name in header)


def map_columns(
    header: Sequence[str],
    wishes: Mapping[str, str | None],
    mode: Mode,
    unfit: Collection[int] = (),
) -> ColumnMapping:
    """Find each field's column; `wishes` (field → header, None for no column) come first.

    Columns are named as `name_columns` does. Two wishes may name one column: a file's names can
    be its SKUs as well. The columns in `unfit` are not taken by their names.

    Raises BadMapping for a wish that names no header of the file.
    """
    names = name_columns(header)
    columns = {
        field: _find_wished(names, field, wished)
        for field in Field
        if (wished := wishes.get(field)) is not None
    }
    rivals: dict[Field, tuple[int, ...]] = {}
    meanings = {index: find_meaning(name) for index, name in enumerate(header)}
    for field in Field:
        if field not in wishes:
            used = {*columns.values(), *unfit}
            best = _find_best({at: meanings[at] for at in meanings if at not in used}, field)
            if len(best) > 1:
                rivals[field] = best
            if len({normalise(header[at]) for at in best}) == 1:
                columns[field] = best[0]
    needed = [Field.SKU] if mode is Mode.UPDATE_ONLY else [Field.SKU, Field.NAME]
    used = set(columns.values())
    return ColumnMapping(
        columns={field: columns[field] for field in Field if field in columns},
        headers={field: names[columns[field]] for field in Field if field in columns},
        ignored=tuple(
            name for index, name in enumerate(names) if index not in used and name not in OURS
        ),
        missing=tuple(field for field in needed if field not in columns),
        rivals=rivals,
    )


def _find_wished(header: Sequence[str], field: Field, wished: str) -> int:
    if wished in header:
        return header.index(wished)
    names = [normalise(name) for name in header]
    if normalise(wished) in names:
        return names.index(normalise(wished))
    listed = ", ".join(name for name in header if name)
    raise BadMapping(
        f"The mapping takes {field} from the column “{wished}”, and the file has none of that "
        f"name. It has: {listed[:500]}."
    )


def _find_best(meanings: Mapping[int, Meaning | None], field: Field) -> tuple[int, ...]:
    """The columns that mean `field` by the name that is preferred, from left to right."""
    ranked = [
        ((meaning.rank, meaning.has_unit), index)
        for index, meaning in meanings.items()
        if meaning and meaning.field is field
    ]
    best = min(ranked)[0] if ranked else None
    return tuple(index for rank, index in ranked if rank == best)
