#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""flood.py URL SECONDS: hold connections in silence, and open 50 new ones a second."""
import select
import socket
import sys
import time
import urllib.parse

where = urllib.parse.urlsplit(sys.argv[1])
address, end = (where.hostname, where.port), time.monotonic() + float(sys.argv[2])
print("flooding", flush=True)
held = []
while time.monotonic() < end:
    try:
        held.append(socket.create_connection(address, timeout=1))
        held[-1].sendall(b"GET /ota/v1/dev")
    except OSError:
        pass
    held = held[-200:]
    select.select([], [], [], 0.02)
