"""Which outside services do we ask?"""

from yuanli.services.audio import LARGEST_BYTES, LONGEST_S, BadAudioError, SpeechPartError, decode_audio
from yuanli.services.breaker import Breaker, BreakerParams
from yuanli.services.calling import (
    CallParams,
    Service,
    ServiceBusyError,
    ServiceRefusedError,
    ServiceUnavailableError,
)
from yuanli.services.chat import CHAT_NAME, HttpChat
from yuanli.services.feishu import FEISHU_NAME, FeishuMessenger
from yuanli.services.gguf import GgufChat, LocalModelError
from yuanli.services.sherpa import SherpaTranscriber
from yuanli.services.transcription import SPEECH_NAME, HttpTranscriber
from yuanli.services.voice import trim_silence
from yuanli.services.whisper import WhisperTranscriber

__all__ = [
    "CHAT_NAME",
    "FEISHU_NAME",
    "LARGEST_BYTES",
    "LONGEST_S",
    "SPEECH_NAME",
    "BadAudioError",
    "Breaker",
    "BreakerParams",
    "CallParams",
    "FeishuMessenger",
    "GgufChat",
    "HttpChat",
    "HttpTranscriber",
    "LocalModelError",
    "Service",
    "ServiceBusyError",
    "ServiceRefusedError",
    "ServiceUnavailableError",
    "SherpaTranscriber",
    "SpeechPartError",
    "WhisperTranscriber",
    "decode_audio",
    "trim_silence",
]
