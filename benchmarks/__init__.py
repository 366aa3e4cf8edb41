"""What is measured: each module prints a table; the figures go to LOG.md by hand, with their machine."""
