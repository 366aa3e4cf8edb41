"""A recogniser behind an OpenAI-compatible address."""

from __future__ import annotations

import math
import wave
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, TypeGuard

from yuanli.errors import Text
from yuanli.language import RATE_HZ, Audio, Segment, Transcript, prompt_of
from yuanli.services.calling import Service, ServiceRefusedError

SPEECH_NAME = Text("语音识别服务", "The speech server")
LONGEST_TEXT = 4000


class HttpTranscriber:
    """Asks `POST {base_url}/audio/transcriptions`."""

    def __init__(self, service: Service, model: str) -> None:
        self._service, self._model = service, model

    def transcribe(self, audio: Audio, *, language: str, names: Sequence[str] = ()) -> Transcript:
        """Write down speech, expecting names.

        Raises
        ------
        UnavailableError
            The server is down, busy, refuses, or answers something else.
        """
        form = {"model": self._model, "language": language, "response_format": "verbose_json"}
        if prompt := prompt_of(names, language):
            form["prompt"] = prompt
        file = ("speech.wav", to_wav(audio), "audio/wav")
        answer = self._service.post("/audio/transcriptions", form=form, files={"file": file})
        text = answer.get("text") if isinstance(answer, dict) else None
        if not isinstance(text, str) or len(text) > LONGEST_TEXT:
            raise ServiceRefusedError(
                Text(f"{SPEECH_NAME.zh}的回答无法使用。", f"{SPEECH_NAME.en} gave an answer of no use.")
            )
        return Transcript(
            text=text.strip(),
            language=language,
            duration_s=audio.duration_s,
            segments=tuple(_segments(answer.get("segments"), audio)),
        )

    def close(self) -> None:
        """Close the connections."""
        self._service.close()


def to_wav(audio: Audio) -> bytes:
    """Return samples as a WAV file of 16 bits."""
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((audio.samples * 32767).astype("<i2").tobytes())
    return out.getvalue()


def _segments(rows: Any, audio: Audio) -> Iterator[Segment]:
    """Yield the segments that a server tells; those it tells wrongly are left out."""
    for row in rows if isinstance(rows, list) else ():
        start, end, text = (row.get(k) if isinstance(row, dict) else None for k in ("start", "end", "text"))
        if _is_time(start) and _is_time(end) and isinstance(text, str):
            at_s = audio.start_s
            yield Segment(start_s=round(at_s + start, 2), end_s=round(at_s + end, 2), text=text)


def _is_time(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and math.isfinite(value)
