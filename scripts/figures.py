#!/usr/bin/env python3
"""Measures whole commands beside their goals, and beside other programs where they are on PATH.

    python3 scripts/figures.py [--binary PATH] [--rounds N] [--markdown]

Wall time, processor time (user and system, which other programs' turns do not count in) and the most
memory held (not less than Python's own, some 10 MB), each the median of some rounds; inputs are made here, the same bytes every time. A
figure that misses its goal is marked; the exit code is 0 all the same, because a machine is not
measured by its neighbours.
"""

import argparse
import multiprocessing
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SAMPLE = (ROOT / "src/input/sample.yaml").read_text().replace("octopus-argo-sample", "argocd")


def policy(lines):
    """Rules as a large organisation has them: ten to a role, users bound to roles."""
    roles = max(1, lines // 10)
    actions = ["get", "sync", "create", "update", "delete", "override", "action/*"]
    out = []
    for number in range(lines):
        role = number % roles
        out.append(
            f"p, role:team-{role}, applications, {actions[number // roles % len(actions)]}, "
            f"proj-{role}/app-{number % 97}*, allow"
        )
    out += [f"g, user-{number}, role:team-{number % roles}" for number in range(roles)]
    return "\n".join(out) + "\n"


def configmap(name, entries):
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: argocd\ndata:\n"
    for key, value in entries:
        text += f"  {key}: |\n" + "".join(f"    {line}\n" for line in value.splitlines())
    return text


def megabyte():
    """An argocd-cm and an argocd-rbac-cm of a megabyte each."""
    customization = "\n".join(["jsonPointers:"] + [f"  - /status/conditions/{n}" for n in range(120)])
    keys = ((f"resource.customizations.kind{n}", customization) for n in range(270))
    return configmap("argocd-cm", keys) + "---\n" + configmap("argocd-rbac-cm", [("policy.csv", policy(15500))])


def inputs(directory):
    for lines in (100, 1_000, 10_000, 100_000):
        text = policy(lines)
        (directory / f"p{lines}.csv").write_text(text)
        (directory / f"p{lines}.yaml").write_text(configmap("argocd-rbac-cm", [("policy.csv", text)]))
    (directory / "megabyte.yaml").write_text(megabyte())
    (directory / "changed.yaml").write_text(megabyte().replace("team-7,", "team-8,"))
    many = directory / "many"
    many.mkdir()
    cm, rbac = SAMPLE.split("\n---\n")
    for number in range(500):
        (many / f"{number}-cm.yaml").write_text(cm.replace("namespace: argocd", f"namespace: a{number}"))
        (many / f"{number}-rbac-cm.yaml").write_text(rbac.replace("namespace: argocd", f"namespace: a{number}"))
    fleet = directory / "fleet"
    fleet.mkdir()
    names = [f"i{number}" for number in range(1000)]
    for name in names:
        (fleet / name).mkdir()
        (fleet / name / "argocd-cm.yaml").write_text(cm)
        (fleet / name / "argocd-rbac-cm.yaml").write_text(rbac)
    entries = "".join(f"- {{name: {name}, files: [{name}/argocd-cm.yaml, {name}/argocd-rbac-cm.yaml]}}\n" for name in names)
    (fleet / "octopus-argo.yaml").write_text("defaults: {namespace: argocd}\ninstances:\n" + entries)


def once(command, directory):
    """Wall and processor time in ms, peak memory in MB, exit code."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = (time.perf_counter() - start) * 1000
    process.returncode = os.waitstatus_to_exitcode(status)
    return wall, (used.ru_utime + used.ru_stime) * 1000, used.ru_maxrss / 1000, process.returncode


class Table:
    def __init__(self, directory, rounds, markdown):
        self.directory, self.rounds, self.markdown = directory, rounds, markdown
        if markdown:
            print("| what | wall | processor | memory | goal |\n|---|---:|---:|---:|---|")
        else:
            print(f"{'what':<58}{'wall':>9}{'processor':>11}{'memory':>9}   goal")

    def row(self, what, command, below="", goal=None, memory=None, codes=(0,)):
        directory = self.directory / below
        once(command, directory)
        runs = [once(command, directory) for _ in range(self.rounds)]
        wrong = {run[3] for run in runs} - set(codes)
        if wrong:
            sys.exit(f"{' '.join(map(str, command))}: exit code {wrong}")
        wall, processor, held = (statistics.median(run[index] for run in runs) for index in range(3))
        self.show(what, f"{wall:.1f} ms", f"{processor:.1f} ms", f"{held:.0f} MB", goal, memory, wall, held)
        return wall, held

    def show(self, what, wall, processor, held, goal, memory, measured, measured_memory):
        goals = []
        if goal is not None:
            goals.append(f"{goal} ms: {'met' if measured <= goal else 'missed'}")
        if memory is not None:
            goals.append(f"{memory} MB: {'met' if measured_memory <= memory else 'missed'}")
        goals = "; ".join(goals)
        if self.markdown:
            print(f"| {what} | {wall} | {processor} | {held} | {goals} |", flush=True)
        else:
            print(f"{what:<58}{wall:>9}{processor:>11}{held:>9}   {goals}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "target/release/kubectl-octopus_argo")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--markdown", action="store_true")
    args = parser.parse_args()
    binary = args.binary.resolve()
    if not binary.exists():
        sys.exit(f"{binary} is not there: cargo build --release")
    with tempfile.TemporaryDirectory() as directory:
        directory = pathlib.Path(directory)
        # In a process of its own: a child's peak memory begins at what its parent holds.
        maker = multiprocessing.get_context("spawn").Process(target=inputs, args=(directory,))
        maker.start()
        maker.join()
        table = Table(directory, args.rounds, args.markdown)
        own(table, binary)
        others(table)
    size = binary.stat().st_size / 1e6
    print(f"\nbinary: {size:.2f} MB (goal 6 MB: {'met' if size < 6 else 'missed'})")


def own(table, binary):
    question = ["can", "user-5", "get", "applications", "proj-3/app-4", "-f"]
    table.row("version", [binary, "version"], goal=2)
    table.row("render --sample", [binary, "render", "--sample"])
    goals = {"p100.csv": 3, "p10000.csv": 6, "p10000.yaml": 6, "p100000.csv": 30, "p100000.yaml": 45}
    for name in ("p100.csv", "p1000.csv", "p10000.csv", "p10000.yaml", "p100000.csv", "p100000.yaml"):
        table.row(f"can, {name[1:]}", [binary, *question, name], goal=goals.get(name), codes=(0, 1))
    for lines in (100, 1_000, 10_000, 100_000):
        goal, memory = (15, 20) if lines == 10_000 else (None, None)
        table.row(f"check, {lines} lines", [binary, "check", "-f", f"p{lines}.yaml"], goal=goal, memory=memory, codes=(0, 1))
    table.row("diff of two ConfigMaps of 1 MiB, with permissions", [binary, "diff", "-f", "megabyte.yaml"], goal=60, codes=(1,))
    table.row("diff of argocd-cm of 1 MiB, no permissions", [binary, "diff", "--only", "argocd-cm", "-f", "megabyte.yaml"], goal=20, codes=(1,))
    table.row("lint, 1,000 files", [binary, "lint", "-f", "many"], codes=(0, 1))
    walls, memory = 0, 0
    for command in (["render", "--all", "--output-dir", "out"], ["check", "--all"], ["lint", "--all"]):
        wall, held = table.row(f"1,000 instances: {' '.join(command)}", [binary, *command], below="fleet")
        walls, memory = walls + wall, max(memory, held)
    table.show("1,000 instances: all three", f"{walls:.0f} ms", "", f"{memory:.0f} MB", 1000, 100, walls, memory)


def others(table):
    commands = [
        ("kubectl version --client", ["kubectl", "version", "--client"], (0,)),
        ("argocd version --client", ["argocd", "version", "--client"], (0,)),
        ("argocd admin settings rbac can, 10,000 lines",
         ["argocd", "admin", "settings", "rbac", "can", "user-5", "get", "applications", "proj-3/app-4", "--policy-file", "p10000.csv"], (0, 1)),
        ("diff -u of two ConfigMaps of 1 MiB", ["diff", "-u", "megabyte.yaml", "changed.yaml"], (1,)),
        ("dyff between two ConfigMaps of 1 MiB", ["dyff", "between", "megabyte.yaml", "changed.yaml"], (0, 1)),
        ("yq of two ConfigMaps of 1 MiB", ["yq", ".metadata.name", "megabyte.yaml"], (0,)),
    ]
    for what, command, codes in commands:
        if shutil.which(command[0]):
            table.row(what, command, codes=codes)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
