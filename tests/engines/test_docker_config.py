from __future__ import annotations

from labdesk.engines.docker_config import container_config, network_name, tmpfs_mounts
from labdesk.engines.docker_users import Owner
from labdesk.engines.spec import PortBinding, WorkspaceMount
from tests.engines.samples import IMAGE, identity_of, port, spec_of


def test_nothing_in_the_config_opens_the_walls() -> None:
    spec = spec_of(capabilities=("CAP_CHOWN", "KILL"), workspace=WorkspaceMount(volume="ws", path="/work"))
    host = container_config(identity_of(spec), spec, "")["HostConfig"]
    assert host["Privileged"] is False
    assert host["CapDrop"] == ["ALL"]
    assert host["CapAdd"] == ["CHOWN", "KILL"]
    assert "Binds" not in host
    assert [mount["Type"] for mount in host["Mounts"]] == ["volume"]
    assert host["MemorySwap"] == host["Memory"] == spec.memory
    assert host["SecurityOpt"] == ["no-new-privileges"]
    assert host["ReadonlyRootfs"] is True
    assert (host["PidsLimit"], host["Init"]) == (spec.pids, True)
    assert host["NetworkMode"] == network_name("desk1")


def test_what_the_spec_leaves_open_is_left_to_the_image() -> None:
    config = container_config(identity_of(spec_of()), spec_of(), "")
    assert "Cmd" not in config
    assert "User" not in config
    assert "Entrypoint" not in config
    assert config["Image"] == IMAGE
    assert config["HostConfig"]["Mounts"] == []


def test_ports_listen_where_the_binding_says_and_zero_lets_the_engine_choose() -> None:
    spec = spec_of(ports=(port(80, 20000), PortBinding(name="db", container_port=5432, host_ip="0.0.0.0")))
    config = container_config(identity_of(spec), spec, "")
    assert config["ExposedPorts"] == {"80/tcp": {}, "5432/tcp": {}}
    assert config["HostConfig"]["PortBindings"] == {
        "80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "20000"}],
        "5432/tcp": [{"HostIp": "0.0.0.0", "HostPort": ""}],
    }


def test_cpu_becomes_a_quota_that_no_engine_refuses() -> None:
    for cpu, quota in ((0.5, 50_000), (8.0, 800_000), (0.001, 1000)):
        host = container_config(identity_of(spec_of()), spec_of(cpu=cpu), "")["HostConfig"]
        assert (host["CpuQuota"], host["CpuPeriod"]) == (quota, 100_000)
        assert "NanoCpus" not in host


def test_the_password_is_only_in_env_and_command() -> None:
    spec = spec_of(env={"A": "{{lab.password}}", "B": "b"}, command=("run", "--key={{lab.password}}"))
    config = container_config(identity_of(spec), spec, "hush")
    assert config["Env"] == ["A=hush", "B=b"]
    assert config["Cmd"] == ["run", "--key=hush"]
    rest = {key: value for key, value in config.items() if key not in ("Env", "Cmd")}
    assert "hush" not in str(rest)


def test_writable_places_are_bounded_and_belong_to_the_labs_user() -> None:
    spec = spec_of(writable=("/var/cache/", "/tmp"), memory=64 * 2**20)
    mounts = tmpfs_mounts(spec, Owner(1000, 50))
    assert set(mounts) == {"/tmp", "/run", "/var/cache"}
    assert mounts["/var/cache"] == f"rw,exec,nosuid,nodev,mode=1777,uid=1000,gid=50,size={32 * 2**20}"
    assert mounts["/run"].endswith(f"size={16 * 2**20}")


def test_a_workspace_takes_the_place_of_a_tmpfs() -> None:
    spec = spec_of(writable=("/work",), workspace=WorkspaceMount(volume="ws", path="/work/"))
    assert set(tmpfs_mounts(spec)) == {"/tmp", "/run"}


def test_a_writable_root_needs_no_tmpfs_of_ours() -> None:
    assert tmpfs_mounts(spec_of(read_only_root=False)) == {}
