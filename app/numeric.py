"""numpy, without the threads that its linear algebra would start at import.

Nothing here computes with matrices, and a process that has threads cannot be
forked safely. Where there is no wheel of numpy the import fails, and whoever wants it
has to do without.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint8]
Slots = NDArray[np.intp]
Words32 = NDArray[np.uint32]

__all__ = ["Bits", "NDArray", "Slots", "Words32", "np"]
