"""The card of an exported model: a Markdown page beside it, its front matter for programs, the rest for people."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from fmsearch.export import page
from fmsearch.export.subject import Subject

FORMAT = 1
FENCE = "---"


def front_matter(subject: Subject) -> dict[str, Any]:
    """All that a program wants to know."""
    row, evaluation = subject.row, subject.used.evaluation
    environment = evaluation.environment
    return {
        "fmsearch_card": FORMAT,
        "file": subject.path.name,
        "sha256": sha256(subject.path),
        "study": subject.study.name,
        "id": row.id,
        "digest": row.candidate.digest,
        "evaluation": subject.used.key,
        "seed": {"study": subject.study.seed, "training": evaluation.seed},
        "input": {
            "shape": list(row.candidate.architecture.input.shape),
            "dtype": "uint8",
            "range": [0, 255],
            "preprocessing": "none: raw pixels; scaling is inside the model",
        },
        "output": "class probabilities",
        "class_names": list(subject.class_names),
        **({"needs": [Path(file).name for file in subject.study.blocks]} if subject.study.blocks else {}),
        "metrics": _metrics(subject),
        "size": _size(subject),
        "verification": asdict(subject.verification),
        "data": subject.portable_study.data.model_dump(mode="json", exclude_none=True)
        | {"fingerprint": evaluation.dataset},
        "epochs": evaluation.epochs,
        "recipe": evaluation.recipe.model_dump(mode="json", exclude_none=True),
        "versions": {
            "fmsearch": version("fmsearch"),
            "keras": environment.keras_version,
            environment.backend: environment.backend_version,
            "python": platform.python_version(),
        },
        "environment": environment.model_dump(mode="json"),
    }


def render(subject: Subject) -> str:
    """The card."""
    return f"{FENCE}\n{page.as_yaml(front_matter(subject))}{FENCE}\n\n{page.body(subject)}"


def read(path: Path) -> dict[str, Any] | None:
    """The front matter of a card; None if there is no card, or something else under its name."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        if lines[:1] != [FENCE]:
            return None
        matter = yaml.safe_load("\n".join(lines[1 : lines.index(FENCE, 1)]))
    except (OSError, ValueError, yaml.YAMLError):
        return None
    return matter if isinstance(matter, dict) and matter.get("fmsearch_card") == FORMAT else None


def sha256(path: Path) -> str:
    """The digest of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _metrics(subject: Subject) -> dict[str, Any]:
    """Means over all seeds, as on the leaderboard, and what this very model reached."""
    row, result = subject.row, subject.used.result
    return {
        "validation_accuracy": row.accuracy,
        "validation_accuracy_std": subject.accuracy_std,
        "test_accuracy": row.test_accuracy,
        "test_accuracy_std": row.test_accuracy_std,
        "seeds": len(subject.accuracies),
        "this_model": {"validation_accuracy": result.accuracy, "test_accuracy": result.test_accuracy},
    }


def _size(subject: Subject) -> dict[str, int]:
    analysis = subject.row.analysis
    return {
        "parameters": analysis.parameters,
        "trainable_parameters": analysis.trainable_parameters,
        "macs": analysis.macs,
        "flops": analysis.flops,
        "activation_bytes": analysis.memory,
        "float32_bytes": analysis.float32_bytes,
        "int8_bytes": analysis.int8_bytes,
        "file_bytes": subject.path.stat().st_size,
    }
