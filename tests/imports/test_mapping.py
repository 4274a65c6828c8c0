"""Header names → fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.imports.errors import BadMapping
from app.imports.headers import normalise, strip_accents
from app.imports.mapping import count_known, map_columns, name_columns
from app.imports.names import NAMES
from app.imports.preview import SampleTaker
from app.imports.records import Batch
from app.products.upsert import Field, Mode
from tests.thorough import THOROUGH


def mapped(header: Sequence[str], **wishes: str | None) -> Mapping[str, str]:
    """Field → header."""
    found = map_columns(header, wishes, Mode.UPSERT)
    return {field.value: name for field, name in found.headers.items()}


@pytest.mark.parametrize(
    "sku", ["SKU", "sku", "Variant SKU", "variant_sku", "VARIANT-SKU", "Internal Reference",
            "Reference #", "Item number", "\ufeffsku", " S K U ", "Référence", "product code/sku"],
)  # fmt: skip
def test_headers_are_matched_without_regard_to_case_spaces_and_dashes(sku: str) -> None:
    assert mapped([sku, "NAME"]) == {"sku": sku, "name": "NAME"}


@pytest.mark.parametrize("header", ["skus", "sku2", "names", "pricey", "price low", "old price"])
def test_what_only_resembles_a_known_name_is_ignored(header: str) -> None:
    found = map_columns(["sku", "name", header], {}, Mode.UPSERT)
    assert found.ignored == (header,)


def test_of_several_known_names_the_preferred_one_is_taken() -> None:
    header = [
        "Title", "Name", "Short description", "Description", "Unit price", "Price tax excluded",
        "Published", "Status", "Reference", "SKU",
    ]  # fmt: skip
    assert mapped(header) == {
        "sku": "SKU",
        "name": "Name",
        "description": "Description",
        "price": "Price tax excluded",
        "active": "Status",
    }


def test_of_names_alike_the_first_is_taken_and_the_others_are_ignored() -> None:
    found = map_columns(["name", "sku", "Name", "sku"], {}, Mode.UPSERT)
    assert dict(found.columns) == {Field.SKU: 1, Field.NAME: 0}
    assert found.ignored == ("Name", "sku (2)")


def test_names_that_mean_something_elsewhere_do_no_harm() -> None:
    header = [
        "__proto__",
        "constructor",
        "",
        "",
        "None",
        "sku",
        "name",
        "toString",
        "hasOwnProperty",
    ]
    found = map_columns(header, {}, Mode.UPSERT)
    assert dict(found.columns) == {Field.SKU: 5, Field.NAME: 6}
    assert found.missing == ()
    assert list(found.ignored) == [name for name in header if name not in ("sku", "name")]


def test_the_columns_of_a_file_of_rejects_are_not_listed_as_ignored() -> None:
    found = map_columns(["sku", "name", "vendor", "_line", "_error"], {}, Mode.UPSERT)
    assert found.ignored == ("vendor",)


@pytest.mark.parametrize(
    ("mode", "missing"),
    [
        (Mode.UPSERT, (Field.SKU, Field.NAME)),
        (Mode.CREATE_ONLY, (Field.SKU, Field.NAME)),
        (Mode.UPDATE_ONLY, (Field.SKU,)),
    ],
)
def test_what_is_needed_depends_on_the_mode(mode: Mode, missing: tuple[Field, ...]) -> None:
    assert map_columns(["price"], {}, mode).missing == missing


def test_a_wish_comes_before_what_is_recognised() -> None:
    header = ["sku", "name", "title", "Ware"]
    assert mapped(header, sku="Ware", name="title") == {"sku": "Ware", "name": "title"}
    assert mapped(header, sku="WARE") == {"sku": "Ware", "name": "name"}
    assert mapped(header, name=None) == {"sku": "sku"}


def test_a_column_wished_for_is_not_taken_by_another_field() -> None:
    assert mapped(["sku", "name", "title"], description="name") == {
        "sku": "sku",
        "name": "title",
        "description": "name",
    }
    assert mapped(["sku", "price", "name"], name="price") == {"sku": "sku", "name": "price"}


def test_one_column_may_be_wished_for_twice() -> None:
    assert mapped(["title"], sku="title", name="title") == {"sku": "title", "name": "title"}


def test_a_wish_for_a_column_that_is_not_there_is_a_problem_that_lists_those_that_are() -> None:
    with pytest.raises(BadMapping, match=r"“Ware”.*It has: sku, name"):
        mapped(["sku", "", "name"], sku="Ware")


@pytest.mark.parametrize(
    ("headers", "price"),
    [
        (["Variant Price EUR"], "Variant Price EUR"),
        (["Price (USD)"], "Price (USD)"),
        (["price_gbp"], "price_gbp"),
        (["Variant Price EUR", "Variant Price USD"], None),
        (["Variant Price EUR", "Price"], "Price"),
        (["Price net"], "Price net"),
        (["Price net", "Price gross"], None),
        (["Price low"], None),
    ],
)
def test_a_price_in_one_currency_is_the_price_and_of_two_none_is_guessed(
    headers: list[str], price: str | None
) -> None:
    assert mapped(["sku", "name", *headers]).get("price") == price


def test_every_known_name_is_known_for_one_field_alone() -> None:
    listed = [
        (normalise(name), field)
        for field, names in NAMES.items()
        for group in names
        for name in ((group,) if isinstance(group, str) else group)
    ]
    assert len(listed) == len({name for name, _ in listed})
    plain = {(strip_accents(name), field) for name, field in listed}
    assert len(plain) == len({name for name, _ in plain})
    assert count_known([name for name, _ in listed]) == len(listed)


@settings(max_examples=80 * THOROUGH, deadline=None)
@given(st.lists(st.text(max_size=8) | st.sampled_from(["sku", "Name", "Price"]), max_size=500))
def test_any_header_is_mapped_to_different_columns_of_its_own(header: list[str]) -> None:
    found = map_columns(header, {}, Mode.UPSERT)
    assert len(set(found.columns.values())) == len(found.columns)
    used, names = set(found.columns.values()), name_columns(header)
    ours = [name for i, name in enumerate(names) if i not in used]
    assert list(found.ignored) == [name for name in ours if name not in ("_line", "_error")]
    assert {field: names[i] for field, i in found.columns.items()} == found.headers


def suggested(header: list[str], rows: list[list[str]]) -> str | None:
    """The column offered as the key."""
    taker = SampleTaker()
    taker.take(Batch(range(len(rows)), rows, []))
    return taker.suggest_key(header, map_columns(header, {}, Mode.UPSERT))


def test_a_known_key_is_suggested_before_a_column_that_differs_by_chance() -> None:
    header = ["Colour", "Handle", "Title", "Variant SKU"]
    assert suggested(header, [["red", "a", "A", ""], ["blue", "b", "B", ""]]) == "Handle"
    assert suggested(header, [["red", "a", "A", ""], ["blue", "a", "", ""]]) == "Colour"
    assert suggested(header, [["red", "a", "A", ""], ["red", "a", "", ""]]) is None
    assert suggested(header, []) is None


def test_a_key_differs_on_more_rows_than_are_shown() -> None:
    rows = [[f"c{n % 10}", f"h{n}", "N", ""] for n in range(50)]
    assert suggested(["Colour", "Code", "Name", "SKU"], rows) == "Code"


def test_three_cells_of_each_column_are_shown() -> None:
    taker = SampleTaker()
    taker.take(Batch(range(5), [[f"K{n}", "a\x00"] for n in range(5)], []))
    assert taker.describe(["sku", "x"], map_columns(["sku", "x"], {}, Mode.UPDATE_ONLY)) == [
        {"header": "sku", "field": "sku", "samples": ["K0", "K1", "K2"]},
        {"header": "x", "field": None, "samples": ["a\ufffd"] * 3},
    ]
