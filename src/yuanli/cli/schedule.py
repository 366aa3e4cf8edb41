"""`yuanli schedule`: problems solved, plans of devices foretold, problems of flows and rooms drafted."""

from __future__ import annotations

from yuanli.cli import drafts, learned, solving

app = solving.schedule
app.command("learn")(learned.learn)
app.command("preview")(learned.preview)
app.command("draft-flows")(drafts.draft_flows)
app.command("draft-rooms")(drafts.draft_rooms)
