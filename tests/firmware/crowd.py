#!/usr/bin/env python3
"""crowd.py PORT COUNT: hold COUNT connections whose request never ends, until killed.

Prints "all are here" when the device has seen them: it answers a whole request behind them."""
import socket
import sys
import time

port, count = int(sys.argv[1]), int(sys.argv[2])
held = []
for _ in range(count):
    held.append(socket.create_connection(("127.0.0.1", port)))
    held[-1].sendall(b"GET /ota/v1/device HTTP/1.1\r\n")
with socket.create_connection(("127.0.0.1", port)) as asker:
    asker.sendall(b"GET /ota/v1/device HTTP/1.0\r\nHost: localhost\r\n\r\n")
    if asker.recv(1):
        print("all are here", flush=True)
while True:
    time.sleep(60)
