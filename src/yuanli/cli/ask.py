"""`yuanli understand` and `yuanli ask`."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from yuanli.bootstrap import open_models, reader_of, understander_of
from yuanli.cli import opening
from yuanli.cli.opening import AsJson, CampusName, DataDir
from yuanli.cli.printing import OUT, print_json, print_json_lines, print_table, said
from yuanli.cli.route import print_route
from yuanli.errors import InvalidInputError, Text
from yuanli.language import ModelUnderstander, Understander, Understanding
from yuanli.learning import Model
from yuanli.operations import Asker, Kind

CONVERSATION = "shell"
"""Id of the conversation of a user who has none yet."""
ID_BYTES = 12
YES = "是的"
TOGETHER = 256
"""How many requests of a file are read together."""


class NothingToUnderstandError(InvalidInputError):
    """No text was given, or a line of the file holds none."""


def understand(
    text: Annotated[str | None, typer.Argument(help="A request. 一句话。")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help=".txt or .jsonl {text, context?}. 批量。")
    ] = None,
    context: Annotated[str | None, typer.Option("--context", help="The previous turn. 上一轮。")] = None,
    model: Annotated[
        Path | None, typer.Option("--model", help="Folder of a model instead of the live one. 模型文件夹。")
    ] = None,
    campus: CampusName = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Show how a request is understood: intent and slots. 理解一句话。

    Example: yuanli understand "从北门到A座301怎么走，我坐轮椅"
    """
    reader = _reader(model, campus, data_dir)
    if file is not None:
        print_json_lines(_all_understood(reader, _requests(file)))
        return
    if not text or not text.strip():
        raise NothingToUnderstandError(Text("请给出一句话。", "Give a text."), field="text")
    found = reader.understand(text, context=context)
    if as_json:
        print_json(found)
        return
    OUT.print(f"{found.intent}  {found.confidence:.2f}", style="bold")
    headers = (Text("槽位", "Slot"), Text("原文", "Text"), Text("值", "Value"))
    print_table(headers, ((slot.type, slot.text, slot.value) for slot in found.slots))


def ask(
    text: Annotated[str, typer.Argument(help="A request. 一句话。")],
    user: Annotated[str | None, typer.Option("--user", help="Who asks. 提问人。")] = None,
    here: Annotated[str | None, typer.Option("--here", help="Where you are. 您的位置。")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Confirm what is proposed. 直接确认。")] = False,
    campus: CampusName = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Ask the assistant, one turn; with --user the next of the user's conversation. 问园理。

    Example: yuanli ask "从北门到A座301怎么走，我坐轮椅"
    """
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, campus)
    asker = Asker(campus_id=campus_id, here=here)
    if user is not None:
        latest = opened.assistant.latest(user, campus_id)
        asker = replace(asker, user=user, conversation=latest or CONVERSATION)
    elif yes:
        asker = replace(asker, conversation=secrets.token_urlsafe(ID_BYTES))
    reply = opened.assistant.ask(text, asker)
    if yes and reply.move is Kind.CONFIRM:
        reply = opened.assistant.ask(YES, asker)
    if as_json:
        print_json(reply)
    else:
        routes = [route for card in reply.cards for route in card.routes]
        OUT.print(said(reply.text), markup=False)
        if reply.options and reply.move is not Kind.CHOOSE:
            OUT.print(
                "  ".join(f"[{i}] {said(o.label)}" for i, o in enumerate(reply.options, 1)), markup=False
            )
        for route in routes[:1]:
            print_route(route)
    if reply.error is not None:
        raise typer.Exit(1)


def _reader(model: Path | None, campus: str | None, data_dir: Path | None) -> Understander:
    live = Model(model) if model else reader_of(open_models(opening.settings(data_dir)))
    return understander_of(live)(opening.guide(campus, data_dir) if campus else None)


def _all_understood(
    reader: Understander, requests: Sequence[tuple[str, str | None]]
) -> Iterator[Understanding]:
    if not isinstance(reader, ModelUnderstander):
        yield from (reader.understand(text, context=context) for text, context in requests)
        return
    for first in range(0, len(requests), TOGETHER):
        yield from reader.understand_many(requests[first : first + TOGETHER])


def _requests(file: Path) -> list[tuple[str, str | None]]:
    try:
        lines = [line for line in file.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise NothingToUnderstandError(
            Text(f"文件 {file} 无法读取：{error}", f"The file {file} can't be read: {error}"), field=str(file)
        ) from error
    if file.suffix != ".jsonl":
        return [(line, None) for line in lines]
    return [_request(line, number) for number, line in enumerate(lines, start=1)]


def _request(line: str, number: int) -> tuple[str, str | None]:
    try:
        row = json.loads(line)
        text, context = row["text"], row.get("context")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        text, context = None, None
    if not isinstance(text, str) or not isinstance(context, str | None):
        raise NothingToUnderstandError(
            Text(f"第 {number} 行不是 {{text, context?}}。", f"Line {number} is not {{text, context?}}."),
            field=f"line {number}",
        )
    return text, context
