"""`yuanli plan`: problems solved, problems of spaces and sites drafted, how many of what are needed, how used."""

from __future__ import annotations

from yuanli.cli import draft_spaces, drafts, sizes, solving, utilisation

app = solving.plan
app.command("draft-spaces")(draft_spaces.draft_spaces)
app.command("draft-sites")(drafts.draft_sites)
app.command("how-many")(sizes.how_many)
app.command("utilisation")(utilisation.utilisation)
