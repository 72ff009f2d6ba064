"""Peak memory of the symbolic properties, against a process that only imports TensorFlow.

Networks of up to six layers of 10**8 units are counted without a weight in memory. POSIX only:

    python benchmarks/memory.py [PROFILE]
"""

import os
import subprocess
import sys

PROPERTIES = "tests/test_parameters.py"


def peak(arguments: list[str]) -> float:
    """Peak resident memory of one process, in MiB; it must succeed."""
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, f"{arguments} failed"
    return usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)


def main() -> None:
    """Measure both in turn, and print the ratio."""
    profile = sys.argv[1] if len(sys.argv) > 1 else "deep"
    base = peak(["-c", "import tensorflow"])
    print(f"import tensorflow:    {base:7.0f} MiB")
    here = peak(["-m", "pytest", "-q", f"--hypothesis-profile={profile}", PROPERTIES])
    print(f"symbolic properties:  {here:7.0f} MiB   {here / base:.2f} x base")


if __name__ == "__main__":
    main()
