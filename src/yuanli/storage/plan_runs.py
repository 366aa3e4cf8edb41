"""Plans of devices that are carried out, and standing policies, in SQL."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from yuanli.campus import CampusId, DeviceId, FeatureId, PointId
from yuanli.errors import Text
from yuanli.operations import (
    LeaveReason,
    PlanPolicy,
    PlanRun,
    RunDevice,
    RunOutcome,
    RunState,
    RunStep,
    StepState,
)
from yuanli.storage.database import Database
from yuanli.storage.documents import find_storable, to_text
from yuanli.storage.tables import PLAN_POLICY, PLAN_RUN

TIMES = ("at", "begins_at", "ends_at", "looked_at", "compared_at")


class SqlPlanRunStore:
    """Fills `PlanRunStore` and `PlanPolicyStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_run(self, run: PlanRun) -> None:
        """Keep a new one."""
        with self._database.writing() as connection:
            connection.execute(insert(PLAN_RUN).values(id=run.id, **_values(run)))

    def save_run(self, run: PlanRun) -> PlanRun | None:
        """Keep a change, if nobody else changed it since it was read; return it with its new version, else None."""
        after = replace(run, version=run.version + 1)
        here = (PLAN_RUN.c.id == run.id) & (PLAN_RUN.c.version == run.version)
        with self._database.writing() as connection:
            done = connection.execute(update(PLAN_RUN).where(here).values(**_values(after)))
        return after if done.rowcount == 1 else None

    def find_run(self, campus_id: CampusId, run_id: str) -> PlanRun | None:
        """Return one, or None."""
        if find_storable(campus_id) is None or find_storable(run_id) is None:
            return None
        here = (PLAN_RUN.c.id == run_id) & (PLAN_RUN.c.campus_id == campus_id)
        with self._database.reading() as connection:
            row = connection.execute(select(PLAN_RUN.c.document).where(here)).first()
        return None if row is None else _run(json.loads(row.document))

    def list_runs(self, campus_id: CampusId | None = None, *, open_only: bool = False) -> tuple[PlanRun, ...]:
        """Return those of a campus or of all, all or those that have not ended, newest first."""
        if campus_id is not None and find_storable(campus_id) is None:
            return ()
        query = select(PLAN_RUN.c.document).order_by(PLAN_RUN.c.at.desc(), PLAN_RUN.c.id)
        if campus_id is not None:
            query = query.where(PLAN_RUN.c.campus_id == campus_id)
        if open_only:
            query = query.where(PLAN_RUN.c.state != RunState.ENDED.value)
        with self._database.reading() as connection:
            return tuple(_run(json.loads(row.document)) for row in connection.execute(query))

    def add_policy(self, policy: PlanPolicy) -> None:
        """Keep a new one."""
        values = {"id": policy.id, "campus_id": policy.campus_id, "document": to_text(_plain(asdict(policy)))}
        with self._database.writing() as connection:
            connection.execute(insert(PLAN_POLICY).values(**values))

    def list_policies(self, campus_id: CampusId) -> tuple[PlanPolicy, ...]:
        """Return those of a campus, newest first."""
        if find_storable(campus_id) is None:
            return ()
        query = select(PLAN_POLICY.c.document).where(PLAN_POLICY.c.campus_id == campus_id)
        with self._database.reading() as connection:
            found = [_policy(json.loads(row.document)) for row in connection.execute(query)]
        return tuple(sorted(found, key=lambda one: (one.at, one.id), reverse=True))

    def remove_policy(self, campus_id: CampusId, policy_id: str) -> bool:
        """Take one back; tell whether there was one."""
        if find_storable(campus_id) is None or find_storable(policy_id) is None:
            return False
        here = (PLAN_POLICY.c.id == policy_id) & (PLAN_POLICY.c.campus_id == campus_id)
        with self._database.writing() as connection:
            return int(connection.execute(delete(PLAN_POLICY).where(here)).rowcount) == 1


def _values(run: PlanRun) -> dict[str, Any]:
    return {
        "campus_id": run.campus_id, "at": run.at, "state": run.state.value, "version": run.version,
        "document": to_text(_plain(asdict(run))),
    }  # fmt: skip


def _plain(value: Any) -> Any:
    """Return a document with times as text."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _time(value: str | None) -> Any:
    return None if value is None else datetime.fromisoformat(value)


def _text(value: dict[str, str] | None) -> Text | None:
    return None if value is None else Text(**value)


def _run(told: dict[str, Any]) -> PlanRun:
    told |= {name: _time(told[name]) for name in TIMES}
    told |= {name: _text(told[name]) for name in ("message", "next_reason")}
    told |= {name: _text(told.get(name)) for name in ("next_waits", "reason", "policy")}
    told["changes"] = tuple(Text(**one) for one in told.get("changes", ()))
    told["state"] = RunState(told["state"])
    told["outcome"] = None if told["outcome"] is None else RunOutcome(told["outcome"])
    told["asked"] = tuple(Text(**one) for one in told["asked"])
    told["devices"] = tuple(_device(one) for one in told["devices"])
    told["steps"] = tuple(_step(one) for one in told["steps"])
    return PlanRun(**told)


def _device(told: dict[str, Any]) -> RunDevice:
    left = None if told["left"] is None else LeaveReason(told["left"])
    told |= {name: PointId(FeatureId(told[name])) for name in ("point_id", "told_by")}
    told |= {name: _time(told[name]) for name in ("since", "until")}
    device_id = DeviceId(FeatureId(told["device_id"]))
    return RunDevice(**(told | {"device_id": device_id, "left": left, "message": _text(told["message"])}))


def _step(told: dict[str, Any]) -> RunStep:
    told |= {name: _time(told[name]) for name in ("due_at", "sent_at")}
    device_id = DeviceId(FeatureId(told["device_id"]))
    state = StepState(told["state"])
    return RunStep(**(told | {"device_id": device_id, "state": state, "message": _text(told["message"])}))


def _policy(told: dict[str, Any]) -> PlanPolicy:
    told |= {name: _time(told[name]) for name in ("at", "until")}
    told["device_ids"] = tuple(DeviceId(FeatureId(one)) for one in told["device_ids"])
    told["weekdays"] = tuple(told["weekdays"])
    return PlanPolicy(**told)
