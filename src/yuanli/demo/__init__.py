"""What does a living park look like?"""

from yuanli.demo.feeding import FeedParams, LiveFeed, Push, Stretch, past, pushes
from yuanli.demo.field import SimulatedField
from yuanli.demo.meetings import DemoMeeting, demo_meetings
from yuanli.demo.park import demo_campus
from yuanli.demo.simulation.channels import Cadence
from yuanli.demo.simulation.commands import CommandRefusedError
from yuanli.demo.simulation.faults import Fault
from yuanli.demo.simulator import NoSuchPointError, Simulator, Telling, TimeRefusedError

__all__ = [
    "Cadence",
    "CommandRefusedError",
    "DemoMeeting",
    "Fault",
    "FeedParams",
    "LiveFeed",
    "NoSuchPointError",
    "Push",
    "SimulatedField",
    "Simulator",
    "Stretch",
    "Telling",
    "TimeRefusedError",
    "demo_campus",
    "demo_meetings",
    "past",
    "pushes",
]
