"""A client that sends one request again and again from several threads: `hostile.py <port> <threads>`, the request on standard input.

The first line is the request in base64, in which `########` becomes a number of its own each time. When a second line comes it ends and
prints how often it met which status. A process of its own: in the tests' it would take the time of whoever is measured.
"""

from __future__ import annotations

import base64
import itertools
import json
import socket
import sys
import threading
from collections import Counter

MARK = b"########"


def main() -> None:
    """Send until told to end."""
    port, threads = map(int, sys.argv[1:])
    request = base64.b64decode(sys.stdin.readline())
    met: Counter[int] = Counter()
    ended = threading.Event()
    numbers = itertools.count()

    def go_on() -> None:
        while not ended.is_set():
            with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
                connection.sendall(request.replace(MARK, b"%08d" % next(numbers)))
                got = b""
                while data := connection.recv(65536):
                    got += data
            met[int(got.split(maxsplit=2)[1]) if got else 0] += 1

    going = [threading.Thread(target=go_on) for _ in range(threads)]
    for one in going:
        one.start()
    sys.stdin.readline()
    ended.set()
    for one in going:
        one.join()
    sys.stdout.write(json.dumps(met) + "\n")


if __name__ == "__main__":
    main()
