"""How is the whole built?"""

from yuanli.bootstrap.building import build_house, open_house
from yuanli.bootstrap.feeding import FeedState, feed_demo
from yuanli.bootstrap.forecasters import open_forecasters
from yuanli.bootstrap.house import House
from yuanli.bootstrap.larger import open_paraphraser
from yuanli.bootstrap.logs import set_up_logging
from yuanli.bootstrap.models import open_models, reader_of, with_built_in
from yuanli.bootstrap.playing import Played, PlayParams, PlayRefusedError, play_demo
from yuanli.bootstrap.reading import understander_of
from yuanli.bootstrap.sending import (
    NoGatewaysError,
    TargetError,
    forward_gateways,
    run_until_stopped,
    sender_to,
    topic_to,
)
from yuanli.bootstrap.serving import serve

__all__ = [
    "FeedState",
    "House",
    "NoGatewaysError",
    "PlayParams",
    "PlayRefusedError",
    "Played",
    "TargetError",
    "build_house",
    "feed_demo",
    "forward_gateways",
    "open_forecasters",
    "open_house",
    "open_models",
    "open_paraphraser",
    "play_demo",
    "reader_of",
    "run_until_stopped",
    "sender_to",
    "serve",
    "set_up_logging",
    "topic_to",
    "understander_of",
    "with_built_in",
]
