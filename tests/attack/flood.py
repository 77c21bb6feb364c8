#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""flood.py URL SECONDS: four silent strangers hold as many connections as there are, and come back when
they are thrown out; 50 new connections a second beside them. Prints how many there were."""
import select
import socket
import sys
import time
import urllib.parse

where = urllib.parse.urlsplit(sys.argv[1])
address, start = (where.hostname, where.port), time.monotonic()
end = start + float(sys.argv[2])
ways = [b"", b"GET /ota/v1/dev", b"PUT /ota/v1/image HTTP/1.1\r\nHost: ", b"POST "]  # of the strangers
print("flooding", flush=True)
held, strangers, count = [], [], 0


def connect(data):
    global count
    try:
        held = socket.create_connection(address, timeout=1)
        held.sendall(data)
        count += 1
        return [held]
    except OSError:
        return []


while time.monotonic() < end:
    gone, _, _ = select.select(strangers, [], [], 0)
    strangers = [s for s in strangers if s not in gone]
    for way in ways[: 64 - len(strangers)]:
        strangers += connect(way)
    while count < 50 * (time.monotonic() - start):
        held += connect(b"GET /ota/v1/dev")
    held = held[-200:]
    select.select([], [], [], 0.02)
print(count, flush=True)
