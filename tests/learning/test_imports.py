from __future__ import annotations

import subprocess
import sys


def test_the_kernel_starts_without_what_training_needs() -> None:
    heavy = "torch", "matplotlib", "sklearn", "transformers", "pandas"
    code = f"import sys, yuanli.learning; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
