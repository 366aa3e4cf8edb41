"""When devices shall run at least cost, asked in words: the problem shown, confirmed, solved, told with its saving."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from yuanli.campus import FeatureId
from yuanli.errors import Text
from yuanli.language import Slot, Understanding
from yuanli.operations.answering.asked import Where, find_zone, where_of
from yuanli.operations.answering.commanding import require_operator
from yuanli.operations.answering.device_wishes import (
    CHARGES,
    cars_in,
    comfort_in,
    kept_on,
    says_cars,
    says_charging,
    says_comfort,
    stays_overnight,
    without_due,
    without_exceptions,
)
from yuanli.operations.answering.vocabulary import find_word, named_in, says
from yuanli.operations.device_plans import (
    CARS,
    DeviceDraft,
    DeviceDrafts,
    DeviceWish,
    DeviceWishError,
    NothingToPlanError,
    PlanDay,
    plan_costs,
    span_of,
)
from yuanli.operations.dialogue import Request
from yuanli.operations.energy import Energy
from yuanli.operations.guidance import Guidance
from yuanli.operations.replies import Asker, Reply
from yuanli.operations.solving import SolveOrder, Solving
from yuanli.scheduling import DEVICES, DevicesProblem
from yuanli.solver import Plan, Search, Stop, make_plan

INTENT = "device_schedule"
MARK = "rank"
"""The slot that tells a plan (at least cost) from a command at a time."""
SURE = 0.9
TIME_S = 10.0
GAP = 0.01
ALIKE = 0.0005
MOST_TOLD = 4
CARBON_WEIGHT = 10.0
"""Money that a kg of carbon weighs where least carbon is asked for: more than any price of what emits it."""
DAYS = {
    PlanDay.TODAY: Text("今天剩余时段", "what is left of today"),
    PlanDay.TOMORROW: Text("明天", "tomorrow"),
}
KINDS = {
    "hvac": Text("空调", "air conditioning"), "lighting": Text("照明", "lighting"),
    "ventilation": Text("通风", "ventilation"), "plant": Text("冷热源", "plant"),
}  # fmt: skip
EVERY = Text("设备", "devices")
"""What a plan against the peak is of, where nothing else is named."""
CARS_NAME = Text("电动车充电", "charging of cars")
SAID_DAY = (
    (
        PlanDay.TODAY,
        re.compile(r"今天|今日|今晚|今夜|当天|\b(?:today|tonight|this (?:afternoon|evening))\b", re.I),
    ),
    (PlanDay.TOMORROW, re.compile(r"明天|明日|明早|明晚|次日|\btomorrow\b", re.I)),
)
USUAL_DAY = {True: {"zh": "今晚", "en": "tonight"}, False: {"zh": "明天", "en": "tomorrow"}}
"""Which day is planned where none was said: of cars that stay overnight, and of all else."""
LIMIT = re.compile(r"(\d+(?:\.\d+)?)\s*(?:kw\b|千瓦(?!时))", re.I)


def asks_to_plan(heard: Understanding) -> bool:
    """Whether words ask when devices shall run at least cost, and not what they used or for a switch at a time."""
    text = without_exceptions(heard.text)
    comfort, cars = says_comfort(text), says_cars(text)
    timed = any(re.search(r"\d", said) for said in heard.values("time"))
    if heard.find("frequency") or (timed and not comfort and not cars):
        return False
    least = says(text, "thrifty") or says(text, "low_carbon")
    if (
        says_charging(text)
        or says(text, "shaving")
        or ((comfort or cars) and (least or says(text, "optimise")))
    ):
        return not says(text, "told_of_plans") and not says(text, "ranking")
    generic = says(text, "any_device") and named_in(text, "devices") is None
    if (
        not (named_in(text, "devices") in KINDS or says(text, "fans") or generic)
        or says(text, "told_of_plans")
        or says(text, "ranking")
    ):
        return False
    return (says(text, "optimise") and not generic) or (
        least and (says(text, "planning") or says(text, "optimise"))
    )


def as_plan(heard: Understanding) -> Understanding:
    """Return words that ask for a plan as the request that they are: which devices, where, which day, at least cost."""
    kept = [replace(s, type="place") if s.type == "destination" else s for s in heard.slots]
    slots = [slot for slot in kept if slot.type in ("place", "room", "date") and not _is_day_or_kind(slot)]
    text = without_exceptions(heard.text)
    start, end = (
        find_word(text, "devices") or find_word(text, "fans") or find_word(text, "any_device") or (0, 0)
    )
    if says_cars(text):
        start, end = find_word(text, "cars") or (0, 0)
    usual = EVERY if says(text, "shaving") else KINDS["hvac"]
    said = text[start:end] or (usual.zh if heard.language == "zh" else usual.en)
    slots.append(Slot(type="device_type", text=said, start=start, end=end, value=said))
    overnight = stays_overnight(text, language=heard.language)
    days = without_due(text) if overnight else text
    found = next((m for _, pattern in SAID_DAY if (m := pattern.search(days))), None)
    if found is not None:
        slots.append(Slot(type="date", text=found[0], start=found.start(), end=found.end(), value=found[0]))
    elif not any(slot.type == "date" for slot in slots):
        day = USUAL_DAY[overnight][heard.language]
        slots.append(Slot(type="date", text=day, start=0, end=0, value=day))
    least = "最省" if heard.language == "zh" else "least cost"
    slots.append(Slot(type=MARK, text=least, start=0, end=0, value=least))
    return replace(
        heard, intent=INTENT, confidence=max(heard.confidence, SURE), alternatives=(), slots=tuple(slots)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDevicesAct:
    """Shows the problem that was drafted, and solves it once it is confirmed; what it finds has yet to be approved."""

    drafts: DeviceDrafts
    solving: Solving
    guidance: Guidance
    energy: Energy

    def propose(self, request: Request, *, asker: Asker, now: datetime) -> Text | None:
        """Return what would be planned, what is optimised, what is assumed and left out."""
        require_operator(asker)
        wish, where, draft, beside = self._draft(request, asker, now)
        title = _title(wish, where)
        zh = [f"求{title.zh}的运行方案：{draft.devices} 台设备、{draft.zones} 个区域"]
        en = [f"Plan {title.en}: {draft.devices} devices in {draft.zones} zones"]
        limit = "" if wish.limit_kw is None else f"，总功率不超过 {wish.limit_kw:g} kW"
        limit_en = "" if wish.limit_kw is None else f", at most {wish.limit_kw:g} kW together"
        if wish.carbon_weight:
            limit = f"，碳排放最少（每千克计 {wish.carbon_weight:g}）{limit}"
            limit_en = f", least carbon first ({wish.carbon_weight:g} for each kg){limit_en}"
        for one in beside:
            zh.append(one.zh)
            en.append(f"{one.en[0].upper()}{one.en[1:]}")
        zh.append(f"优化：满足需求的前提下电费与启动费用最低{limit}；最多 {TIME_S:g} 秒")
        en.append(
            f"Least cost of energy and starts that serves the demand{limit_en}; {TIME_S:g} seconds at most"
        )
        for name, name_en, told in (
            ("假设", "Assumed", draft.assumptions),
            ("未纳入", "Left out", draft.left_out),
        ):
            if told:
                more = len(told) - MOST_TOLD
                rest, rest_en = (f"等 {len(told)} 条", f" ({more} more)") if more > 0 else ("", "")
                zh.append(f"{name}：{''.join(one.zh for one in told[:MOST_TOLD])}{rest}")
                en.append(f"{name_en}: {' '.join(one.en for one in told[:MOST_TOLD])}{rest_en}")
        zh.append("求出后不会自动执行，需在方案页批准")
        en.append("Nothing is switched before the plan is approved on its page")
        return Text("。".join(part.rstrip("。") for part in zh), ". ".join(part.rstrip(".") for part in en))

    def execute(self, request: Request, *, key: str, asker: Asker, now: datetime) -> Reply:
        """Solve the problem, keep it with its plan, and tell cost, saving and bound."""
        del key
        require_operator(asker)
        wish, where, draft, _ = self._draft(request, asker, now)
        title = _title(wish, where)
        content = json.dumps(draft.document, ensure_ascii=False).encode()
        problem = DEVICES.parse(content, "devices.json")
        stop = Stop(time_s=TIME_S, gap=GAP)
        plan = make_plan(DEVICES, problem, Search(stop))
        name = title.zh if request.language == "zh" else f"{title.en[0].upper()}{title.en[1:]}"
        order = SolveOrder(
            kind=DEVICES.name, name=name[:100],
            file_name="devices.json", problem=content, stop=stop,
        )  # fmt: skip
        job = self.solving.keep(asker.campus_id, order, plan, asker.user)
        told = told_plan(problem, plan, self.energy.tariffs(asker.campus_id).currency)
        text = Text(
            f"{told.zh}详见并批准：/plans/{job.id}。", f"{told.en} See and approve it: /plans/{job.id}."
        )
        hints = (Text("方案结果怎么样", "how is the plan"),)
        return Reply(text=text, understanding=request.understanding(), suggestions=hints)

    def _draft(
        self, request: Request, asker: Asker, now: datetime
    ) -> tuple[DeviceWish, Where, DeviceDraft, tuple[Text, ...]]:
        """Return what is wished and where, the problem, and what is wished besides, as it is told."""
        heard = request.understanding()
        guide = self.guidance.guide(asker.campus_id)
        where, zone = where_of(guide, heard, asker), find_zone(guide)
        place = None if where.id is None else FeatureId(where.id)
        limit = LIMIT.search(heard.text)
        wish = DeviceWish(
            place=place, day=_day(heard), language=request.language,
            limit_kw=None if limit is None else float(limit[1]),
            carbon_weight=CARBON_WEIGHT if says(heard.text, "low_carbon") else 0.0,
        )  # fmt: skip
        if says_cars(heard.text):
            chargers = self.drafts.chargers(asker.campus_id, place)
            cars, told = cars_in(heard.text, chargers, language=request.language)
            wish = replace(wish, kind=CARS, vehicles=cars)
            start, end = span_of(wish.day, now, zone)
            goes = datetime.strptime(cars[0].departure, "%H:%M")
            stay = timedelta(hours=goes.hour, minutes=goes.minute)
            span = (start, end + stay if cars[0].departure <= cars[0].arrival else end)
            return wish, where, self.drafts.draft(asker.campus_id, wish, span=span), (told,)
        comfort = comfort_in(heard.text, language=request.language, now=now, zone=zone)
        beside: tuple[Text, ...] = ()
        if comfort is not None:
            wish = replace(
                wish, climates=(comfort.climate,), comfort_by=comfort.by, day=comfort.day or wish.day
            )
            beside = (comfort.text,)
        kind, fans = _kind(heard)
        kept = kept_on(heard.text)
        wish = replace(wish, kind=kind, keep_on=kept)
        try:
            draft = self.drafts.draft(asker.campus_id, wish)
        except NothingToPlanError:
            if not fans:
                raise
            wish = replace(wish, kind="hvac")
            draft = self.drafts.draft(asker.campus_id, wish)
        return wish, where, draft, beside


def told_plan(problem: DevicesProblem, plan: Plan, currency: str) -> Text:
    """Say what a plan costs, what it saves against the usual running, and how much better one could still be."""
    if plan.cost is None:
        why = "".join(one.zh for one in plan.conflicts[:2]) or "时限内没有找到。"
        why_en = " ".join(one.en for one in plan.conflicts[:2]) or "none was found in time."
        return Text(f"没有可行方案：{why}", f"There is no plan: {why_en}")
    cost, usual = plan_costs(problem, plan)
    zh, en = (
        [f"方案已求出：电费与启动 {cost:.2f} {currency}"],
        [f"Planned: energy and starts cost {cost:.2f} {currency}"],
    )
    if usual is not None:
        share = (usual - cost) / usual if usual else float(cost <= 0) - 1.0
        if abs(share) < ALIKE:
            zh.append("，与平常运行相同。")
            en.append(", the same as usual.")
        else:
            zh.append(f"，平常运行 {usual:.2f}，{'节省' if share > 0 else '多花'} {abs(share):.1%}。")
            en.append(f", as usual {usual:.2f}: {abs(share):.1%} {'less' if share > 0 else 'more'}.")
    else:
        zh.append("；平常运行未知，无法比较。")
        en.append("; how they usually run is not known.")
    if plan.bound is not None and plan.gap is not None:
        zh.append(f"下界 {plan.bound:.2f}：最优方案至多再省 {plan.gap:.1%}。")
        en.append(f" The bound is {plan.bound:.2f}: no plan can be cheaper by more than {plan.gap:.1%}.")
    return Text("".join(zh), "".join(en))


def _title(wish: DeviceWish, where: Where) -> Text:
    kind, day = {**KINDS, CARS: CARS_NAME}[wish.kind], DAYS[wish.day]
    return Text(f"{where.name.zh}{day.zh}{kind.zh}", f"{kind.en} of {where.name.en}, {day.en}")


def _kind(heard: Understanding) -> tuple[str, bool]:
    """Return the kind that is meant, and whether only fans were said: where no fan stands, those of units are meant."""
    said = " ".join(heard.values("device_type"))
    fans = says(said, "fans")
    kind = named_in(said, "devices") or ("ventilation" if fans else named_in(heard.text, "devices"))
    if kind is None and says(said, "any_device"):
        kind = "hvac"
    if kind not in KINDS:
        names = Text("、".join(one.zh for one in KINDS.values()), ", ".join(one.en for one in KINDS.values()))
        raise DeviceWishError(
            Text(f"“{said}”不能排运行方案。", f"{said!r} can't be planned."), field="device_type",
            hint=Text(f"可以排：{names.zh}。", f"These can: {names.en}."),
        )  # fmt: skip
    return kind, fans and kind == "ventilation"


def _day(heard: Understanding) -> PlanDay:
    said = " ".join(heard.values("date"))
    day = next((day for day, pattern in SAID_DAY if pattern.search(said)), None)
    if day is None:
        raise DeviceWishError(
            Text(f"“{said}”还排不了。", f"{said!r} can't be planned yet."), field="date",
            hint=Text("请说今天或明天。", "Say today or tomorrow."),
        )  # fmt: skip
    return day


def _is_day_or_kind(slot: Slot) -> bool:
    """Whether a value is a day that is found in the text again, or a device or charging that was taken for a place."""
    if slot.type == "date":
        return any(pattern.search(slot.text) for _, pattern in SAID_DAY)
    return find_word(slot.text, "devices") == (0, len(slot.text)) or CHARGES.match(slot.text) is not None
