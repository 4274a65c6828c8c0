"""A product's entity tag, and the precondition If-Match (RFC 9110, sections 8.8.3 and 13.1.1).

Pure. A product's tag is its version in quotation marks, and always a strong one.
"""

from __future__ import annotations

import re

from app.errors import DomainError

TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
# Empty elements of a list are passed over (RFC 9110, section 5.6.1.2).
is_list = re.compile(rf"[ \t,]*{TAG}(?:[ \t]*,[ \t,]*{TAG})*[ \t,]*", re.ASCII).fullmatch
find_tags = re.compile(TAG, re.ASCII).findall
own_version = re.compile(r'"([1-9][0-9]{0,9})"').fullmatch


class MalformedIfMatch(DomainError):
    """The header If-Match is there and says nothing."""

    def __init__(self) -> None:
        super().__init__(
            "If-Match holds * or entity tags in quotation marks, separated by commas, such as "
            '"3". Nothing was changed.',
            pointer="/If-Match",
        )


def format_etag(version: int) -> str:
    """The version as a strong entity tag."""
    return f'"{version}"'


def parse_if_match(header: str | None) -> frozenset[int] | None:
    """The versions that the header allows; None when anything will do.

    Right: `"3"`, `"2", "3"`, `*`. A tag of another form and a weak one (`W/"3"`) match no
    version. Raises MalformedIfMatch for anything else: an empty header, `3`, `*, "3"`.
    """
    if header is None or header.strip(" \t") == "*":
        return None
    if not is_list(header):
        raise MalformedIfMatch
    found = (own_version(tag) for tag in find_tags(header))
    return frozenset(int(version[1]) for version in found if version)
