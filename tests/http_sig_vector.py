#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""http_sig_vector.py VECTOR PAGE: check the worked example with an implementation of its own, Python's
hmac, and that the manual page shows the same."""
import base64
import hashlib
import hmac
import sys

v = {}
for line in open(sys.argv[1]):
    if not line.startswith("#"):
        name, value = line.rstrip("\n").split(" ", 1)
        v.setdefault(name, []).append(value)
text = {name: "\n".join(lines) for name, lines in v.items()}


def raw(name):
    return base64.b64decode(text[name], validate=True)


def mac(key, *parts):
    return hmac.new(key, b"".join(parts), hashlib.sha256).digest()


def signed(base):
    return "ota=:%s:" % base64.b64encode(mac(raw("device-key"), text[base].encode())).decode()


plain = int(text["counter"]).to_bytes(8, "big") + int(text["issued"]).to_bytes(8, "big")
wrap = mac(raw("device-key"), b"otatool wrap", raw("challenge"))
page = open(sys.argv[2]).read()
claims = {
    "the page shows it": all("\n  " + line + "\n" in page for lines in v.values() for line in lines),
    "the device's key is derived": mac(raw("fleet-key"), b"otatool push v1", text["device"].encode()) == raw("device-key"),
    "its id": hashlib.sha256(raw("device-key")).hexdigest()[:16] == text["keyid"],
    "the nonce": plain + mac(raw("boot-key"), plain)[:16] == raw("nonce"),
    "the request's parameters": text["request-input"] == "ota=" + v["request-base"][-1].split(": ", 1)[1],
    "the request names its parts": [line.split(":")[0] for line in v["request-base"][:-1]]
    == text["request-input"].split("(")[1].split(")")[0].split(" "),
    "the request's signature": signed("request-base") == text["request-signature"],
    "the answer's parameters": text["answer-input"] == "ota=" + v["answer-base"][-1].split(": ", 1)[1],
    "the answer's signature": signed("answer-base") == text["answer-signature"],
    "the wrapped key": bytes(a ^ b for a, b in zip(raw("new-key"), wrap)) == raw("wrapped-key"),
}
for claim, holds in claims.items():
    if not holds:
        print("%s: wrong: %s" % (sys.argv[1], claim), file=sys.stderr)
sys.exit(not all(claims.values()))
