"""A notebook of a revision of git, with the files beside it as they were then."""

import os
import posixpath
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fmnist_spec.files import relative
from fmnist_spec.gate.confine.files.repository import GIT, MOST_BYTES, MOST_LISTED
from fmnist_spec.gate.notebook import NotebookError
from fmnist_spec.language import refusal, say

# As git reads it: the first colon outside of braces, as in HEAD^{/fix: this}:07_2.ipynb
REVISION = re.compile(r"((?:[^:{]|\{[^}]*\})+):(.*)", re.DOTALL)
DRIVE = re.compile(r"[A-Za-z]:[\\/]")  # of Windows
HERE = ("./", "../")  # begins a path that counts from the current folder, also for git
SECONDS = 300  # that git may take
ENVIRONMENT = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}


@dataclass(frozen=True)
class Version:
    """One of the two notebooks: how it is called, and the file to run.

    Of a ``revision``, ``root`` is where its files lie, ``here`` in it the current folder, and
    ``owner`` the file of the working tree, which may be gone.
    """

    name: str
    path: Path
    owner: Path
    revision: str = ""
    root: Path | None = None
    here: Path = Path()

    def called(self, file: Path) -> Path:
        """Name a file of the revision as git does; any other stays as it is."""
        if self.root is None or not file.is_relative_to(self.root):
            return file
        return Path(f"{self.revision}:{file.relative_to(self.root).as_posix()}")

    def named(self, text: str) -> str:
        """Name the files of the revision so in a text."""
        if self.root is None:
            return text
        lies = sorted(map(str, (relative(self.root), self.root)), key=len)[::-1]
        pattern = "|".join(re.escape(f"{one}{os.sep}") for one in lies)
        return re.sub(pattern, lambda _: f"{self.revision}:", text)


def version_of(text: str, folder: Path) -> Version:
    """Give the notebook that a text names: a file, or a file of a revision, laid into ``folder``.

    A file that exists wins. Raises NotebookError: there is no such file, or git cannot give it.
    """
    found, path = REVISION.fullmatch(text), Path(text)
    if os.path.isdir(path):  # noqa: PTH112  # Path.is_dir() raises if a name is too long
        raise _no_notebook(text, "folder", "one-notebook")
    if os.path.exists(path):  # noqa: PTH110
        return Version(text, path, path)
    if found is None or DRIVE.match(text):
        raise NotebookError(
            path, say("discovery.path"), say("discovery.absent"), say("diff.revision.give")
        )
    return _Revision(text, *found.groups()).laid(folder)


def _no_notebook(name: str, found: str, remedy: str, **values: object) -> NotebookError:
    """Make an error of the keys of its words, in which these values are filled."""
    words = (say(f"diff.revision.{one}", **values) for one in ("place", found, remedy))
    return NotebookError(Path(name), *words)


@dataclass(frozen=True)
class _Revision:
    name: str
    revision: str
    written: str  # the path

    def laid(self, folder: Path) -> Version:
        """Lay the files of the revision into an empty folder, the notebook's own folder first."""
        if self.revision.startswith("-"):  # which git would take for an option
            raise self._no_revision()
        top, below = self._top()
        tree = self._tree(top)
        files = dict(self._files(top, tree))
        begin = below if self.written.startswith(HERE) else ""
        path = posixpath.normpath(posixpath.join(begin, self.written))
        self._refuse_other(path, files, below)
        place, index = folder.resolve() / "files", folder / "index"
        (place / GIT).mkdir(parents=True)  # by which a notebook finds the top
        self._ask("read-tree", "--no-sparse-checkout", tree, top=top, index=index)
        paths = b"".join(os.fsencode(one) + b"\0" for one in _fitting(files, path))
        asked = ("checkout-index", "-q", "-z", "--stdin", f"--prefix={place}/")
        self._ask(*asked, top=top, index=index, given=paths)
        return Version(self.name, place / path, top / path, self.revision, place, place / below)

    def _no_revision(self) -> NotebookError:
        return _no_notebook(self.name, "no-revision", "name-revision", revision=self.revision)

    def _top(self) -> tuple[Path, str]:
        """Give the top of the repository, and the way from there to the current folder."""
        top, below, *_ = self._ask("rev-parse", "--show-toplevel", "--show-prefix").split("\n")
        return Path(top), below

    def _tree(self, top: Path) -> str:
        asked = f"{self.revision}^{{tree}}"
        try:
            return self._ask("rev-parse", "--verify", "--quiet", asked, top=top).strip()
        except NotebookError:
            raise self._no_revision() from None

    def _files(self, top: Path, tree: str) -> Iterator[tuple[str, int]]:
        """Give the paths of a tree, each with its size; what another repository has is left out."""
        listed = self._ask("ls-tree", "-r", "-l", "-z", "--full-tree", tree, top=top)
        for entry in listed.split("\0")[:-1]:
            about, _, path = entry.partition("\t")
            if (size := about.split()[-1]) != "-":
                yield path, int(size)

    def _refuse_other(self, path: str, files: dict[str, int], below: str) -> None:
        """Refuse a path that is no file of the revision; say which one was probably meant."""
        if path in files:
            return
        if path == "." or any(one.startswith(f"{path}/") for one in files):
            raise _no_notebook(self.name, "folder", "one-notebook")
        name = posixpath.basename(path)
        near = [one for one in files if posixpath.basename(one) == name][:3]
        if posixpath.join(below, path) in near:
            near = [f"./{path}"]
        meant = say("listing.meant", near=" ".join(near)) + " " if near else ""
        raise _no_notebook(self.name, "no-path", "name-path", meant=meant, path=path)

    def _ask(
        self,
        *arguments: str,
        top: Path | None = None,
        index: Path | None = None,
        given: bytes = b"",
    ) -> str:
        """Ask git in the current folder, or in that of the top, and give what it prints."""
        own = {"GIT_INDEX_FILE": str(index)} if index else {}
        try:
            ran = subprocess.run(  # noqa: S603
                ["git", *arguments],  # noqa: S607  # that of the user
                input=given,
                capture_output=True,
                cwd=top,
                env={**os.environ, **ENVIRONMENT, **own},
                timeout=SECONDS,
                check=False,
            )
        except FileNotFoundError:
            raise _no_notebook(self.name, "no-git", "install-git") from None
        except OSError as error:
            told = {"said": refusal(error)}
            raise _no_notebook(self.name, "git-said", "give-file", **told) from None
        except subprocess.TimeoutExpired:
            told = {"said": say("diff.revision.over", seconds=SECONDS)}
            raise _no_notebook(self.name, "git-said", "give-file", **told) from None
        if ran.returncode:
            said = ran.stderr.decode(errors="replace").strip().split("\n")[0]
            raise _no_notebook(self.name, "git-said", "give-file", said=said)
        return os.fsdecode(ran.stdout)


def _fitting(files: dict[str, int], path: str) -> Iterator[str]:
    """Give the notebook and as many of the other files as a mirror may hold, near ones first."""
    own, room = posixpath.dirname(path), MOST_BYTES

    def far(one: str) -> tuple[bool, bool, int]:
        return one != path, bool(own) and not one.startswith(f"{own}/"), one.count("/")

    for one in sorted(files, key=far)[:MOST_LISTED]:
        if one == path or files[one] <= room:
            room -= files[one]
            yield one
