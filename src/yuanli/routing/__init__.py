"""How do I get there?"""

from yuanli.routing.answers import Leg, Route, Step, Stop
from yuanli.routing.building import Locator, NetworkParams, attach, build_network, locator_of
from yuanli.routing.checks import check_network
from yuanli.routing.network import Network

__all__ = [
    "Leg",
    "Locator",
    "Network",
    "NetworkParams",
    "Route",
    "Step",
    "Stop",
    "attach",
    "build_network",
    "check_network",
    "locator_of",
]
