"""Print how often the judge of prose is right: at first sight, and on the labelled sentences now.

Usage: python benchmarks/prose_accuracy.py [--misses]
"""

import argparse
import sys
from pathlib import Path

GATE = Path(__file__).resolve().parents[1] / "tests" / "gate"
sys.path[:0] = [str(GATE), str(GATE / "prose")]

from labelled import Labelled, labelled, measure, table  # noqa: E402  # beside the sentences


def report(sentences: list[Labelled], misses: bool) -> None:
    """Print the measures and, on request, every sentence that is judged wrongly."""
    print(f"all labelled sentences, now: {len(sentences)}")
    for measure_name, (hits, cases) in measure(sentences).items():
        print(f"  {measure_name:27} {hits:4}/{cases:4} = {hits / max(cases, 1):.3f}")
    for one in sentences if misses else ():
        if one.is_missed:
            said = "; ".join(finding.message for finding in one.findings) or "nothing"
            print(f"  {one.label}: {one.text!r}\n    said {said}")


def main() -> None:
    """Print the table of first sight, and the measures on all labelled sentences."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--misses", action="store_true", help="print what is judged wrongly")
    options = parser.parse_args()
    print("\n".join(table()))
    report(list(labelled()), options.misses)


if __name__ == "__main__":
    main()
