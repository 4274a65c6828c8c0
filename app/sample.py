"""A made-up catalog as CSV: as large as wanted, realistic, the same for the same seed.

Pure: recipe in, rows out, standard library only; only `save_sample` touches a file.
How many rows are good, bad or repeated is decided by arithmetic beforehand
and spread evenly, so `Recipe.summary` knows what a run will find before the
first row is made. SKUs come in scrambled order: an index has to work for
them as it does for a real catalog.

    flask sample-csv 500000 sample.csv --bad 0.001 --duplicates 0.002
"""

from __future__ import annotations

import csv
import io
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

HEADER = ("sku", "name", "description", "price", "active", "vendor")
MOST_ROWS = 50_000_000

# `row * _STRIDE % _PRIME` visits every number below the prime once, out of order.
_PRIME = 99_999_989
_STRIDE = 48_271_301

# Every eighth SKU has digits only, leading zeros among them; it has no case
# to change, so repeats are made of its neighbour.
_SKU_STYLES: tuple[Callable[[str], str], ...] = (
    "TEE-{}".format,
    "mug-{}-xl".format,
    "Lamp.{}".format,
    "É{}".format,
    "bk_{}".format,
    "{}".format,
    "ø-{}".format,
    "KIT/{}/B".format,
)
_DIGITS_ONLY = 5

_ADJECTIVES = ("Classic", "Café", "Slim", "Übergroße", "Recycled", "Señorita", "Matte", "Łódź")
_MATERIALS = ("cotton", "walnut", "steel", "linen", "porcelain", "cork", "wool")
_THINGS = (
    "T-shirt",
    "mug",
    "desk lamp",
    "notebook",
    "backpack",
    "water bottle",
    "cutting board",
    "抹茶茶碗",
    "椅子",
    "чайник",
    "crème brûlée set",
    "plant pot 🪴",
    "scarf 🧣",
)
_SIZES = ("", "", ", small", ", large", ' 15"', " (2 pcs)")
_DESCRIPTIONS = (
    "",
    "Made to last.",
    "Soft, warm and easy to wash.",
    'The "original" since 1974.',
    "Hand-finished.\nWipe clean; keep dry.",
    "Fits cabin luggage: 55 × 40 cm",
    "Für drinnen und draußen",
    "防水、軽量。",
    "Dishwasher safe, microwave safe",
)
_NOTES = ("", "", " New.", " 2 years' guarantee.", " Refurbished.")
_VENDORS = ("Acme", "Nordlys A/S", "Maison É.", "東京堂", "Kestrel & Sons", "Umbra")


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What a sample holds: `rows` in all, of which `bad` are to be rejected and
    `duplicates` repeat the SKU of an earlier good row in another case."""

    rows: int
    bad: int
    duplicates: int

    @property
    def products(self) -> int:
        """How many products an empty catalog holds after the import."""
        return self.rows - self.bad - self.duplicates


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """What to make. Shares are of all rows, 0 to 1; ValueError when they cannot be met.

    Recipes that differ in `revision` only make the same rows but for the
    prices, and one revision changes every price of the one before.
    """

    rows: int
    bad: float = 0.0
    duplicates: float = 0.0
    seed: int = 1
    revision: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.rows <= MOST_ROWS:
            raise ValueError(f"rows must be 0 to {MOST_ROWS}, not {self.rows}")
        if not (0 <= self.bad <= 1 and 0 <= self.duplicates <= 1):
            raise ValueError("a share of bad or duplicate rows must be 0 to 1")
        summary = self.summary
        if summary.duplicates and summary.products < 1:
            raise ValueError("no good row is left for the duplicates to repeat")

    @property
    def summary(self) -> Summary:
        """The counts of the sample, exactly."""
        return Summary(
            rows=self.rows,
            bad=round(self.rows * self.bad),
            duplicates=round(self.rows * self.duplicates),
        )


def make_rows(recipe: Recipe) -> Iterator[list[str]]:
    """The rows of `recipe`, header not included; as many as `recipe.summary` says."""
    summary = recipe.summary
    chance = random.Random(recipe.seed)  # noqa: S311 - a catalog, not a secret
    make_cells = _cells_maker(chance, recipe.revision)
    good = summary.rows - summary.bad
    made = rejected = 0
    bad_due = duplicate_due = 0
    for position in range(recipe.rows):
        bad_due += summary.bad
        if bad_due >= summary.rows:
            bad_due -= summary.rows
            yield _spoil(make_cells(f"BAD-{rejected}", position), rejected)
            rejected += 1
            continue
        duplicate_due += summary.duplicates
        if duplicate_due >= good:
            duplicate_due -= good
            earlier = _with_letters(chance.randrange(made))
            yield make_cells(_sku(earlier, recipe.seed).swapcase(), position)
        else:
            yield make_cells(_sku(made, recipe.seed), position)
            made += 1


def write_sample(recipe: Recipe, stream: TextIO) -> Summary:
    """Write header and rows to a text stream opened with `newline=""`; say what was written."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(make_rows(recipe))
    return recipe.summary


def _sku(number: int, seed: int) -> str:
    """The SKU of the `number`th product: different for every number below MOST_ROWS."""
    return _SKU_STYLES[number % 8](f"{(number * _STRIDE + seed) % _PRIME:08d}")


def _with_letters(number: int) -> int:
    """The nearest product, not after `number`, whose SKU has letters to change the case of."""
    return number - 1 if number % 8 == _DIGITS_ONLY else number


def _cells_maker(chance: random.Random, revision: int) -> Callable[[str, int], list[str]]:
    """A function from SKU and position to a row's cells, picking from stocks made once.

    The stocks' sizes are primes, so that texts do not repeat together. Every
    sixteenth price is empty; which ones, moves with the revision.
    """
    names = [
        f"{chance.choice(_ADJECTIVES)} {chance.choice(_MATERIALS)} "
        f"{chance.choice(_THINGS)}{chance.choice(_SIZES)}"
        for _ in range(1_021)
    ]
    texts = [(chance.choice(_DESCRIPTIONS) + chance.choice(_NOTES)).strip() for _ in range(509)]
    prices = [f"{cents // 100}.{cents % 100:02d}" for cents in range(90, 20_101)]
    vendors = [chance.choice(_VENDORS) for _ in range(61)]

    def cells(sku: str, position: int) -> list[str]:
        variety = position * _STRIDE
        return [
            sku,
            names[variety % 1_021],
            texts[variety % 509],
            prices[(variety + revision * 10) % 20_011] if (position + revision) % 16 else "",
            "true" if position % 11 else "false",
            vendors[variety % 61],
        ]

    return cells


def _spoil(cells: list[str], number: int) -> list[str]:
    """Break a good row in the `number`th way; every result has to be rejected."""
    sku, name, description, price, active, vendor = cells
    spoiled = (
        ["", name, description, price, active, vendor],
        [sku, "", description, price, active, vendor],
        [sku, name, description, "abc", active, vendor],
        [sku, name, description, "-1.00", active, vendor],
        [sku, name, description, "1.999", active, vendor],
        [sku.ljust(300, "x"), name, description, price, active, vendor],
        [sku, f"{name}\x00", description, price, active, vendor],
        [sku, f"\x07{name}", description, price, active, vendor],
        [sku, name, description],
        [*cells, "surplus", "surplus"],
    )
    return spoiled[number % len(spoiled)]


def save_sample(recipe: Recipe, target: str) -> Summary:
    """Write the sample as UTF-8 to the file named, or to standard output for `-`."""
    if target != "-":
        with Path(target).open("w", encoding="utf-8", newline="") as file:
            return write_sample(recipe, file)
    output = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    try:
        return write_sample(recipe, output)
    finally:
        output.detach()  # flushes, and leaves standard output open
