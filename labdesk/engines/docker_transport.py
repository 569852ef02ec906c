"""The SDK's client and its transport over a Unix socket, mended."""

from __future__ import annotations

from typing import Any

from docker import APIClient
from docker.transport.unixconn import UnixHTTPAdapter, UnixHTTPConnection, UnixHTTPConnectionPool


class _Connection(UnixHTTPConnection):
    def connect(self) -> None:
        import socket

        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.settimeout(self.timeout)
            sock.connect(self.unix_socket)
        except BaseException:
            sock.close()
            raise
        self.sock = sock


class _Pool(UnixHTTPConnectionPool):
    def _new_conn(self) -> Any:
        seconds: Any = self.timeout
        return _Connection(self.base_url, self.socket_path, seconds)


class ClosingUnixAdapter(UnixHTTPAdapter):
    """docker 7.2 leaves the socket of a refused connection to the garbage collector."""

    def get_connection(self, url: Any, proxies: Any = None) -> _Pool:  # noqa: ARG002  (the SDK's signature)
        with self.pools.lock:
            pool = self.pools.get(url)
            if pool is None:
                pool = self.pools[url] = _Pool(url, self.socket_path, self.timeout, maxsize=self.max_pool_size)
        return pool


class DeskClient(APIClient):
    """Some of the SDK's calls (pull, events) switch the read timeout off; here the client's own holds for all."""

    def send(self, request: Any, **settings: Any) -> Any:
        if settings.get("timeout") is None:
            settings["timeout"] = self.timeout
        return super().send(request, **settings)
