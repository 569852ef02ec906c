"""From spec and identity to what Docker's API is sent: hardened by default. Pure; the SDK is not needed."""

from __future__ import annotations

import posixpath
from typing import Any

from labdesk.engines.docker_users import ROOT, Owner
from labdesk.engines.placeholder import fill_password
from labdesk.engines.spec import ContainerIdentity, ContainerSpec, WorkspaceMount

CPU_PERIOD_MICROSECONDS = 100_000
RUN_SIZE_LIMIT = 16 * 2**20
LOG_CONFIG = {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "2"}}
DESK_LABEL, WORKSPACE_LABEL, HELPER_LABEL, NETWORK_LABEL = (
    "labdesk.desk",
    "labdesk.workspace",
    "labdesk.helper",
    "labdesk.network",
)


def network_name(desk_id: str) -> str:
    """Name of the bridge all labs of a desk share."""
    return f"labdesk-{desk_id}"


def workspace_labels(desk_id: str, mount: WorkspaceMount) -> dict[str, str]:
    return {**mount.labels, DESK_LABEL: desk_id, WORKSPACE_LABEL: mount.volume}


def container_config(
    identity: ContainerIdentity,
    spec: ContainerSpec,
    password: str,
    *,
    owner: Owner = ROOT,
    fill_workspace: bool = True,
) -> dict[str, Any]:
    """Return the body of Docker's "create a container" (API 1.41 and later). It holds the password: never log it.

    `owner` is who the lab runs as in numbers: the tmpfs mounts become theirs. With `fill_workspace` an empty workspace
    takes over what the image has at its path, owner and all. `command` becomes Cmd, so an image's entrypoint stays. The
    image's own health check is switched off: readiness is the desk's to ask.
    """
    filled = fill_password(spec, password)
    config: dict[str, Any] = {
        "Image": filled.image,
        "Hostname": identity.lab_name[:63],
        "Env": [f"{name}={value}" for name, value in filled.env.items()],
        "Labels": identity.labels,
        "ExposedPorts": {f"{port.container_port}/tcp": {} for port in filled.ports},
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": host_config(identity, filled, owner=owner, fill_workspace=fill_workspace),
        "NetworkingConfig": {"EndpointsConfig": {network_name(identity.desk_id): {}}},
    }
    if filled.command:
        config["Cmd"] = list(filled.command)
    if filled.user:
        config["User"] = filled.user
    return config


def host_config(
    identity: ContainerIdentity, spec: ContainerSpec, *, owner: Owner = ROOT, fill_workspace: bool = True
) -> dict[str, Any]:
    """Return the limits and walls around a lab (DESIGN: hardening by default).

    Memory and swap together are `memory`, so there is no swap. CPU goes by period and quota, because Docker refuses a
    number of CPUs above the engine's own.
    """
    return {
        "Privileged": False,
        "CapDrop": ["ALL"],
        "CapAdd": [name.removeprefix("CAP_") for name in spec.capabilities],
        "SecurityOpt": ["no-new-privileges"],
        "ReadonlyRootfs": spec.read_only_root,
        "Tmpfs": tmpfs_mounts(spec, owner),
        "Mounts": [workspace_mount(identity.desk_id, spec.workspace, fill_workspace)] if spec.workspace else [],
        "Memory": spec.memory,
        "MemorySwap": spec.memory,
        "CpuPeriod": CPU_PERIOD_MICROSECONDS,
        "CpuQuota": max(1000, round(spec.cpu * CPU_PERIOD_MICROSECONDS)),
        "PidsLimit": spec.pids,
        "Init": True,
        "LogConfig": LOG_CONFIG,
        "RestartPolicy": {"Name": "no"},
        "NetworkMode": network_name(identity.desk_id),
        "PortBindings": port_bindings(spec),
    }


def port_bindings(spec: ContainerSpec) -> dict[str, list[dict[str, str]]]:
    """Return Docker's PortBindings; an empty HostPort lets the engine choose."""
    return {
        f"{port.container_port}/tcp": [{"HostIp": port.host_ip, "HostPort": str(port.host_port or "")}]
        for port in spec.ports
    }


def workspace_mount(desk_id: str, mount: WorkspaceMount, fill: bool) -> dict[str, Any]:
    """Return the volume mount; labels are for a volume that vanished since it was made."""
    return {
        "Type": "volume",
        "Source": mount.volume,
        "Target": mount.path,
        "VolumeOptions": {"NoCopy": not fill, "Labels": workspace_labels(desk_id, mount)},
    }


def tmpfs_mounts(spec: ContainerSpec, owner: Owner = ROOT) -> dict[str, str]:
    """Return {path: options}: what the spec makes writable, and /tmp and /run under a read-only root.

    A tmpfs lives in the lab's own memory; half of that is its limit. It belongs to the lab's user, because older
    runtimes give it the mode of the image's directory whatever is asked.
    """
    paths = {posixpath.normpath(path) for path in spec.writable}
    if spec.read_only_root:
        paths |= {"/tmp", "/run"}  # noqa: S108  (inside the container)
    if spec.workspace:
        paths.discard(posixpath.normpath(spec.workspace.path))
    return {path: _tmpfs_options(path, spec, owner) for path in sorted(paths)}


def _tmpfs_options(path: str, spec: ContainerSpec, owner: Owner) -> str:
    size = spec.memory // 2
    if path == "/run" and path not in spec.writable:
        size = min(size, RUN_SIZE_LIMIT)
    return f"rw,exec,nosuid,nodev,mode=1777,uid={owner.uid},gid={owner.gid},size={size}"
