"""How is the whole built?"""

from yuanli.bootstrap.house import House, build_house, open_house
from yuanli.bootstrap.logs import set_up_logging
from yuanli.bootstrap.serving import serve

__all__ = ["House", "build_house", "open_house", "serve", "set_up_logging"]
