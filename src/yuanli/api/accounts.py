"""Signing in and out, one's own password and tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, Field, StringConstraints

from yuanli.api.bodies import Body, Name
from yuanli.api.callers import COOKIE, CallerDep, HouseDep, address_of, needs
from yuanli.bootstrap import House
from yuanli.operations import Caller, Right, Role, TokenInfo

router = APIRouter(tags=["accounts"])
Password = Annotated[str, StringConstraints(max_length=1000)]


class SignIn(Body):
    """A user name and a password."""

    username: Name
    password: Password


class NewPassword(Body):
    """One's old password and the new one."""

    old: Password
    new: Password


class NewToken(Body):
    """What a token is for, and until when."""

    label: Name = ""
    expires_at: AwareDatetime | None = Field(default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """Who is signed in, and what they may do."""

    username: str | None
    role: Role
    rights: tuple[Right, ...]
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownToken:
    """A new token with its secret, which is never shown again."""

    id: str
    label: str
    created_at: datetime
    expires_at: datetime | None
    token: str


@router.post("/session", dependencies=[needs(Right.SEE_PLACE)])
def sign_in(body: SignIn, request: Request, response: Response, house: HouseDep) -> Me:
    """Sign in; the session is in the cookie that comes back."""
    secret, caller = house.accounts.sign_in(body.username, body.password, address=address_of(request))
    public_url = house.settings.public_url or ""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(house.settings.session_length_s),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https" or public_url.startswith("https:"),
    )
    return _me(house, caller)


@router.get("/session", dependencies=[needs(Right.SEE_PLACE)])
def who_am_i(house: HouseDep, caller: CallerDep) -> Me:
    """Return who is signed in; a visitor where nobody is."""
    return _me(house, caller)


@router.delete("/session", status_code=204, dependencies=[needs(Right.SEE_PLACE)])
def sign_out(request: Request, response: Response, house: HouseDep) -> None:
    """Sign out."""
    if secret := request.cookies.get(COOKIE):
        house.accounts.sign_out(secret)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")


@router.post("/session/password", status_code=204, dependencies=[needs(Right.OWN_ACCOUNT)])
def change_password(body: NewPassword, request: Request, house: HouseDep, caller: CallerDep) -> None:
    """Change one's own password; other sign-ins end."""
    house.accounts.change_password(caller, old=body.old, new=body.new, address=address_of(request))


@router.get("/tokens", dependencies=[needs(Right.OWN_ACCOUNT)])
def list_tokens(house: HouseDep, caller: CallerDep) -> tuple[TokenInfo, ...]:
    """Return one's own access tokens."""
    return house.accounts.tokens(caller)


@router.post("/tokens", status_code=201, dependencies=[needs(Right.OWN_ACCOUNT)])
def add_token(body: NewToken, house: HouseDep, caller: CallerDep) -> ShownToken:
    """Make an access token for a program; it is shown this once."""
    secret, info = house.accounts.add_token(caller, label=body.label, expires_at=body.expires_at)
    return ShownToken(
        id=info.id, label=info.label, created_at=info.created_at, expires_at=info.expires_at, token=secret
    )


@router.delete("/tokens/{token_id}", status_code=204, dependencies=[needs(Right.OWN_ACCOUNT)])
def remove_token(token_id: str, house: HouseDep, caller: CallerDep) -> None:
    """Forget one of one's own tokens."""
    house.accounts.remove_token(caller, token_id)


def _me(house: House, caller: Caller) -> Me:
    return Me(
        username=caller.username,
        role=caller.role,
        rights=tuple(right for right in Right if right in caller.rights),
        language=house.settings.language,
    )
