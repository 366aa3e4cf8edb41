"""What does a living park look like? An invented one, made by rule, to try everything on."""

from yuanli.demo.park import demo_campus

__all__ = ["demo_campus"]
