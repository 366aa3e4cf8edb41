"""Switching and setting devices from words: shown, confirmed, done; at once, or when nobody is left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from yuanli.campus import DeviceId, FeatureId
from yuanli.errors import InvalidInputError, Text, YuanliError
from yuanli.language import Kind, Quantity, Understanding, find_quantity
from yuanli.operations.answering.asked import find_zone, is_operator, where_of
from yuanli.operations.answering.devices import meant_devices
from yuanli.operations.answering.vocabulary import is_one_of, named_in, says, unit_of
from yuanli.operations.command_log import CommandRequest, WriteState
from yuanli.operations.command_rules import CommandAction
from yuanli.operations.command_targets import AlreadySoError
from yuanli.operations.commands import Commands
from yuanli.operations.dialogue import Request
from yuanli.operations.guidance import Guidance, Guide
from yuanli.operations.replies import Asker, Reply
from yuanli.operations.standing import StandingOrders

STEP = {"temperature": 1.0, "brightness": 20.0, "speed": 20.0, "position": 20.0, "humidity": 5.0}
"""How much "a little more" is."""
RATIO = 100.0


class NotAllowedError(InvalidInputError):
    """Somebody may not command devices."""

    status = 403


class UnclearCommandError(InvalidInputError):
    """Words do not tell what shall be set, or to what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceAct:
    """Carries out one kind of command."""

    action: CommandAction
    commands: Commands
    guidance: Guidance
    standing: StandingOrders

    def propose(self, request: Request, *, asker: Asker, now: datetime) -> Text | None:
        """Return exactly what would be written, or why it can't be."""
        del now
        require_operator(asker)
        command, guide = self.command(request, asker)
        preview = self.commands.preview(asker.campus_id, command, who=asker.user)
        wait = self._wait(guide, request, asker)
        if not preview.allowed and preview.writes and wait is None:
            count = len(preview.writes)
            raise AlreadySoError(
                Text(
                    f"不用操作：这 {count} 个点位都已经是这样。",
                    f"Nothing to do: {'it is' if count == 1 else f'all {count} points are'} so already.",
                ),
                field="device",
            )
        if not preview.allowed and not (preview.writes and wait is not None):
            raise _blocked(preview.left_out[0].obstacles[0].message if preview.left_out else preview.text)
        warnings = Text("".join(w.zh for w in preview.warnings), " ".join(w.en for w in preview.warnings))
        if wait is None:
            return Text(f"{preview.text.zh}{warnings.zh}", f"{preview.text.en} {warnings.en}".strip())
        _, place = wait
        return Text(
            f"等{place.zh}没有人 10 分钟后：{preview.text.zh}{warnings.zh}",
            f"Once nobody has been in {place.en} for 10 minutes: {preview.text.en} {warnings.en}".strip(),
        )

    def execute(self, request: Request, *, key: str, asker: Asker, now: datetime) -> Reply:
        """Send the command, or keep it until nobody is left."""
        require_operator(asker)
        command, guide = self.command(request, asker)
        understanding = request.understanding()
        wait = self._wait(guide, request, asker)
        if wait is not None:
            place_id, place = wait
            order = self.standing.add(asker.campus_id, command, place_id, key=key, who=asker.user, now=now)
            until = order.until.astimezone(find_zone(guide))
            text = Text(
                f"记下了：{place.zh}没有人 10 分钟后就执行，最晚等到 {until.month}月{until.day}日 {until:%H:%M}。",
                f"Noted: it is done once nobody has been in {place.en} for 10 minutes, "
                f"until {until:%-d %b %H:%M} at the latest.",
            )
            return Reply(text=text, understanding=understanding)
        outcome = self.commands.execute(asker.campus_id, command, who=asker.user)
        done = sum(write.state is WriteState.ACKNOWLEDGED for write in outcome.writes)
        failed = [write for write in outcome.writes if write.state is not WriteState.ACKNOWLEDGED]
        if not failed:
            text = Text(f"已完成：{outcome.text.zh}", f"Done: {outcome.text.en}")
            return Reply(text=text, understanding=understanding)
        why = failed[0].message or Text("没有回应", "no answer")
        text = Text(
            f"{len(outcome.writes)} 个点位中 {done} 个完成，{len(failed)} 个没有：{why.zh}",
            f"{done} of {len(outcome.writes)} were written, {len(failed)} were not: {why.en}",
        )
        return Reply(text=text, understanding=understanding, error=None if done else "unavailable")

    def command(self, request: Request, asker: Asker) -> tuple[CommandRequest, Guide]:
        """Return the command that words mean."""
        guide, heard = self.guidance.guide(asker.campus_id), request.understanding()
        if self.action is CommandAction.SCENE:
            where = where_of(guide, heard, asker)
            name = named_in(heard.find("scene") or heard.text, "scenes")
            if name is None:
                known = "、".join(scene.text.zh for scene in self.commands.rules.scenes.values())
                known_en = ", ".join(scene.text.en for scene in self.commands.rules.scenes.values())
                raise UnclearCommandError(
                    Text(f"没有场景“{heard.find('scene')}”。", f"There is no scene {heard.find('scene')!r}."),
                    field="scene", hint=Text(f"可用：{known}。", f"There are: {known_en}."),
                )  # fmt: skip
            return CommandRequest(action=self.action, scene=name, space_id=place_of(guide, where.id)), guide
        meant = meant_devices(guide, heard, asker, self.commands.rules)
        ids: tuple[DeviceId, ...] = tuple(device.id for device in meant.devices)
        command = CommandRequest(action=self.action, device_ids=ids)
        if self.action is CommandAction.SET:
            command = self._with_value(command, heard, meant.kind)
        return command, guide

    def _with_value(self, command: CommandRequest, heard: Understanding, kind: str | None) -> CommandRequest:
        said = heard.find("value") or ""
        if said and is_one_of(said, "modes"):
            raise UnclearCommandError(
                Text(f"还不能设置“{said}”这样的模式。", f"Modes such as {said!r} can't be set yet."),
                field="value",
                hint=Text(
                    "可以设置温度，例如：26度、调低2度。", "Set a temperature: 26 degrees, 2 degrees lower."
                ),
            )
        found = find_quantity(said, language=heard.language)
        around = find_quantity(_without_places(heard), language=heard.language)
        if (
            found is not None
            and found.kind is Kind.ABSOLUTE
            and around is not None
            and around.kind is Kind.DELTA
        ):
            found = around  # 调低两度: the verb that tells the direction is not part of the value
        if found is None:
            found = around
        if found is None:
            raise UnclearCommandError(
                Text(f"没看懂要调到多少：“{said}”。", f"What to set is not clear: {said!r}."),
                field="value",
                hint=Text("例如：26度、调低2度。", "Say such as: 26 degrees, or 2 degrees lower."),
            )
        attribute = named_in(heard.find("attribute") or "", "attributes") or _attribute(found, heard, kind)
        if found.kind is Kind.FACTOR:
            raise UnclearCommandError(
                Text("请说要调到多少，或调高、调低多少。", "Say what to set it to, or by how much."),
                field="value",
            )
        value, unit = found.value, found.unit
        if found.kind is Kind.STEP:
            return replace(
                command, attribute=attribute, value=value * STEP.get(attribute, 1.0), relative=True
            )
        if unit == "ratio":
            value, unit = value * RATIO, "%"
        known = unit_of(unit)
        return replace(
            command, attribute=attribute, value=value, unit=known, relative=found.kind is Kind.DELTA
        )

    def _wait(self, guide: Guide, request: Request, asker: Asker) -> tuple[FeatureId, Text] | None:
        """Return the place that a command waits for to be empty, or None where it is for now."""
        if not says(request.text, "after_leaving"):
            return None
        where = where_of(guide, request.understanding(), asker)
        return place_of(guide, where.id), where.name


def _attribute(found: Quantity, heard: Understanding, kind: str | None) -> str:
    if unit_of(found.unit) in ("°C", "°F", "K"):
        return "temperature"
    named = named_in(heard.text, "attributes")
    if named is not None:
        return named
    return {"lighting": "brightness", "ventilation": "speed", "shading": "position"}.get(
        kind or "", "temperature"
    )


def _without_places(heard: Understanding) -> str:
    """Return the request without its other values: the 100 of a room is no value to set."""
    text = heard.text
    for slot in heard.slots:
        if slot.type not in ("value", "attribute"):
            text = text[: slot.start] + " " * (slot.end - slot.start) + text[slot.end :]
    return text


def place_of(guide: Guide, place: FeatureId | None) -> FeatureId:
    """Return a place, or the site where none is meant."""
    venue = guide.campus.venue
    return place if place is not None else venue.id if venue is not None else FeatureId("site")


def require_operator(asker: Asker) -> None:
    """Refuse whoever may not command devices."""
    if not is_operator(asker):
        raise NotAllowedError(
            Text("只有园区运营人员可以控制设备。", "Only the park's operators may command devices."),
            field="user",
            hint=Text("请联系物业，或提一张报修单。", "Please ask the park's staff."),
        )


def _blocked(why: Text) -> YuanliError:
    return UnclearCommandError(why, field="device")
