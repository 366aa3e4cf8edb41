"""yuanli (园理), the brain of a smart campus or business park."""

import os

# The systems that are solved here are small: threads of linear algebra wait for each other, eight times as long as
# they work on a busy machine. Must be said before numpy is loaded; whoever sets it otherwise is heard.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
