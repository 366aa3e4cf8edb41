"""Whisper in this process: a folder of CTranslate2 weights, run by faster-whisper."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from yuanli.errors import Text
from yuanli.language import Audio, Segment, Transcript, prompt_of
from yuanli.services.audio import SpeechPartError, missing_part
from yuanli.services.calling import ServiceBusyError

PATIENCE_S = 30.0
"""How long a recording waits for the one before it."""

TEMPERATURES = (0.0, 0.4)
"""Tried one after the other where the first gives a poor text."""
TOKENS_AT_LEAST, TOKENS_A_SECOND = 20, 12
"""The longest text: twice as fast as people speak. A text that Whisper repeats without end would else take a minute."""
MOST_REPEATED = 2.4
"""How much shorter a text may get by compression; beyond, Whisper repeats itself, and the piece is left out."""


class WhisperTranscriber:
    """A model that is loaded at the first recording, and writes down one at a time."""

    def __init__(self, folder: Path, *, threads: int = 2) -> None:
        self._folder, self._threads = folder, threads
        self._lock = Lock()
        self._model: Any = None

    def transcribe(self, audio: Audio, *, language: str, names: Sequence[str] = ()) -> Transcript:
        """Write down speech, expecting names.

        Raises
        ------
        SpeechPartError
            The model or the library that runs it is missing or broken.
        ServiceBusyError
            Others speak.
        """
        if not self._lock.acquire(timeout=PATIENCE_S):
            raise ServiceBusyError(Text("语音识别正忙。", "Speech recognition is busy."))
        try:
            if self._model is None:
                self._model = load_whisper(self._folder, threads=self._threads)
            found, _ = self._model.transcribe(
                audio.samples,
                language=language,
                initial_prompt=prompt_of(names, language) or None,
                condition_on_previous_text=False,
                beam_size=5,
                temperature=TEMPERATURES,
                max_new_tokens=int(TOKENS_AT_LEAST + TOKENS_A_SECOND * audio.duration_s),
            )
            segments = tuple(_segment(p, audio) for p in found if p.compression_ratio <= MOST_REPEATED)
        except RuntimeError as error:
            raise _broken(str(error)[:120]) from error
        finally:
            self._lock.release()
        return Transcript(
            text="".join(piece.text for piece in segments).strip(),
            language=language,
            duration_s=audio.duration_s,
            segments=segments,
        )


def load_whisper(folder: Path, *, threads: int) -> Any:
    """Load the weights, as 8-bit integers.

    Raises
    ------
    SpeechPartError
        They are missing or broken, or faster-whisper is not installed.
    """
    try:
        from faster_whisper import WhisperModel
    except ImportError as error:
        raise missing_part("faster-whisper") from error
    try:
        return WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True
        )
    except (RuntimeError, ValueError, OSError) as error:
        raise _broken(str(error)[:120]) from error


def _segment(piece: Any, audio: Audio) -> Segment:
    start_s = round(audio.start_s + piece.start, 2)
    return Segment(
        start_s=start_s, end_s=round(audio.start_s + piece.end, 2), text=piece.text.replace("\ufffd", "")
    )


def _broken(why: str) -> SpeechPartError:
    return SpeechPartError(
        Text(f"语音模型不可用：{why}", f"The speech model can't be used: {why}"),
        field="speech_model",
        hint=Text("请检查 speech_model 指向的文件夹。", "Check the folder that speech_model names."),
    )
