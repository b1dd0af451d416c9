"""Add the models, which are no Python packages, to a CycloneDX bill of materials: `python -m build_assets.sbom FILE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

MANIFEST = Path(__file__).resolve().parent.parent / "pelican_headshots" / "models" / "manifest.json"


def add_models(bill: Path, manifest: Path = MANIFEST) -> None:
    """Add a component for each model in *manifest*, with its SHA-256, to the JSON file *bill*."""
    content = json.loads(bill.read_text())
    models_manifest = json.loads(manifest.read_text())
    sources = {model: source for source in models_manifest["from"] for model in source["models"]}
    for model, checksum in sorted(models_manifest["models"].items()):
        name, _, version = sources[model]["wheel"].partition("==")
        content["components"].append(
            {
                "bom-ref": f"model-{model}",
                "type": "machine-learning-model",
                "name": model,
                "version": str(models_manifest["recipe"]),
                "description": f"A model of Google for MediaPipe, from {name} {version}.",
                "licenses": [{"license": {"id": sources[model]["model_card_licence"]}}],
                "hashes": [{"alg": "SHA-256", "content": checksum}],
                "pedigree": {"ancestors": [{"type": "library", "name": name, "version": version}]},
            }
        )
    bill.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    add_models(Path(sys.argv[1]))
