"""Images with the sample templates' server programs out of Debian packages: one root, shaped like each public image."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import docker

SUITE = "testing"
"""The Debian suite: not every stable release has ttyd and JupyterLab, and here they are as new as in public images."""

PROVISION = Path(__file__).with_name("provision.sh")


@dataclass(frozen=True, slots=True)
class Shape:
    """What an image's configuration says besides its files: Dockerfile words."""

    entrypoint: tuple[str, ...]
    command: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    workdir: str = "/"


SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "shell": Shape(("/usr/bin/tini", "--"), workdir="/root"),
        "web-server": Shape(("/docker-entrypoint.sh",)),
        "web-ide": Shape(("tini", "-g", "--"), env={"HOME": "/home/jovyan"}, workdir="/home/jovyan"),
        "notebook": Shape(("tini", "-g", "--"), env={"HOME": "/home/jovyan"}, workdir="/home/jovyan"),
        "database": Shape(
            ("docker-entrypoint.sh",),
            command=("postgres",),
            env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:{postgres}"},
        ),
    }
)
"""Entrypoint and surroundings of the public images, by the name of the template that uses them."""


@contextmanager
def template_images(engine: docker.DockerClient) -> Iterator[dict[str, str]]:
    """Yield {template: image} built for these tests; the images go again afterwards.

    Needs root, debootstrap and Debian's archive; takes two to three minutes.
    """
    name = f"labdesk-test/{uuid.uuid4().hex[:8]}"
    made: list[str] = []
    try:
        with debian_root() as root:
            postgres = next(root.glob("usr/lib/postgresql/*/bin")).relative_to(root)
            made.append(_import(engine, root, name, "base"))
        for template, shape in SHAPES.items():
            env = {key: value.format(postgres=f"/{postgres}") for key, value in shape.env.items()}
            made.append(_reshape(engine, made[0], name, template, shape, env))
        yield dict(zip(SHAPES, made[1:], strict=True))
    finally:
        for image in reversed(made):
            engine.images.remove(image, force=True)


@contextmanager
def debian_root() -> Iterator[Path]:
    """Yield a folder with a Debian system that has every server program; it is removed afterwards."""
    scratch = Path(tempfile.mkdtemp(prefix="labdesk-debian-", dir="/var/tmp"))  # a disk: /tmp may be memory
    root, log = scratch / "root", scratch / "log"
    try:
        with log.open("w") as output:
            _call(["debootstrap", "--variant=minbase", SUITE, root, *_mirror()], output.name)
            shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
            shutil.copy(PROVISION, root / "provision.sh")
            # /proc for the packages' scripts, in a mount namespace that takes it away again
            own = ["unshare", "--mount", "--pid", "--fork", "--kill-child", f"--mount-proc={root / 'proc'}"]
            _call([*own, "chroot", root, "sh", "/provision.sh"], output.name)
            (root / "provision.sh").unlink()
        yield root
    finally:
        shutil.rmtree(scratch)


def _call(command: list[str | Path], log: str) -> None:
    environment = {"PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", **_proxies()}
    with Path(log).open("a") as output:
        done = subprocess.run(command, stdout=output, stderr=output, env=environment, check=False)
    if done.returncode:
        tail = "\n".join(Path(log).read_text("utf-8", "replace").splitlines()[-15:])
        raise RuntimeError(f"{command[0]} failed; its last words:\n{tail}")


def _mirror() -> list[str]:
    """Return this machine's own Debian mirror, or nothing for debootstrap's default."""
    ask = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Label: Debian", "Created-By: Packages"]
    answer = subprocess.run(ask, capture_output=True, text=True, check=False).stdout.splitlines()
    return [uri for uri in answer if uri.startswith("http")][:1]


def _proxies() -> dict[str, str]:
    """Return apt's proxy, for tools that only know the environment, or the environment's own."""
    proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    ask = ["apt-config", "shell", "proxy", "Acquire::http::Proxy"]
    answer = subprocess.run(ask, capture_output=True, text=True, check=False).stdout
    configured = answer.partition("=")[2].strip().strip("'")
    return proxies | ({"http_proxy": configured} if configured else {})


def _import(engine: docker.DockerClient, root: Path, name: str, tag: str) -> str:
    with subprocess.Popen(["tar", "--create", "--directory", root, "."], stdout=subprocess.PIPE) as tar:
        engine.api.import_image_from_data(tar.stdout, repository=name, tag=tag)
    if tar.returncode:
        raise RuntimeError(f"tar ended with {tar.returncode}")
    return f"{name}:{tag}"


def _reshape(engine: docker.DockerClient, base: str, name: str, tag: str, shape: Shape, env: Mapping[str, str]) -> str:
    """Commit a container that was never started: the base's files under another configuration."""
    container = engine.containers.create(
        base, command=["/never-started"], entrypoint=[], network_mode="none", working_dir=shape.workdir
    )
    try:
        configuration = {
            "Entrypoint": list(shape.entrypoint),
            "Cmd": list(shape.command),
            "Env": [f"{key}={value}" for key, value in env.items()],
            "WorkingDir": shape.workdir,
        }
        container.commit(repository=name, tag=tag, conf=configuration)
    finally:
        container.remove(force=True)
    return f"{name}:{tag}"
