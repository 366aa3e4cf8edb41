"""Which model answers now?"""

from yuanli.learning.serving.live import Fault, LiveModel, NoLiveModelError, ServingParams, ServingStatus

__all__ = ["Fault", "LiveModel", "NoLiveModelError", "ServingParams", "ServingStatus"]
