"""Where shared things should go, asked in words: what is such a request, its card, its plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.api.house import CAMPUS, Clock, small_house
from tests.operations.test_device_planning_in_words import heard, talk
from tests.operations.test_site_plans import WITH_TEAMS

from yuanli.bootstrap import House
from yuanli.campus import Imported
from yuanli.language import Slot
from yuanli.operations import Kind, reread
from yuanli.operations.answering.site_planning import things_of
from yuanli.operations.dialogue.state import Filled, Request


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("house")
    opened = small_house(folder, Clock())
    campus = replace(WITH_TEAMS, id=CAMPUS)
    opened.places.add(Imported(campus=campus), who="test", why="teams", replace=True)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("text", "slots", "item"),
    [
        ("在A座放3个急救箱，放哪里最好", {"place": "A座"}, "3个急救箱"),
        ("两台打印机应该放在哪里", {}, "两台打印机"),
        ("where should 4 lockers go", {}, "4 lockers"),
        (
            "where should we put two first-aid kits in block A?",
            {"destination": "block A"},
            "two first-aid kits",
        ),
        ("what is the best place for a vending machine", {}, "a vending machine"),
    ],
)
def test_words_for_places_of_things_are_a_plan_of_sites(text: str, slots: dict[str, str], item: str) -> None:
    found = reread(heard(text, "guidance_nearest", **slots), None)
    assert (found.intent, found.find("item")) == ("space_allocate", item)
    assert found.values("place") == tuple(slots.values())


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("哪里有储物柜", "guidance_nearest"), ("where are the 2 lifts", "guidance_nearest"),
        ("where is a printer", "guidance_nearest"), ("where should 4 people sit", "space_allocate"),
        ("最近的急救箱在哪里", "guidance_nearest"), ("where can I find two toilets", "guidance_nearest"),
    ],
)  # fmt: skip
def test_who_looks_for_a_thing_is_shown_the_way(text: str, intent: str) -> None:
    asked = heard(text, intent)
    assert reread(asked, None) == asked


def test_a_card_says_what_is_placed_and_a_yes_has_it_solved(house: House) -> None:
    asked, done = talk(house, "kits", "在A座放1个储物柜，放哪里最好", "确认")
    assert asked.move is Kind.CONFIRM
    assert "“储物柜”选 1 处" in asked.text.zh
    assert "50 人" in asked.text.zh
    assert "/plans/" in done.text.zh
    (job,) = house.solving.list(CAMPUS)
    assert (job.kind, job.name) == ("sites", "储物柜 · A座")


def test_members_place_nothing(house: House) -> None:
    (reply,) = talk(house, "member", "where should 1 lockers go", roles=frozenset({"member"}))
    assert reply.move is not Kind.CONFIRM
    assert len(house.solving.list(CAMPUS)) <= 1


@pytest.mark.parametrize(("item", "sites"), [("两台打印机", True), ("打印机", False), ("工位", False)])
def test_only_a_number_of_a_known_thing_is_placed(item: str, sites: bool) -> None:
    slot = Slot(type="item", text=item, start=0, end=len(item), value=item)
    request = Request(
        id=1, intent="space_allocate", text=item, language="zh", confidence=0.9, model="test", at=Clock().now,
        filled=(Filled(slot=slot),),
    )  # fmt: skip
    assert (things_of(request) is not None) is sites
