"""Speech: a recording becomes words, which the assistant is then asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, UploadFile

from yuanli.api.bodies import Name
from yuanli.api.callers import HouseDep, needs
from yuanli.campus import CampusId
from yuanli.errors import Text
from yuanli.language import Transcript
from yuanli.operations import Right
from yuanli.services import LARGEST_BYTES, LONGEST_S

router = APIRouter(tags=["speech"], dependencies=[needs(Right.ASK_ASSISTANT)])


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechState:
    """Whether recordings are taken, and the largest; `reason` says why not."""

    available: bool
    reason: Text | None
    longest_s: float
    largest_bytes: int


@router.get("/speech")
def speech_state(house: HouseDep) -> SpeechState:
    """Say whether recordings are written down here."""
    reason = Text("管理员还没有设置语音识别。", "No speech recognition is set up here.")
    available = house.listening.is_on
    return SpeechState(
        available=available,
        reason=None if available else reason,
        longest_s=LONGEST_S,
        largest_bytes=LARGEST_BYTES,
    )


@router.post("/transcribe")
def transcribe(
    house: HouseDep,
    file: Annotated[UploadFile, File()],
    language: Annotated[Literal["zh", "en"], Form()] = "zh",
    campus: Annotated[Name | None, Form()] = None,
) -> Transcript:
    """Write down a recording: WebM, Ogg, MP4, WAV, MP3 or FLAC, up to 60 s and 10 MB."""
    recording = file.file.read(LARGEST_BYTES + 1)
    campus_id = CampusId(campus) if campus else None
    return house.listening.write_down(recording, language=language, campus_id=campus_id)
