"""Speech as it is heard and written down: the port that `services` fills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000


@dataclass(frozen=True, slots=True, eq=False)
class Audio:
    """One voice at 16 kHz: `samples` of shape `(n,)`, from -1 to 1, and where they began in the recording."""

    samples: NDArray[np.float32]
    start_s: float = 0.0

    @property
    def duration_s(self) -> float:
        """How long it lasts."""
        return len(self.samples) / RATE_HZ


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of speech, and when it was said."""

    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What was said; `duration_s` is that of the speech, without the silence around it."""

    text: str
    language: str
    duration_s: float
    segments: tuple[Segment, ...] = ()


class Transcriber(Protocol):
    """Anything that writes speech down: a model in this process, or a server."""

    def transcribe(self, audio: Audio, *, language: str, names: Sequence[str] = ()) -> Transcript:
        """Write down speech; an `UnavailableError` where that can't be done now.

        Parameters
        ----------
        audio
            The speech.
        language
            `zh` or `en`: to guess it from a short request fails too often.
        names
            Names that may be said.
        """


def prompt_of(names: Sequence[str], language: str) -> str:
    """Return a text that makes a recogniser expect names, and simplified characters; "" without names."""
    if not names:
        return "以下是普通话的句子。" if language == "zh" else ""
    if language == "zh":
        return f"以下是普通话的句子，地点有{'、'.join(names)}。"
    return f"Places: {', '.join(names)}."
