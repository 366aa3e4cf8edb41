"""What answers on energy share: the media in words, what is asked for, bars."""

from __future__ import annotations

from collections.abc import Sequence

from yuanli.errors import Text
from yuanli.language import Understanding
from yuanli.operations.answering.asked import When, Where, figure, money
from yuanli.operations.answering.vocabulary import named_in, names_in
from yuanli.operations.energy import Medium, MediumTotal
from yuanli.operations.replies import Card, Chart, Line

NAMES = {
    Medium.ELECTRICITY: Text("用电", "electricity"), Medium.WATER: Text("用水", "water"),
    Medium.GAS: Text("用气", "gas"), Medium.HEAT: Text("用热", "heat"), Medium.PV: Text("光伏发电", "solar power"),
}  # fmt: skip


def metric_of(understanding: Understanding) -> str:
    """Return the words that name what is measured; all of the request where none are marked."""
    said = " ".join((*understanding.values("metric"), *understanding.values("attribute")))
    return said if said and (named_in(said, "energy") or named_in(said, "sides")) else understanding.text


def medium_of(said: str) -> Medium:
    """Return the medium that words name, electricity where they name none."""
    found = named_in(said, "energy")
    return Medium(found) if found is not None else Medium.ELECTRICITY


def media_of(understanding: Understanding) -> tuple[Medium, ...]:
    """Return the medium whose cost or carbon is asked for, all where none is named."""
    names = names_in(metric_of(understanding), "energy")
    return (Medium(names[0]),) if names else tuple(Medium)


def priced(value: float, unit: str, *, carbon: bool) -> Text:
    """Write a cost in a currency, or a mass of CO₂."""
    return Text(figure(value, unit), figure(value, unit)) if carbon else money(value, unit)


def untold(total: MediumTotal, where: Where, when: When) -> Text:
    """Say that a place has no figure, and why."""
    if total.note is not None:
        begin = when.name.en[:1].upper() + when.name.en[1:]
        return Text(f"{when.name.zh}：{total.note.zh}", f"{begin}: {total.note.en}")
    return Text(
        f"{where.name.zh}{when.name.zh}没有{total.name.zh}读数。",
        f"There are no {total.name.en} readings of {where.name.en} {when.name.en}.",
    )


def bars(title: Text, unit: str, rows: Sequence[tuple[Text, float]]) -> Card:
    """Return bars of what is set beside each other."""
    line = Line(name=title, values=tuple(value for _, value in rows))
    return Card(
        kind="chart", chart=Chart(title=title, unit=unit, lines=(line,), names=tuple(n for n, _ in rows))
    )
