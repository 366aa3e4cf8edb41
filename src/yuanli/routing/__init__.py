"""How do I get there?"""

from yuanli.routing.answers import Exit, Isochrone, Leg, Matrix, Nearby, Route, Step, Stop
from yuanli.routing.building import Locator, NetworkParams, attach, build_network, locator_of
from yuanli.routing.calendars import is_open_at
from yuanli.routing.checks import check_network
from yuanli.routing.conditions import Conditions
from yuanli.routing.keeping import kept_network
from yuanli.routing.network import Network
from yuanli.routing.noway import NoRouteError
from yuanli.routing.places import UnreachedPlaceError
from yuanli.routing.profiles import PROFILES, Profile, load_profiles
from yuanli.routing.wayfinder import Wayfinder, prepare

__all__ = [
    "PROFILES",
    "Conditions",
    "Exit",
    "Isochrone",
    "Leg",
    "Locator",
    "Matrix",
    "Nearby",
    "Network",
    "NetworkParams",
    "NoRouteError",
    "Profile",
    "Route",
    "Step",
    "Stop",
    "UnreachedPlaceError",
    "Wayfinder",
    "attach",
    "build_network",
    "check_network",
    "is_open_at",
    "kept_network",
    "load_profiles",
    "locator_of",
    "prepare",
]
