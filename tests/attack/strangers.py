#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""strangers.py URL IMAGE: every changing request without a key, in many forms; none may succeed."""
import base64
import hashlib
import http.client
import itertools
import sys
import urllib.parse

host = urllib.parse.urlsplit(sys.argv[1]).netloc
image = open(sys.argv[2], "rb").read()
digest = "sha-256=:%s:" % base64.b64encode(hashlib.sha256(image).digest()).decode()
mac = "ota=:%s:" % base64.b64encode(bytes(32)).decode()
base = 'ota=("@method" "@path" "@query" "ota-challenge");nonce="%s";keyid="%s";alg="hmac-sha256";tag="otatool-request"'
nonce = base64.b64encode(bytes(32)).decode()

requests = [("PUT", "/ota/v1/image"), ("POST", "/ota/v1/boot?slot=ota_0&image=" + "0" * 64), ("POST", "/ota/v1/confirm"),
            ("POST", "/ota/v1/rollback"), ("POST", "/ota/v1/restart"), ("PUT", "/ota/v1/keys/0"), ("DELETE", "/ota/v1/keys/0"),
            ("PUT", "/ota/v1/keys/1"), ("DELETE", "/ota/v1/keys/1"), ("GET", "/ota/v1/image/blocks?size=4096"),
            ("GET", "/ota/v1/otadata"), ("GET", "/ota/v1/table"), ("GET", "/ota/v1/keys")]
disguises = [{}, {"OTA-Request": "1"}, {"Signature": mac}, {"Signature-Input": base % (nonce, "page"), "Signature": mac},
             {"OTA-Challenge": ":%s:" % nonce[:22] + "==:", "Signature-Input": base % ("", ""), "Signature": mac},
             {"Signature-Input": base % (nonce, "0" * 16), "Signature": "ota=::"}, {"Authorization": "Basic YWRtaW46YWRtaW4="},
             {"OTA-Insecure": "1"}, {"OTA-Nonce": nonce, "OTA-Force": "project,downgrade,receiver,failed"}]
for (method, path), disguise, whole in itertools.product(requests, disguises, (False, True)):
    content = b"" if method == "GET" else image if path.endswith("image") else image[:32] if "keys" in path else b""
    fields = dict(disguise, **{"Content-Type": "application/octet-stream"})
    if whole and path.endswith("image"):
        fields.update({"OTA-Digest": digest, "OTA-Length": str(len(image)), "OTA-Commit": "switch", "OTA-Restart": "1"})
    connection = http.client.HTTPConnection(host, timeout=10)
    try:
        connection.request(method, path, content or None, fields)
    except OSError:
        pass  # refused before all of it was sent
    answer = connection.getresponse()
    answer.read()
    if answer.status not in (400, 401):
        sys.exit("%s %s with %s: %d" % (method, path, disguise, answer.status))
    if answer.status == 401 and not (answer.headers["OTA-Nonce"] and answer.headers["WWW-Authenticate"] == "OTA-Signature"):
        sys.exit("a 401 that does not help the owner")
    connection.close()
