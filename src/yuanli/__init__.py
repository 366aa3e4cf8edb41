"""yuanli (园理), the brain of a smart campus or business park."""

__version__ = "0.1.0"
