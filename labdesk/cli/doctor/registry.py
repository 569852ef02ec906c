"""Asking the engine whether a registry would give an image, without pulling it."""

from __future__ import annotations

from labdesk.engines.docker_address import find_address


def registry_problem(image: str, address: str) -> str:
    """Return why the engine could not pull the image, empty if it could. Blocks for at most half a minute."""
    from docker import APIClient
    from docker.errors import APIError, DockerException
    from requests import RequestException

    try:
        client = APIClient(base_url=address or find_address(), version="auto", timeout=30)
    except DockerException as error:
        return str(error)
    try:
        client.inspect_distribution(image)  # type: ignore[no-untyped-call]
    except APIError as error:
        return str(error.explanation or error)
    except (DockerException, RequestException) as error:
        return str(error)
    finally:
        client.close()
    return ""
