#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mutes.py URL CERTIFICATE: stay connected to a device that speaks TLS, in every way that keeps it waiting."""
import os
import select
import socket
import ssl
import sys
import time
import urllib.parse

where = urllib.parse.urlsplit(sys.argv[1])
trust = ssl.create_default_context(cafile=sys.argv[2])
hello = ssl.MemoryBIO()
try:
    trust.wrap_bio(ssl.MemoryBIO(), hello, server_hostname="localhost").do_handshake()
except ssl.SSLWantReadError:
    pass
hello = hello.read()


def connect():
    return socket.create_connection((where.hostname, where.port), timeout=5)


def send(data):
    held = connect()
    held.sendall(data)
    return held


def shaken(data):
    held = trust.wrap_socket(connect(), server_hostname="localhost")
    held.sendall(data)
    return held


def part_of_a_record():
    inside, out = ssl.MemoryBIO(), ssl.MemoryBIO()
    held, session = connect(), trust.wrap_bio(inside, out, server_hostname="localhost")
    while True:
        try:
            session.do_handshake()
            break
        except ssl.SSLWantReadError:
            held.sendall(out.read())
            inside.write(held.recv(65536))
    session.write(b"GET /ota/v1/device HTTP/1.1\r\n")
    held.sendall(out.read()[:-1])
    return held


ways = [connect, lambda: send(hello[:3]), lambda: send(hello[:-1]), lambda: send(hello), lambda: shaken(b""),
        lambda: shaken(b"GET /ota"), lambda: send(b"\x16\x03\x01\xff\xff"), lambda: send(b"\x80\x2e\x01\x03"),
        lambda: send(os.urandom(300)), lambda: send(b"GET / HTTP/1.1\r\n"), part_of_a_record]
held = []
for way in ways * 3:
    held.append(way())
print("waiting", flush=True)
while True:  # and ever new ones, whom the device gives the places of the old
    select.select([], [], [], 0.05)
    held = held[-40:]
    try:
        held.append(ways[int(time.monotonic() * 20) % len(ways)]())
    except OSError:
        pass
