"""What do meters and sensors say?"""

from yuanli.telemetry.quality import Quality, Reason
from yuanli.telemetry.readings import Readings, Series, Times, Values

__all__ = ["Quality", "Readings", "Reason", "Series", "Times", "Values"]
