"""Writes the tables of docs/licences.md: every pinned package and its licence, as it says itself.

`--check` writes nothing, and fails where the tables are not what they would be, or a package that
is shipped has a licence that nobody has looked at. Asks nobody: what is installed tells. What is
for other platforms only is not installed; its licence is written in by hand once, and kept.
"""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PAGE = PROJECT / "docs" / "licences.md"
SHIPPED = ("requirements.txt", "requirements-local.txt")
TOOLS = ("requirements-dev.txt",)
# Licences that let the application be run and passed on; those with conditions are explained
# on the page.
ACCEPTED = frozenset(
    {
        "0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "LGPL-3.0",
        "MIT", "MIT-0", "MPL-2.0", "PostgreSQL", "PSF-2.0", "Zlib",
    }
)  # fmt: skip
# What packages write instead of the names by which SPDX knows licences.
NAMES = {
    "Apache License": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "DFSG approved": "",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL-3.0",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}


def list_pinned(*files: str) -> list[str]:
    """The packages that are pinned in requirements files, sorted, each once."""
    texts = [(PROJECT / name).read_text() for name in files]
    return sorted({found for text in texts for found in re.findall(r"^([\w.-]+)==", text, re.M)})


def read_licence(package: str) -> str | None:
    """A package's licence by SPDX's names, as far as it tells; None if it is not installed."""
    try:
        found = metadata.metadata(package)
    except metadata.PackageNotFoundError:
        return None
    if "License-Expression" in found:
        return found["License-Expression"]
    classifiers = [c for c in found.get_all("Classifier") or [] if c.startswith("License ::")]
    texts = [c.rpartition(" :: ")[2] for c in classifiers] or found.get_all("License") or []
    named = [NAMES.get(text, text) for text in texts]
    return " OR ".join(filter(None, named)) or None


def build_rows(packages: list[str], known: dict[str, str]) -> list[str]:
    """The table's rows. What this platform does not install keeps what is `known` of it."""
    found = {name: read_licence(name) or known.get(name, "unknown") for name in packages}
    return [f"| {name} | {licence} |" for name, licence in found.items()]


def build_page(page: str) -> str:
    """`page` with its two tables made anew."""
    known = dict(re.findall(r"^\| ([\w.-]+) \| ([^|]+) \|$", page, re.M))
    shipped = list_pinned(*SHIPPED)
    tools = [name for name in list_pinned(*TOOLS) if name not in shipped]
    for mark, packages in (("shipped", shipped), ("tools", tools)):
        table = "\n".join(["| package | licence |", "|---|---|", *build_rows(packages, known)])
        before, _, rest = page.partition(f"<!-- {mark} -->\n")
        _, end, after = rest.partition("<!-- end -->")
        page = f"{before}<!-- {mark} -->\n{table}\n{end}{after}"
    return page


def find_unaccepted(page: str) -> list[str]:
    """Rows of shipped packages whose licence, or one of several that hold, is not accepted."""
    table = page.partition("<!-- shipped -->")[2].partition("<!-- end -->")[0]
    rows = re.findall(r"^\| ([\w.-]+) \| ([^|]+) \|$", table, re.M)
    return [
        f"{name}: {licence}"
        for name, licence in rows
        if name != "package" and not set(re.split(r" AND | OR ", licence)) <= ACCEPTED
    ]


def main() -> int:
    """The exit code."""
    page = PAGE.read_text()
    made = build_page(page)
    if sys.argv[1:] != ["--check"]:
        PAGE.write_text(made)
    elif made != page:
        sys.stderr.write("docs/licences.md is not up to date: run make lock.\n")
        return 1
    unaccepted = find_unaccepted(made)
    if unaccepted:
        sys.stderr.write(f"Licences to be looked at: {'; '.join(unaccepted)}.\n")
    return 1 if unaccepted else 0


if __name__ == "__main__":
    sys.exit(main())
