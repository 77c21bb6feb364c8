#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""left_behind.py KEYFILE... at-exit COMMAND...: are these keys in the memory that COMMAND leaves behind?
left_behind.py KEYFILE... at-work COMMAND...: while it waits for the answer of the device at its last argument, PATH?
Prints each that is found, and where."""
import base64
import ctypes
import os
import signal
import socket
import sys

TRACEME, CONT, SETOPTIONS, TRACEEXIT, EXIT_STOP = 0, 7, 0x4200, 0x40, 6
mode = next(at for at, word in enumerate(sys.argv) if word in ("at-exit", "at-work"))
command, secrets = sys.argv[mode + 1:], {}
for name in sys.argv[1:mode]:
    text = open(name).read().split()[2]
    key = base64.b64decode(text)
    secrets.update({name + ", as text": text[:20].encode(), name + ", its end as text": text[-20:].encode(),
                    name + ", in hexadecimal": key[:12].hex().encode(), name: key[:16], name + ", its end": key[16:]})
    secrets.update({"%s, with %#x" % (name, pad): bytes(b ^ pad for b in key[:16]) for pad in (0x36, 0x5C)})
libc = ctypes.CDLL(None)


def ptrace(*words):
    if libc.ptrace(*(ctypes.c_long(word) for word in words)) < 0:
        sys.exit("no ptrace")


def look(pid):
    looked = 0
    with open("/proc/%d/mem" % pid, "rb") as memory:
        for line in open("/proc/%d/maps" % pid):
            span, rights = line.split()[:2]
            begin, end = (int(at, 16) for at in span.split("-"))
            if not rights.startswith("rw"):
                continue
            memory.seek(begin)
            data = memory.read(end - begin)
            looked += len(data)
            for name in (name for name, secret in secrets.items() if secret in data):
                print("%s in %s" % (name, line.split()[-1] if "/" in line or "[" in line else span))
    if looked < 100000:
        sys.exit("there is no memory to look at")


def start():
    pid = os.fork()
    if not pid:
        if sys.argv[mode] == "at-exit":
            ptrace(TRACEME, 0, 0, 0)
        os.dup2(2, 1)
        os.execvp(command[0], command)
    return pid


if sys.argv[mode] == "at-work":
    server = socket.create_server(("127.0.0.1", 0))
    command[-1] = "http://127.0.0.1:%d" % server.getsockname()[1]
    child = start()
    caller = server.accept()[0]
    caller.recv(1)
    look(child)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    sys.exit()
child = start()
os.waitpid(child, 0)
ptrace(SETOPTIONS, child, 0, TRACEEXIT)
number, looked = 0, False
while True:
    ptrace(CONT, child, 0, number)
    _, status = os.waitpid(child, 0)
    if not os.WIFSTOPPED(status):
        break
    number = os.WSTOPSIG(status)
    if status >> 8 == signal.SIGTRAP | EXIT_STOP << 8:
        look(child)
        number, looked = 0, True
sys.exit(os.waitstatus_to_exitcode(status) if looked else "it did not exit")
