"""A gzip file's blocks → the blocks of what is inside; others pass through.

Pure. What a file expands to is bounded by whoever counts the blocks: each is
small however well its input was packed, so that a bomb is noticed early.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

from app.imports.errors import BrokenArchive

MAGIC = b"\x1f\x8b"
PIECE_BYTES = 256 * 1024
# What follows a member is copied when it ends: small steps keep that cheap for many small members.
STEP_BYTES = 16 * 1024
# More than a file of the largest size has in blocks as small as bgzip makes them.
MEMBERS_MAX = 100_000
GZIP = 31  # zlib's window bits for a gzip header (zlib manual, inflateInit2)
TOO_MANY = "The gzip archive consists of too many parts. Pack the file again, or send it unpacked."
BROKEN = "The gzip archive is broken or not complete. Pack the file again, or send it unpacked."


def unpack(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes inside, an archive's in blocks of at most 256 KiB. Raises BrokenArchive."""
    blocks = iter(blocks)
    start = b""
    while len(start) < len(MAGIC) and (block := next(blocks, None)) is not None:
        start += block
    everything = chain([start], blocks)
    return _inflate(everything) if start.startswith(MAGIC) else everything


def _inflate(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """All members of the archive, one after the other (RFC 1952, section 2.2)."""
    inflater = zlib.decompressobj(GZIP)
    members = 1
    for step in cut_small(blocks):
        packed = step
        while packed:
            if inflater.eof:
                if not packed.strip(b"\0"):  # padding after the last member
                    break
                inflater = zlib.decompressobj(GZIP)
                members += 1
                if members > MEMBERS_MAX:
                    raise BrokenArchive(TOO_MANY)
            try:
                yield inflater.decompress(packed, PIECE_BYTES)
            except zlib.error as error:
                raise BrokenArchive(BROKEN) from error
            packed = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
    if not inflater.eof:
        raise BrokenArchive(BROKEN)


def cut_small(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in small steps."""
    for block in blocks:
        for start in range(0, len(block), STEP_BYTES):
            yield block[start : start + STEP_BYTES]
