"""Starts one program so that it can't outlive the stack: `child.py <parent's pid> <user or -> <signal> <program> <arguments...>`.

On Linux the kernel sends it `signal` the moment its parent dies, however that happens (prctl(2), PR_SET_PDEATHSIG). As root it
first becomes `user`: PostgreSQL refuses to run as root. Standard library only, and started with `-I -S`, so it costs milliseconds.
"""

import os
import pwd
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Become the program."""
    parent, user, signal, *command = sys.argv[1:]
    if sys.platform == "linux":
        import ctypes  # while Python's own files can still be read

        library = ctypes.CDLL(None)
    if user != "-" and os.geteuid() == 0:
        account = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
    if sys.platform == "linux":
        # After setuid, which clears it; it survives exec.
        library.prctl(PR_SET_PDEATHSIG, int(signal), 0, 0, 0)
    if os.getppid() != int(parent):
        sys.exit("The stack has ended already.")
    os.execv(command[0], command)  # noqa: S606 - there is no shell to want


if __name__ == "__main__":
    main()
