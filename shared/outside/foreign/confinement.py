"""The limits under which the process that reads foreign files gives up what it doesn't need, before it reads the first byte.

The kernel enforces them: memory, processor time, files and processes by resource limits, and by a filter of system calls (seccomp) no
network, no other program and no other process. All of it works without privileges. Where the kernel has no such filter (macOS), what
is enforced is told in the answer.
"""

from __future__ import annotations

import platform
import resource
import struct
import sys

MEMORY = 160 * 1024 * 1024  # bytes of address space: two readers, two uploads and the serving process stay within 512 MiB
JUDGING = 12  # seconds of processor time to say what a file is
READING = 8  # further seconds of processor time to read its text
DESCRIPTORS = 32  # the file, its answer, and the modules that Python opens while it imports

_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER, _DEATH_SIGNAL, _DUMPABLE = 38, 22, 2, 1, 4  # of prctl
_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050001  # the last answers "not permitted"
_FOREIGN_NUMBERS = 0x40000000  # the x32 calls of x86-64
_MACHINES = {
    # audit's number of the architecture; socket, connect, bind, execve, execveat, ptrace, fork, vfork, clone, clone3, kill, ...
    "x86_64": (0xC000003E, (41, 42, 49, 53, 56, 57, 58, 59, 62, 101, 200, 234, 272, 308, 310, 311, 321, 322, 425, 434, 435, 438)),
    "aarch64": (0xC00000B7, (97, 117, 129, 130, 131, 198, 199, 200, 203, 220, 221, 268, 270, 271, 280, 281, 425, 434, 435, 438)),
}


def confine() -> tuple[str, ...]:
    """Give up everything but reading the file and answering; return what the kernel enforces from now on."""
    limits = {
        resource.RLIMIT_AS: (MEMORY, MEMORY),
        resource.RLIMIT_CPU: (JUDGING, JUDGING + READING),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_NOFILE: (DESCRIPTORS, DESCRIPTORS),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NPROC: (0, 0),
    }
    for limit, values in limits.items():
        resource.setrlimit(limit, values)
    return ("limits", "calls") if _filter_calls() else ("limits",)


def begin_reading() -> None:
    """Allow READING seconds from now on, whatever judging took."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + 1 + READING
    resource.setrlimit(resource.RLIMIT_CPU, (min(seconds, JUDGING + READING), JUDGING + READING))


def _filter_calls() -> bool:
    """Have the kernel refuse every call for network, programs and processes; False where it can't."""
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        return False
    import ctypes

    architecture, refused = machine
    steps = [
        (_LOAD, 0, 0, 4),  # the architecture
        (_JUMP_IF_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),  # the call's number
        (_JUMP_IF_AT_LEAST, len(refused) + 1, 0, _FOREIGN_NUMBERS),
        *((_JUMP_IF_EQUAL, len(refused) - place, 0, number) for place, number in enumerate(refused)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code)))
    prctl = ctypes.CDLL(None).prctl
    prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    prctl(_DEATH_SIGNAL, 9, 0, 0, 0)  # whoever asked is gone: nobody waits for the answer
    prctl(_DUMPABLE, 0, 0, 0, 0)
    return bool(prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0 and prctl(_SECCOMP, _FILTER, ctypes.addressof(program), 0, 0) == 0)
