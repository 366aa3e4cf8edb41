"""How often a shadow disagreed with the live model: counts only, never what people said."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from yuanli.learning.keeping import locked, write_durably
from yuanli.learning.registry.folder import Registry

COUNTS = "shadow.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowCounts:
    """What a shadow did beside one live version.

    Parameters
    ----------
    against
        The live version.
    compared, failed, dropped
        Texts that both answered; that the shadow broke on; that it had no time for.
    labels, spans
        Texts with another class; with other spans.
    pairs
        How often `live class → shadow's class`.
    """

    against: str
    compared: int = 0
    failed: int = 0
    dropped: int = 0
    labels: int = 0
    spans: int = 0
    pairs: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: ShadowCounts) -> ShadowCounts:
        return ShadowCounts(
            against=self.against,
            compared=self.compared + other.compared,
            failed=self.failed + other.failed,
            dropped=self.dropped + other.dropped,
            labels=self.labels + other.labels,
            spans=self.spans + other.spans,
            pairs=dict(sorted((Counter(self.pairs) + Counter(other.pairs)).items())),
        )


def load_counts(folder: Path) -> tuple[ShadowCounts, ...]:
    """Read the counts beside a version, one for each live version it ran beside; none where they are damaged."""
    try:
        return tuple(ShadowCounts(**counts) for counts in json.loads((folder / COUNTS).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return ()


def add_counts(registry: Registry, name: str, version: str, counts: ShadowCounts) -> None:
    """Add to the counts beside a version; several processes may."""
    folder = registry.folder / name / version
    with locked(registry.folder / name):
        folder.mkdir(exist_ok=True)
        kept = {old.against: old for old in load_counts(folder)}
        kept[counts.against] = kept.get(counts.against, ShadowCounts(against=counts.against)) + counts
        write_durably(
            folder / COUNTS, json.dumps([asdict(c) for c in kept.values()], ensure_ascii=False, indent=1)
        )
