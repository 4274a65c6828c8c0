"""A text has the slots of whatever it contains."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.products.grams import SHORT_SLOTS, SLOTS, slots_in, slots_of

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@given(texts, st.data())
def test_a_text_has_the_slots_of_every_piece_of_it(text: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(begin + 1, len(text)))
    slots = slots_of(text[begin:end])
    assert slots
    assert slots <= set(slots_in(text).tolist())


@given(texts)
def test_slots_are_within_their_bounds(text: str) -> None:
    slots = slots_in(text).tolist()
    assert slots == sorted(set(slots))
    assert slots[0] >= 0
    assert slots[-1] < SLOTS


def test_short_pieces_hardly_share_a_slot() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz0123456789 -_.,%/äöüßé"
    pairs = {first + second for first in letters for second in letters}
    slots = {slot for pair in pairs for slot in slots_of(pair)}
    assert all(slot < SHORT_SLOTS for slot in slots)
    assert len(slots) > 0.95 * len(pairs)


def test_an_empty_needle_is_everywhere() -> None:
    assert slots_of("") == set()
