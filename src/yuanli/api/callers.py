"""Who makes a request, and whether they may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from yuanli.bootstrap import House
from yuanli.errors import InvalidInputError, Text
from yuanli.operations import VISITOR, Caller, Right, Role

COOKIE = "yuanli_session"
SAFE = ("GET", "HEAD", "OPTIONS")
AREAS: dict[Role, frozenset[str]] = {
    Role.VISITOR: frozenset(),
    Role.MEMBER: frozenset({"member"}),
    Role.OPERATOR: frozenset({"member", "operator", "staff"}),
    Role.ADMIN: frozenset({"member", "operator", "staff", "admin"}),
}
"""The roles of a person on the way, by what they are here: for areas that not everybody may enter."""


class ForeignOriginError(InvalidInputError):
    """A page of another site made the browser send this request."""

    status = 403


async def house_of(request: Request) -> House:
    """Return the installation that is served. What does not wait is `async`: it needs no thread."""
    house: House = request.app.state.house
    return house


HouseDep = Annotated[House, Depends(house_of)]


async def caller_of(request: Request, house: HouseDep) -> Caller:
    """Return who calls: by bearer token, else by session cookie, else a visitor.

    Raises
    ------
    NotSignedInError
        The bearer token is not valid.
    ForeignOriginError
        A change that another site's page asks for with the user's cookie.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return await run_in_threadpool(house.accounts.of_token, token.strip())
    if request.method not in SAFE:
        _refuse_foreign(request, house)
    secret = request.cookies.get(COOKIE)
    return await run_in_threadpool(house.accounts.of_session, secret) if secret else VISITOR


CallerDep = Annotated[Caller, Depends(caller_of)]


@dataclass(frozen=True, slots=True)
class Needs:
    """The right that an endpoint needs."""

    right: Right

    async def __call__(self, caller: CallerDep) -> Caller:
        """Let the caller pass, or refuse."""
        caller.require(self.right)
        return caller


def needs(right: Right) -> Any:
    """Declare the right that an endpoint needs, in its `dependencies`."""
    return Depends(Needs(right))


def address_of(request: Request) -> str:
    """Return the network address that a request comes from."""
    return request.client.host if request.client else "unknown"


def _refuse_foreign(request: Request, house: House) -> None:
    origin = request.headers.get("origin")
    if origin is None:
        if request.headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
            return
    else:
        public_url = house.settings.public_url
        if urlsplit(origin).netloc == request.headers.get("host"):
            return
        if public_url is not None and origin == _origin(public_url):
            return
    raise ForeignOriginError(
        Text(f"请求来自其他网站：{origin}。", f"The request comes from another site: {origin}."),
        field="Origin",
        hint=Text(
            "请从园理页面操作；程序请用访问令牌。反向代理需保留 Host，或设置 public_url。",
            "Use yuanli's own pages, or a token in programs. A proxy has to keep Host, or set public_url.",
        ),
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
