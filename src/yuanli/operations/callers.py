"""Who calls, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass

from yuanli.errors import InvalidInputError, Text
from yuanli.operations.rights import RIGHTS, Right, Role


class NotSignedInError(InvalidInputError):
    """Whoever calls has to sign in first."""

    status = 401


class NotAllowedError(InvalidInputError):
    """The caller is known, and lacks the right."""

    status = 403


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Whoever makes a request; without a user name it is a visitor."""

    username: str | None = None
    role: Role = Role.VISITOR
    secret_hash: str | None = None

    @property
    def name(self) -> str:
        """The name that revisions and logs show."""
        return self.username or Role.VISITOR.value

    @property
    def rights(self) -> frozenset[Right]:
        """What the caller may do."""
        return RIGHTS[self.role]

    def require(self, right: Right) -> None:
        """Let the call pass, or say what is missing.

        Raises
        ------
        NotSignedInError
            A visitor lacks the right; signing in may help.
        NotAllowedError
            A user's role lacks the right.
        """
        if right in self.rights:
            return
        if self.username is None:
            raise NotSignedInError(
                Text("请先登录。", "Sign in first."),
                hint=Text("登录后重试。", "Sign in and try again."),
            )
        raise NotAllowedError(
            Text(
                f"角色 {self.role} 没有权限 {right}。",
                f"The role {self.role} does not have the right {right}.",
            ),
            hint=Text("请联系管理员。", "Ask an administrator."),
        )


VISITOR = Caller()
