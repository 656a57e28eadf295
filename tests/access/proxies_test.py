#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Real proxies in front, which keep their connections to the exporter: nobody gets a request past
them inside another one. What the exporter itself refuses is tests/unit/request_head_test.cpp's."""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
from cases import lacks, main  # noqa: E402
from exporter_process import ExporterProcess  # noqa: E402

EXPORTER_PORT = 20961
PROXY_PORT = 20962
SMUGGLED = b"POST /activate HTTP/1.1\r\nHost: localhost\r\n\r\n"

HAPROXY = f"""
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
  option forwardfor
  option http-keep-alive
  http-reuse always
listen exporter
  bind 127.0.0.1:{PROXY_PORT}
  server exporter 127.0.0.1:{EXPORTER_PORT}
"""

NGINX = """
daemon off;
pid FOLDER/pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path FOLDER/body; proxy_temp_path FOLDER/proxy; fastcgi_temp_path FOLDER/fastcgi;
  uwsgi_temp_path FOLDER/uwsgi; scgi_temp_path FOLDER/scgi;
  ignore_invalid_headers off;
  upstream exporter { server 127.0.0.1:EXPORTER_PORT; keepalive 4; }
  server {
    listen 127.0.0.1:PROXY_PORT;
    location / {
      proxy_pass http://exporter;
      proxy_http_version 1.1;
      proxy_ignore_client_abort on; # our client closes its half
      proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }
}
"""


def head(line, *headers):
    return "\r\n".join([line, "Host: localhost", *headers, "", ""]).encode("latin-1")


def with_body(*headers, method="POST", path="/metrics"):
    return head(f"{method} {path} HTTP/1.1", *headers, f"Content-Length: {len(SMUGGLED)}") + SMUGGLED


def attacks():
    """What a client sends so that the exporter, or the proxy, takes a body for a request."""
    for count in range(58, 70):
        many = [f"X-{i}: 1" for i in range(count)]
        yield f"{count} header lines", with_body(*many)
        yield f"{count} header lines, GET", with_body(*many, method="GET")
    for line in (" folded: 1", "\tfolded: 1", ": 1", "\x80: 1", "X\xff: 1", "X : 1", "X"):
        yield f"the line {line!r}", with_body("A: 1", line)
        yield f"the line {line!r} first", with_body(line, "A: 1")
    for path in ("/", "/-/healthy", "/activate", "/nowhere", "*", "http://localhost/metrics"):
        yield f"a body for {path}", with_body(path=path)
    size = format(len(SMUGGLED), "x").encode()
    chunked = size + b"\r\n" + SMUGGLED + b"\r\n0\r\n\r\n"
    for name in ("Transfer-Encoding: chunked", "Transfer-Encoding : chunked", "Transfer-Encoding: xchunked",
                 "Transfer-Encoding: chunked\r\nContent-Length: 0", "Transfer-Encoding:\tchunked\r\nContent-Length: 5"):
        yield f"{name!r}", head("POST /metrics HTTP/1.1", name) + chunked
    for length in ("+5", "5,5", "0x5", "5\r\nContent-Length: 0"):
        yield f"Content-Length: {length!r}", head("POST /metrics HTTP/1.1", f"Content-Length: {length}") + SMUGGLED
    yield "lines that end in LF", head("GET /metrics HTTP/1.1", "A: 1\nContent-Length: 0", "B: 1\n") + SMUGGLED
    yield "HEAD of nothing", head("HEAD /nowhere HTTP/1.1", f"Content-Length: {len(SMUGGLED)}") + SMUGGLED


def ask(request, timeout=5):
    """All that comes back until the proxy closes."""
    with socket.create_connection(("127.0.0.1", PROXY_PORT), timeout=timeout) as client:
        client.sendall(request)
        client.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while piece := client.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass
        return answer


class Proxy(unittest.TestCase):
    def setUp(self):
        if os.geteuid() != 0:
            lacks("the exporter counts as root only")
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.exporter = ExporterProcess(EXPORTER_PORT, "--no-activate", "--web.max-control-requests=0")
        self.addCleanup(self.exporter.__exit__)
        self.exporter.__enter__()

    def start(self, program, configuration, *flags):
        if not shutil.which(program):
            lacks(f"{program} is missing: deploy/deps/install test")
        path = Path(self.folder.name, "configuration")
        for name, value in (("FOLDER", self.folder.name), ("EXPORTER_PORT", EXPORTER_PORT), ("PROXY_PORT", PROXY_PORT)):
            configuration = configuration.replace(name, str(value))
        path.write_text(configuration)
        log = open(Path(self.folder.name, "log"), "wb")
        proxy = subprocess.Popen([program, *flags, str(path)], stderr=log, stdout=log)
        self.addCleanup(proxy.wait)
        self.addCleanup(proxy.terminate)
        self.exporter.until(lambda: self.listens() or proxy.poll() is not None, f"{program} does not listen")
        self.assertIsNone(proxy.poll(), Path(self.folder.name, "log").read_text())

    @staticmethod
    def listens():
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", PROXY_PORT)) == 0

    def assert_nothing_gets_past(self):
        good = head("GET /-/healthy HTTP/1.1", "Connection: close")
        for name, request in attacks():
            with self.subTest(name):
                ask(request)
                answer = ask(good)
                self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)
                self.assertIn(b'"status":"success"', answer)
                self.assertEqual(self.exporter.metric("packetdrop_active"), 0, self.exporter.log())


class Haproxy(Proxy):
    def test_lets_no_request_past_inside_another(self):
        self.start("haproxy", HAPROXY, "-db", "-f")
        self.assert_nothing_gets_past()


class Nginx(Proxy):
    def test_lets_no_request_past_inside_another(self):
        self.start("nginx", NGINX, "-c")
        self.assert_nothing_gets_past()


if __name__ == "__main__":
    main(globals())
