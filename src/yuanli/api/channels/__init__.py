"""How do people in WeCom, DingTalk and Feishu ask? Their servers call ours; every call is signed."""

from yuanli.api.channels.endpoints import router

__all__ = ["router"]
