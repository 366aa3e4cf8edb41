"""What an operator edits: names, aliases, hours, accessibility, restrictions, closures."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from datetime import datetime

import opening_hours
from shapely.geometry.base import BaseGeometry

from yuanli.campus.features import NOTHING, Alias, Closure, Feature, FeatureId, LanguageMap
from yuanli.campus.place import Campus, FeatureNotFoundError
from yuanli.campus.revisions import Change
from yuanli.errors import InvalidInputError, Text

LANGUAGE_TAG = re.compile(r"[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*")
LONGEST_NAME = 200
ACCESSIBILITY = (
    "assisted.listening", "braille", "hearing", "hearingloop", "notwheelchair", "signlanginterpreter",
    "tactilepaving", "tdd", "trs", "volume", "wheelchair",
)  # fmt: skip
"""IMDF 1.0.0 accessibility values, and `notwheelchair` of our own."""
ALIAS_KINDS = ("alias", "former", "short", "ref")


class EditRefusedError(InvalidInputError):
    """An edit breaks a rule of the model."""


@dataclass(frozen=True, slots=True)
class AliasText:
    """Another name as a person enters it."""

    language: str
    text: str
    kind: str = "alias"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeaturePatch:
    """The fields to change; None leaves a field as it is, an empty value clears it."""

    name: LanguageMap | None = None
    alt_name: LanguageMap | None = None
    hours: str | None = None
    accessibility: tuple[str, ...] | None = None
    restriction: str | None = None
    aliases: tuple[AliasText, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureRequest:
    """What to close, from when until when (aware times; None is now and until re-opened), and why."""

    feature_ids: tuple[FeatureId, ...] = ()
    geometry: BaseGeometry | None = None
    ordinal: float | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    reason: LanguageMap = NOTHING


def edit_feature(campus: Campus, feature_id: FeatureId, patch: FeaturePatch) -> tuple[Change, ...]:
    """Return the changes that a patch makes to one feature and its aliases.

    Raises
    ------
    FeatureNotFoundError
        No feature has this id.
    EditRefusedError
        A value breaks a rule, or the feature has no such field, or nothing would change.
    """
    feature = _feature(campus, feature_id)
    after = _patched(feature, patch)
    changes = [] if after == feature else [Change(feature_id=feature_id, before=feature, after=after)]
    if patch.aliases is not None:
        changes += _alias_changes(campus, feature_id, patch.aliases)
    if not changes:
        raise _refuse("没有任何改动。", "Nothing would change.", field=feature_id)
    return tuple(changes)


def add_closure(campus: Campus, request: ClosureRequest) -> Change:
    """Return the change that closes features or an area.

    Raises
    ------
    FeatureNotFoundError
        A feature to close is not on this campus.
    EditRefusedError
        Nothing is named, the area is empty, or it ends before it starts.
    """
    for feature_id in request.feature_ids:
        _feature(campus, feature_id)
    if not request.feature_ids and (request.geometry is None or request.geometry.is_empty):
        raise _refuse(
            "请指定要关闭的要素或区域。", "Name the features or the area to close.", field="feature_ids"
        )
    starts_at, ends_at = request.starts_at, request.ends_at
    for name, at in (("starts_at", starts_at), ("ends_at", ends_at)):
        if at is not None and at.tzinfo is None:
            raise _refuse(f"时间 {at} 缺少时区。", f"The time {at} has no time zone.", field=name)
    if starts_at and ends_at and ends_at <= starts_at:
        raise _refuse(
            f"结束时间 {ends_at} 不晚于开始时间 {starts_at}。",
            f"It ends at {ends_at}, not after its start at {starts_at}.",
            field="ends_at",
        )
    _check_names(request.reason, "reason")
    closure_id = FeatureId(f"closure-{campus.revision + 1}")
    values = {field.name: getattr(request, field.name) for field in fields(request)}
    return Change(feature_id=closure_id, before=None, after=Closure(id=closure_id, **values))


def remove_closure(campus: Campus, closure_id: str) -> Change:
    """Return the change that re-opens what a closure closed."""
    closure = campus.get(closure_id, Closure)
    return Change(feature_id=closure.id, before=closure, after=None)


def _patched(feature: Feature, patch: FeaturePatch) -> Feature:
    if patch.name is not None:
        _check_names(patch.name, "name")
    if patch.alt_name is not None:
        _check_names(patch.alt_name, "alt_name")
    if patch.hours:
        _check_hours(patch.hours)
    if patch.accessibility is not None:
        _check_accessibility(patch.accessibility)
    known = {field.name for field in fields(feature)}
    values: dict[str, object] = {}
    for field in ("name", "alt_name", "hours", "accessibility", "restriction"):
        value = getattr(patch, field)
        if value is None:
            continue
        if field not in known:
            raise _refuse(
                f"{feature.id} 没有可编辑的 {field}。", f"{feature.id} has no {field} to edit.", field=field
            )
        values[field] = None if value == "" else value
    return replace(feature, **values)  # type: ignore[arg-type]


def _alias_changes(campus: Campus, feature_id: FeatureId, aliases: tuple[AliasText, ...]) -> list[Change]:
    wanted: dict[FeatureId, Alias] = {}
    for alias in aliases:
        _check_names({alias.language: alias.text}, "aliases")
        if alias.kind not in ALIAS_KINDS:
            raise _refuse(
                f"别名类型 {alias.kind!r} 不存在。",
                f"There is no alias kind {alias.kind!r}.",
                field="aliases",
                hint=Text(f"可用：{'、'.join(ALIAS_KINDS)}。", f"Use one of: {', '.join(ALIAS_KINDS)}."),
            )
        alias_id = FeatureId(f"alias:{feature_id}:{alias.language}:{alias.text}")
        wanted[alias_id] = Alias(
            id=alias_id, feature_id=feature_id, language=alias.language, text=alias.text, kind=alias.kind
        )
    current = {alias.id: alias for alias in campus.aliases_by_feature.get(feature_id, ())}
    kept = {(alias.language, alias.text, alias.kind) for alias in wanted.values()}
    removed = [a for a in current.values() if (a.language, a.text, a.kind) not in kept]
    present = {(alias.language, alias.text, alias.kind) for alias in current.values()}
    added = [a for a in wanted.values() if (a.language, a.text, a.kind) not in present]
    return [
        *(Change(feature_id=a.id, before=a, after=None) for a in removed),
        *(Change(feature_id=a.id, before=campus.features.get(a.id), after=a) for a in added),
    ]


def _check_names(names: LanguageMap, field: str) -> None:
    for language, text in names.items():
        if not LANGUAGE_TAG.fullmatch(language):
            raise _refuse(
                f"{language!r} 不是语言代码。",
                f"{language!r} is not a language tag.",
                field=field,
                hint=Text("例如 zh、en、de、ko、zh-Hant。", "For example zh, en, de, ko, zh-Hant."),
            )
        if not text.strip() or len(text) > LONGEST_NAME:
            raise _refuse(
                f"{language} 名称应有 1–{LONGEST_NAME} 个字符，现有 {len(text)} 个。",
                f"The {language} name must have 1 to {LONGEST_NAME} characters, it has {len(text)}.",
                field=field,
            )


def _check_hours(hours: str) -> None:
    if not opening_hours.validate(hours):
        raise _refuse(
            f"营业时间 {hours!r} 不符合 OSM opening_hours 语法。",
            f"{hours!r} is not OSM opening_hours syntax.",
            field="hours",
            hint=Text("例如 Mo-Fr 08:00-20:00; PH off", "For example Mo-Fr 08:00-20:00; PH off"),
        )


def _check_accessibility(values: tuple[str, ...]) -> None:
    for value in values:
        if value not in ACCESSIBILITY:
            raise _refuse(
                f"无障碍属性 {value!r} 不存在。",
                f"There is no accessibility value {value!r}.",
                field="accessibility",
                hint=Text(f"可用：{'、'.join(ACCESSIBILITY)}。", f"Use: {', '.join(ACCESSIBILITY)}."),
            )
    if {"wheelchair", "notwheelchair"} <= set(values):
        raise _refuse(
            "不能同时为 wheelchair 和 notwheelchair。",
            "It can't be both wheelchair and notwheelchair.",
            field="accessibility",
        )


def _feature(campus: Campus, feature_id: str) -> Feature:
    feature = campus.find(feature_id)
    if feature is None:
        raise FeatureNotFoundError(
            Text(
                f"园区 {campus.id} 中没有编号为 {feature_id!r} 的要素。",
                f"Campus {campus.id} has no feature with id {feature_id!r}.",
            ),
            field=feature_id,
            hint=Text("用 yuanli campus find 查找。", "Look it up with: yuanli campus find"),
        )
    return feature


def _refuse(zh: str, en: str, *, field: str, hint: Text | None = None) -> EditRefusedError:
    return EditRefusedError(Text(zh, en), field=field, hint=hint)
