"""Problems of rounds drafted from the map: `yuanli schedule draft-rounds`."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from yuanli.cli import opening
from yuanli.cli.draft_options import SPAN, number_of, parts_of, refuse_option, span_of
from yuanli.cli.drafts import STAFF, CampusOption, DraftOutput, say_draft, write_draft
from yuanli.cli.opening import AsJson, DataDir
from yuanli.cli.printing import language, print_json
from yuanli.errors import Text, counted
from yuanli.operations import OnDuty, Pause, RoundWish, Visit

BREAK = re.compile(rf"({SPAN.pattern})/(\d+)(?:@(.+))?")
OF_STOP = ("min", "window", "skills", "worth", "load", "collect", "from")
OF_STAFF = ("end", "skills", "capacity", "reloads", "reload", "work", "break")
STOP_EXAMPLE = "A301; min=5; window=22:00-23:00; skills=keys,lift; worth=10; load=2; from=store"
STAFF_EXAMPLE = "Wang; North gate; 20:00-06:00; skills=keys; capacity=20; reloads=2; break=01:00-03:00/30"


def draft_rounds(
    output: DraftOutput,
    stops: Annotated[
        list[str],
        typer.Option("--stop", help=f"Such as '{STOP_EXAMPLE}'; again and again. 任务点，可多次。"),
    ],
    staff: Annotated[
        list[str],
        typer.Option("--staff", help=f"Name; where they start; shift: '{STAFF_EXAMPLE}'. 人员，可多次。"),
    ],
    patrol: Annotated[
        str, typer.Option("--patrol", help="A text, say the date, that draws the order. 每天不同的顺序。")
    ] = "",
    profile: Annotated[str, typer.Option("--profile", help="walk, wheelchair … 出行方式。")] = "walk",
    campus: CampusOption = None,
    as_json: AsJson = False,
    data_dir: DataDir = None,
) -> None:
    """Draft who could walk where, for `yuanli schedule rounds`. 从地图起草巡检路线问题。

    Example: yuanli schedule draft-rounds --stop "A301; min=5" --staff "Wang; North gate; 08:00-18:00" -o rounds.json
    """
    opened = opening.house(data_dir)
    campus_id = opening.stored_id(opened, campus)
    wish = RoundWish(
        visits=tuple(map(_visit, stops)), staff=tuple(map(_on_duty, staff)), profile=profile, patrol=patrol,
        roles=STAFF, language=language(),
    )  # fmt: skip
    found = opened.round_drafts.draft(campus_id, wish)
    write_draft(output, found.document)
    if as_json:
        counts = {"stops": found.stops, "staff": found.staff, "places": found.places}
        print_json({**counts, "aims": found.aims, "assumed": found.assumed})
        return
    summary = Text(
        f"{found.stops} 个任务点、{found.staff} 人。", f"{counted(found.stops, 'stop')}, {found.staff} staff."
    )
    say_draft(summary, (*found.aims, *found.assumed))


def _visit(text: str) -> Visit:
    (place,), told = parts_of("--stop", text, OF_STOP, STOP_EXAMPLE, plain=1)
    return Visit(
        place=place, service_s=60 * number_of("--stop", told, "min", 0), windows=_windows(told), skills=_listed(told),
        worth_s=60 * number_of("--stop", told, "worth", 0) if "worth" in told else None,
        load=number_of("--stop", told, "load", 0), collect=number_of("--stop", told, "collect", 0),
        source=told["from"][0] if "from" in told else None,
    )  # fmt: skip


def _on_duty(text: str) -> OnDuty:
    (name, start, shift), told = parts_of("--staff", text, OF_STAFF, STAFF_EXAMPLE, plain=3)
    earliest, latest = span_of("--staff", shift)
    return OnDuty(
        name=name, start=start, earliest_s=earliest, latest_s=latest, skills=_listed(told),
        end=told["end"][0] if "end" in told else None, pauses=tuple(map(_pause, told.get("break", ()))),
        capacity=number_of("--staff", told, "capacity", 0) if "capacity" in told else None,
        reloads=number_of("--staff", told, "reloads", 0), reload_s=60 * number_of("--staff", told, "reload", 0),
        max_work_s=60 * number_of("--staff", told, "work", 0) if "work" in told else None,
    )  # fmt: skip


def _windows(told: dict[str, list[str]]) -> tuple[tuple[int, int], ...]:
    return tuple(span_of("--stop", window) for window in told.get("window", ()))


def _pause(text: str) -> Pause:
    found = BREAK.fullmatch(text)
    if found is None:
        refuse_option("--staff", text, "break=12:00-13:30/45@canteen")
    earliest, latest = span_of("--staff", found[1])
    places = () if found[7] is None else (found[7].strip(),)
    return Pause(earliest_s=earliest, latest_s=latest, duration_s=60 * int(found[6]), places=places)


def _listed(told: dict[str, list[str]]) -> tuple[str, ...]:
    return tuple(
        one.strip() for value in told.get("skills", ()) for one in re.split("[,，]", value) if one.strip()
    )
