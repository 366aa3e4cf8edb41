"""How a reader tells what it mended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from yuanli.campus.features import FeatureId
from yuanli.campus.findings import Finding, Severity
from yuanli.campus.geojson.limits import ReadParams
from yuanli.errors import Text

_DEFAULT = Text("已自动处理；建议在源数据中改正。", "Mended on import; better correct it at the source.")


def repaired(
    rule: str,
    zh: str,
    en: str,
    *,
    feature_id: str | None = None,
    severity: Severity = Severity.WARNING,
    remedy: Text = _DEFAULT,
) -> Finding:
    """Make the finding that tells one repair."""
    return Finding(
        rule=rule,
        severity=severity,
        feature_id=None if feature_id is None else FeatureId(feature_id),
        message=Text(zh, en),
        remedy=remedy,
    )


def summed_up(repairs: Iterable[Finding], params: ReadParams = ReadParams()) -> tuple[Finding, ...]:
    """Return the repairs, those of a rule beyond the limit summed up in one."""
    kept: list[Finding] = []
    seen: Counter[str] = Counter()
    for finding in repairs:
        seen[finding.rule] += 1
        if seen[finding.rule] <= params.max_findings_per_rule:
            kept.append(finding)
    for rule, count in seen.items():
        if (more := count - params.max_findings_per_rule) > 0:
            kept.append(repaired(rule, f"同类问题还有 {more} 处。", f"There are {more} more of this kind."))
    return tuple(kept)
