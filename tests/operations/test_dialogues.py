"""The dialogues of dialogues/*.yaml, word by word, on the demo park with a real store."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.language.reading import built_in
from tests.operations.parks import PARK, MovableClock, demo_house
from tests.operations.scripts import Booking, Scripted, heard, plain

from yuanli.bootstrap import House, understander_of
from yuanli.language import Understander, Understanding
from yuanli.operations import Abilities, Asker, Assistant, Guide, Kind, Reply
from yuanli.storage import SqlConversationStore

FOLDER = Path(__file__).parent / "dialogues"
ACTS = (
    "booking_create", "booking_cancel", "visitor_invite", "service_repair", "device_on", "booking_modify",
)  # fmt: skip
CLOCK = MovableClock()
NUMBERS = count()


def dialogues() -> list[Any]:
    return [
        pytest.param(dialogue, id=dialogue["name"])
        for path in sorted(FOLDER.glob("*.yaml"))
        for dialogue in yaml.safe_load(path.read_text("utf-8"))
    ]


@pytest.fixture(scope="module")
def park(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = demo_house(tmp_path_factory.mktemp("dialogues"), now=CLOCK)
    yield opened
    opened.close()


@dataclass(slots=True)
class Talk:
    """One conversation with an assistant that can be restarted."""

    park: House
    here: str | None
    id: str
    known: dict[str, Understanding] = field(default_factory=dict)
    booking: Booking = field(default_factory=Booking)

    def understander(self, guide: Guide | None) -> Understander:
        return Scripted(self.known, understander_of(built_in())(guide))

    def assistant(self) -> Assistant:
        acts = dict.fromkeys(ACTS, self.booking)
        abilities = Abilities(understander=self.understander, acts=acts)
        return Assistant(self.park.guidance, SqlConversationStore(self.park.database), abilities)


@pytest.mark.parametrize("dialogue", dialogues())
def test_dialogue(park: House, dialogue: dict[str, Any]) -> None:
    talk = Talk(park, dialogue.get("here"), f"talk-{next(NUMBERS)}")
    assistant = talk.assistant()
    asker = Asker(campus_id=PARK, user="li", conversation=talk.id, here=talk.here)
    for turn in dialogue["turns"]:
        if "minutes" in turn:
            CLOCK.forward(60 * turn["minutes"])
        elif "restart" in turn:
            assistant = talk.assistant()
        else:
            talk.known.update(heard(turn))
            reply = assistant.ask(plain(turn["user"]), asker)
            check(turn, reply, talk)
            talk.known.clear()
    kept = assistant.history("li", talk.id).turns
    assert [t.text for t in kept] == [plain(turn["user"]) for turn in dialogue["turns"] if "user" in turn]


def test_confirmations_at_once_do_it_once(park: House) -> None:
    talk = Talk(park, None, "at-once")
    asker = Asker(campus_id=PARK, user="li", conversation=talk.id)
    turns = (
        {"user": "订[A301](room)[明天](date)[三点](time)", "intent": "booking_create"},
        {"user": "确认", "intent": "dialog_confirm"},
    )
    for turn in turns:
        talk.known.update(heard(turn))
    assert talk.assistant().ask(plain(turns[0]["user"]), asker).move is Kind.CONFIRM
    with ThreadPoolExecutor(3) as pool:
        replies = list(pool.map(lambda _: talk.assistant().ask("确认", asker), range(3)))
    assert sorted(reply.move for reply in replies) == [Kind.ACT, Kind.ALREADY_DONE, Kind.ALREADY_DONE]
    assert talk.booking.calls == 1
    assert len(talk.assistant().history("li", talk.id).turns) == 4


def check(turn: dict[str, Any], reply: Reply, talk: Talk) -> None:
    said = f"{turn['user']} → {reply.move}: {reply.text}"
    assert reply.move is Kind(turn["move"]), said
    for language, part in turn.get("reply", {}).items():
        assert part in getattr(reply.text, language), said
    why = reply.why[-1]
    assert why.rule == turn.get("rule", why.rule), said
    assert len(reply.why) == turn.get("replies", len(reply.why)), said
    assert reply.error == turn.get("error"), said
    slots = {slot.type: slot.value for slot in reply.understanding.slots}
    assert {name: slots.get(name) for name in turn.get("slots", {})} == turn.get("slots", {}), said
    filled = {fill.type: fill.source.value for fill in why.filled}
    assert {name: filled.get(name) for name in turn.get("filled", {})} == turn.get("filled", {}), said
    for expected, texts in (
        (turn.get("options", ()), [option.label.zh for option in reply.options]),
        (turn.get("suggestions", ()), [text.zh for text in reply.suggestions]),
    ):
        assert all(any(part in text for text in texts) for part in expected), f"{said} {texts}"
    assert set(turn.get("cards", ())) <= {card.kind for card in reply.cards}, said
    if turn["move"] in ("ask", "choose", "confirm", "change", "clarify"):
        assert reply.pending is not None, said
    elif turn["move"] != "hand_over":
        assert (reply.pending is not None) == ("asks" in turn or bool(reply.options)), said
    if "done" in turn:
        assert talk.booking.calls == len(talk.booking.done) == turn["done"], said
    if "keys" in turn:
        assert len(talk.booking.keys) == turn["keys"], said
    if "asks" in turn:
        assert reply.asks == turn["asks"], said
    talk.booking.broken = turn.get("broken", False)


def test_there_are_enough_dialogues_in_both_languages() -> None:
    assert len(dialogues()) >= 60
