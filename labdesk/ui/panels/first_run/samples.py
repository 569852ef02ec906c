"""The sample templates that ship with LabDesk."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from labdesk.labs.template import LabTemplate
from labdesk.resource.errors import InvalidResourceError
from labdesk.resource.manifest import read_documents
from labdesk.ui.panels.template_facts import TemplateFacts, facts_of


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample: what its card says, and the manifest it comes from."""

    facts: TemplateFacts
    manifest: str


def read_samples(folder: Path) -> list[Sample]:
    """Return the samples of a folder, by name. Raises InvalidResourceError if one cannot be read."""
    samples: list[Sample] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            manifest = path.read_text(encoding="utf-8")
        except OSError as error:
            raise InvalidResourceError(
                "", f"the sample {path.name} cannot be read ({error}); install LabDesk again"
            ) from None
        documents = read_documents(manifest)
        samples.extend(Sample(facts_of(LabTemplate.model_validate(document)), manifest) for document in documents)
    return samples


async def read_samples_async(folder: Path) -> list[Sample]:
    """Do the same on a thread."""
    with ThreadPoolExecutor(1, thread_name_prefix="labdesk-samples") as executor:
        return await asyncio.get_running_loop().run_in_executor(executor, read_samples, folder)


def manifest_of_missing(samples: Sequence[Sample], present: Collection[str]) -> str:
    """Return one manifest of the samples that are not there yet; what is there may have been edited."""
    missing = dict.fromkeys(sample.manifest for sample in samples if sample.facts.subject not in present)
    return "\n---\n".join(missing)
