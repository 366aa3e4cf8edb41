"""How much of a stranger's file is read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadParams:
    """Limits that keep memory and time bounded whatever the file says.

    Parameters
    ----------
    max_file_bytes, max_total_bytes
        The largest file, packed or not, and the largest sum over an archive or a folder.
    max_files
        The most files in an archive or a folder.
    max_ratio
        The most a member of a zip may grow; text of campuses grows 5 to 20 times, bombs a thousand.
    ratio_free_bytes
        Members up to this size may grow as they like.
    max_containers
        The most JSON objects and arrays in one file; each costs some 100 bytes of memory.
    max_features
        The most features in one campus.
    max_findings_per_rule
        The most findings of one rule that are told one by one; the rest is summed up.
    """

    max_file_bytes: int = 200_000_000
    max_total_bytes: int = 500_000_000
    max_files: int = 2_000
    max_ratio: float = 150.0
    ratio_free_bytes: int = 4_000_000
    max_containers: int = 12_000_000
    max_features: int = 2_000_000
    max_findings_per_rule: int = 1_000
