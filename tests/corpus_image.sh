#!/bin/sh
# corpus_image.sh DIR: fields and verdicts of real images against esptool v5.3.1's (images/ORACLE.json),
# signatures against espsecure's (secure/VERIFY_MATRIX.tsv, DIGESTS.tsv). Prints the counts, and each
# difference; exit 1 if there is one.
set -u
dir=${1:?usage: corpus_image.sh DIR}
exec python3 - "$dir" <<'PYTHON'
import json, os, re, subprocess, sys

root = sys.argv[1]
good = {}
bad = 0


def tool(*words):
    p = subprocess.run(["otatool", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return p.returncode, p.stdout.decode("utf-8", "replace"), p.stderr.decode("utf-8", "replace")


def same(what, expected, got):
    global bad
    if expected == got:
        good[what.split(":")[0]] = good.get(what.split(":")[0], 0) + 1
    else:
        bad += 1
        print(f"  {what}: expected {expected!r}, got {got!r}")


def chip_name(text):
    return text.lower().replace("-", "")


def text_of(value):
    return value if value is not None else ""


def compare_fields(name, oracle, ours):
    def field(what, expected, got):
        same(f"fields: {name}: {what}", expected, got)

    header = ours["header"]
    field("chip", chip_name(oracle["chip"]), ours["chip"])
    field("entry", int(oracle["entry"], 0), header["entry"])
    field("mode", oracle["flash_mode_byte"], header["spi_mode"])
    field("flash byte", int(oracle["flash_size_freq_byte"], 0), header["flash_byte"])
    for key in ("flash_mode", "flash_size", "flash_freq"):
        if oracle[key] is not None:
            field(key, oracle[key].lower(), (header[key] or "").lower()) if header[key] else \
                field(key, True, "0x" in oracle[key] or "unknown" in oracle[key].lower())
    if ours["layout"] == "esp32":
        field("min revision", oracle["min_rev_full"], header["min_revision"])
        field("max revision", oracle["max_rev_full"], header["max_revision"])
        field("legacy revision", oracle["min_rev_legacy"], header["min_revision_legacy"])
        field("wp pin", int(oracle["wp_pin"], 0), header["wp_pin"])
        for pin, value in oracle["drv"].items():
            field(pin, value, header[pin])
        field("hash flag", oracle["append_digest"], header["hash_appended"])
    field("checksum", (int(oracle["checksum"], 0), oracle["checksum_valid"]),
          (ours["checksum"]["stored"], ours["checksum"]["ok"]))
    field("calculated checksum", int(oracle["checksum_calc"], 0), ours["checksum"]["calculated"])
    if oracle.get("append_digest"):
        field("stored hash", oracle["hash_stored"], ours["sha256"]["stored"])
        field("calculated hash", oracle["hash_calc"], ours["sha256"]["calculated"])
        field("hash", oracle["hash_valid"], ours["sha256"]["ok"])
        field("length", oracle["data_length"] + 32, ours["size"])
        field("trailing", oracle["trailing_bytes"], ours["file_size"] - ours["size"])
    field("segments", len(oracle["segments"]), len(ours["segments"]))
    for i, (a, b) in enumerate(zip(oracle["segments"], ours["segments"])):
        field(f"segment {i}", (int(a["addr_in_file"], 0), a["len_in_file"], a["file_offs_of_header"] + 8),
              (b["load_addr"], b["size"], b["file_offset"]))
        if ours["layout"] != "esp8266-v2" or i:
            field(f"segment {i} region", sorted(a["memory_types"]), sorted(filter(None, b["region"].split(","))))
    app = oracle.get("app_desc")
    if app:
        pairs = {"project_name": "project", "version": "version", "idf_ver": "idf", "date": "date", "time": "time",
                 "secure_version": "secure_version", "app_elf_sha256": "elf_sha256",
                 "min_efuse_blk_rev_full": "min_block_revision", "max_efuse_blk_rev_full": "max_block_revision"}
        for theirs, mine in pairs.items():
            if theirs in app:
                value = app[theirs]
                if "blk_rev" in theirs:
                    value = int(value.split(".")[0]) * 100 + int(value.split(".")[1])
                field(f"app {mine}", value, ours["app"][mine])
    boot = oracle.get("bootloader_desc")
    if boot and boot.get("magic_byte") == 0x50 and boot.get("idf_ver") and ours["layout"] == "esp32":
        field("bootloader", (boot["version"], boot["idf_ver"], boot["date_time"]),
              (ours["bootloader"]["version"], ours["bootloader"]["idf"], ours["bootloader"]["date_time"])
              if ours["bootloader"] else None)


def images():
    for name, oracle in json.load(open(f"{root}/images/ORACLE.json"))["images"].items():
        path = f"{root}/images/{name}"
        code, out, _ = tool("image", "info", "--json", path)
        ours = json.loads(out)["inputs"][0]
        verdict, _, _ = tool("-q", "image", "verify", path)
        if "esptool_error" in oracle:
            same(f"verdict: {name}", 1, verdict)
            continue
        if "forced_chip_esp8266" in oracle:
            oracle = oracle["forced_chip_esp8266"]
        fine = oracle["checksum_valid"] and oracle.get("hash_valid") is not False
        same(f"verdict: {name}", 0 if fine else 1, verdict)
        compare_fields(name, oracle, ours)


def signatures():
    rows, verified, absent = [], set(), 0
    for line in open(f"{root}/secure/VERIFY_MATRIX.tsv"):
        if line.startswith(("#", "version")):
            continue
        version, _, data, key, code, _ = line.rstrip("\n").split("\t")
        if not all(os.path.exists(f"{root}/secure/{name}") for name in (data, key)):
            absent += 1
            continue
        rows.append((data, key))
        if code == "0":
            verified.add((data, key))
    # Both versions are looked for at once: what verifies as one of them verifies.
    for data, key in sorted(set(rows)):
        got, _, _ = tool("-q", "image", "verify", "--signature-only", "--pub-key", f"{root}/secure/{key}",
                         f"{root}/secure/{data}")
        same(f"signatures: {data} {key}", 0 if (data, key) in verified else 1, got)
    print(f"images, signatures: {absent} rows name a file that is not in the corpus")


def digests():
    for name in sorted(os.listdir(f"{root}/secure/info")):
        path = name[:-4].replace("made_", "made/", 1)
        if not os.path.exists(f"{root}/secure/{path}") or "skip_padding" in path:
            continue
        text = open(f"{root}/secure/info/{name}").read()
        expected = re.findall(r"[Pp]ublic key digest for block \d+: ((?:[0-9a-f]{2} ?){32})", text)
        expected = [e.replace(" ", "") for e in expected]
        _, out, _ = tool("-q", "image", "hash", "--kind", "key-digest", f"{root}/secure/{path}")
        same(f"key digests: {path}", expected, [line.split()[0] for line in out.splitlines()])


images()
signatures()
digests()
for what, count in sorted(good.items()):
    print(f"images, {what}: {count} agree")
print(f"images: {bad} differ")
sys.exit(bad != 0)
PYTHON
