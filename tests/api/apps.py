"""The application that tests ask: one serves one installation after the other, as making one takes a second."""

from __future__ import annotations

from fastapi import FastAPI

from yuanli.api import create_app, give_house
from yuanli.bootstrap import House

_made: dict[int, FastAPI] = {}


def app_of(house: House) -> FastAPI:
    """Return an application that serves a house; whoever was given it before must have done with it."""
    limit = house.settings.upload_limit_bytes
    if limit in _made:
        give_house(_made[limit], house)
    else:
        _made[limit] = create_app(house)
    return _made[limit]
