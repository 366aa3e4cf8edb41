"""`yuanli plan`: the commands of planning in one group."""

from __future__ import annotations

from yuanli.cli.drafts import draft_sites
from yuanli.cli.solving import plan

plan.command("draft-sites")(draft_sites)

__all__ = ["plan"]
