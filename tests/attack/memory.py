#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""memory.py FLEET-KEY DEVICE-KEY COMMAND...: look into the memory of COMMAND, a push, when it waits for the
new app: the device's key is there once or twice, and nothing of the fleet's; and it would leave no core."""
import base64
import os
import signal
import subprocess
import sys

fleet, device = (base64.b64decode(open(name).read().split()[2]) for name in sys.argv[1:3])
process = subprocess.Popen(sys.argv[3:], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
if not any('"stage":"confirm"' in line for line in process.stdout):
    sys.exit("the push does not come so far")
memory = b""
with open("/proc/%d/mem" % process.pid, "rb", 0) as mem:
    for line in open("/proc/%d/maps" % process.pid):
        start, end = (int(x, 16) for x in line.split()[0].split("-"))
        if line.split()[1].startswith("rw") and end - start < 1 << 28:  # a sanitizer's own are larger
            mem.seek(start)
            memory += mem.read(end - start)
limit = next(line for line in open("/proc/%d/limits" % process.pid) if line.startswith("Max core file size"))
process.send_signal(signal.SIGABRT)
process.wait()


def count(key):
    return memory.count(key[:16]), memory.count(base64.b64encode(key)[:40]), memory.lower().count(key.hex().encode())


bad = [text for text, wrong in {
    "the device's key is not where it is looked for": not count(device)[0],
    "the device's key lies about: %d, %d, %d" % count(device): count(device)[0] > 2 or any(count(device)[1:]),
    "the fleet's key is left: %d, %d, %d" % count(fleet): any(count(fleet)),
    "it may leave a core: " + limit: limit.split()[4] != "1",
    "it left a core": any(name.startswith("core") for name in os.listdir(".")),
}.items() if wrong]
sys.exit("; ".join(bad) or 0)
