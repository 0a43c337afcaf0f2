"""A real nginx with TLS in front of a server, under a path of its own, as docs/operations.md says
it.
"""

import ssl
import subprocess
import urllib.request
from contextlib import suppress
from getpass import getuser

from support.patience import patient, until
from support.server import free_port

CONF = """
user {user}; daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
    location /amhk/ {{
      proxy_pass http://127.0.0.1:{behind}/;
      proxy_set_header Host $host:{port};
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Forwarded-Prefix /amhk;
      client_max_body_size 26m;
    }}
  }}
}}
"""


def certificate(folder):
    """Make a certificate for this machine; gives its file and that of its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    words += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    words += ["-keyout", str(key), "-out", str(cert)]
    subprocess.run(["openssl", *words], check=True, capture_output=True)
    return cert, key


class Proxy:
    """nginx before a server; as a context it is started, and ended whatever happens."""

    def __init__(self, folder, behind):
        self.folder, self.port = folder, free_port()
        self.address = f"https://127.0.0.1:{self.port}/amhk"
        folder.mkdir()
        (folder / "nginx.conf").write_text(
            CONF.format(folder=folder, user=getuser(), port=self.port, behind=behind)
        )
        certificate(folder)
        self.trust = ssl.create_default_context(cafile=str(folder / "cert.pem"))

    def __enter__(self):
        command = [
            "nginx",
            "-e",
            str(self.folder / "error.log"),
            "-p",
            str(self.folder),
            "-c",
            str(self.folder / "nginx.conf"),
        ]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            until(lambda: self.read("/api/v1/health"), 10, "nginx in front of the server")
        except BaseException:
            self.__exit__()
            raise
        return self

    def read(self, path):
        """Give what is at an address behind the proxy; None while nobody answers."""
        with (
            suppress(OSError),
            urllib.request.urlopen(
                self.address + path, timeout=patient(10), context=self.trust
            ) as answer,
        ):
            return answer.read()
        return None

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def behind_nginx(server, folder):
    """Tell a running server which proxy it may believe, and give that proxy, to be entered before
    it.
    """
    server.kill()
    text = server.folder.read_text(encoding="utf-8").replace(
        "trusted_proxies = []", 'trusted_proxies = ["127.0.0.1"]'
    )
    server.folder.write_text(text, encoding="utf-8")
    server.start(server.port)
    return Proxy(folder, server.port)
