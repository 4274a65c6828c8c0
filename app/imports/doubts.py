"""What is in doubt about the columns of one file, from its first rows to its last.

Pure. The first rows tell whether to ask. What they leave open is watched to the end: columns of
one name that are equal so far, and a column called status that holds no flag so far.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.imports.errors import MissingColumns, Reject
from app.imports.flags import NOT_A_FLAG
from app.imports.headers import normalise
from app.imports.mapping import ColumnMapping, name_columns
from app.imports.notices import NoticeTaker
from app.imports.questions import Asker, find_differing, read_cell
from app.imports.suggestions import Finder, Rows, fits_no_flag
from app.imports.validation import shown
from app.products.upsert import Field

EXAMPLES = 3
# A column called so is a flag. Status may also be what is in stock, and Published when a book
# came out.
is_sure = re.compile(
    r"a[ck]ti[vf]|aktii|aktív|aktyw|attiv|actief|ativo|enabl|актив|ενεργ|启用|啟用"
).search


@dataclass(frozen=True)
class Misfit:
    """A column that is called like a flag and holds none; some of its values."""

    index: int
    values: Sequence[str]


class ColumnDoubts:
    """Asks about one file's columns, and watches those that are not asked about yet."""

    def __init__(self, wishes: Mapping[str, str | None]) -> None:
        self._wishes = wishes
        self._misfits: dict[int, Misfit] = {}
        self._bad_flags: list[str] = []

    @property
    def unfit(self) -> Sequence[int]:
        """The columns that are not to be taken by their names."""
        return list(self._misfits)

    @property
    def needs_every_row(self) -> bool:
        """Whether `watch` has to be given all rows."""
        return bool(self._misfits or self._mapping.rivals)

    def begin(self, header: Sequence[str], mapping: ColumnMapping) -> None:
        """The file is read from its beginning, with this mapping."""
        self._header, self._mapping = header, mapping
        self._bad_flags, self._rejected_flags, self._has_looked = [], 0, False

    def refuse_missing(self, rows: Rows) -> MissingColumns:
        """The problem of a file without a column that is needed; raises AmbiguousColumn."""
        asker = self._make_asker(rows)
        asker.ask_about_rivals()
        return asker.refuse_missing()

    def look(self, rows: Rows) -> bool:
        """Look at the first rows, once. False if the file has to be read with another mapping.

        Raises AmbiguousColumn.
        """
        if self._has_looked or not rows:
            return True
        self._has_looked = True
        rows = self._drop_headers(rows)
        misfit = self._find_misfit(rows)
        if misfit:
            self._misfits[misfit.index] = misfit
            return False
        asker = self._make_asker(rows)
        asker.ask_about_rivals()
        asker.ask_about_price()
        asker.ask_about_unknown()
        return True

    def watch(self, rows: Rows) -> None:
        """See whether rows contradict what the first ones said. Raises AmbiguousColumn."""
        for rivals in self._mapping.rivals.values():
            if find_differing(rows, rivals):
                self._make_asker(self._drop_headers(rows)).ask_about_rivals()
        for index, misfit in self._misfits.items():
            cells = {read_cell(row, index) for row in rows} - {""}
            if any(not fits_no_flag(self._header[index], [cell]) for cell in cells):
                self._make_asker(rows).ask_about_flags(index, misfit.values)

    def count_rejects(self, rejects: Sequence[Reject]) -> None:
        """Take notice of rows that are rejected for their flag."""
        bad = [reject.value for reject in rejects if reject.code == NOT_A_FLAG.code]
        self._rejected_flags += len(bad)
        self._bad_flags = [*dict.fromkeys([*self._bad_flags, *bad[:EXAMPLES]])][:EXAMPLES]

    def conclude(self, rows: Rows, count: int) -> None:
        """At the end of a file with `count` rows: raise AmbiguousColumn if most flags are none."""
        index = self._find_doubtful()
        if index is not None and 2 * self._rejected_flags > count:
            self._make_asker(rows).ask_about_flags(index, self._bad_flags)

    def tell(self, notices: NoticeTaker, rows: Rows) -> None:
        """Add what is not asked, and should be known."""
        names = name_columns(self._header)
        for index, misfit in self._misfits.items():
            detail = (
                f"The column “{names[index]}” is not imported as the status: none of its values "
                "means yes or no. New products are active, and others stay as they are."
            )
            notices.note("status_not_imported", detail, misfit.values)
        if Field.PRICE not in self._mapping.columns and Field.PRICE not in self._wishes:
            finder = Finder(self._header, rows, self._mapping)
            for index in finder.find_cents():
                detail = (
                    f"The column “{names[index]}” is not imported as the price: its numbers are a "
                    "hundredth of one."
                )
                notices.note("price_not_imported", detail, map(shown, finder.read_cells(index)))

    def _find_misfit(self, rows: Rows) -> Misfit | None:
        index = self._find_doubtful()
        if index is None:
            return None
        cells = list(filter(None, (read_cell(row, index) for row in rows)))
        if not fits_no_flag(self._header[index], cells):
            return None
        return Misfit(index, [shown(cell) for cell in dict.fromkeys(cells)][:EXAMPLES])

    def _find_doubtful(self) -> int | None:
        """The column taken for the status by a name that may mean something else."""
        index = self._mapping.columns.get(Field.ACTIVE)
        if index is None or Field.ACTIVE in self._wishes:
            return None
        return None if is_sure(normalise(self._header[index])) else index

    def _drop_headers(self, rows: Rows) -> Rows:
        """The rows without those in which the header stands again."""
        names = [normalise(name) for name in self._header]
        return [row for row in rows if [normalise(cell) for cell in row] != names]

    def _make_asker(self, rows: Rows) -> Asker:
        return Asker(self._header, rows, self._mapping, self._wishes)
