#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""second_client.py URL DEVICE-KEY IMAGE: push an image, written from otatool-receiver(7) alone."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import sys
import time
import urllib.parse


def b64(data):
    return base64.b64encode(data).decode()


def digest(data):
    return "sha-256=:%s:" % b64(hashlib.sha256(data).digest())


class Device:
    def __init__(self, url, key):
        self.host, self.key = urllib.parse.urlsplit(url).netloc, key
        self.nonce, self.keyid = b64(bytes(32)), hashlib.sha256(key).hexdigest()[:16]

    def mac(self, lines, params):
        text = "".join("%s: %s\n" % line for line in lines) + '"@signature-params": ' + params
        return "ota=:%s:" % b64(hmac.new(self.key, text.encode(), hashlib.sha256).digest())

    def ask(self, method, path, fields=(), content=b"", tries=2):
        fields = dict(fields, **{"ota-challenge": ":%s:" % b64(os.urandom(16))})
        if method != "GET":
            fields["content-length"] = str(len(content))
        first = ["ota-challenge", "content-length", "content-digest", "content-encoding"]
        order = [n for n in first if n in fields] + sorted(n for n in fields if n not in first)
        where, _, query = path.partition("?")
        parts = [("@method", method), ("@path", where), ("@query", "?" + query)] + [(n, fields[n]) for n in order]
        params = '(%s);nonce="%s";keyid="%s";alg="hmac-sha256";tag="otatool-request"' % (
            " ".join('"%s"' % n for n, _ in parts), self.nonce, self.keyid)
        signature = self.mac([('"%s"' % n, v) for n, v in parts], params)
        connection = http.client.HTTPConnection(self.host, timeout=20)
        connection.request(method, path, content or None, dict(fields, **{"Signature-Input": "ota=" + params, "Signature": signature}))
        answer = connection.getresponse()
        body, self.nonce = answer.read(), answer.headers["OTA-Nonce"]
        if answer.status == 401 and tries > 1:
            return self.ask(method, path, [f for f in fields.items() if f[0] not in first[:2]], content, tries - 1)
        params = answer.headers["Signature-Input"].removeprefix("ota=")
        lines = [('"@status"', str(answer.status)), ('"ota-state"', answer.headers["OTA-State"]),
                 ('"content-digest"', answer.headers["Content-Digest"]), ('"signature";req', signature)]
        assert hmac.compare_digest(self.mac(lines, params), answer.headers["Signature"]), "not the device's answer"
        assert params == '("@status" "ota-state" "content-digest" "signature";req);keyid="%s";alg="hmac-sha256";tag="otatool-answer"' % self.keyid
        assert answer.headers["Content-Digest"] == digest(body), "not the device's content"
        assert answer.status == 200, (answer.status, body)
        return json.loads(body), dict(re.findall(r'(\w+)="([^"]*)"', answer.headers["OTA-State"]))


device = Device(sys.argv[1], base64.b64decode(open(sys.argv[2]).read().split()[2]))
image = open(sys.argv[3], "rb").read()
_, before = device.ask("GET", "/ota/v1/device")
done, _ = device.ask("PUT", "/ota/v1/image", {"ota-digest": digest(image), "ota-length": str(len(image)), "ota-commit": "switch", "ota-restart": "1"}, image)
state = before
while state["boot"] == before["boot"]:
    time.sleep(0.05)
    try:
        _, state = device.ask("GET", "/ota/v1/device")
    except (OSError, http.client.HTTPException):
        pass
assert state["slot"] == done["slot"] and state["image"] == image[-32:].hex(), state
print("%(id)s runs the image from %(slot)s" % state)
