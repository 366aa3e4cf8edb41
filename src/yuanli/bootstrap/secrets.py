"""Secrets of the settings, where they are handed to what needs them."""

from __future__ import annotations

from pydantic import SecretStr


def revealed(secret: SecretStr | None) -> str | None:
    """Return a secret's value."""
    return None if secret is None else secret.get_secret_value()
