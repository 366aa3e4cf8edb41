"""The assistant answers about ways and places, asks for what is missing, and says what it can't do."""

from zoneinfo import ZoneInfo

import pytest
from tests.operations.parks import PARK

from yuanli.bootstrap import House
from yuanli.operations import Asker, Reply


def ask(house: House, text: str, conversation: str | None = None, here: str | None = None) -> Reply:
    return house.assistant.ask(text, Asker(campus_id=PARK, conversation=conversation, here=here))


@pytest.mark.parametrize(
    "text",
    [
        "从北门到A座301怎么走，我坐轮椅",
        "How do I get from the north gate to A301? I'm in a wheelchair",
        "北门到A座301",
        "north gate to A301",
    ],
)
def test_a_request_for_a_way_is_answered_with_a_route(house: House, text: str) -> None:
    reply = ask(house, text)
    assert reply.error is None
    (card,) = reply.cards
    assert (card.kind, card.routes[0].stops[-1].level) == ("route", 2)
    assert card.routes[0].profile == ("wheelchair" if "轮椅" in text or "wheelchair" in text else "walk")


def test_what_is_missing_is_asked_and_the_answer_completes_the_request(house: House) -> None:
    question = ask(house, "A座301怎么走", "talk")
    assert question.pending is not None
    assert ask(house, "北门", "talk").cards[0].kind == "route"
    assert ask(house, "A座301怎么走", here="北门").cards[0].kind == "route"


def test_a_reply_tells_what_was_heard_and_the_question_before(house: House) -> None:
    question = ask(house, "A座301怎么走", "heard")
    assert (question.heard and question.heard.intent, question.context) == ("guidance_route", None)
    answer = ask(house, "北门", "heard")
    assert answer.heard is not None
    assert answer.heard.text == "北门"
    assert all(answer.heard.text[s.start : s.end] == s.text for s in answer.heard.slots)
    assert question.pending is not None
    assert answer.context == question.pending.zh


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("空调坏了，帮我报修", "service_repair"),
        ("the lift is broken", "service_repair"),
        ("食堂现在人多吗", "crowd_query"),
        ("这个月用了多少电", "energy_query"),
    ],
)
def test_another_request_instead_of_an_answer_is_taken_as_one(house: House, said: str, intent: str) -> None:
    ask(house, "A座301怎么走", said)
    reply = ask(house, said, said)
    assert reply.heard is not None
    assert reply.heard.intent == intent


@pytest.mark.parametrize("said", ["你好", "谢谢", "hello"])
def test_a_greeting_instead_of_an_answer_leaves_the_question_open(house: House, said: str) -> None:
    question = ask(house, "A座301怎么走", said)
    reply = ask(house, said, said)
    assert reply.heard is not None
    assert (reply.heard.intent, reply.pending) == ("chat_smalltalk", question.pending)
    assert ask(house, "北门", said).cards[0].kind == "route"


def test_a_way_is_planned_for_the_time_that_was_said(house: House) -> None:
    reply = house.assistant.ask("明天早上八点从北门去报告厅怎么走", Asker(campus_id=PARK))
    departs = reply.cards[0].routes[0].departs_at.astimezone(ZoneInfo("Asia/Shanghai"))
    assert (departs.hour, departs.date() > house.now().date()) == (8, True)
    assert "08:00出发" in reply.text.zh


def test_the_nearest_of_a_kind_is_found_from_where_one_stands(house: House) -> None:
    reply = ask(house, "离A座301最近的洗手间在哪")
    assert {card.kind for card in reply.cards} == {"places", "route"}
    assert ask(house, "最近的洗手间在哪", "n").pending is not None
    assert {card.kind for card in ask(house, "A座301", "n").cards} == {"places", "route"}


def test_hours_of_a_place_are_told(house: House) -> None:
    reply = ask(house, "食堂几点开门")
    assert "开放" in reply.text.zh
    assert "hours" in reply.text.en


def test_a_tour_is_put_in_order(house: House) -> None:
    reply = ask(house, "从北门出发，A座、食堂和诊所都走一遍怎么走最顺")
    assert reply.cards[0].kind == "route"
    assert len(reply.cards[0].routes[0].stops) == 4


@pytest.mark.parametrize("text", ["今天股市怎么样", "tell me a joke about penguins", "你好"])
def test_it_says_what_it_can_do(house: House, text: str) -> None:
    reply = ask(house, text)
    assert "指路" in reply.text.zh
    assert "show the way" in reply.text.en


def test_a_place_that_is_not_there_is_said_so(house: House) -> None:
    reply = ask(house, "从北门到星河中心怎么走")
    assert reply.error == "place_not_found"
    assert "星河中心" in reply.text.zh
