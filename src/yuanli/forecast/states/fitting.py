"""A model of states: learnt from days, chosen on days left out, with probabilities that can be taken at their word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec

import numpy as np

from yuanli.errors import Text
from yuanli.forecast.history import Floats, Ints
from yuanli.forecast.states.choosing import choose, copied_days, lean_to_change, leant
from yuanli.forecast.states.features import Known, Look, known_of, look_of
from yuanli.forecast.states.floors import Floors, fit_floors, say_floors
from yuanli.forecast.states.members import Member, StateLearning, fit_member
from yuanli.forecast.states.places import MOST_CLASSES, InvalidStatesError, Place
from yuanli.forecast.states.scoring import StateScores, score_states
from yuanli.forecast.states.views import Candidate, parse_candidate
from yuanli.learning import fit_temperature, tempered

AHEAD = ("line:own", "trees:own", "trees:now", "trees:recent")
NOW = (
    "threshold:now",
    "switches:now",
    "line:now",
    "line:recent",
    "trees:now+clock",
    "trees:recent",
    "trees:recent+clock",
)
LEAST_MOMENTS = 100
LEAST_DAYS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class StateParams:
    """How a model of states is made.

    Parameters
    ----------
    candidates
        `kind:view` each; none: lines and trees that suit the question, without trees where LightGBM is not installed.
    least_change_recall, most_cost
        The answer leans towards a change until so many changes are foreseen on days left out, if that costs at most so
        much accuracy.
    """

    candidates: tuple[str, ...] = ()
    least_change_recall: float = 0.5
    most_cost: float = 0.01
    learning: StateLearning = field(default_factory=StateLearning)

    def __post_init__(self) -> None:
        for one in self.candidates:
            parse_candidate(one)
        if not 0 <= self.least_change_recall <= 1 or not 0 <= self.most_cost <= 1:
            raise InvalidStatesError(
                Text(f"{self.least_change_recall} 或 {self.most_cost} 不在 0–1 之间。",
                     f"{self.least_change_recall} or {self.most_cost} is not within 0–1."),
                field="least_change_recall", hint=Text("写成份额，例如 0.5。", "Give shares such as 0.5."),
            )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StateModel:
    """What was learnt.

    Parameters
    ----------
    classes
        The names of the states; `Place.truth` counts them from 0.
    step
        The grid that it was learnt on, in µs.
    validation
        Scores on days left out: of the model as it answers, of every candidate, and of the floors.
    copied
        Pairs of days that are copies of each other in what was learnt from, in days since 1970.
    """

    classes: tuple[str, ...]
    look: Look
    step: int
    members: tuple[Member, ...]
    temperature: float
    lean: float
    floors: Floors
    validation: dict[str, StateScores]
    copied: tuple[tuple[int, int], ...] = ()

    @property
    def method(self) -> str:
        """The candidates that answer together."""
        return " + ".join(str(member.candidate) for member in self.members)

    def best_floor(self) -> str:
        """Return the floor that did best on days left out."""
        floors = [name for name in self.validation if name in FLOOR_NAMES]
        return max(floors, key=lambda name: self.validation[name].accuracy)

    def better_than_floors(self) -> bool:
        """Whether the model was right more often than every floor, on days left out."""
        return self.validation[MODEL].accuracy > self.validation[self.best_floor()].accuracy

    def verdict(self) -> Text:
        """Return in words how the model did against the best floor."""
        own, name = self.validation[MODEL], self.best_floor()
        floor = self.validation[name]
        zh, en = FLOOR_NAMES[name]
        if self.better_than_floors():
            return Text(
                f"在留出的日子里准确率 {own.accuracy:.1%}，高于“{zh}”的 {floor.accuracy:.1%}。",
                f"On days left out it is right {own.accuracy:.1%} of the time, {en} {floor.accuracy:.1%}.",
            )
        return Text(
            f"在留出的日子里准确率 {own.accuracy:.1%}，不比“{zh}”的 {floor.accuracy:.1%} 好。",
            f"On days left out it is no better than {en}: {own.accuracy:.1%} against {floor.accuracy:.1%}.",
        )

    def weights(self, most: int = 8) -> dict[str, float]:
        """Return the signals that count most, shares of 1; empty where only a network answers."""
        total: dict[str, float] = {}
        for member in self.members:
            for name, share in member.weights().items():
                signal = _signal_of(name, self.look)
                total[signal] = total.get(signal, 0.0) + share
        whole = sum(total.values())
        ranked = sorted(total.items(), key=lambda item: -item[1])[:most]
        return {name: share / whole for name, share in ranked if whole > 0}


MODEL = "model"
FLOOR_NAMES = {
    "majority": ("最常见状态", "the commonest state"),
    "persistence": ("保持不变", "no change"),
    "last_week": ("上周同时", "last week"),
    "threshold": ("单一阈值", "the best single threshold"),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SaidStates:
    """What a model says of moments, one row a moment of `known`.

    Parameters
    ----------
    state
        The number of the state that is answered, and `probabilities` of all; shape `(n, n_classes)`.
    """

    known: Known
    state: Ints
    probabilities: Floats


def fit_states(
    places: Sequence[Place], classes: Sequence[str], *, ahead: int, params: StateParams = StateParams(),
    own: bool | None = None, told: Callable[[float], None] = lambda share: None,
) -> StateModel:  # fmt: skip
    """Learn the state of places `ahead` steps later; 0 asks what it is now, from signals alone.

    Parameters
    ----------
    own
        Whether the state is known up to the moment; by itself wherever a later state is asked for.
    told
        Hears what share of the work (0–1) is done.

    Raises
    ------
    InvalidStatesError
        There is too little to learn from, or the places' grids differ.
    """
    step = _checked(places, classes, ahead)
    look = look_of(places, ahead=ahead, own=ahead > 0 if own is None else own)
    known = learnable(known_of(places, look))
    if len(known) < LEAST_MOMENTS or len(np.unique(known.day)) < LEAST_DAYS:
        raise InvalidStatesError(
            Text(f"只有 {len(known)} 个时刻、{len(np.unique(known.day))} 天有已知状态。",
                 f"The state is known at {len(known)} moments of {len(np.unique(known.day))} days only."),
            field="truth",
            hint=Text(f"至少要 {LEAST_MOMENTS} 个时刻、{LEAST_DAYS} 天。",
                      f"At least {LEAST_MOMENTS} moments of {LEAST_DAYS} days are needed."),
        )  # fmt: skip
    count, truth = len(classes), known.truth.astype(np.int64)
    candidates = [parse_candidate(one) for one in params.candidates] or _usual(look, count)
    chosen = choose(candidates, known, places, look, classes=count, params=params.learning, told=told)
    temperature = fit_temperature(np.log(np.clip(chosen.probabilities, 1e-6, 1)), truth)
    calm = tempered(chosen.probabilities, temperature)
    lean = 0.0
    if look.own:
        lean = lean_to_change(
            calm, truth, known.now, least_recall=params.least_change_recall, most_cost=params.most_cost
        )
    floors = fit_floors(known, look.signals, count)
    members = tuple(
        fit_member(one, known, places, look, classes=count, params=params.learning) for one in chosen.members
    )
    validation = {MODEL: _scores(leant(calm, known.now, lean), calm, known)}
    validation |= {name: _scores(said, said, known) for name, said in chosen.each.items()}
    validation |= {
        name: score_states(said, known.truth, known.now, known.day) for name, said in chosen.floors.items()
    }
    return StateModel(
        classes=tuple(classes), look=look, step=step, members=members, temperature=temperature, lean=lean,
        floors=floors, validation=validation, copied=copied_days(places),
    )  # fmt: skip


def say_states(model: StateModel, places: Sequence[Place], *, latest: bool = False) -> SaidStates:
    """Return what a model says of places at every moment, or only at the last one of each.

    Raises
    ------
    InvalidStatesError
        A place is on another grid.
    """
    _same_grid(places, model.step)
    known = known_of(places, model.look)
    if latest:
        last = np.flatnonzero(np.append(known.place[1:] != known.place[:-1], True))
        known = known.only(last)
    parts = [member.predict(known, places, model.look) for member in model.members]
    calm = tempered(np.mean(parts, axis=0), model.temperature)
    state = leant(calm, known.now, model.lean).argmax(axis=1)
    return SaidStates(known=known, state=state, probabilities=calm)


def evaluate_states(
    model: StateModel, places: Sequence[Place], *, since: int | None = None
) -> dict[str, StateScores]:
    """Return scores of the model and the floors on places whose states are known.

    Parameters
    ----------
    since
        The first moment that is asked about, in µs; what is before it is known as the past and not scored.
    """
    said = say_states(model, places)
    which = _learnable(said.known, model.look)
    if since is not None:
        starts = np.array([place.history.start for place in places])
        which &= starts[said.known.place] + (said.known.step + model.look.ahead) * model.step >= since
    known = said.known.only(which)
    found = {MODEL: score_states(
        said.state[which], known.truth, known.now, known.day, probabilities=said.probabilities[which]
    )}  # fmt: skip
    return found | {
        name: score_states(one, known.truth, known.now, known.day)
        for name, one in say_floors(model.floors, known).items()
    }


def learnable(known: Known) -> Known:
    """Return the moments whose state is known, and known now where it is looked at."""
    own = "state" in known.names
    return known.only(np.isfinite(known.truth) & (np.isfinite(known.now) | (not own)))


def _learnable(known: Known, look: Look) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return np.asarray(np.isfinite(known.truth) & (np.isfinite(known.now) | (not look.own)))


def _scores(answered: Floats, probabilities: Floats, known: Known) -> StateScores:
    return score_states(
        answered.argmax(axis=1), known.truth, known.now, known.day, probabilities=probabilities
    )


def _usual(look: Look, classes: int) -> list[Candidate]:
    """Return what is tried unless told: one threshold where it can tell the states, trees where they are installed."""
    left_out = [*(["threshold"] if classes > 2 else []), *([] if find_spec("lightgbm") else ["trees"])]
    candidates = [parse_candidate(name) for name in (AHEAD if look.own else NOW)]
    return [one for one in candidates if one.kind not in left_out]


def _signal_of(column: str, look: Look) -> str:
    """Return the signal that a column was made of."""
    fitting = [signal for signal in look.signals if column == signal or column.startswith(f"{signal} ")]
    if fitting:
        return max(fitting, key=len)
    return "state" if column.split(" ")[0] == "state" else "clock"


def _checked(places: Sequence[Place], classes: Sequence[str], ahead: int) -> int:
    if not places or (not any(place.signals for place in places) and ahead == 0):
        raise InvalidStatesError(
            Text("没有可学习的信号。", "There are no signals to learn from."), field="places",
            hint=Text("给出至少一个地点和一个信号。", "Give at least one place and one signal."),
        )  # fmt: skip
    if not 2 <= len(classes) <= MOST_CLASSES or len(set(classes)) < len(classes) or ahead < 0:
        raise InvalidStatesError(
            Text(f"有 {len(classes)} 种状态，提前 {ahead} 步。",
                 f"There are {len(classes)} states, {ahead} steps ahead."),
            field="classes",
            hint=Text(f"状态名各不相同，2 到 {MOST_CLASSES} 种；提前步数不为负。",
                      f"Give 2 to {MOST_CLASSES} different names of states, and no negative steps."),
        )  # fmt: skip
    _same_grid(places, places[0].history.step)
    for place in places:
        states = place.truth[np.isfinite(place.truth)]
        if len(states) and not np.isin(states, np.arange(len(classes))).all():
            raise InvalidStatesError(
                Text(f"“{place.name}”里有不在 0–{len(classes) - 1} 的状态。",
                     f"{place.name!r} holds states that are not among 0–{len(classes) - 1}."),
                field="truth", hint=Text("按状态名的序号写。", "Number the states by their names."),
            )  # fmt: skip
    return places[0].history.step


def _same_grid(places: Sequence[Place], step: int) -> None:
    for place in places:
        if place.history.step != step:
            raise InvalidStatesError(
                Text(f"“{place.name}”的步长是 {place.history.step} µs，应为 {step} µs。",
                     f"{place.name!r} has steps of {place.history.step} µs; they must be {step} µs."),
                field="step", hint=Text("用同一步长。", "Put all places on one step."),
            )  # fmt: skip
