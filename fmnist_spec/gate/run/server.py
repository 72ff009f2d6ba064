"""The server: a process with TensorFlow and the data loaded, which forks a child for each notebook.

TensorFlow must be imported but not used before a fork.
"""

import contextlib
import gc
import os
import select
import signal
import socket
import sys
import threading
import traceback
from functools import partial
from pathlib import Path

from fmnist_spec._compat import import_keras
from fmnist_spec.gate.compare.contents import Reference, mapped
from fmnist_spec.gate.confine.files.reading import of_python
from fmnist_spec.gate.confine.linux.process import die_with_parent
from fmnist_spec.gate.observe.images import Recogniser
from fmnist_spec.gate.observe.observer import Observer
from fmnist_spec.gate.run.child import Channel, run
from fmnist_spec.gate.run.protocol import BROKEN, FILES, FULL, REQUEST, write_message
from fmnist_spec.language import form
from fmnist_spec.removal import remove_folder


def _import_libraries() -> None:
    gc.disable()  # with so much to import it takes a fifth of the time, and finds nothing
    import sklearn.model_selection  # noqa: F401

    import_keras()
    # Keras 3 keeps this home. Where its folders are, a download is refused as what it is.
    for name in ("datasets", "models"):
        (Path.home() / ".keras" / name).mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(ImportError):
        import matplotlib.pyplot  # noqa: F401
    from fmnist_spec.gate.kernel import shell  # noqa: F401

    of_python(str(Path.home()))  # which may walk through folders
    form("run.forged")  # the words are read here: a notebook may change what reads them
    gc.enable()
    gc.freeze()  # so that children do not write to what they share


class Server:
    """Forks a child when asked, ends it when told to, and says how it ended."""

    def __init__(self, observer: Observer, control: socket.socket) -> None:
        self._observer, self._control = observer, control
        self._children: dict[int, tuple[int, int]] = {}  # process: number, and its lines
        self._wake, self._waker = os.pipe()
        os.set_blocking(self._waker, False)

    def serve(self) -> None:
        """Work until the runner closes its end of the control socket, or dies."""
        signal.set_wakeup_fd(self._waker)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        control = self._control.fileno()
        while True:
            ready, *_ = select.select([control, self._wake], [], [])
            if self._wake in ready:
                os.read(self._wake, 4096)
                self._reap()
            if control in ready and not self._obey():
                return

    def _obey(self) -> bool:
        message, files, *_ = socket.recv_fds(self._control, REQUEST.size, FILES)
        if files:
            self._fork(REQUEST.unpack(message)[0], files)
            return True
        for process, (number, _) in self._children.items():
            if message in (b"", REQUEST.pack(number)):
                for kill in (os.killpg, os.kill):  # a child that has just begun has no group yet
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        kill(process, signal.SIGKILL)
        return bool(message)

    def _fork(self, child: int, files: list[int]) -> None:
        process = os.fork()
        if process == 0:
            code = BROKEN
            try:
                self._be_child(files)
                code = 0
            except BaseException:
                Channel(files[1]).say("fault", traceback.format_exc())
            finally:
                os._exit(code)  # past what the server would do at its end
        self._children[process] = (child, files[1])
        os.close(files[0])
        os.close(files[2])

    def _be_child(self, files: list[int]) -> None:
        die_with_parent()
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        others = [file for _, file in self._children.values()]
        for file in (self._control.fileno(), self._wake, self._waker, *others):
            os.close(file)
        os.dup2(files[2], 1)
        os.dup2(files[2], 2)
        with os.fdopen(files[0], "rb") as job:
            run(self._observer, job.read(), files[1])

    def _reap(self) -> None:
        for process in list(self._children):
            ended, status = os.waitpid(process, os.WNOHANG)
            if ended:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process, signal.SIGKILL)  # what it left, where it could start any
                _, file = self._children.pop(process)
                line = write_message("exit", os.waitstatus_to_exitcode(status))
                with contextlib.suppress(OSError):  # the runner no longer listens
                    os.write(file, b"\n" + line)
                os.close(file)


def _observer(dataset: str, folder: Path, full: bool) -> Observer:
    serve = partial(mapped, folder)
    return Observer(Recogniser(dataset, Reference(*serve())), serve, full)


def _await(asked: socket.socket, folder: Path) -> None:
    """Wait until the runner asks, once the data is there; if it ends before that, end, too."""
    if not asked.recv(1, socket.MSG_PEEK):
        remove_folder(folder)
        os._exit(0)


def main() -> None:
    """Be the server; or, where there is no fork, run the one job on standard input."""
    folder, control, dataset, training = Path(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:]
    observer = partial(_observer, dataset, folder, training == FULL)
    if control < 0:
        job, file = sys.stdin.buffer.read(), os.dup(1)
        os.dup2(2, 1)
        _import_libraries()
        run(observer(), job, file)
        os._exit(0)
    asked = socket.socket(fileno=control)
    waiting = threading.Thread(target=_await, args=[asked, folder])
    waiting.start()
    _import_libraries()
    waiting.join()
    Server(observer(), asked).serve()
    remove_folder(folder)  # the runner may have been killed
    os._exit(0)  # at once: nothing that is loaded needs an end of its own
