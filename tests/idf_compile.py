#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Configure the factory app as `idf.py build` would, and compile the app and the component.

usage: tests/idf_compile.py IDF_DIR TARGET [CONFIGURATION...]

IDF_DIR is a tree of ESP-IDF (v5.5 or later) with its submodules, TARGET a chip: esp32, esp32c3.
ESP-IDF's own CMake files choose sources, include paths, definitions, flags and sdkconfig.h, so that
a requirement left out, an unknown name in sdkconfig.defaults or a moved header fails here. Then each
file of ours is compiled with these flags, with more warnings than ESP-IDF asks for and none allowed.
Nothing is linked.

Where Espressif's compiler is not in PATH, Debian's stand in: riscv64-unknown-elf-gcc with picolibc's
headers for RISC-V, xtensa-lx106-elf-gcc for Xtensa (another core's code, the chip's headers), and the
headers of libnewlib-dev up to ESP-IDF v5. ESP-IDF's Python package kconfgen has to be importable.
"""
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
PORT = TOP / "firmware/port/esp-idf"
WARNINGS = ["-Wall", "-Wextra", "-Werror"] + [
    "-Werror=" + w for w in ("implicit-function-declaration", "int-conversion", "incompatible-pointer-types", "return-type")
]

# What is configured: files of the app behind sdkconfig.defaults, and further lines. NEEDS is what the
# chip has to have, as ESP-IDF names it.
CONFIGURATIONS = {
    "4MB": ([], ""),
    "2MB": (["sdkconfig.2mb"], ""),
    "8MB": (["sdkconfig.8mb"], ""),
    "16MB": (["sdkconfig.16mb"], ""),
    "openeth": (["sdkconfig.openeth"], ""),
    "ethernet": ([], "CONFIG_FACTORY_ETHERNET=y\n"),
    "claim": ([], "CONFIG_FACTORY_CLAIM=y\nCONFIG_ESP_WIFI_SOFTAP_SUPPORT=y\n"),
    "everything": (
        [],
        "CONFIG_OTATOOL_TLS=y\nCONFIG_OTATOOL_INSECURE=y\nCONFIG_OTATOOL_OPEN_READS=y\n"
        "CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK=y\n",
    ),
    "example": (None, ""),  # another app
    "least": ([], "CONFIG_OTATOOL_INFLATE=n\nCONFIG_LWIP_IPV6=n\n"),
}

NEEDS = {"ethernet": "CONFIG_SOC_EMAC_SUPPORTED=y", "claim": "CONFIG_SOC_WIFI_SUPPORTED=y"}

STAND_INS = {"riscv32-esp-elf-": "riscv64-unknown-elf-", "xtensa-": "xtensa-lx106-elf-"}
SIZE = "_FLASHSIZE_"

LIBC = {
    True: ("/usr/lib/picolibc/riscv64-unknown-elf/include", "#include <sys/types.h>\n"),
    False: (
        "/usr/include/newlib",
        "#define _global_impure_ptr ota_newlib_impure_ptr\n"
        "#include </usr/include/newlib/sys/reent.h>\n"
        "#undef _global_impure_ptr\n"
        "#define __fds_bits fds_bits\n",
    ),
}


def fail(text):
    sys.exit(f"{sys.argv[0]}: {text}")


def prefix_of(idf, target):
    text = (idf / f"tools/cmake/toolchain-{target}.cmake").read_text()
    return re.search(r"set\(_CMAKE_TOOLCHAIN_PREFIX (\S+)\)", text).group(1)


class Compiler:
    """Espressif's compiler, or one that reads the same C."""

    def __init__(self, idf, prefix, work):
        self.own = shutil.which(prefix + "gcc") is not None
        self.prefix, self.work, self.path = prefix, work, os.environ["PATH"]
        self.picolibc = (idf / "components/esp_libc").is_dir()
        if not self.own:
            self.stand_in(next(to for start, to in STAND_INS.items() if prefix.startswith(start)))

    def stand_in(self, to):
        """CMake looks for the tools by name and compiles an empty file or two with them."""
        where = self.work / "bin"
        where.mkdir(parents=True, exist_ok=True)
        for tool in "gcc g++ ar ranlib objcopy objdump nm ld strip size readelf as".split():
            real = shutil.which(to + ("gcc" if tool == "g++" else tool))
            if not real:
                fail(f"neither {self.prefix}{tool} nor {to}{tool} is installed")
            script = where / (self.prefix + tool)
            keep = 'for w; do case $w in @*|-specs=*|-mtune=*|-march=*) ;; *) set -- "$@" "$w" ;; esac; shift; done\n'
            script.write_text(f'#!/bin/sh\n{keep if tool in ("gcc", "g++") else ""}exec {real} "$@"\n')
            script.chmod(0o755)
        self.path = f"{where}:{self.path}"
        self.real = shutil.which(to + "gcc")
        self.riscv = to.startswith("riscv")

    def command(self, words):
        """The same command line for the compiler that is there."""
        if self.own:
            return words
        out = [self.real]
        for word in words[1:]:
            if word.startswith("@"):
                out += self.command([""] + shlex.split(pathlib.Path(word[1:]).read_text()))[1:]
            elif word == "-std=gnu23":
                out.append("-std=gnu2x")
            elif not re.match(r"-m|-specs|-fstrict-volatile|-fno-shrink|-Wno-error|-fdiag", word):
                out.append(word)
        if self.riscv:
            out += ["-march=rv32imc", "-mabi=ilp32"]
        else:
            out += ["-mlongcalls"]
        return out

    def headers(self):
        """The C library's headers, last, and what Espressif's edition of it declares otherwise."""
        if self.own:
            return []
        where, prelude = LIBC[self.picolibc]
        if not pathlib.Path(where).is_dir():
            fail(f"{where} is missing: the headers of a C library")
        file = self.work / "prelude.h"
        file.write_text(prelude)
        return ["-idirafter", where, "-include", str(file)]


def copy_example(build):
    """The example as its user has it: anywhere, with a table."""
    app = build / "example"
    shutil.copytree(PORT / "example", app)
    shutil.copy(TOP / "csv/two_slots.csv", app / "partitions.csv")
    return app


def configure(idf, target, compiler, build, files, lines):
    build.mkdir(parents=True)
    app = PORT / "app" if files is not None else copy_example(build)
    extra = build / "sdkconfig.extra"
    extra.write_text(lines)
    defaults = [app / "sdkconfig.defaults", *(app / f for f in files or ()), extra]
    env = dict(
        os.environ, PATH=compiler.path, IDF_PATH=str(idf), IDF_COMPONENT_MANAGER="0", IDF_SKIP_CHECK_SUBMODULES="1",
        OTATOOL=str(TOP),
    )
    command = ["cmake", "-G", "Ninja", "-S", app, "-B", build, "-DPYTHON_DEPS_CHECKED=1", "-DESP_PLATFORM=1"]
    command += [f"-DPYTHON={sys.executable}", f"-DIDF_TARGET={target}", f"-DSDKCONFIG={build}/sdkconfig"]
    command += ["-DSDKCONFIG_DEFAULTS=" + ";".join(map(str, defaults)), "-DCMAKE_EXPORT_COMPILE_COMMANDS=1"]
    command += [] if compiler.own else ["-DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY"]
    done = subprocess.run(command, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    (build / "configure.log").write_text(done.stdout)
    if done.returncode:
        fail(f"ESP-IDF does not configure the app:\n{done.stdout[-3000:]}")
    return defaults


def lost_lines(build, defaults):
    """Lines of the app's files that ESP-IDF did not take: unknown there, or overruled."""
    wanted, got = {}, {}
    for file in defaults:
        for name, value in re.findall(r"^(CONFIG_\w+)=(.*)$", file.read_text(), re.M):
            for other in [w for w in wanted if SIZE in w and SIZE in name]:
                del wanted[other]  # of several sizes the last is meant
            wanted[name] = value
    text = (build / "sdkconfig").read_text()
    got.update(re.findall(r"^(CONFIG_\w+)=(.*)$", text, re.M))
    got.update((name, "n") for name in re.findall(r"^# (CONFIG_\w+) is not set$", text, re.M))
    return [f"{name}={value}, got {got.get(name)}" for name, value in wanted.items() if got.get(name) != value]


def compile_ours(compiler, build):
    bad, count = [], 0
    for entry in json.loads((build / "compile_commands.json").read_text()):
        file = pathlib.Path(entry["file"]).resolve()
        if TOP not in file.parents or build in file.parents and build / "example" not in file.parents:
            continue
        words = compiler.command(shlex.split(entry["command"]))
        words = words[: words.index("-o")] + WARNINGS + compiler.headers() + ["-S", "-o", "/dev/null", str(file)]
        done = subprocess.run(words, cwd=entry["directory"], text=True, capture_output=True)
        count += 1
        if done.returncode or done.stderr:
            bad.append(f"{file.relative_to(TOP)}:\n{done.stderr}")
    return count, bad


def check(idf, target, compiler, name):
    files, lines = CONFIGURATIONS[name]
    build = compiler.work / name
    shutil.rmtree(build, ignore_errors=True)
    defaults = configure(idf, target, compiler, build, files, lines)
    if NEEDS.get(name, "") not in (build / "sdkconfig").read_text():
        print(f"{idf.name} {target} {name}: not on this chip")
        return True
    lost = lost_lines(build, defaults)
    count, bad = compile_ours(compiler, build)
    print(f"{idf.name} {target} {name}: {count} files, {len(bad)} with warnings, {len(lost)} settings not taken")
    for text in lost + bad:
        print(text)
    return count > 0 and not lost and not bad


def main():
    if len(sys.argv) < 3 or not set(sys.argv[3:]) <= set(CONFIGURATIONS):
        sys.exit(__doc__ + "\nCONFIGURATION: " + ", ".join(CONFIGURATIONS))
    idf, target = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]
    work = TOP / "build/idf" / f"{idf.name}-{target}"
    compiler = Compiler(idf, prefix_of(idf, target), work)
    names = sys.argv[3:] or CONFIGURATIONS
    sys.exit(0 if all([check(idf, target, compiler, name) for name in names]) else 1)


main()
