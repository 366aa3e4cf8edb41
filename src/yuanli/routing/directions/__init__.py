"""How does one say the way?"""

from yuanli.routing.directions.legs import Stretch, draw_legs
from yuanli.routing.directions.phrases import say, say_distance, say_level
from yuanli.routing.directions.steps import describe_steps
from yuanli.routing.directions.tables import Tables

__all__ = ["Stretch", "Tables", "describe_steps", "draw_legs", "say", "say_distance", "say_level"]
