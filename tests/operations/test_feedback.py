"""From what people say to examples: review, agreement, export, and losing the power in between."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

import pytest

from yuanli.learning import InvalidExampleError, Span, load_examples
from yuanli.operations import (
    AlreadyExportedError,
    BadFeedbackError,
    Feedback,
    FeedbackKind,
    FeedbackLoop,
    FeedbackNotFoundError,
    FeedbackParams,
    FeedbackState,
    Meaning,
    MeaningMissingError,
    NewFeedback,
    TooMuchFeedbackError,
    Verdict,
)
from yuanli.storage import Database, SqlFeedbackStore, open_database

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
LOCATE = Meaning(intent="guidance_locate", slots=(Span(0, 2, "place"),))
ROUTE = Meaning(intent="guidance_route", slots=(Span(0, 2, "origin"), Span(3, 5, "destination")))
Loop = Callable[..., FeedbackLoop]

EXPORTER = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from yuanli.operations import FeedbackLoop
from yuanli.storage import SqlFeedbackStore, open_database
where = sys.argv[2]
real = Path.replace
def replace(self, target):
    drafted = self.name.startswith(".draft-")
    if drafted and where == "before the commit":
        real(self, target)
    if drafted == (where == "before the commit"):
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self, target)
Path.replace = replace
folder = Path(sys.argv[1])
store = SqlFeedbackStore(open_database(f"sqlite:///{folder / 'yuanli.db'}"))
FeedbackLoop(store, folder=folder / "feedback", clock=lambda: datetime.now(UTC), new_id=str, rng=Random(0)).export()
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'yuanli.db'}")
    yield opened
    opened.close()


@pytest.fixture
def loop(database: Database, tmp_path: Path) -> Loop:
    ids, minutes = count(1), count()

    def make(**params: int) -> FeedbackLoop:
        return FeedbackLoop(
            SqlFeedbackStore(database),
            folder=tmp_path / "feedback",
            clock=lambda: AT + timedelta(minutes=next(minutes)),
            new_id=lambda: f"f{next(ids)}",
            rng=Random(0),
            params=FeedbackParams(**params),
        )

    return make


def correction(
    text: str = "北门到食堂", corrected: Meaning = ROUTE, context: str | None = None
) -> NewFeedback:
    return NewFeedback(
        text=text,
        understood=LOCATE,
        kind=FeedbackKind.CORRECTION,
        corrected=corrected,
        context=context,
        model="understanding 1",
    )


def thumb(kind: FeedbackKind) -> NewFeedback:
    return NewFeedback(text="食堂在哪", understood=LOCATE, kind=kind)


def test_a_correction_becomes_an_example_with_its_provenance(loop: Loop) -> None:
    used = loop()
    given = used.give(correction(context="您要去哪？"), user="li")
    assert (given.state, given.language, given.user) == (FeedbackState.NEW, "zh", "li")
    assert used.page(FeedbackState.NEW).items == (given,)
    used.review(given.id, Verdict.ACCEPT, reviewer="wang")
    exported = used.export()
    assert exported.path is not None
    (row,) = map(json.loads, exported.path.read_text("utf-8").splitlines())
    assert row["text"] == "[北门](origin)到[食堂](destination)"
    assert row["provenance"]["feedback"] == given.id
    assert row["provenance"]["reviewers"] == ["wang"]
    (example,) = load_examples(exported.path)
    assert (example.label, example.values()) == (
        "guidance_route",
        (("origin", "北门"), ("destination", "食堂")),
    )
    assert (example.context, example.tags) == ("您要去哪？", frozenset({"feedback"}))
    assert "li" not in row["provenance"].values()
    assert used.export().count == 0
    assert used.find(given.id).state is FeedbackState.EXPORTED


def test_a_thumb_up_means_what_was_understood_and_a_thumb_down_needs_a_meaning(loop: Loop) -> None:
    used = loop()
    up, down = (used.give(thumb(kind), user="li") for kind in (FeedbackKind.UP, FeedbackKind.DOWN))
    assert used.review(up.id, Verdict.ACCEPT, reviewer="wang").corrected == LOCATE
    with pytest.raises(MeaningMissingError):
        used.review(down.id, Verdict.ACCEPT, reviewer="wang")
    other = Meaning(intent="guidance_nearest", slots=(Span(0, 2, "poi_type"),))
    assert used.review(down.id, Verdict.ACCEPT, reviewer="wang", meaning=other).corrected == other


def test_a_rejected_feedback_is_not_exported_and_may_still_be_accepted(loop: Loop) -> None:
    used = loop()
    given = used.give(correction(), user="li")
    assert used.review(given.id, Verdict.REJECT, reviewer="wang").state is FeedbackState.REJECTED
    assert used.export().path is None
    assert used.review(given.id, Verdict.ACCEPT, reviewer="wang").state is FeedbackState.ACCEPTED
    used.export()
    with pytest.raises(AlreadyExportedError):
        used.review(given.id, Verdict.REJECT, reviewer="wang")


def test_with_two_reviewers_both_must_say_the_same(loop: Loop) -> None:
    used = loop(reviewers=2)
    given = used.give(correction(), user="li")

    def review(reviewer: str, verdict: Verdict, meaning: Meaning | None = None) -> FeedbackState:
        return used.review(given.id, verdict, reviewer=reviewer, meaning=meaning).state

    assert review("a", Verdict.ACCEPT) is FeedbackState.NEW
    assert review("a", Verdict.ACCEPT) is FeedbackState.NEW
    assert review("b", Verdict.ACCEPT, LOCATE) is FeedbackState.NEW
    assert review("c", Verdict.REJECT) is FeedbackState.NEW
    assert review("b", Verdict.ACCEPT) is FeedbackState.ACCEPTED
    assert review("b", Verdict.REJECT) is FeedbackState.REJECTED


def test_agreement_is_cohens_kappa_over_what_both_reviewed(loop: Loop) -> None:
    used = loop(reviewers=2)
    for first, second, times in (("y", "y", 4), ("y", "n", 1), ("n", "y", 2), ("n", "n", 3)):
        for _ in range(times):
            given = used.give(correction(), user="li")
            for reviewer, said in (("b", second), ("a", first)):
                used.review(given.id, Verdict.ACCEPT if said == "y" else Verdict.REJECT, reviewer=reviewer)
    used.give(correction(), user="li")
    (found,) = used.agreement()
    assert (found.first, found.second, found.count, found.agreed) == ("a", "b", 10, 0.7)
    assert found.kappa == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("new", "error"),
    [
        (correction(corrected=Meaning(intent="dance")), BadFeedbackError),
        (
            correction(corrected=Meaning(intent="guidance_route", slots=(Span(0, 2, "shoe"),))),
            BadFeedbackError,
        ),
        (
            correction(corrected=Meaning(intent="guidance_route", slots=(Span(3, 9, "origin"),))),
            InvalidExampleError,
        ),
        (NewFeedback(text="食堂", understood=LOCATE, kind=FeedbackKind.CORRECTION), BadFeedbackError),
        (
            NewFeedback(text="食堂", understood=LOCATE, kind=FeedbackKind.UP, corrected=LOCATE),
            BadFeedbackError,
        ),
        (NewFeedback(text="食", understood=LOCATE, kind=FeedbackKind.UP), InvalidExampleError),
    ],
)
def test_a_feedback_that_says_nothing_sensible_is_refused(
    loop: Loop, new: NewFeedback, error: type[Exception]
) -> None:
    with pytest.raises(error):
        loop().give(new, user="li")


def test_a_review_that_names_what_is_not_in_the_catalogue_changes_nothing(loop: Loop) -> None:
    used = loop()
    given = used.give(correction(), user="li")
    for meaning in (
        Meaning(intent="dance"),
        Meaning(intent="guidance_route", slots=(Span(0, 99, "origin"),)),
    ):
        with pytest.raises((BadFeedbackError, InvalidExampleError)):
            used.review(given.id, Verdict.ACCEPT, reviewer="wang", meaning=meaning)
    assert used.find(given.id) == given
    with pytest.raises(FeedbackNotFoundError):
        used.review("nothing", Verdict.REJECT, reviewer="wang")
    with pytest.raises(FeedbackNotFoundError):
        used.find("nothing")


def test_one_person_can_not_fill_the_queue(loop: Loop) -> None:
    used = loop(most_waiting=2)
    for _ in range(2):
        used.give(correction(), user="li")
    with pytest.raises(TooMuchFeedbackError):
        used.give(correction(), user="li")
    used.give(correction(), user="wang")


def test_personal_data_does_not_leave_the_database(loop: Loop) -> None:
    text = "给张伟13812345678的车沪A12345开门"
    slots = (Span(1, 3, "person"), Span(3, 14, "phone"), Span(16, 23, "plate_number"))
    used = loop()
    given = used.give(correction(text, Meaning(intent="security_access", slots=slots)), user="li")
    used.review(given.id, Verdict.ACCEPT, reviewer="wang")
    path = used.export().path
    assert path is not None
    assert not any(part in path.read_text("utf-8") for part in ("张伟", "13812345678", "A12345"))
    (example,) = load_examples(path)
    assert example.spans == slots
    assert used.find(given.id).text == text


@pytest.mark.parametrize("text", ["见[1](x)两处", "a >>> b", "[a](b", " 食堂 ", "两\n行"])
def test_a_text_that_looks_like_markup_is_exported_as_it_is(loop: Loop, text: str) -> None:
    used = loop()
    given = used.give(
        correction(text, Meaning(intent="guidance_locate", slots=(Span(0, 1, "place"),))), user="li"
    )
    used.review(given.id, Verdict.ACCEPT, reviewer="wang")
    path = used.export().path
    assert path is not None
    (example,) = load_examples(path)
    assert (example.text, example.spans) == (text, (Span(0, 1, "place"),))


@pytest.mark.parametrize(("where", "state"), [("before the commit", "accepted"), ("after", "exported")])
def test_an_export_that_is_killed_gives_each_example_once(
    loop: Loop, tmp_path: Path, where: str, state: str
) -> None:
    used = loop()
    given: list[Feedback] = [used.give(correction(), user="li") for _ in range(3)]
    for item in given:
        used.review(item.id, Verdict.ACCEPT, reviewer="wang")
    killed = subprocess.run(
        [sys.executable, "-c", EXPORTER, str(tmp_path), where], env={**os.environ}, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert {used.find(item.id).state for item in given} == {FeedbackState(state)}
    used.export()
    files = sorted((tmp_path / "feedback").glob("*.jsonl*"))
    assert [file.suffix for file in files] == [".jsonl"]
    rows = [json.loads(line) for line in files[0].read_text("utf-8").splitlines()]
    assert [row["provenance"]["feedback"] for row in rows] == [item.id for item in given]
