"""How thoroughly the tests that try at random do so: a little here, much with THOROUGH=10."""

from __future__ import annotations

import os

# How many times as many examples as in the suite, where these are cheap to multiply.
THOROUGH = int(os.environ.get("THOROUGH", "1"))
