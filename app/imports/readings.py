"""Bytes of unknown encoding → their readings in all encodings, the likeliest first.

Pure. The pieces of text that have bytes beyond ASCII are read in each encoding, and each
reading is weighed by the languages that are written in it (`likelihood.py`).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from app.imports.encodings import DETECTED, Encoding
from app.imports.likelihood import load, weigh_case

SCANNED_BYTES = 64 * 1024
PIECES_MAX, PIECE_BYTES_MAX, PIECES_BYTES = 120, 120, 3000
EACH_BYTE = 6  # pieces that show a byte; more of them tell no more of it
MISSED_MAX = 24
# Pieces of a round, and how far behind the best a reading may be to be in the next one (nats).
ROUNDS = ((3, 30.0), (12, 40.0), (PIECES_MAX, math.inf))
# A piece is nobody's word with this probability, and then any byte is as likely as another.
GARBAGE, GARBAGE_LETTER, GARBAGE_BYTE = -7.0, -3.3, -4.6
OWN_SHARE = 0.95  # of a text is in the language that most of it is in
FEW, FEW_LETTERS = -12.0, 6  # nats; text in other scripts comes in words
ASCII = bytes(range(128))
# What is the same in two readings: cedillas and commas below letters, and bytes without text.
SAME = str.maketrans("şţŞŢ", "șțȘȚ") | dict.fromkeys(range(0x80, 0xA0), "\ufffd")

find_pieces = re.compile(rb"[^\x00-\x3f]*[\x80-\xff][^\x00-\x3f]*").finditer
strip_quotes = re.compile(r"^(?:«(.*)»|“(.*)”|„(.*)“|‘(.*)’)$").sub
find_runs = re.compile(r"[^\x00-\x7f]+").findall


@dataclass(frozen=True)
class Piece:
    """Bytes between signs of ASCII, and how likely they are if they are no text."""

    data: bytes
    garbage: float


@dataclass(frozen=True)
class Reading:
    """What an encoding makes of all pieces, and how likely that is, in the likeliest language."""

    encoding: Encoding
    texts: Sequence[str]
    language: str
    weight: float


def decode(data: bytes, name: str) -> str:
    """The text, with U+FFFD for what is none; Vietnamese in composed letters."""
    text = data.decode(name, "replace")
    return unicodedata.normalize("NFC", text) if name == "cp1258" else text


def select_pieces(sample: bytes) -> list[Piece]:
    """Different pieces, of which each byte beyond ASCII is in some, as far as they fit."""
    shown: Counter[int] = Counter()
    chosen: dict[bytes, None] = {}
    size = 0
    for data in list_pieces(sample):
        bytes_beyond = set(data.translate(None, ASCII))
        if (
            data in chosen
            or len(data) > PIECE_BYTES_MAX
            or all(shown[byte] >= EACH_BYTE for byte in bytes_beyond)
        ):
            continue
        chosen[data] = None
        shown.update(bytes_beyond)
        size += len(data)
        if len(chosen) >= PIECES_MAX or size > PIECES_BYTES:
            break
    if not chosen:  # text without spaces: one character may be cut
        chosen = dict.fromkeys(data[:PIECE_BYTES_MAX] for data in islice(list_pieces(sample), 9))
    return [_make_piece(data) for data in chosen]


def _make_piece(data: bytes) -> Piece:
    beyond = len(data.translate(None, ASCII))
    cost = GARBAGE + GARBAGE_LETTER * (len(data) - beyond) + GARBAGE_BYTE * beyond
    return Piece(data, cost)


def list_pieces(sample: bytes) -> Iterator[bytes]:
    scanned = sample[:SCANNED_BYTES]
    for found in find_pieces(scanned):
        yield found[0]
    missed = set(sample.translate(None, ASCII)) - set(scanned)
    for byte in sorted(missed)[:MISSED_MAX]:
        at = sample.index(byte)
        start = max(sample.rfind(b"\n", 0, at), at - PIECE_BYTES_MAX) + 1
        for found in find_pieces(sample, start, at + PIECE_BYTES_MAX):
            if found.start() <= at < found.end():
                yield found[0]


def weigh_readings(pieces: Sequence[Piece]) -> list[Reading]:
    """The readings, the likeliest first, without those that some pieces rule out."""
    left: Sequence[Encoding] = DETECTED
    readings: list[Reading] = []
    for count, behind in ROUNDS:
        readings = [_weigh(encoding, pieces[:count]) for encoding in left]
        best = max(reading.weight for reading in readings)
        left = [r.encoding for r in readings if r.weight >= best - behind]
        if count >= len(pieces):
            break
    return sorted(readings, key=lambda reading: -reading.weight)


def _weigh(encoding: Encoding, pieces: Sequence[Piece]) -> Reading:
    texts = [decode(piece.data, encoding.name) for piece in pieces]
    bare = [strip_quotes(r"\1\2\3\4", text) for text in texts]
    weighed = [[score(text) for score in map(load, encoding.languages)] for text in bare]
    totals = [0.0] * len(encoding.languages)
    for piece, text, costs in zip(pieces, texts, weighed, strict=True):
        case = weigh_case(text)
        # In whichever language, or none.
        any_of = math.log(sum(map(math.exp, costs)) / len(costs) + 1e-300) + case
        other = _add(any_of, piece.garbage) + math.log(1 - OWN_SHARE)
        for at, cost in enumerate(costs):
            totals[at] += _add(cost + case + math.log(OWN_SHARE), other)
    at = max(range(len(totals)), key=totals.__getitem__)
    weight = totals[at] - encoding.rarity + (FEW if _is_scattered(encoding, texts) else 0.0)
    return Reading(encoding, texts, encoding.languages[at], weight)


def _add(one: float, other: float) -> float:
    """The logarithm of the sum of two numbers of which the logarithms are given."""
    high, low = (one, other) if one > other else (other, one)
    return high + math.log1p(math.exp(low - high))


def _is_scattered(encoding: Encoding, texts: Sequence[str]) -> bool:
    """Whether most characters of another script than Latin stand in runs too short to be words.

    A few capitals are rather initials in Latin.
    """
    if not encoding.run:
        return False
    if sum(map(len, texts)) < FEW_LETTERS and all(map(str.isupper, texts)):
        return True
    runs = [len(run) for text in texts for run in find_runs(text)]
    return 2 * sum(run for run in runs if run >= encoding.run) < sum(runs)


def is_alike(one: Reading, other: Reading) -> bool:
    """Whether two readings are the same, as far as anybody cares."""
    return all(
        a == b or a.translate(SAME) == b.translate(SAME)
        for a, b in zip(one.texts, other.texts, strict=True)
    )
