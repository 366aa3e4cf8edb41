"""From the drawing of a campus to the network that is walked: what joins what, and how long is it?"""

from yuanli.routing.building.assembly import build_network
from yuanli.routing.building.attaching import Attachment, Locator, attach, locator_of
from yuanli.routing.building.params import NetworkParams

__all__ = ["Attachment", "Locator", "NetworkParams", "attach", "build_network", "locator_of"]
