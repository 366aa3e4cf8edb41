"""How is the whole built?"""

from yuanli.bootstrap.building import build_house, open_house
from yuanli.bootstrap.feeding import FeedState, feed_demo
from yuanli.bootstrap.house import House
from yuanli.bootstrap.larger import open_paraphraser
from yuanli.bootstrap.logs import set_up_logging
from yuanli.bootstrap.models import open_models, reader_of, with_built_in
from yuanli.bootstrap.playing import Played, PlayParams, PlayRefusedError, play_demo
from yuanli.bootstrap.reading import understander_of
from yuanli.bootstrap.serving import serve

__all__ = [
    "FeedState",
    "House",
    "PlayParams",
    "PlayRefusedError",
    "Played",
    "build_house",
    "feed_demo",
    "open_house",
    "open_models",
    "open_paraphraser",
    "play_demo",
    "reader_of",
    "serve",
    "set_up_logging",
    "understander_of",
    "with_built_in",
]
