"""What is a thing called? Names of OpenStreetMap by language tag, and its other names as aliases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from yuanli.campus.countries import LATIN_OF_COUNTRY
from yuanli.campus.features import Alias, FeatureId, LanguageMap
from yuanli.campus.osm.rows import Tags

_TAG = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_NO_LANGUAGE = {"old", "alt", "ref", "src", "abbr", "left", "lon"}
_KINDS = {
    "alt_name": "alias", "official_name": "alias", "loc_name": "alias", "reg_name": "alias",
    "nat_name": "alias", "int_name": "alias", "full_name": "alias", "nickname": "alias",
    "addr:housename": "alias", "bridge:name": "alias", "short_name": "short", "abbr_name": "short",
    "old_name": "former", "former_name": "former", "was:name": "former", "disused:name": "former",
    "old_alt_name": "former", "ref": "ref", "loc_ref": "ref", "local_ref": "ref", "official_ref": "ref",
}  # fmt: skip
_WEIGHTS = {"alias": 0.9, "short": 0.9, "former": 0.7, "ref": 0.8}


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one thing: shown ones, one other for each language, and all the rest."""

    name: LanguageMap
    alt_name: LanguageMap
    others: tuple[tuple[str, str, str], ...]
    """Language, text and kind of each alias."""


def script_language(text: str, country: str = "") -> str:
    """Return the language tag that the script of a name tells, `und` where it tells none."""
    kinds = {_script(c) for c in text}
    if "kana" in kinds or ("han" in kinds and country == "JP"):
        return "ja"
    if "hangul" in kinds:
        return "ko"
    if "han" in kinds:
        return "zh"
    if "cyrillic" in kinds:
        return "ru" if country in {"RU", "BY", "KZ", "KG"} else "und"
    if "latin" in kinds:
        return LATIN_OF_COUNTRY.get(country, "und")
    return "und"


def _script(char: str) -> str:
    code = ord(char)
    if 0x3040 <= code <= 0x30FF:
        return "kana" if char not in "・ー" else ""
    if 0xAC00 <= code <= 0xD7AF or 0x1100 <= code <= 0x11FF or 0x3130 <= code <= 0x318F:
        return "hangul"
    if 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x3FFFF:
        return "han"
    if 0x0400 <= code <= 0x052F:
        return "cyrillic"
    return "latin" if char.isalpha() and code < 0x0250 else ""


def names_of(tags: Tags, country: str = "", *, with_ref: bool = True) -> Names:
    """Return every name a thing has; `name` itself is kept under the language of its script."""
    tags = {k: v for k, v in tags.items() if "name" in k or "ref" in k or k == "brand"}
    name: dict[str, str] = {}
    others: list[tuple[str, str, str]] = []
    if not tags:
        return Names(name, {}, ())
    for language, text in _translations(tags, "name"):
        name.setdefault(language, text[0])
        others.extend((language, rest, "alias") for rest in text[1:])
    plain, *more = _texts(tags.get("name") or tags.get("brand") or "") or [""]
    if plain and plain not in name.values():
        language = script_language(plain, country)
        if language in name:
            others.append((language, plain, "alias"))
        else:
            name = {language: plain, **name}
    others.extend((script_language(text, country), text, "alias") for text in more)
    for key, kind in _KINDS.items():
        if (key == "ref" and not with_ref) or not any(k.startswith(key) for k in tags):
            continue
        others.extend(_others(tags, key, kind, country))
    return _sorted_out(name, others)


def _others(tags: Tags, key: str, kind: str, country: str) -> Iterator[tuple[str, str, str]]:
    for found in (key, *(f"{key}_{i}" for i in range(1, 6))):
        for text in _texts(tags.get(found, "")):
            yield script_language(text, country) if kind != "ref" else "und", text, kind
    for language, texts in _translations(tags, key):
        yield from ((language, text, kind) for text in texts)


def _translations(tags: Tags, key: str) -> Iterator[tuple[str, list[str]]]:
    prefix = f"{key}:"
    for found, value in tags.items():
        if not found.startswith(prefix):
            continue
        language = found[len(prefix) :]
        if _TAG.fullmatch(language) and language not in _NO_LANGUAGE and (texts := _texts(value)):
            yield _language_tag(language), texts


def _language_tag(language: str) -> str:
    """Return a BCP 47 tag: `zh_pinyin` is `zh-Latn-pinyin`."""
    tag = language.replace("_", "-")
    return {"zh-pinyin": "zh-Latn-pinyin", "ja-rm": "ja-Latn", "ko-rm": "ko-Latn"}.get(tag.lower(), tag)


def _texts(value: str) -> list[str]:
    return [text for part in re.split(r"[;；]", value) if (text := " ".join(part.split()))]


def _sorted_out(name: dict[str, str], others: list[tuple[str, str, str]]) -> Names:
    """Put the first other name of each language in `alt_name`, drop what is said twice."""
    said = set(name.values())
    alt_name: dict[str, str] = {}
    rest: list[tuple[str, str, str]] = []
    for language, text, kind in others:
        if text in said:
            continue
        said.add(text)
        if kind == "alias" and language not in alt_name:
            alt_name[language] = text
        else:
            rest.append((language, text, kind))
    return Names(name, alt_name, tuple(rest))


def aliases_of(feature_id: str, names: Names) -> tuple[Alias, ...]:
    """Return the aliases of a feature: what its name and `alt_name` can't hold."""
    return tuple(
        Alias(
            id=FeatureId(f"{feature_id}#alias{i}"),
            feature_id=FeatureId(feature_id),
            language=language,
            text=text,
            weight=_WEIGHTS[kind],
            kind=kind,
        )
        for i, (language, text, kind) in enumerate(names.others, 1)
    )
