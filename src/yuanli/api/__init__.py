"""How do programs and the console talk to it?"""

from yuanli.api.app import create_app, give_house
from yuanli.api.table import endpoint_rights, endpoint_table

__all__ = ["create_app", "endpoint_rights", "endpoint_table", "give_house"]
