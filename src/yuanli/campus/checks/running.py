"""Every rule on a campus, and how they are run."""

from __future__ import annotations

from yuanli.campus.checks import doors, names, references, shapes, storeys, ways
from yuanli.campus.checks.reporting import Advice, Rule
from yuanli.campus.findings import Finding, Severity
from yuanli.campus.place import Campus

RULES: tuple[Rule, ...] = (
    references.references,
    shapes.wrong_places,
    shapes.invalid_shapes,
    shapes.units_without_geometry,
    shapes.tiny_units,
    shapes.overlapping_units,
    shapes.units_outside_level,
    shapes.levels_outside_building,
    doors.units_without_door,
    doors.stray_openings,
    doors.buildings_without_entrance,
    storeys.levels_without_geometry,
    storeys.levels_without_units,
    storeys.ordinals,
    storeys.shafts_to_nowhere,
    storeys.buildings_without_name,
    storeys.buildings_without_outline,
    names.same_names,
    names.same_building_names,
    names.same_refs,
    names.nameless_rooms,
    names.one_language,
    names.unreadable_hours,
    names.contradictions,
    ways.ends_apart,
    ways.lonely_nodes,
    ways.implausible_measures,
)
"""All rules on a campus alone; those on the computed network are in `routing`."""

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


def check_campus(campus: Campus) -> tuple[Finding, ...]:
    """Return what every rule finds, the gravest first, then in the order of the rules."""
    findings = [finding for rule in RULES for finding in rule(campus)]
    return tuple(sorted(findings, key=lambda finding: _ORDER[finding.severity]))


def all_advice() -> tuple[Advice, ...]:
    """Return what the rules can say, by name: the table in `docs/campus-checks.md`."""
    modules = (references, shapes, doors, storeys, names, ways)
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Advice)]
    return tuple(sorted(found, key=lambda advice: (_ORDER[advice.severity], advice.rule)))


def advice_table() -> str:
    """Return the table of `docs/campus-checks.md`, made from the rules themselves."""
    rows = ["| rule | severity | 含义 meaning | 处理 remedy |", "|---|---|---|---|"]
    rows += [
        f"| `{a.rule}` | {a.severity} | {a.meaning.zh}<br>{a.meaning.en} | {a.remedy.zh}<br>{a.remedy.en} |"
        for a in all_advice()
    ]
    return "\n".join(rows) + "\n"
