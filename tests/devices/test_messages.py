"""What a gateway makes of messages by their topics alone."""

from __future__ import annotations

import pytest
from tests.telemetry.test_sparkplug import payload

from yuanli.campus import CampusId
from yuanli.devices import MessageFormat, Subscription
from yuanli.devices.messages import Message, MessageReader
from yuanli.telemetry import TopicTemplate


@pytest.mark.parametrize(
    ("topic", "reads"),
    [
        ("spBv1.0/park/NCMD/edge1", False),
        ("spBv1.0/park/DCMD/edge1/ahu1", False),
        ("spBv1.0/STATE/host", False),
        ("spBv1.0/park/NDATA/edge1", True),
        ("spBv1.0/park/TYPO/edge1", True),
    ],
)
def test_commands_and_states_under_the_topics_of_nodes_are_neither_read_nor_refused(
    topic: str, reads: bool
) -> None:
    nodes = Subscription(
        campus_id=CampusId("park"), template=TopicTemplate("spBv1.0/#"), format=MessageFormat.SPARKPLUG
    )
    reader = MessageReader([nodes], "meters")
    delivery = reader.read(Message(topic, payload(), 1_777_593_600_000_000, 1, 1))
    assert (delivery is not None) == reads
