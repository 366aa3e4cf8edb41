"""`yuanli plan`: problems solved, problems of sites drafted, how many of what are needed."""

from __future__ import annotations

from yuanli.cli import drafts, sizes, solving

app = solving.plan
app.command("draft-sites")(drafts.draft_sites)
app.command("how-many")(sizes.how_many)
