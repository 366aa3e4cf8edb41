"""The same words in another form: width, script, case, without punctuation."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from random import Random

from opencc import OpenCC

from yuanli.learning.augmentation.pieces import Piece, Tables

PUNCTUATION = re.compile(r"[，。！？、；,.!?;]+(?=\s|$|[\u4e00-\u9fff])|[，。！？、；]")
TO_FULL = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
TO_HALF = {full: half for half, full in TO_FULL.items()}


def change_width(pieces: list[Piece], language: str, rng: Random, tables: Tables) -> list[Piece]:
    """Write letters and digits full-width, or half-width where they are full."""
    del tables
    if language != "zh":
        return pieces
    full = any("\uff01" <= c <= "\uff5e" for piece in pieces for c in piece.text if c.isalnum())
    table = TO_HALF if full else {k: v for k, v in TO_FULL.items() if chr(k).isalnum()}
    del rng
    return [replace(piece, text=piece.text.translate(table)) for piece in pieces]


def change_script(pieces: list[Piece], language: str, rng: Random, tables: Tables) -> list[Piece]:
    """Write simplified Chinese in traditional characters, as in Taiwan or Hong Kong, or the other way round."""
    del tables
    if language != "zh":
        return pieces
    text = "".join(piece.text for piece in pieces)
    traditional = _converter("t2s").convert(text) != text
    converter = _converter("t2s" if traditional else rng.choice(["s2t", "s2tw", "s2hk"]))
    return [replace(piece, text=converter.convert(piece.text)) for piece in pieces]


def change_case(pieces: list[Piece], language: str, rng: Random, tables: Tables) -> list[Piece]:
    """Write all in small letters, rarely in capitals."""
    del language, tables
    small = rng.random() < 0.9
    return [replace(piece, text=piece.text.lower() if small else piece.text.upper()) for piece in pieces]


def drop_punctuation(pieces: list[Piece], language: str, rng: Random, tables: Tables) -> list[Piece]:
    """Leave out punctuation that stands between words; Chinese is left without a gap."""
    del rng, tables
    blank = "" if language == "zh" else " "
    changed = [
        piece if piece.type else replace(piece, text=_squeezed(PUNCTUATION.sub(blank, piece.text)))
        for piece in pieces
    ]
    if changed and changed[-1].type is None:
        changed[-1] = replace(changed[-1], text=changed[-1].text.rstrip())
    return [piece for piece in changed if piece.text]


def _squeezed(text: str) -> str:
    return re.sub(r" {2,}", " ", text)


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)
