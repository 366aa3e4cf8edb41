"""`make bench`: run every benchmark of this folder, one after another."""

import pkgutil
import subprocess
import sys

import benchmarks

for module in sorted(m.name for m in pkgutil.iter_modules(benchmarks.__path__) if m.name != "__main__"):
    print(f"\n## {module}", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{module}"], check=False)
