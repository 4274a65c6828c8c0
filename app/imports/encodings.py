"""The encodings that files are written in: one list for the detection, the API and the page.

Pure. A file in another encoding cannot be imported.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass

WESTERN = ("de", "fr", "es", "pt", "it", "da", "no", "sv", "fi", "is", "nl", "en", "ca")
CENTRAL = ("pl", "cs", "sk", "hu", "ro", "hr", "sl", "de")
CYRILLIC = ("ru", "uk", "bg", "sr", "be")
BALTIC = ("lt", "lv", "et", "de", "fi", "sv", "da", "pl")
RUNS = dict.fromkeys((*CYRILLIC, "el", "he", "ar", "th"), 3)
RUNS |= dict.fromkeys(("ja", "zh", "zh-hant", "ko"), 2)


@dataclass(frozen=True)
class Encoding:
    """`name` as Python has it, `label` as the API says it, `title` as the page does.

    `languages` are those whose texts the detection looks for; none: it is told by a byte
    order mark, by its form, or by the user. `rarity` says how much less common than
    windows-1252 it is: the natural logarithm of the quotient, in nats.
    """

    name: str
    label: str
    title: str
    languages: Sequence[str] = ()
    rarity: float = 0.0

    @property
    def run(self) -> int:
        """How many characters beyond ASCII stand together in words; 0 in languages of Latin."""
        return RUNS.get(self.languages[0], 0) if self.languages else 0


ENCODINGS = (
    Encoding("utf-8", "utf-8", "UTF-8"),
    Encoding("utf-16", "utf-16", "UTF-16"),
    Encoding("utf-16-le", "utf-16-le", "UTF-16, little-endian"),
    Encoding("utf-16-be", "utf-16-be", "UTF-16, big-endian"),
    Encoding("utf-32", "utf-32", "UTF-32"),
    Encoding("utf-32-le", "utf-32-le", "UTF-32, little-endian"),
    Encoding("utf-32-be", "utf-32-be", "UTF-32, big-endian"),
    Encoding("utf-8-twice", "utf-8-twice", "UTF-8 encoded twice (CafÃ©), repaired"),
    Encoding("cp1252", "windows-1252", "Windows-1252, Western Europe", WESTERN),
    Encoding("iso8859-1", "iso-8859-1", "ISO 8859-1, Western Europe", WESTERN, 2),
    Encoding("iso8859-15", "iso-8859-15", "ISO 8859-15, Western Europe", WESTERN, 2),
    Encoding("mac-roman", "mac-roman", "Macintosh, Western Europe", WESTERN, 2),
    Encoding("cp850", "cp850", "DOS 850, Western Europe", WESTERN, 2),
    Encoding("cp858", "cp858", "DOS 858, Western Europe", WESTERN, 4),
    Encoding("cp437", "cp437", "DOS 437, United States", WESTERN, 3),
    Encoding("cp860", "cp860", "DOS 860, Portuguese", ("pt",), 5),
    Encoding("cp861", "cp861", "DOS 861, Icelandic", ("is",), 5),
    Encoding("cp863", "cp863", "DOS 863, Canadian French", ("fr",), 6),
    Encoding("cp865", "cp865", "DOS 865, Nordic", ("da", "no", "sv", "fi"), 4),
    Encoding("mac-iceland", "mac-iceland", "Macintosh, Icelandic", ("is",), 5),
    Encoding("iso8859-3", "iso-8859-3", "ISO 8859-3, Southern Europe", ("mt", "it"), 12),
    Encoding("iso8859-10", "iso-8859-10", "ISO 8859-10, Nordic", ("is", "da", "sv", "lt"), 12),
    Encoding("iso8859-14", "iso-8859-14", "ISO 8859-14, Celtic", ("cy", "ga", "en"), 12),
    Encoding("cp1250", "windows-1250", "Windows-1250, Central Europe", CENTRAL, 1),
    Encoding("iso8859-2", "iso-8859-2", "ISO 8859-2, Central Europe", CENTRAL, 2),
    Encoding("iso8859-16", "iso-8859-16", "ISO 8859-16, Romanian", ("ro", "hu", "pl"), 6),
    Encoding("cp852", "cp852", "DOS 852, Central Europe", CENTRAL, 2.2),
    Encoding("mac-latin2", "mac-latin2", "Macintosh, Central Europe", CENTRAL[:4], 3),
    Encoding("mac-croatian", "mac-croatian", "Macintosh, Croatian", ("hr", "sl"), 4.5),
    Encoding("mac-romanian", "mac-romanian", "Macintosh, Romanian", ("ro",), 4.5),
    Encoding("cp1257", "windows-1257", "Windows-1257, Baltic", BALTIC, 2),
    Encoding("iso8859-13", "iso-8859-13", "ISO 8859-13, Baltic", BALTIC, 4),
    Encoding("iso8859-4", "iso-8859-4", "ISO 8859-4, Baltic", BALTIC, 5),
    Encoding("cp775", "cp775", "DOS 775, Baltic", BALTIC, 4.5),
    Encoding("cp1254", "windows-1254", "Windows-1254, Turkish", ("tr",), 1),
    Encoding("iso8859-9", "iso-8859-9", "ISO 8859-9, Turkish", ("tr",), 2),
    Encoding("cp857", "cp857", "DOS 857, Turkish", ("tr",), 2.5),
    Encoding("mac-turkish", "mac-turkish", "Macintosh, Turkish", ("tr",), 4),
    Encoding("cp1251", "windows-1251", "Windows-1251, Cyrillic", CYRILLIC, 0.5),
    Encoding("koi8-r", "koi8-r", "KOI8-R, Russian", ("ru",), 2),
    Encoding("koi8-u", "koi8-u", "KOI8-U, Ukrainian", ("uk", "ru"), 3),
    Encoding("cp866", "cp866", "DOS 866, Cyrillic", ("ru", "be"), 1.5),
    Encoding("cp1125", "cp1125", "DOS 1125, Ukrainian", ("uk",), 2),
    Encoding("cp855", "cp855", "DOS 855, Cyrillic", ("ru", "bg", "sr"), 4),
    Encoding("iso8859-5", "iso-8859-5", "ISO 8859-5, Cyrillic", CYRILLIC, 3),
    Encoding("mac-cyrillic", "mac-cyrillic", "Macintosh, Cyrillic", CYRILLIC, 3),
    Encoding("cp1253", "windows-1253", "Windows-1253, Greek", ("el",), 0.7),
    Encoding("iso8859-7", "iso-8859-7", "ISO 8859-7, Greek", ("el",), 1.7),
    Encoding("cp737", "cp737", "DOS 737, Greek", ("el",), 2.5),
    Encoding("cp869", "cp869", "DOS 869, Greek", ("el",), 4),
    Encoding("mac-greek", "mac-greek", "Macintosh, Greek", ("el",), 4),
    Encoding("cp1255", "windows-1255", "Windows-1255, Hebrew", ("he",), 0.7),
    Encoding("iso8859-8", "iso-8859-8", "ISO 8859-8, Hebrew", ("he",), 2),
    Encoding("cp862", "cp862", "DOS 862, Hebrew", ("he",), 2.5),
    Encoding("cp1256", "windows-1256", "Windows-1256, Arabic", ("ar", "fa"), 0.7),
    Encoding("iso8859-6", "iso-8859-6", "ISO 8859-6, Arabic", ("ar",), 2),
    Encoding("cp720", "cp720", "DOS 720, Arabic", ("ar",), 3),
    Encoding("cp874", "windows-874", "Windows-874, Thai", ("th",), 0.7),
    Encoding("cp1258", "windows-1258", "Windows-1258, Vietnamese", ("vi",), 2),
    Encoding("cp932", "shift_jis", "Shift_JIS, Japanese", ("ja",), 0.5),
    Encoding("euc_jp", "euc-jp", "EUC-JP, Japanese", ("ja",), 2),
    Encoding("gb18030", "gb18030", "GB18030, Chinese, simplified", ("zh",), 0.5),
    Encoding("cp950", "big5", "Big5, Chinese, traditional", ("zh-hant",), 1),
    Encoding("cp949", "euc-kr", "EUC-KR, Korean", ("ko",), 0.7),
)  # fmt: skip
DETECTED = tuple(encoding for encoding in ENCODINGS if encoding.languages)
# What else files and programs call them, as Python's codecs do. The detection's encoding holds
# all that the one named holds, and is what programs write under that name.
SAME = {
    "ascii": "utf-8",
    "utf-8-sig": "utf-8",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "cp950",
    "euc_kr": "cp949",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "mac-centraleurope": "mac-latin2",
}


def _key(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(" ", "-")


BY_KEY = {_key(key): one for one in ENCODINGS for key in (one.name, one.label)}


def find_encoding(name: str) -> Encoding | None:
    """The encoding of that name, label or alias, in any case; None where no file has it."""
    try:
        return BY_KEY.get(_key(name)) or BY_KEY.get(_key(_resolve(name)))
    except (LookupError, ValueError):
        return None


def _resolve(name: str) -> str:
    same = SAME.get(_key(name))
    if same:
        return same
    codec = codecs.lookup(name).name
    return SAME.get(codec, codec)
