"""Who writes down speech in an installation, where its settings name somebody."""

from __future__ import annotations

from contextlib import ExitStack

from yuanli.bootstrap.secrets import revealed
from yuanli.language import Audio, Transcriber
from yuanli.operations import Listening, Places
from yuanli.services import (
    SPEECH_NAME,
    CallParams,
    HttpTranscriber,
    Service,
    SherpaTranscriber,
    WhisperTranscriber,
    decode_audio,
    trim_silence,
)
from yuanli.settings import Settings

CALL = CallParams(deadline_s=60.0, attempts=2)
WHISPER_WEIGHTS = "model.bin"


def listening_of(settings: Settings, places: Places, resources: ExitStack) -> Listening:
    """Return what writes down speech, off where no recogniser is set; `resources` closes it."""
    return Listening(places, _find_transcriber(settings, resources), _hear)


def _hear(recording: bytes) -> Audio:
    return trim_silence(decode_audio(recording))


def _find_transcriber(settings: Settings, resources: ExitStack) -> Transcriber | None:
    folder = settings.speech_model
    if folder is not None:
        return (
            WhisperTranscriber(folder) if (folder / WHISPER_WEIGHTS).is_file() else SherpaTranscriber(folder)
        )
    if settings.speech_url is None:
        return None
    key = revealed(settings.speech_api_key)
    service = Service(SPEECH_NAME, settings.speech_url, api_key=key, params=CALL)
    transcriber = HttpTranscriber(service, settings.speech_url_model)
    resources.callback(transcriber.close)
    return transcriber
