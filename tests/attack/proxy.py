#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""proxy.py URL TRICK [IMAGE|LOCATION|LOG]: between the owner and his device; prints its own URL, plays TRICK.
CERTIFICATE=NAME in the environment: with TLS, NAME.pem and NAME.key."""
import http.client
import http.server
import os
import re
import ssl
import sys
import urllib.parse

device = urllib.parse.urlsplit(sys.argv[1]).netloc
trick = sys.argv[2]
more = sys.argv[3] if len(sys.argv) > 3 else ""
evil = open(more, "rb").read() if os.path.exists(more) else b""
first, tls = {}, None


class Proxy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def forward(self, content):
        fields = {n: v for n, v in self.headers.items() if n.lower() not in ("host", "content-length")}
        connection = http.client.HTTPConnection(device, timeout=20)
        connection.request(self.command, self.path, content if self.command != "GET" else None, fields)
        answer = connection.getresponse()
        body = answer.read()
        return answer.status, [f for f in answer.getheaders() if f[0].lower() not in ("transfer-encoding", "content-length", "connection")], body

    def play(self, content):
        put = self.command == "PUT"
        if trick == "unauthorized":
            return 401, [("OTA-Nonce", "A" * 43 + "=")], b'{"error":"OTA_UNSIGNED"}'
        if trick == "redirect":
            return 302, [("Location", more)], b""
        if trick == "done" and put:  # swallows the image and says that all is well
            return 200, [], b'{"done":true,"slot":"ota_1","switched":true,"restart":true}'
        if trick == "swallow" and put:
            return None
        if trick == "image" and put and content:
            content = (evil + content)[:len(content)]
        answer = self.forward(content)
        status, fields, body = answer
        if trick == "count":
            with open(more, "a") as log:
                print(self.command, self.path.split("?")[0], status, file=log)
        if trick == "runs" and self.path.endswith("/device"):  # claims that the new image runs
            body = re.sub(rb'"image":"[0-9a-f]{64}"', b'"image":"%s"' % evil[-32:].hex().encode(), body)
        if trick == "strip":
            fields = [f for f in fields if not f[0].lower().startswith("signature")]
        if trick == "status" and status != 401:
            status = 200 if status != 200 else 409
        if trick == "old" and status != 401:  # the first state again and again
            return first.setdefault(self.path, answer)
        return status, fields, body

    def do_GET(self):
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = self.play(content)
        if not answer:
            self.close_connection = True
            return
        self.send_response_only(answer[0])
        for name, value in answer[1]:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer[2])))
        self.end_headers()
        self.wfile.write(answer[2])

    do_PUT = do_POST = do_DELETE = do_GET


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
if os.environ.get("CERTIFICATE"):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(os.environ["CERTIFICATE"] + ".pem", os.environ["CERTIFICATE"] + ".key")
    server.socket = tls.wrap_socket(server.socket, server_side=True)
print("%s://127.0.0.1:%d" % ("https" if tls else "http", server.server_address[1]), flush=True)
server.serve_forever()
