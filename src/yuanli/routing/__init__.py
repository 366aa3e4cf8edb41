"""How do I get there?"""

from yuanli.routing.answers import Leg, Route, Step, Stop
from yuanli.routing.network import Network

__all__ = ["Leg", "Network", "Route", "Step", "Stop"]
