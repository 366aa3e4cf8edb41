"""`yuanli schedule`: problems solved, plans of devices foretold, problems of rounds, flows and rooms drafted."""

from __future__ import annotations

from yuanli.cli import draft_rounds, drafts, learned, solving

app = solving.schedule
app.command("learn")(learned.learn)
app.command("preview")(learned.preview)
app.command("draft-rounds")(draft_rounds.draft_rounds)
app.command("draft-flows")(drafts.draft_flows)
app.command("draft-rooms")(drafts.draft_rooms)
