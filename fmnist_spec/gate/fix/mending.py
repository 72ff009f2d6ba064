"""What a run with --fix or --diff does with each notebook, and what it says of all."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fmnist_spec.files import relative, rewritable
from fmnist_spec.gate.check import Checker
from fmnist_spec.gate.finding import Result, exit_code
from fmnist_spec.gate.fix.fixing import Mended, fix
from fmnist_spec.harmless import harmless
from fmnist_spec.language import refusal, say


@dataclass
class Mender:
    """Corrects notebooks as they are checked, or keeps what it would change to show it."""

    checker: Checker
    is_asked: bool
    writes: bool
    kept: list[Mended] = field(default_factory=list)

    def mended(self, result: Result) -> Result:
        """Correct a notebook, and give what is then found; else what was found."""
        if not self.is_asked or not any(one.edits for one in result.findings):
            return result
        try:
            mended = fix(self.checker, result)
            if self.writes:
                mended.write()
            elif mended.is_changed:
                rewritable(result.path)  # else --diff would show what --fix cannot do
        except OSError as error:
            return _unwritten(result, refusal(error))
        except (ValueError, RuntimeError) as error:  # it is another file, or none, meanwhile
            return _unwritten(result, str(error))
        if self.writes:
            return mended.result
        self.kept.append(mended)
        return result

    def told(self, results: Sequence[Result]) -> int:
        """Print what would change, and say how much; give the exit code: 1 if something would."""
        from fmnist_spec.gate.fix import diffs  # with its library

        changed = [one for one in self.kept if one.is_changed]
        for line in (line for one in changed for line in diffs.lines(one)):
            print(line)
        number = sum(not one.refused for mended in changed for one in mended.result.fixes)
        files = say("report.notebooks", number=len(changed))
        told = say("fix.would", number=number, files=files) if changed else say("fix.nothing")
        reasons = [harmless(one.reason) for one in results if one.verdict == "error"]
        print(*reasons, told, sep="\n", file=sys.stderr)
        return max(exit_code(results) == 2 and 2, int(bool(changed)))


def _unwritten(result: Result, why: str) -> Result:
    reason = say("fix.unwritten", path=relative(result.path), why=why)
    return replace(result, verdict="error", reason=reason)
