"""Print how often the judge of prose is right on the labelled sentences.

Usage: python benchmarks/prose_accuracy.py [--misses] [tuned|test]
"""

import argparse
import sys
from pathlib import Path

GATE = Path(__file__).resolve().parents[1] / "tests" / "gate"
sys.path[:0] = [str(GATE), str(GATE / "prose")]

from labelled import Labelled, labelled, measure  # noqa: E402  # beside the sentences


def report(name: str, sentences: list[Labelled], misses: bool) -> None:
    """Print the measures and, on request, every sentence that was judged wrongly."""
    print(f"{name}: {len(sentences)} sentences")
    for measure_name, (hits, cases) in measure(sentences).items():
        print(f"  {measure_name:27} {hits:3}/{cases:3} = {hits / max(cases, 1):.3f}")
    for one in sentences if misses else ():
        if one.is_missed:
            said = "; ".join(finding.message for finding in one.findings) or "nothing"
            print(f"  {one.label}: {one.text!r}\n    said {said}")


def main() -> None:
    """Print the measures on the tuned sentences, on the test split, and on all."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("split", nargs="?", choices=("tuned", "test"), help="only this split")
    parser.add_argument("--misses", action="store_true", help="print what was judged wrongly")
    options = parser.parse_args()
    sentences = list(labelled())
    splits = {
        "tuned": [one for one in sentences if not one.test],
        "test": [one for one in sentences if one.test],
        "all": sentences,
    }
    for name in [options.split] if options.split else splits:
        report(name, splits[name], options.misses)


if __name__ == "__main__":
    main()
