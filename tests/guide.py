#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run the commands that a page shows, in an empty directory, and compare what they print.

usage: tests/guide.py PAGE		(UPDATE=1 writes what they printed into the page)

Blocks behind a line `.\\" run` are run, line by line, in one shell; "$ " begins a command. What its
build would have left is made beforehand: otatool_factory.bin, lamp-1.0.bin ..., bootloader.bin.
Devices in the background (`&`) listen on a loopback address of this run's own, which reads as 127.0.0.1
in the page. Ids of keys and images and times differ from run to run and are not compared.
"""
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

HOME = "/home/you"
MARKER = bytes([0xC5]) + b"ota" + bytes([0x1F]) + b"rx" + bytes([1, 0x9D, 0x62, 0xB8, 0x3E, 0x74, 0xA1, 0x0B, 0xE6])
IMAGES = [("otatool_factory", "0.1.0", 704), ("lamp", "1.0", 896), ("lamp", "1.1", 896), ("lamp", "1.2", 896)]
VARIES = [
    (r"\b[0-9a-f]{16}\b", "HEX"),
    (r"\([0-9.]+ (bytes|KiB|MiB) sent, [^)]*\)", "(SENT)"),
    (r" +$", ""),
]


def make_image(where, name, version, kib):
    code = f"{name} {version}".encode().ljust(64) + bytes(i * i % 251 for i in range(1024)) * kib
    (where / "code").write_bytes(code[: kib * 1024])
    (where / "ram").write_bytes(MARKER + bytes(2048))
    out = "otatool_factory.bin" if name == "otatool_factory" else f"{name}-{version}.bin"
    subprocess.run(
        ["otatool", "image", "build", "-q", "--chip", "esp32c3", "--flash-size", "4MB", "--project", name]
        + ["--app-version", version, "--segment", "0x42010020=code", "--segment", "0x3fc80000=ram", "-o", out],
        cwd=where,
        check=True,
    )


def make_build(where):
    for image in IMAGES:
        make_image(where, *image)
    build = ["otatool", "image", "build", "-q", "--chip", "esp32c3", "--flash-size", "4MB"]
    subprocess.run(build + ["--segment", "0x3fcd0000=ram", "-o", "bootloader.bin"], cwd=where, check=True)
    for name in ("code", "ram"):
        (where / name).unlink()


class Shell:
    """Where the commands run; it keeps its directory, and the devices in the background."""

    def __init__(self, where):
        self.where, self.devices = where, []
        self.address = "127." + ".".join(str(random.randrange(1, 255)) for _ in range(3))
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "OTATOOL_"))}
        self.env.update(HOME=str(where / "home"), NO_COLOR="1", LC_ALL="C.UTF-8")

    def run(self, command):
        if command.endswith("&"):
            return self.begin(command.rstrip("& "))
        if command.startswith("kill "):
            self.end()
            return ""
        command = command.replace("127.0.0.1", self.address)
        done = subprocess.run(
            ["sh", "-c", command], cwd=self.where, env=self.env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        return done.stdout.replace(str(self.where / "home"), HOME).replace(self.address, "127.0.0.1")

    def begin(self, command):
        listen = "" if "--listen" in command else " --listen=127.0.0.1:8032"
        command = command.replace("otatool emulate", "exec otatool emulate" + listen, 1)
        command = command.replace("127.0.0.1", self.address)
        device = subprocess.Popen(["sh", "-c", command], cwd=self.where, env=self.env, text=True, stdout=subprocess.PIPE)
        self.devices.append(device)
        return device.stdout.readline().replace(self.address, "127.0.0.1")

    def end(self):
        for device in self.devices:
            device.terminate()
            device.communicate()
        self.devices.clear()


def blocks(lines):
    """(first, behind the last) of the lines of each block that is run."""
    for i, line in enumerate(lines):
        if line == '.\\" run':
            yield i + 2, next(j for j in range(i, len(lines)) if lines[j] == ".Ed")


def play(shell, lines):
    out, i = [], 0
    while i < len(lines):
        command = ""
        if lines[i].startswith("$ "):
            first = i
            while lines[i].endswith("\\e"):
                i += 1
            shown = lines[first : i + 1]
            command = "".join(re.sub(r"\\e$", "", s).strip() + " " for s in shown)[2:].strip()
            out += shown + shell.run(command.replace("\\e", "\\")).splitlines()
        i += 1
    return out


def mask(lines):
    text = "\n".join(lines)
    for pattern, to in VARIES:
        text = re.sub(pattern, to, text, flags=re.M)
    return text.splitlines()


def main():
    page = pathlib.Path(sys.argv[1]).resolve()
    lines, count, bad = page.read_text().splitlines(), 0, 0
    with tempfile.TemporaryDirectory() as name:
        where = pathlib.Path(name)
        (where / "home").mkdir()
        make_build(where)
        shell = Shell(where)
        made, kept = [], 0
        try:
            for first, last in blocks(lines):
                actual = play(shell, lines[first:last])
                made += lines[kept:first] + actual
                kept, count = last, count + sum(s.startswith("$ ") for s in actual)
                if mask(actual) != mask(lines[first:last]):
                    bad += 1
                    if "UPDATE" not in os.environ:
                        print(f"{page}:{first + 1}: the page says, and it is")
                        print("\n".join(mask(lines[first:last])), "\n----\n", "\n".join(mask(actual)), sep="")
        finally:
            shell.end()
    if "UPDATE" in os.environ:
        page.write_text("\n".join(made + lines[kept:]) + "\n")
        return
    print(f"guide: {count} commands run")
    sys.exit(1 if bad or not count else 0)


main()
