"""How is yuanli used from a shell?"""

from yuanli.cli.app import main

__all__ = ["main"]
