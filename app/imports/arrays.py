"""The reader's arrays of numpy.

Where there is no wheel of numpy the import fails, and the careful reader does alone what
`plain.py` would do faster.
"""

from __future__ import annotations

from app.numeric import NDArray, np

Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Places = NDArray[np.int64]
Words = NDArray[np.uint64]
Forms = NDArray[np.int8]

# So many bytes have to follow those that are looked at, for whole words can be read there.
PADDING = 16


def read_words(text: Bytes, places: Places) -> Words:
    """The eight bytes at each of `places`, the first one lowest; PADDING follows the text."""
    count = len(text) - 7
    words: Words = np.ndarray((count,), np.dtype("<u8"), text.data, strides=(1,))
    return words[places]


# The first n bytes of a word.
FIRST_BYTES: Words = np.array([(1 << 8 * n) - 1 for n in range(9)], np.uint64)

__all__ = [
    "FIRST_BYTES",
    "PADDING",
    "Bytes",
    "Forms",
    "Mask",
    "Places",
    "Words",
    "np",
    "read_words",
]
