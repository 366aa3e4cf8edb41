"""What does a living park look like?"""

from yuanli.demo.park import demo_campus

__all__ = ["demo_campus"]
