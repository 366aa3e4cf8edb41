"""The port suite of `JudgementLog`, on SQLite and PostgreSQL: of each reading the last run that judged it is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from yuanli.operations import AppliedRules, applied_rules
from yuanli.storage import Database, SqlJudgementLog
from yuanli.telemetry import Window

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)


def test_the_last_run_of_each_reading_is_known_and_neighbours_are_one_row(database: Database) -> None:
    rng, moment, rules = Random(5), [NOW], [applied_rules()]
    log = SqlJudgementLog(database, lambda: moment[0])
    truth: dict[tuple[int, int], tuple[int, int]] = {}
    for step in range(40):
        if step % 10 == 9:
            moment[0] += timedelta(days=1)
        version = 2 + step // 20
        rules[0] = AppliedRules(version=version, rules=("settle",), parameters={"spike": 6.0})
        start = rng.randrange(90)
        window, points = Window(start, start + rng.randrange(1, 20)), sorted(rng.sample(range(1, 5), 2))
        log.put_judged(points, window, rules[0])
        for point in points:
            truth |= {(point, at): (version, moment[0].day) for at in range(window.start, window.end)}
    spans = log.list_judged([1, 2, 3, 4], Window(0, 200))
    runs = {run.id: run for run in log.list_runs([span.run for span in spans])}
    told = {
        (span.point, at): (runs[span.run].version, runs[span.run].judged_on.day)
        for span in spans
        for at in range(span.start, span.end)
    }
    assert told == truth
    for one, following in pairwise(spans):
        assert one.point < following.point or one.end <= following.start
        assert (one.point, one.end, one.run) != (following.point, following.start, following.run)
    assert log.list_judged([1], Window(150, 200)) == ()


def test_a_run_is_a_day_of_the_same_rules(database: Database) -> None:
    log = SqlJudgementLog(database, lambda: NOW)
    log.put_judged([7], Window(0, 10), applied_rules())
    log.put_judged([7], Window(10, 20), applied_rules())
    (span,) = log.list_judged([7], Window(0, 99))
    assert (span.start, span.end) == (0, 20)
    (run,) = log.list_runs([span.run])
    assert (run.judged_on, run.version) == (NOW.date(), applied_rules().version)
    assert run.parameters == applied_rules().parameters
    assert run.rules[0] == "settle"
