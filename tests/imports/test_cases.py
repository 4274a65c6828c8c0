"""Files as people have them, and what each should become: right, asked about, or refused in words.

`cases/expected.json` names for each file what may come of it, as a list of alternatives:

- `rows`: the whole catalog afterwards as `[sku, name, description, price]`; null is any value,
  "" none. With it `rejected`, the lines that are rejected (null: any), or `rejected_skus`.
- `asks`: the import waits for an answer; true, or the slug of the question.
- `refuses`: the file is refused, and a pattern that the problem's text matches.
- `notice`: rows go in as they stand, and a notice of this code says what was seen.
- `count`: that many products; `contains`, `inactive`: these SKUs, and those not active.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from app.imports.errors import (
    AmbiguousDecimal,
    AmbiguousDelimiter,
    BadMapping,
    EmptyKey,
    MissingColumns,
    Question,
)
from tests.imports.reading import Result, read_whole

FOLDER = Path(__file__).parent / "cases"
EXPECTED: Mapping[str, Mapping[str, Any]] = json.loads((FOLDER / "expected.json").read_text())
ASKING = (Question, MissingColumns, EmptyKey, BadMapping, AmbiguousDecimal, AmbiguousDelimiter)


def read_file(name: str, **wishes: Any) -> Result:
    """What comes of a file."""
    return read_whole((FOLDER / name).read_bytes(), **wishes)


@cache
def read_unasked(name: str) -> Result:
    """What comes of a file without any wish; both tests of a file look at it."""
    return read_file(name)


def describe(result: Result) -> str:
    """What came of a file, for a failure's message."""
    problem = f"{result.problem.slug}: {result.problem.detail}" if result.problem else None
    return (
        f"{[list(row.values()) for row in result.products.values()][:8]} "
        f"rejected={dict(result.rejected)} notices={dict(result.notices)} problem={problem}"
    )


def is_value(expected: str | None, value: str | None, field: str) -> bool:
    """Whether a value is as expected; prices by their amount."""
    if expected is None:
        return True
    if not expected or not value:
        return (value or "") == expected
    return Decimal(value) == Decimal(expected) if field == "price" else value == expected


def has_rows(result: Result, alternative: Mapping[str, Any]) -> bool:
    """Whether the products and the rejected rows are exactly those."""
    expected = {row[0]: dict(zip(FIELDS, row, strict=True)) for row in alternative["rows"]}
    if result.problem or expected.keys() != result.products.keys():
        return False
    if alternative.get("rejected") is not None and alternative["rejected"] != sorted(
        result.rejected
    ):
        return False
    if len(alternative.get("rejected_skus", ())) > len(result.rejected) + result.skipped:
        return False
    return all(
        is_value(row[field], result.products[sku].get(field), field)
        for sku, row in expected.items()
        for field in FIELDS
    )


FIELDS = ("sku", "name", "description", "price")


def fits(result: Result, alternative: Mapping[str, Any]) -> bool:
    """Whether one of the alternatives has come."""
    problem = result.problem
    match alternative:
        case {"rows": _}:
            return has_rows(result, alternative)
        case {"asks": slug}:
            return isinstance(problem, ASKING) and slug in (True, problem.slug)
        case {"refuses": pattern}:
            text = f"{problem.title}. {problem.detail}" if problem else ""
            return re.search(pattern, text) is not None
        case {"notice": code}:
            return problem is None and code in result.notices
        case {"count": count}:
            return problem is None and len(result.products) == count
        case {"contains": skus, "inactive": inactive}:
            found = {sku for sku, row in result.products.items() if row["active"] == "f"}
            return problem is None and found == set(inactive) and set(skus) <= set(result.products)
    raise AssertionError(alternative)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_file_as_people_have_it_is_right_or_asked_about_or_refused(name: str) -> None:
    if "mapping" in EXPECTED[name]:
        wishes = {"mapping": EXPECTED[name]["mapping"]}
        result = read_file(name, **wishes)
    else:
        result = read_unasked(name)
    assert any(fits(result, one) for one in EXPECTED[name]["any_of"]), describe(result)


def test_every_file_of_the_folder_has_an_expectation() -> None:
    files = {path.name for path in FOLDER.iterdir() if path.suffix not in (".json", ".py", "")}
    assert files == EXPECTED.keys()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_an_answer_to_a_question_is_not_asked_for_again(name: str) -> None:
    wishes: dict[str, Any] = {}
    asked: list[str] = []
    while True:
        problem = (read_file(name, **wishes) if wishes else read_unasked(name)).problem
        if not isinstance(problem, Question):
            break
        question = f"{problem.slug}: {problem.detail}"
        assert question not in asked
        asked.append(question)
        answers: Any = problem.data["answers"]
        if not answers:
            break
        wishes |= answers[0]["options"]
    assert len(asked) <= 4
