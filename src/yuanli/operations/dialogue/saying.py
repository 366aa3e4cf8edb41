"""A dialogue in words: questions, summaries, and what is said where no handler speaks."""

from __future__ import annotations

from collections.abc import Mapping

from yuanli.errors import Text
from yuanli.operations.dialogue.frames import Need, filled_in, load_frames
from yuanli.operations.dialogue.state import Option, Request

CHANGE = Text("好的，要改哪一项？", "All right. What shall I change?")
NOT_UNDERSTOOD = Text("这个我还办不到，或者没听懂。", "I can't do that yet, or I didn't get it.")
CANCELLED = Text("好的，已取消：{name}。", "All right, cancelled: {name}.")
NOTHING_TO_CANCEL = Text("现在没有要取消的事。", "There is nothing to cancel.")
NOTHING_TO_CONFIRM = Text("现在没有等您确认的事。", "Nothing waits for your confirmation.")
NOTHING_ASIDE = Text("没有搁下的事可以继续。", "There is nothing put aside to go back to.")
ALREADY_DONE = Text("这件事已经办过了，不会重复办。", "That is done already; it is not done twice.")
DONE_CHANGE = Text(
    "这件事已经办好了；要改的话，请直接说要改什么，例如“把预订改到四点”。",
    "That is done already. To change it, say so, such as “move the booking to four”.",
)
WHICH = Text("“{what}”有几处，您指哪一个？", "There are several of “{what}”. Which one?")
DID_YOU_MEAN = Text("您是想{names}吗？", "Did you mean: {names}?")
RESUME = Text("继续刚才的{name}", "Back to the {name}")


def summary_of(request: Request) -> Text:
    """Return a request in one line, with what is known of it."""
    summary = request.frame.summary
    return Text(
        filled_in(summary.zh, values_of(request, "zh")), filled_in(summary.en, values_of(request, "en"))
    )


def confirmation_of(request: Request) -> Text:
    """Return the question before an act: what it will do, and whether it shall."""
    return confirmation_with(summary_of(request))


def confirmation_with(said: Text) -> Text:
    """Return the question whether to do what a line says."""
    frame = load_frames().confirm
    said = Text(said.zh.rstrip("。.！!"), said.en.rstrip("。.！!"))
    return Text(frame.zh.replace("{summary}", said.zh), frame.en.replace("{summary}", said.en))


def question_of(request: Request, need: Need) -> Text:
    """Return the question for something that is missing."""
    return Text(
        filled_in(need.ask.zh, values_of(request, "zh")), filled_in(need.ask.en, values_of(request, "en"))
    )


def resume_offer(request: Request) -> Text:
    """Return the words that go back to a request that was put aside."""
    return named(RESUME, request.frame.name)


def question_for(slot_type: str) -> Text:
    """Return the question for a value that no frame has words for."""
    return named(load_frames().ask, load_frames().name_of(slot_type))


def choice_of(what: str, options: tuple[Option, ...]) -> Text:
    """Return the question which one is meant, the options numbered."""
    head = with_text(WHICH, "what", Text(what, what))
    return Text(f"{head.zh}{numbered(options, 'zh')}", f"{head.en} {numbered(options, 'en')}")


def meant_of(options: tuple[Option, ...]) -> Text:
    """Return the question which intent was meant."""
    zh, en = " 还是 ".join(o.label.zh for o in options), " or ".join(o.label.en for o in options)
    return with_text(DID_YOU_MEAN, "names", Text(zh, en))


def numbered(options: tuple[Option, ...], language: str) -> str:
    """Return options as `1. …；2. …`."""
    rows = (f"{i}. {getattr(option.label, language)}" for i, option in enumerate(options, start=1))
    return ("；" if language == "zh" else "; ").join(rows)


def named(template: Text, name: Text) -> Text:
    """Return a text with a name in it."""
    return with_text(template, "name", name)


def with_text(template: Text, hole: str, text: Text) -> Text:
    """Return a text with another in one of its holes."""
    return Text(template.zh.replace(f"{{{hole}}}", text.zh), template.en.replace(f"{{{hole}}}", text.en))


def together(*texts: Text) -> Text:
    """Return texts one after the other."""
    return Text("".join(t.zh for t in texts), " ".join(t.en for t in texts if t.en))


def values_of(request: Request, language: str) -> Mapping[str, str]:
    """Return the values of a request as they are said, several of one type in a row."""
    shown: dict[str, str] = {}
    for filled in request.filled:
        if filled.usable:
            label = filled.label and getattr(filled.label, language)
            said = label or filled.slot.text
            joint = "、" if language == "zh" else ", "
            before = shown.get(filled.slot.type)
            shown[filled.slot.type] = said if before is None else f"{before}{joint}{said}"
    return shown


def understood_of(request: Request) -> Text:
    """Say that a request was understood, and that the park has not connected what it needs."""
    said, family = summary_of(request), load_frames().families[request.frame.family]
    return Text(f"我听懂了：{said.zh}。{family.zh}", f"I understood: {said.en}. {family.en}")
