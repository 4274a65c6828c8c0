"""The made-up catalog: what it promises to hold is what it holds."""

import csv
import io
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask

from app import cli
from app.sample import HEADER, Recipe, make_rows, write_sample

PRICE = HEADER.index("price")


def is_bad(row: list[str]) -> bool:
    """Whether the row is one of those a sample makes to be rejected."""
    if len(row) != len(HEADER):
        return True
    sku, name, _, price, _, _ = row
    return (
        not sku
        or not name
        or len(sku) > 100
        or not name.isprintable()
        or price == "abc"
        or price.startswith("-")
        or len(price.partition(".")[2]) > 2
    )


def test_summary_counts_what_the_rows_are() -> None:
    recipe = Recipe(rows=5_000, bad=0.03, duplicates=0.1, seed=7)
    rows = list(make_rows(recipe))
    good = [row for row in rows if not is_bad(row)]
    distinct = {row[0].lower() for row in good}
    assert (len(rows), len(rows) - len(good)) == (5_000, recipe.summary.bad) == (5_000, 150)
    assert len(good) - len(distinct) == recipe.summary.duplicates == 500
    assert len(distinct) == recipe.summary.products


@pytest.mark.parametrize("duplicates", [0.1, 0.5, 0.999])
def test_a_duplicate_repeats_an_earlier_sku_in_another_case(duplicates: float) -> None:
    seen: dict[str, str] = {}
    for sku, *_ in make_rows(Recipe(rows=1_000, duplicates=duplicates)):
        original = seen.setdefault(sku.lower(), sku)
        assert sku in (original, original.swapcase())
        assert sku.lower() != sku.upper() or sku == original


def test_same_seed_gives_same_rows_and_another_seed_gives_others() -> None:
    first, second = Recipe(rows=200, bad=0.1, seed=3), Recipe(rows=200, bad=0.1, seed=4)
    assert list(make_rows(first)) == list(make_rows(first))
    assert list(make_rows(first)) != list(make_rows(second))


def test_a_revision_changes_every_price_and_nothing_else() -> None:
    before = list(make_rows(Recipe(rows=1_000)))
    after = list(make_rows(Recipe(rows=1_000, revision=1)))
    for old, new in zip(before, after, strict=True):
        assert old[PRICE] != new[PRICE]
        assert (old[:PRICE], old[PRICE + 1 :]) == (new[:PRICE], new[PRICE + 1 :])


def test_bad_rows_are_spread_and_of_every_kind() -> None:
    rows = list(make_rows(Recipe(rows=1_000, bad=0.01)))
    places = [number for number, row in enumerate(rows) if is_bad(row)]
    assert len(places) == 10
    assert all(later - earlier == 100 for earlier, later in pairwise(places))
    assert len({len(rows[place]) for place in places}) == 3


def test_csv_read_back_gives_the_rows() -> None:
    recipe = Recipe(rows=500, bad=0.05, duplicates=0.05)
    stream = io.StringIO(newline="")
    assert write_sample(recipe, stream) == recipe.summary
    stream.seek(0)
    header, *rows = csv.reader(stream)
    assert tuple(header) == HEADER
    assert rows == list(make_rows(recipe))


def test_sample_holds_what_makes_csv_hard() -> None:
    stream = io.StringIO(newline="")
    write_sample(Recipe(rows=2_000), stream)
    text = stream.getvalue()
    rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
    assert '""' in text
    assert any("\n" in row[2] for row in rows)
    assert any("," in row[2] for row in rows)
    assert any(row[0].startswith("0") for row in rows)
    assert any(not row[0].isascii() for row in rows)
    assert any(not row[PRICE] for row in rows)
    assert 85 < len(text.encode()) / len(rows) < 110


@pytest.mark.parametrize(
    "recipe",
    [{"rows": -1}, {"rows": 10, "bad": 1.5}, {"rows": 10, "bad": 0.5, "duplicates": 0.5}],
)
def test_a_recipe_that_cannot_be_met_is_refused(recipe: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"rows|share|good row"):
        Recipe(**recipe)  # type: ignore[arg-type]


def test_command_writes_the_file_and_says_what_it_holds(tmp_path: Path) -> None:
    app = Flask(__name__)
    cli.register(app)
    target = tmp_path / "sample.csv"
    result = app.test_cli_runner().invoke(
        args=["sample-csv", "100", str(target), "--bad", "0.1", "--duplicates=0.2", "--seed", "5"]
    )
    assert result.exit_code == 0, result.output
    assert "100 rows: 70 products, 20 duplicates, 10 bad." in result.stderr
    with target.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.reader(file))) == 101


def test_command_without_a_file_writes_standard_output() -> None:
    app = Flask(__name__)
    cli.register(app)
    result = app.test_cli_runner().invoke(args=["sample-csv", "3"])
    assert result.stdout.splitlines()[0] == ",".join(HEADER)


def test_a_share_out_of_range_is_refused() -> None:
    result = cli.create_toolbox().test_cli_runner().invoke(args=["sample-csv", "10", "--bad", "2"])
    assert result.exit_code == 2
    assert "--bad" in result.stderr
