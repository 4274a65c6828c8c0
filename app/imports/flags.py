"""Words → flags. Pure. What is no word for yes or no in any language known here is refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from app.imports.headers import normalise
from app.imports.texts import Parsed
from app.products.rules import Violation

# The words of all systems.
YES = (
    "true", "yes", "1", "published", "active", "y", "t", "on", "enabled",
    "unlisted",  # Shopify: active, and found by those who have the link
)  # fmt: skip
NO = (
    "false", "no", "0", "draft", "inactive", "n", "f", "off", "disabled",
    "archived",  # Shopify
    "proposed", "rejected",  # Medusa
)  # fmt: skip
# Those of single systems, and of languages.
MORE_YES = (
    "publish", "visible", "online", "live", "1.0", "1,0", "✓", "✔", "☑", "✅",
    "ja", "j", "wahr", "aktiv", "veröffentlicht", "sichtbar",  # German, Danish, Swedish, …
    "oui", "vrai", "actif", "publié", "visible",  # French
    "sí", "si", "s", "verdadero", "activo", "publicado",  # Spanish
    "sì", "vero", "attivo", "pubblicato",  # Italian
    "sim", "verdadeiro", "ativo",  # Portuguese
    "waar", "actief", "gepubliceerd",  # Dutch
    "tak", "prawda", "aktywny", "opublikowano",  # Polish
    "ano", "pravda", "aktivní", "áno", "aktívny",  # Czech, Slovak
    "igen", "igaz", "aktív", "da", "adevărat", "activ",  # Hungarian, Romanian
    "kyllä", "tosi", "aktiivinen", "sant", "sann", "sand",  # Finnish, Swedish, Norwegian, Danish
    "evet", "doğru", "taip", "jah", "jā", "ναι", "αληθησ", "αληθής",  # Turkish, Baltic, Greek
    "да", "истина", "так", "активен", "активный", "включено", "опубликовано",  # Cyrillic
    "是", "真", "启用", "啟用", "上架", "はい", "有効", "公開", "예", "네", "참",
    "נכון", "כן", "نعم", "صحيح", "ใช่", "có", "ya",
)  # fmt: skip
MORE_NO = (
    "pending", "private", "future", "trash",  # WooCommerce
    "hidden", "unpublished", "offline", "0.0", "0,0", "✗", "✘", "☐", "❌",
    "nein", "falsch", "inaktiv", "versteckt", "entwurf",
    "non", "faux", "inactif", "brouillon",
    "falso", "inactivo", "oculto", "borrador",
    "inattivo", "bozza",
    "não", "nao", "inativo", "rascunho",
    "nee", "onwaar", "inactief",
    "nie", "fałsz", "nieaktywny",
    "ne", "nepravda", "neaktivní", "neaktívny",
    "nem", "hamis", "inaktív", "nu", "fals", "inactiv",
    "ei", "epätosi", "nej", "nei", "falskt", "falsk",
    "hayır", "hayir", "yanlış", "yanliş", "nē", "όχι", "οχι", "ψευδησ", "ψευδής",
    "нет", "ложь", "ні", "не", "неактивен", "неактивный", "отключено", "черновик",
    "否", "假", "禁用", "停用", "下架", "いいえ", "無効", "非公開", "아니오", "아니요", "거짓",
    "לא", "לא נכון", "لا", "خطأ", "ไม่ใช่", "không", "tidak",
)  # fmt: skip
# Numbers that only the column's name explains: Magento's 1 and 2, WooCommerce's -1 for a draft.
FLAGS_BY_COLUMN = {
    "productonline": {"2": "f"},
    **{
        name: {"-1": "f"}
        for name in (
            "published", "veröffentlicht", "publié", "publicado", "pubblicato", "gepubliceerd",
            "opublikowano", "publicerad", "publiceret", "publisert", "julkaistu", "опубликовано",
        )
    },
}  # fmt: skip
NOT_A_FLAG = Violation(
    "active_invalid",
    "Write true or false, yes or no, 1 or 0, active or inactive, published or draft.",
)


def fold(word: str) -> str:
    """A word as it is looked up: in no case, and composed."""
    return unicodedata.normalize("NFC", word.casefold())


# In the order in which they are looked for in a whole column: the usual ones first.
FLAGS = {
    **{"": "t", "true": "t", "false": "f", "1": "t", "0": "f", "yes": "t", "no": "f"},
    **dict.fromkeys(map(fold, YES), "t"),
    **dict.fromkeys(map(fold, NO), "f"),
    **dict.fromkeys(map(fold, MORE_YES), "t"),
    **dict.fromkeys(map(fold, MORE_NO), "f"),
}


def find_numbers(header: str) -> Mapping[str, str]:
    """The numbers that are flags in the column of a name, and nowhere else."""
    return FLAGS_BY_COLUMN.get(normalise(header), {})


def parse_flag(text: str) -> str | Violation:
    """`t` or `f`, in whatever case the word is written."""
    return FLAGS.get(fold(text), NOT_A_FLAG)


def parse_flags(cells: list[str]) -> Parsed:
    """`t` or `f`; an empty cell means the default, active."""
    parsed = Parsed([FLAGS.get(cell) for cell in cells])
    if None in parsed.values:
        for at, cell in enumerate(cells):
            flag = parse_flag(cell)
            if isinstance(flag, Violation):
                parsed.violations[at] = flag
            else:
                parsed.values[at] = flag
    return parsed
