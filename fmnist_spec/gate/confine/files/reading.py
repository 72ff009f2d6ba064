"""What the process of a notebook may read beside its folder and its repository.

That is Python with its packages, what the system has for programs, and what the kernel tells of
this process and the machine. Nothing of the user's own.
"""

import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from os.path import realpath
from pathlib import Path
from typing import NamedTuple

from fmnist_spec.gate.confine.files.tree import is_below, readable, walk

SYSTEM = (
    *("/usr", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store"),
    *("/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/localtime", "/etc/timezone"),
    *("/etc/mime.types", "/etc/fonts", "/etc/os-release", "/var/cache/fontconfig"),
    *("/etc/ssl/openssl.cnf", "/etc/ssl/certs", "/etc/pki/tls/openssl.cnf", "/etc/pki/tls/certs"),
    *("/etc/pki/ca-trust/extracted", "/etc/crypto-policies"),
    *("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"),
    *("/sys/devices/system", "/sys/fs/cgroup", "/sys/kernel/mm"),
)
# Of /proc: who may read all of it sees the command lines of others.
OF_PROC = (
    *("self", "meminfo", "cpuinfo", "stat", "loadavg", "uptime", "version", "filesystems"),
    *("vmstat", "sys/kernel", "sys/vm"),
)
# Of the folder of a Python or an environment, which may be the top of a repository, too.
OF_PREFIX = (
    *("bin", "include", "lib", "lib32", "lib64", "libexec", "local", "plugins", "share"),
    *("Lib", "etc/fonts", "ssl/cacert.pem", "ssl/cert.pem", "ssl/openssl.cnf", "pyvenv.cfg"),
)
OF_PACKAGES = ("site-packages", "dist-packages")
PACKAGE = Path(__file__).parents[3]  # this one
LIBRARIES = "LD_LIBRARY_PATH"
NOTEBOOK = "notebook-"  # how the names of the folders of notebooks begin


class Paths(NamedTuple):
    """Folders and files that may be read, and folders whose names alone may be listed."""

    read: tuple[str, ...]
    listed: tuple[str, ...]


def of_kernel() -> list[str]:
    """Give what may be read in /proc: of this very process."""
    return [f"/proc/{name}" for name in OF_PROC]


@lru_cache(maxsize=1)
def of_python(scratch: str) -> Paths:
    """Give what any notebook may read; ``scratch`` holds the folders of all that run.

    Where a program has packages in a folder that is not for packages alone, names that begin with
    a dot are not read there; and nothing where this is the user's home or above it.
    """
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    read = [*SYSTEM, *(f"{prefix}/{part}" for prefix in prefixes for part in OF_PREFIX)]
    read = [one for one in map(realpath, [*read, str(PACKAGE), *_mapped()]) if os.path.exists(one)]
    listed = []
    for path in map(realpath, _searched()):
        if any(is_below(path, one) for one in read) or not os.path.exists(path):
            continue
        if os.path.basename(path) in OF_PACKAGES or os.path.isfile(path):
            read.append(path)
        elif not any(is_below(own, path) for own in (realpath(scratch), *_home())):
            read += readable(walk([path], lambda one: one == str(PACKAGE)))
            listed.append(path)  # Python looks there for the names of modules
    return Paths(tuple(read), tuple(listed))


def of_server(folder: Path) -> list[str]:
    """Give what is to be read in the folder of the process that a notebook's is forked from.

    That are the data, and what libraries keep in their home; not the folders of other notebooks.
    """
    return [str(one) for one in folder.iterdir() if not one.name.startswith(NOTEBOOK)]


def _searched() -> Iterator[str]:
    """Give the folders in which Python and the system look for modules and libraries."""
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    for one in filter(None, sys.path):
        # Of a folder that is there for this package alone, no more is read.
        if one != str(PACKAGE.parent) or one in named or _has_packages(one):
            yield one
    yield from filter(None, os.environ.get(LIBRARIES, "").split(os.pathsep))


def _has_packages(folder: str) -> bool:
    """Whether packages are installed there, by whatever path Python looks for them."""
    return os.path.basename(folder) in OF_PACKAGES or any(Path(folder).glob("*.dist-info"))


def _mapped() -> Iterator[str]:
    """Give the folders of packages that are installed to be edited where they stand."""
    for name, module in list(sys.modules.items()):
        if name.startswith("__editable__"):
            yield from map(str, getattr(module, "MAPPING", {}).values())


def _home() -> list[str]:
    """Give the home of this user, whatever HOME says."""
    try:
        import pwd

        return [realpath(pwd.getpwuid(os.getuid()).pw_dir)]
    except (ImportError, KeyError):
        return []
