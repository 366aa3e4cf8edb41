"""IMDF 1.0.0 archives: read with repairs, written back without loss."""
