#!/usr/bin/env python3
"""Reads generated files with readers that are not ours: PyYAML (YAML 1.1), and kubectl.

    GENERATED=50000 GENERATED_DIR=DIR cargo test --test it whatever_a_file
    scripts/readers.py DIR [HOW_MANY_WITH_KUBECTL]

Every NUMBER.yaml must read as the documents of NUMBER.json say.
"""

import json
import pathlib
import subprocess
import sys

import yaml


def with_kubectl(text: str) -> list:
    """The documents of a manifest as kubectl reads them."""
    command = ["kubectl", "patch", "--local", "-f", "-", "--type", "merge", "-p", "{}", "-o", "json"]
    answer = subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout
    decoder, documents, rest = json.JSONDecoder(), [], answer.decode().strip()
    while rest:
        document, end = decoder.raw_decode(rest)
        documents.append(document)
        rest = rest[end:].lstrip()
    return documents


def without_nothing(value):
    """kubectl leaves out nulls, and maps of a ConfigMap that hold nothing."""
    if not isinstance(value, dict):
        return value
    entries = {key: without_nothing(entry) for key, entry in value.items()}
    return {key: entry for key, entry in entries.items() if entry not in (None, {})}


def main() -> int:
    directory = pathlib.Path(sys.argv[1])
    kubectl = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    read, asked, wrong = 0, 0, []
    for expected in sorted(directory.glob("*.json"), key=lambda path: int(path.stem)):
        wanted = json.loads(expected.read_text(encoding="utf-8"))
        text = expected.with_suffix(".yaml").read_bytes().decode("utf-8")
        now = [document for document in yaml.safe_load_all(text) if document is not None]
        read += 1
        if now != wanted:
            wrong.append(f"{expected.stem}: PyYAML reads {now}, not {wanted}")
        is_object = all(isinstance(one, dict) and one.get("kind", "Kustomization") != "Kustomization" for one in wanted)
        if is_object and asked < kubectl:
            asked += 1
            now = with_kubectl(text)
            # kubectl ends the last line, so that a block of text there reads with a line break.
            wanted = wanted if text.endswith("\n") else [one for one in yaml.safe_load_all(text + "\n") if one is not None]
            if [without_nothing(one) for one in now] != [without_nothing(one) for one in wanted]:
                wrong.append(f"{expected.stem}: kubectl reads {now}, not {wanted}")
    print(f"PyYAML read {read} files, kubectl {asked}; {len(wrong)} read otherwise than intended")
    print("\n".join(wrong[:20]))
    return 1 if wrong or read == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
