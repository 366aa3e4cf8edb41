"""How do programs and the console talk to it?"""

from yuanli.api.app import create_app

__all__ = ["create_app"]
