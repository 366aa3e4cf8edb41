"""What runs here, and whether it runs."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from importlib.metadata import distributions

from fastapi import APIRouter

import yuanli
from yuanli.api.callers import CallerDep, HouseDep, needs
from yuanli.campus import CampusId
from yuanli.operations import Right

router = APIRouter(tags=["about"])
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """That the server and its database answer."""

    status: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A part that the product stands on."""

    name: str
    version: str
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """What the licence of a map asks to be shown."""

    campus_id: CampusId
    attribution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Where this installation keeps its data: for administrators."""

    data_dir: str
    database: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The product, what it stands on, and whose maps it shows."""

    version: str
    python: str
    languages: tuple[str, ...]
    licences: tuple[Licence, ...]
    attributions: tuple[Attribution, ...]
    installation: Installation | None


@router.get("/health", dependencies=[needs(Right.SEE_PLACE)])
def health(house: HouseDep) -> Health:
    """Say that the server and its database answer."""
    house.places.summaries()
    return Health(status="ok", version=yuanli.__version__)


@router.get("/about", dependencies=[needs(Right.SEE_PLACE)])
def about(house: HouseDep, caller: CallerDep) -> About:
    """Return versions, licences and attributions; to administrators also where the data is."""
    installation = Installation(
        data_dir=str(house.settings.data_dir),
        database=house.database.engine.url.render_as_string(hide_password=True),
    )
    return About(
        version=yuanli.__version__,
        python=platform.python_version(),
        languages=LANGUAGES,
        licences=_licences(),
        attributions=tuple(
            Attribution(campus_id=s.id, attribution=s.attribution)
            for s in house.places.summaries()
            if s.attribution
        ),
        installation=installation if Right.MANAGE_USERS in caller.rights else None,
    )


def _licences() -> tuple[Licence, ...]:
    """Return the libraries that `yuanli` needs, with the licence each names."""
    needed = {_plain(line) for line in _requirements() if "extra ==" not in line}
    found = {
        _plain(part.metadata["Name"]): Licence(
            name=part.metadata["Name"], version=part.version, licence=_licence(part.metadata)
        )
        for part in distributions()
        if part.metadata["Name"] and _plain(part.metadata["Name"]) in needed
    }
    return tuple(found[name] for name in sorted(found))


def _requirements() -> list[str]:
    mine = next((part for part in distributions(name="yuanli")), None)
    return list(mine.requires or ()) if mine is not None else []


def _plain(requirement: str) -> str:
    name = requirement
    for end in " ;<>=!~[":
        name = name.split(end, 1)[0]
    return name.lower().replace("_", "-")


def _licence(metadata: object) -> str:
    get = metadata.get  # type: ignore[attr-defined]
    if short := get("License-Expression"):
        return str(short)
    for classifier in metadata.get_all("Classifier") or ():  # type: ignore[attr-defined]
        if classifier.startswith("License :: OSI Approved :: "):
            return str(classifier.rsplit(" :: ", 1)[1])
    return (get("License") or "").splitlines()[0][:60] if get("License") else ""
