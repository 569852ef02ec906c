"""The connection to one Docker engine: SDK clients made when they are first needed, from any thread."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

from labdesk.engines.docker_address import (
    explain_another_server,
    explain_bad_address,
    explain_bad_certificates,
)
from labdesk.engines.service import EngineUnavailable, ImageAbsentError, InvalidContainerError

if TYPE_CHECKING:
    import requests
    from docker import APIClient

T = TypeVar("T")
CONNECTIONS_KEPT = 32
OLDEST_VERSION = "1.41"
"""Of the API: Engine 20.10's. What is really spoken is agreed on with the engine."""
UNIX = "unix://"


def create_from_config(api: Any, config: dict[str, Any], name: str) -> str:
    """Create a container from the API's own JSON and return its id; raises the SDK's errors."""
    return str(api.create_container_from_config(config, name)["Id"])


def inspect_image(api: Any, image: str) -> dict[str, Any] | None:
    """Return what the engine knows of an image, None if it is not there; raises the SDK's errors."""
    from docker.errors import NotFound

    try:
        found: dict[str, Any] = api.inspect_image(image)
    except NotFound:
        return None
    return found


def image_absent(image: str) -> ImageAbsentError:
    return ImageAbsentError(f"The image {image} is not on this computer; pull it first.", image=image)


class Cut:
    """Lets another thread end a stream that a thread is blocked on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._response: requests.Response | None = None
        self._is_cut = False

    @property
    def is_cut(self) -> bool:
        return self._is_cut

    def cut(self) -> None:
        """Close the stream now, or as soon as the engine begins to answer; from any thread, any number of times."""
        with self._lock:
            self._is_cut = True
            self._close()

    def opened(self, response: requests.Response, *, stream: bool = False, **_: Any) -> None:
        """Take note of a streamed response; a hook of the requests library."""
        if not stream:
            return
        with self._lock:
            self._response = response
            if self._is_cut:
                self._close()

    def finish(self) -> None:
        """Close the stream and all that belongs to it; only for the thread that reads it."""
        response = self._response
        self.cut()
        if response is not None:
            response.close()

    def _close(self) -> None:
        from docker.types import CancellableStream

        if self._response is not None:
            with suppress(OSError, AttributeError):  # already at its end: the SDK then finds no socket to close
                CancellableStream(iter(()), self._response).close()


class DockerConnection:
    """Blocking; used from pool and stream threads. `timeout` is the longest wait for an answer, in seconds.

    The API version is agreed on with each engine anew, so that an engine exchanged or updated under a running desk is
    spoken to rightly. `generation` counts connections: what was learnt from an engine is void when it changes.
    """

    def __init__(self, address: str, timeout: float) -> None:
        self.address = address
        self.timeout = timeout
        self.generation = 0
        self._client: APIClient | None = None
        self._lock = threading.Lock()
        self._failures = 0
        self._last_failure: EngineUnavailable | None = None

    def call(self, use: Callable[[APIClient], T]) -> T:
        """Return `use(client)`; raises EngineUnavailable and EngineRequestError instead of the SDK's errors."""
        with self.errors():
            return use(self.client())

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn the SDK's errors into the desk's, and let go of a connection that broke."""
        from docker.errors import APIError

        from labdesk.engines.docker_errors import SDK_ERRORS, translate

        try:
            yield
        except SDK_ERRORS as error:
            if not isinstance(error, APIError):
                self._forget(self._client)
            raise translate(error, self.address, self.timeout) from error

    def client(self) -> APIClient:
        """Return the shared client. While one thread connects, the others wait and share its failure."""
        if (client := self._client) is not None:
            return client
        failures = self._failures
        with self._lock:
            if self._client is not None:
                return self._client
            if self._failures != failures and self._last_failure is not None:
                raise EngineUnavailable(self._last_failure.message, **self._last_failure.parameters)
            try:
                self._client = self._connect()
            except EngineUnavailable as error:
                self._failures += 1
                self._last_failure = error
                raise
            self.generation += 1
            return self._client

    @contextmanager
    def stream(self, timeout: float | None) -> Iterator[tuple[APIClient, Cut]]:
        """Yield a client of its own and what cuts its stream off; `timeout` in seconds, None for none."""
        with self.errors():
            shared = self.client()
            client = self._make(shared.api_version, timeout)
            cut = Cut()
            client.hooks["response"].append(cut.opened)
            try:
                yield client, cut
            finally:
                cut.finish()
                client.close()

    def close(self) -> None:
        """Drop idle connections; one in use ends with its call."""
        self._forget(self._client)

    def _forget(self, client: APIClient | None) -> None:
        with self._lock:
            if client is not None and self._client is client:
                self._client = None
                client.close()

    def _connect(self) -> APIClient:
        from docker.errors import DockerException, TLSParameterError

        from labdesk.engines.docker_errors import SDK_ERRORS, translate

        try:
            client = self._make(OLDEST_VERSION, self.timeout)
        except TLSParameterError as error:
            raise explain_bad_certificates(self.address) from error
        except (DockerException, ValueError) as error:  # nothing was asked yet: it is what we were told that is wrong
            raise explain_bad_address(self.address, error) from error
        try:
            try:
                version = str(client.version(api_version=False).get("ApiVersion") or OLDEST_VERSION)
            finally:
                client.close()
            return self._make(version, self.timeout)
        except SDK_ERRORS as error:
            found = translate(error, self.address, self.timeout)
            if isinstance(found, InvalidContainerError):  # every engine tells its version
                found = explain_another_server(self.address)
            elif not isinstance(found, EngineUnavailable):  # refused or misconfigured: no lab is to blame
                found = EngineUnavailable(found.message, cause="refused", address=self.address)
            raise found from error
        except ValueError as error:  # what no URL may hold, like the port 99999
            raise explain_bad_address(self.address, error) from error

    def _make(self, version: str, timeout: float | None) -> APIClient:
        from docker.utils import kwargs_from_env

        from labdesk.engines.docker_transport import ClosingUnixAdapter, DeskClient

        settings = kwargs_from_env(environment={**os.environ, "DOCKER_HOST": self.address})
        client = DeskClient(
            version=version,
            timeout=timeout,  # type: ignore[arg-type]  # None is taken and means no limit
            max_pool_size=CONNECTIONS_KEPT,
            use_ssh_client=True,
            **settings,
        )
        if self.address.startswith(UNIX):
            path = self.address.removeprefix(UNIX)
            seconds: Any = self.timeout if timeout is None else timeout
            client.mount("http+docker://", ClosingUnixAdapter(path, seconds, max_pool_size=CONNECTIONS_KEPT))
        return client
