#!/usr/bin/env python3
"""Counts the instructions of ten commands under valgrind, and fails when one has grown by more than
a tenth over what tests/cost/instructions.json records.

    python3 scripts/cost.py            build, count, compare
    python3 scripts/cost.py --update   build, count, record

Instructions and not seconds: the same on a busy machine. They differ a little from run to run, because
hashes are keyed anew in every process, and with the compiler; the tenth covers both.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECORD = ROOT / "tests/cost/instructions.json"
LIMIT = 0.10
COMMANDS = {
    "version": ["version"],
    "render": ["render", "--sample"],
    "diff": ["diff", "--sample"],
    "check, 1,000 rules": ["check", "-f", "policy.yaml"],
    "lint": ["lint", "--sample"],
    "can, 1,000 rules": ["can", "role:team-7", "get", "applications", "proj-7/app-7", "-f", "policy.yaml"],
    "who-can, 1,000 rules": ["who-can", "sync", "applications", "*/*", "-f", "policy.yaml"],
    "matrix, 1,000 rules": ["matrix", "-f", "policy.yaml"],
    "compare, 1,000 rules": ["compare", "policy.yaml", "changed.yaml"],
    "apps": ["apps", "-f", "application.yaml"],
}
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  namespace: argocd
  annotations:
    argo.octopus.com/project: shop
    argo.octopus.com/environment: production
spec:
  project: web
  source:
    repoURL: https://git.example.com/shop.git
    path: deploy
    targetRevision: main
  destination:
    server: https://kubernetes.default.svc
    namespace: shop
"""


def policy(widened=None):
    """A thousand rules in an argocd-rbac-cm, one of which is about all objects where that is asked for."""
    rules = (
        f"    p, role:team-{n % 100}, applications, {('get', 'sync', 'delete')[n % 3]}, "
        f"{'*/*' if n == widened else f'proj-{n % 100}/app-{n}*'}, allow\n"
        for n in range(1000)
    )
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-rbac-cm\ndata:\n  policy.csv: |\n"
    return head + "".join(rules)


def count(binary, arguments, directory):
    """Instructions of one run."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", binary, *arguments]
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    result = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True)
    if result.returncode not in (0, 1):
        sys.exit(f"{' '.join(arguments)}: exit code {result.returncode}\n{result.stderr}")
    collected = re.search(r"Collected : (\d+)", result.stderr)
    if not collected:
        sys.exit(f"valgrind counted nothing\n{result.stderr}")
    return int(collected.group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true")
    args = parser.parse_args()
    subprocess.run(["cargo", "build", "--quiet", "--locked", "--profile", "cost", "--bin", "kubectl-octopus_argo"], cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    binary = str((target / "cost/kubectl-octopus_argo").resolve())
    with tempfile.TemporaryDirectory() as directory:
        files = {"policy.yaml": policy(), "changed.yaml": policy(widened=500), "application.yaml": APPLICATION}
        for name, text in files.items():
            (pathlib.Path(directory) / name).write_text(text)
        counted = {name: count(binary, arguments, directory) for name, arguments in COMMANDS.items()}
    if args.update:
        RECORD.write_text(json.dumps(counted, indent=2) + "\n")
        print(f"recorded in {RECORD.relative_to(ROOT)}")
        return
    recorded = json.loads(RECORD.read_text())
    if recorded.keys() != counted.keys():
        sys.exit(f"{RECORD.relative_to(ROOT)} records other commands: run scripts/cost.py --update")
    failed = False
    for name, instructions in counted.items():
        growth = instructions / recorded[name] - 1
        grown = growth > LIMIT
        failed |= grown
        print(f"{name:<20}{instructions:>14,}  {growth:+7.1%}{'  grown by more than a tenth' if grown else ''}")
    if failed:
        sys.exit("if that is meant, say why in the commit, and record it: python3 scripts/cost.py --update")


if __name__ == "__main__":
    main()
