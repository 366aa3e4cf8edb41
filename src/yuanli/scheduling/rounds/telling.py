"""Times of rounds in words: by the clock, or as the file counts."""

from __future__ import annotations

from yuanli.errors import Text
from yuanli.scheduling.rounds.tables import RoundsProblem

ALWAYS = 10**9


def tell_time(problem: RoundsProblem, time: int) -> str:
    """Return when something is: hours and minutes since the day began, or a number where the file says no more."""
    if not problem.clock or time >= ALWAYS:
        return "∞" if problem.clock else f"{time / problem.time_scale:g}"
    minutes, seconds = divmod(time, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")


def tell_span(problem: RoundsProblem, time: int) -> Text:
    """Return a length of time: minutes and seconds, or a number where the file does not say of what."""
    if not problem.clock:
        return Text(f"{time / problem.time_scale:g}", f"{time / problem.time_scale:g}")
    minutes, seconds = divmod(time, 60)
    if minutes and seconds:
        return Text(f"{minutes} 分 {seconds} 秒", f"{minutes} min {seconds} s")
    return Text(f"{minutes} 分钟", f"{minutes} min") if minutes else Text(f"{seconds} 秒", f"{seconds} s")
