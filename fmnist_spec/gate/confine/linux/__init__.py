"""The kernel's measures against a process that may do harm: Linux's, through ctypes.

Numbers and structures are from the kernel's headers. Each measure raises OSError or KeyError where
this machine does not have it. What it forbids, it forbids for good. No package of PyPI does this
everywhere: those for seccomp need the system's libseccomp, those for Landlock are not kept.
"""
