"""What do we do; did it help?"""

from yuanli.operations.accounts import (
    Account,
    AccountParams,
    AccountRefusedError,
    Accounts,
    TokenInfo,
    TooManyAttemptsError,
)
from yuanli.operations.callers import VISITOR, Caller, NotAllowedError, NotSignedInError
from yuanli.operations.passwords import PasswordParams
from yuanli.operations.ports import (
    AccessToken,
    AccountStore,
    CampusNameTakenError,
    CampusNotFoundError,
    CampusStore,
    CampusSummary,
    LastAdminError,
    RevisionConflictError,
    Session,
    StoreUnavailableError,
    User,
    UserExistsError,
)
from yuanli.operations.rights import RIGHTS, Right, Role
from yuanli.operations.throttle import ThrottleParams

__all__ = [
    "RIGHTS",
    "VISITOR",
    "AccessToken",
    "Account",
    "AccountParams",
    "AccountRefusedError",
    "AccountStore",
    "Accounts",
    "Caller",
    "CampusNameTakenError",
    "CampusNotFoundError",
    "CampusStore",
    "CampusSummary",
    "LastAdminError",
    "NotAllowedError",
    "NotSignedInError",
    "PasswordParams",
    "RevisionConflictError",
    "Right",
    "Role",
    "Session",
    "StoreUnavailableError",
    "ThrottleParams",
    "TokenInfo",
    "TooManyAttemptsError",
    "User",
    "UserExistsError",
]
