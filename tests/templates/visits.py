"""What a student does in a lab of each sample template: open it, leave something in the workspace, find it again."""

from __future__ import annotations

import base64
import http.client
import json
from dataclasses import dataclass
from typing import Protocol

import docker
import pytest
from docker.errors import ContainerError

from tests.templates.websocket import TEXT, WebSocket

NOTE = "kept-for-next-time"


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a running lab is reached. `image` is the lab's own, for a client program out of it."""

    port: int
    password: str
    engine: docker.DockerClient
    image: str

    def ask(self, method: str, path: str, body: bytes | None = None, authorization: str = "") -> tuple[int, str]:
        """Make one HTTP request; return status and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            headers = {"Authorization": authorization} if authorization else {}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        finally:
            connection.close()

    @property
    def basic(self) -> str:
        """The Authorization header of a browser in which a student signed in."""
        return "Basic " + base64.b64encode(f"student:{self.password}".encode()).decode()

    @property
    def token(self) -> str:
        return f"token {self.password}"


class Program(Protocol):
    """What is done in the labs of one template; each method raises AssertionError if the lab does not play along."""

    def refuse(self, visit: Visit) -> None:
        """A stranger without the password gets nothing."""

    def open(self, visit: Visit) -> None:
        """One request is answered."""

    def write(self, visit: Visit) -> None:
        """Something is left in the workspace, through the server program itself."""

    def find(self, visit: Visit) -> None:
        """It is still there."""


class Shell:
    def refuse(self, visit: Visit) -> None:
        assert visit.ask("GET", "/")[0] == 401

    def open(self, visit: Visit) -> None:
        status, page = visit.ask("GET", "/", authorization=visit.basic)
        assert status == 200
        assert "ttyd" in page

    def write(self, visit: Visit) -> None:
        assert "1000:1000" in self._type(visit, f"echo {NOTE} > ~/note; echo $(id -u):$(id -g)")

    def find(self, visit: Visit) -> None:
        assert NOTE in self._type(visit, "cat ~/note")

    def _type(self, visit: Visit, command: str) -> str:
        """Type a command into the terminal and return what it shows. Each message begins with its kind: 0 is text."""
        _, answer = visit.ask("GET", "/token", authorization=visit.basic)
        hello = {"AuthToken": json.loads(answer)["token"], "columns": 200, "rows": 50}
        with WebSocket(visit.port, "/ws", "tty", {"Authorization": visit.basic}) as terminal:
            terminal.send(json.dumps(hello).encode(), TEXT)
            terminal.send(f"0{command}; echo end-$((40+2))\n".encode())
            shown = ""
            while "end-42" not in shown:
                message = terminal.receive()
                shown += message[1:].decode("utf-8", "replace") if message[:1] == b"0" else ""
        return shown


class WebServer:
    def refuse(self, visit: Visit) -> None:
        assert visit.ask("GET", "/")[0] == 401
        assert visit.ask("PUT", "/site/index.html", b"intruder")[0] == 401

    def open(self, visit: Visit) -> None:
        status, page = visit.ask("GET", "/", authorization=visit.basic)
        assert status == 200
        assert "Index of /" in page

    def write(self, visit: Visit) -> None:
        assert visit.ask("PUT", "/site/index.html", NOTE.encode(), visit.basic)[0] == 201

    def find(self, visit: Visit) -> None:
        assert visit.ask("GET", "/site/", authorization=visit.basic) == (200, NOTE)


@dataclass(frozen=True, slots=True)
class Jupyter:
    """Both of Jupyter's faces; `page` is the one the lab's link opens, `title` what it is called."""

    page: str
    title: str

    def refuse(self, visit: Visit) -> None:
        assert visit.ask("GET", "/api/contents")[0] == 403

    def open(self, visit: Visit) -> None:
        status, page = visit.ask("GET", f"{self.page}?token={visit.password}")
        assert status == 200
        assert self.title in page
        status, kernel = visit.ask("POST", "/api/kernels", b'{"name": "python3"}', visit.token)
        assert status == 201, kernel

    def write(self, visit: Visit) -> None:
        file = json.dumps({"type": "file", "format": "text", "content": NOTE}).encode()
        status, answer = visit.ask("PUT", "/api/contents/note.txt", file, visit.token)
        assert status == 201, answer

    def find(self, visit: Visit) -> None:
        status, answer = visit.ask("GET", "/api/contents/note.txt", authorization=visit.token)
        assert (status, json.loads(answer)["content"]) == (200, NOTE)


class Database:
    def refuse(self, visit: Visit) -> None:
        with pytest.raises(ContainerError, match="password authentication failed"):
            self._query(visit, "SELECT 1", password="guess")

    def open(self, visit: Visit) -> None:
        assert self._query(visit, "SELECT 40 + 2") == "42"

    def write(self, visit: Visit) -> None:
        self._query(visit, f"CREATE TABLE notes AS SELECT '{NOTE}' AS text")

    def find(self, visit: Visit) -> None:
        assert self._query(visit, "SELECT text FROM notes") == NOTE

    def _query(self, visit: Visit, sql: str, password: str | None = None) -> str:
        """Run psql beside the lab, on this computer's network, as a student would."""
        output = visit.engine.containers.run(
            visit.image,
            ["psql", f"host=127.0.0.1 port={visit.port} user=student dbname=student", "-XAtc", sql],
            entrypoint=[], environment={"PGPASSWORD": visit.password if password is None else password},
            network_mode="host", user="999:999", remove=True,
        )  # fmt: skip
        return str(output.decode().strip())


PROGRAMS: dict[str, Program] = {
    "shell": Shell(),
    "web-server": WebServer(),
    "web-ide": Jupyter("/lab", "JupyterLab"),
    "notebook": Jupyter("/tree", "Jupyter Notebook"),
    "database": Database(),
}
