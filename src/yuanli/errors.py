"""The four families of errors, by what the caller can do, and the text a person reads."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One message in the two languages every visible word exists in."""

    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"


def counted(number: float, one: str, more: str | None = None) -> str:
    """Return a number with its noun in English; `more` where the plural is not with an s.

    >>> counted(1, "site"), counted(2, "site"), counted(1, "stop is", "stops are")
    ('1 site', '2 sites', '1 stop is')
    """
    said = f"{number}" if isinstance(number, int) else f"{number:g}"
    return f"{said} {one if number == 1 else more or one + 's'}"


def figured(value: float, *, sign: bool = False) -> str:
    """Return a cost as people read it: with hundredths, none where it is whole or 10,000 and more.

    >>> figured(25.5999), figured(4800.0), figured(123456.7), figured(0.00312), figured(2.5, sign=True)
    ('25.60', '4,800', '123,457', '0.0031', '+2.50')
    """
    plus = "+" if sign else ""
    if abs(value) < 1e-6:
        return "0"
    if abs(value) >= 10_000 or abs(value - round(value)) < 1e-6:
        return f"{value:{plus},.0f}"
    return f"{value:{plus},.2f}" if abs(value) >= 0.1 else f"{value:{plus}.2g}"


class YuanliError(Exception):
    """An error a person can read: the value, the rule it broke, and the next step.

    Parameters
    ----------
    message
        What is wrong, with the offending value and the rule.
    field
        The input that is wrong: a parameter, a column, a feature's id.
    hint
        The next step.
    """

    status = 500

    def __init__(self, message: Text, *, field: str | None = None, hint: Text | None = None) -> None:
        super().__init__(message.en)
        self.message = message
        self.field = field
        self.hint = hint

    @property
    def code(self) -> str:
        """The error's name for machines: `FeatureNotFoundError` is `feature_not_found`."""
        name = type(self).__name__.removesuffix("Error")
        return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


class InvalidInputError(YuanliError):
    """The input breaks a rule: correct it and call again."""

    status = 422


class NotFoundError(YuanliError):
    """What was named is not here: check the name."""

    status = 404


class InfeasibleError(YuanliError):
    """The question is well put, and its answer is no: relax a condition."""

    status = 409


class UnavailableError(YuanliError):
    """A part that is needed is missing, busy or down: start it, or try later."""

    status = 503
