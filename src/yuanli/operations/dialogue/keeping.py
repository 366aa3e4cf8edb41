"""A conversation's state as JSON and back: versioned, and strict on the way in."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from yuanli.operations.dialogue.state import State

VERSION = 1


class UnreadableStateError(ValueError):
    """What is kept is no state of this version."""


def state_document(state: State) -> dict[str, Any]:
    """Return a state as JSON values."""
    return {"version": VERSION, "state": to_json(state)}


def parse_state(document: object) -> State:
    """Read what `state_document` wrote.

    Raises
    ------
    UnreadableStateError
        It is of another version, or something is missing, unknown or of a wrong type.
    """
    try:
        if not isinstance(document, Mapping) or document.get("version") != VERSION:
            raise UnreadableStateError("not a state of this version")
        state = _value(State, document["state"])
    except (TypeError, ValueError, LookupError, RecursionError) as error:
        raise UnreadableStateError(str(error)) from error
    assert isinstance(state, State)
    return state


def to_json(value: object) -> Any:
    """Return frozen dataclasses, tuples, times and enums as JSON values."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _value(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        (inner,) = (part for part in get_args(hint) if part is not type(None))
        return None if value is None else _value(inner, value)
    if origin is tuple:
        if not isinstance(value, list):
            raise UnreadableStateError(f"{type(value)} is no list")
        return tuple(_value(get_args(hint)[0], item) for item in value)
    if is_dataclass(hint):
        return _dataclass(hint, value)
    if hint is datetime:
        return _time(value)
    return _plain(hint, value)


def _dataclass(cls: Any, value: Any) -> Any:
    hints = _hints(cls)
    if not isinstance(value, dict) or value.keys() != hints.keys():
        raise UnreadableStateError(f"no {cls.__name__}")
    return cls(**{name: _value(hint, value[name]) for name, hint in hints.items()})


def _time(value: Any) -> datetime:
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise UnreadableStateError("a time without a zone")
    return at


def _plain(hint: Any, value: Any) -> Any:
    if issubclass(hint, StrEnum):
        return hint(value)
    if hint is float and type(value) in (int, float):
        return float(value)
    if type(value) is not hint:
        raise UnreadableStateError(f"{type(value)} is no {hint}")
    return value
