"""Users and their roles."""

from __future__ import annotations

from fastapi import APIRouter

from yuanli.api.accounts import Password
from yuanli.api.bodies import Body, Name
from yuanli.api.callers import HouseDep, needs
from yuanli.operations import Account, Right, Role

router = APIRouter(prefix="/users", tags=["users"], dependencies=[needs(Right.MANAGE_USERS)])


class NewUser(Body):
    """Somebody who may sign in."""

    username: Name
    password: Password
    role: Role = Role.MEMBER


class UserPatch(Body):
    """What to change of a user."""

    role: Role | None = None
    password: Password | None = None
    disabled: bool | None = None


@router.get("")
def list_users(house: HouseDep) -> tuple[Account, ...]:
    """Return the users by name."""
    return house.accounts.users()


@router.post("", status_code=201)
def add_user(body: NewUser, house: HouseDep) -> Account:
    """Add a user."""
    return house.accounts.add_user(body.username, body.password, body.role)


@router.patch("/{username}")
def change_user(username: str, body: UserPatch, house: HouseDep) -> Account:
    """Change a user's role or password, or disable the user."""
    return house.accounts.change_user(
        username, role=body.role, password=body.password, disabled=body.disabled
    )


@router.delete("/{username}", status_code=204)
def remove_user(username: str, house: HouseDep) -> None:
    """Remove a user."""
    house.accounts.remove_user(username)
