"""Gzip archives: whole, several in one, broken, and far too large inside."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest

from app.imports.errors import BrokenArchive, NotText
from app.imports.mapping import count_known
from app.imports.reader import FormatWish, open_csv
from app.imports.unpacking import PIECE_BYTES, unpack
from tests.imports.reading import cut

TEXT = b"sku,name\nA,Chair\n" * 1000


@pytest.mark.parametrize("size", [1, 2, 7, 1 << 20])
def test_an_archive_comes_out_as_it_went_in_whatever_the_blocks(size: int) -> None:
    assert b"".join(unpack(cut(gzip.compress(TEXT), size))) == TEXT


@pytest.mark.parametrize("size", [1, 5, 1 << 20])
def test_all_members_of_an_archive_come_out_one_after_the_other(size: int) -> None:
    archive = gzip.compress(b"sku,name\n") + gzip.compress(b"A,Chair\n") + gzip.compress(b"")
    assert b"".join(unpack(cut(archive, size))) == b"sku,name\nA,Chair\n"


def test_zeros_after_the_last_member_are_padding() -> None:
    assert b"".join(unpack([gzip.compress(TEXT) + bytes(512)])) == TEXT


@pytest.mark.parametrize("text", [TEXT, b"", b"\x1f"])
@pytest.mark.parametrize("size", [1, 1 << 20])
def test_what_is_no_archive_passes_through(text: bytes, size: int) -> None:
    assert b"".join(unpack(cut(text, size))) == text


ARCHIVE = gzip.compress(TEXT)
BROKEN = {
    "cut before its checksum": ARCHIVE[:-9],
    "cut by a byte": ARCHIVE[:-1],
    "cut in its header": ARCHIVE[:2],
    "wrong checksum": ARCHIVE[:-8] + bytes(8),
    "text after it": ARCHIVE + b"no archive",
    "second member cut": ARCHIVE + ARCHIVE[:20],
    "header of one": b"\x1f\x8b\x08\x00no archive at all",
}


# The names are given, for an archive holds the second in which it was made.
@pytest.mark.parametrize("archive", BROKEN.values(), ids=BROKEN)
def test_a_broken_archive_is_a_problem(archive: bytes) -> None:
    with pytest.raises(BrokenArchive, match="broken or not complete"):
        list(unpack([archive]))


def test_a_bomb_comes_out_in_small_blocks_and_can_be_stopped_early() -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(100)) + packer.flush()
    assert len(bomb) < 120_000
    tracemalloc.start()
    size = 0
    for block in unpack([bomb]):
        assert len(block) <= PIECE_BYTES
        size += len(block)
        if size > 5_000_000:
            break
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size < 5_000_000 + PIECE_BYTES
    assert peak < 2_000_000


def test_a_bomb_without_line_ends_is_refused_before_it_is_unpacked() -> None:
    taken = 0

    def blocks() -> Iterator[bytes]:
        nonlocal taken
        packer = zlib.compressobj(9, wbits=31)
        yield packer.compress(b"sku,name\n") + packer.flush(zlib.Z_SYNC_FLUSH)
        while True:
            taken += 1
            yield packer.compress(b"A" * (1 << 20)) + packer.flush(zlib.Z_SYNC_FLUSH)

    with pytest.raises(NotText, match="longer than"):
        open_csv(blocks(), FormatWish(), count_known)
    assert taken < 8
