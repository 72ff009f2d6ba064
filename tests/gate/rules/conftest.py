"""What the rules say in each test of this folder stands in said.txt, word for word."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from told import in_lines

from fmnist_spec import language
from fmnist_spec.gate import verdict
from fmnist_spec.gate.finding import Finding

SAID = Path(__file__).with_name("said.txt")
Said = dict[str, list[str]]  # by test


@pytest.fixture(scope="session")
def known(request: pytest.FixtureRequest) -> Iterator[Said]:
    """What is known to be said; --regenerate-golden writes it for whole files: read the change."""
    known, name = Said(), ""
    for line in SAID.read_text("utf-8").splitlines():
        if line.startswith("  "):
            known[name].append(line)
        else:
            known[name := line] = []
    if not request.config.getoption("--regenerate-golden"):
        yield known
        return
    files = {item.path.name for item in request.session.items}
    known = {name: said for name, said in known.items() if name.partition("::")[0] not in files}
    yield known
    lines = [line for name in sorted(known) for line in (name, *known[name]) if known[name]]
    SAID.write_text("\n".join([*lines, ""]), encoding="utf-8")


@pytest.fixture(autouse=True)
def said(
    known: Said, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Hold all that is said in a test against what is known of it."""
    name, said = f"{request.node.path.name}::{request.node.name}", list[str]()
    in_order = verdict.in_order

    def heard(found: Iterable[Finding]) -> tuple[Finding, ...]:
        findings = in_order(found)
        if os.environ[language.ASKED] == "en":  # the tests of other languages have their words
            said.extend(f"  {line}" for line in in_lines("says", findings))
        return findings

    monkeypatch.setattr(verdict, "in_order", heard)
    yield
    if request.config.getoption("--regenerate-golden"):
        known[name] = said
    assert said == known.get(name, []), "said.txt has other words for this test"
