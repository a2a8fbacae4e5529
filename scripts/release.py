#!/usr/bin/env python3
"""Builds the release: archives, checksums, package manifests; installs what it built.

    python3 scripts/release.py local       # all of it, for this machine

or step by step, as the release workflow does:

    build      the binary, without a trace of the machine it was built on; fails where it is too large
    archive    one archive: binary, LICENSE, README, manual, completions
    manifest   SHA256SUMS, and with the checksums of the archives plugin.yaml (as octopus-argo.yaml, the
               name that the Krew index wants), the Homebrew formula and the Nix expression
    install    through Krew where it is there, else unpacked and linked as Krew does

The same commit gives the same bytes: names are sorted, times are the commit's
(SOURCE_DATE_EPOCH, where it is set), owners are zero. Needs Python 3.8 and nothing else.
"""

import argparse
import gzip
import hashlib
import io
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = "kubectl-octopus_argo"
COMPLETER = "kubectl_complete-octopus_argo"
COMPLETIONS = {
    "kubectl": COMPLETER,
    "bash": f"{BINARY}.bash",
    "zsh": f"_{BINARY}",
    "fish": f"{BINARY}.fish",
    "powershell": f"{BINARY}.ps1",
    "elvish": f"{BINARY}.elv",
}
LIMIT = 6_000_000  # bytes of the binary on x86_64 Linux: docs/development/performance.md
FIRST_ZIP_TIME = 315_532_800  # 1980-01-01: zip knows nothing older


def fail(text):
    sys.exit(f"error: {text}")


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, **options)


def this_platform():
    systems = {"Linux": "linux", "Darwin": "darwin", "Windows": "windows"}
    machines = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
    try:
        return f"{systems[platform.system()]}-{machines[platform.machine().lower()]}"
    except KeyError:
        fail(f"no release for {platform.system()} on {platform.machine()}")


def version():
    found = re.search(r'^version = "(.*)"$', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)
    return f"v{found[1]}"


def archive_name(platform_name):
    """As the manifest names it."""
    names = re.findall(r"uri: .*/(.*)", (ROOT / "plugin.yaml").read_text())
    for name in names:
        if name.startswith(f"{BINARY}-{version()}-{platform_name}."):
            return name
    fail(f"plugin.yaml has no archive of {version()} for {platform_name}")


def commit_time():
    named = os.environ.get("SOURCE_DATE_EPOCH")
    if named:
        return max(int(named), FIRST_ZIP_TIME)
    git = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True
    )
    return int(git.stdout) if git.returncode == 0 and git.stdout.strip() else FIRST_ZIP_TIME


def build(target, auditable):
    """Builds the binary and returns its path."""
    cargo_home = os.environ.get("CARGO_HOME") or pathlib.Path.home() / ".cargo"
    flags = [
        os.environ.get("RUSTFLAGS", ""),
        f"--remap-path-prefix={cargo_home}=/cargo",
        f"--remap-path-prefix={ROOT}=/source",
    ]
    environment = dict(os.environ, RUSTFLAGS=" ".join(flags).strip())
    command = ["cargo", *(["auditable"] if auditable else []), "build", "--release", "--locked"]
    if target:
        command += ["--target", target]
    run(*command, cwd=ROOT, env=environment)
    directory = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
    name = BINARY + (".exe" if "windows" in (target or this_platform()) else "")
    binary = directory / (target or "") / "release" / name
    # The static libc of a named target is not counted.
    if not target and this_platform() == "linux-amd64":
        check_size(binary)
    return binary


def check_size(binary):
    """Fails when the binary is larger than promised."""
    size = binary.stat().st_size
    if size > LIMIT:
        fail(f"{binary} has {size:,} bytes, more than {LIMIT:,}: see docs/development/performance.md, The binary's size")


def contents(binary, platform_name):
    """Every file of the archive: name, mode, bytes. The binary itself writes manual and scripts."""
    suffix = ".exe" if platform_name.startswith("windows") else ""
    files = [(BINARY + suffix, 0o755, binary.read_bytes())]
    for name in ("LICENSE", "README.md", "CHANGELOG.md"):
        files.append((name, 0o644, (ROOT / name).read_bytes()))
    for shell, name in COMPLETIONS.items():
        script = run(binary, "completion", shell, stdout=subprocess.PIPE).stdout
        mode = 0o755 if shell == "kubectl" else 0o644
        files.append((f"completions/{name}", mode, script))
    with tempfile.TemporaryDirectory() as directory:
        run(binary, "man", "--quiet", "--output-dir", directory)
        for page in pathlib.Path(directory).iterdir():
            files.append((f"man/man1/{page.name}", 0o644, page.read_bytes()))
    return sorted(files)


def tar_gz(files, seconds, level):
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0, compresslevel=level) as out:
        with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for name, mode, data in files:
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode, entry.mtime = len(data), mode, seconds
                archive.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


def zipped(files, seconds, level):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, mode, data in files:
            entry = zipfile.ZipInfo(name, time.gmtime(seconds)[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix: the mode counts
            entry.external_attr = (0o100000 | mode) << 16
            archive.writestr(entry, data)
    return packed.getvalue()


def archive(binary, platform_name, out, level):
    name = archive_name(platform_name)
    pack = zipped if name.endswith(".zip") else tar_gz
    data = pack(contents(binary, platform_name), commit_time(), level)
    out.mkdir(parents=True, exist_ok=True)
    (out / name).write_bytes(data)
    print(out / name)
    return out / name


def manifest(out, complete):
    """Writes SHA256SUMS and the manifests of the package managers, all with the same checksums."""
    # The comment at its head is for those who work on it here.
    text = re.sub(r"\A(#.*\n)+", "", (ROOT / "plugin.yaml").read_text())
    entries = re.findall(r'uri: (\S+)\n +sha256: "([0-9a-f]{64})"', text)
    values, sums = {"version": version()[1:]}, []
    for uri, placeholder in entries:
        name = uri.rsplit("/", 1)[1]
        path, digest = out / name, placeholder
        if path.is_file():
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            sums.append(f"{digest}  {name}\n")
        elif complete:
            fail(f"{path} is missing")
        text = text.replace(f'{uri}\n      sha256: "{placeholder}"', f'{uri}\n      sha256: "{digest}"')
        platform_name = name[len(f"{BINARY}-{version()}-"):].split(".")[0]
        values[f"url {platform_name}"], values[f"sha256 {platform_name}"] = uri, digest
    if not sums:
        fail(f"no archive in {out}: run `scripts/release.py archive` first")
    files = {"octopus-argo.yaml": text, "SHA256SUMS": "".join(sorted(sums, key=lambda line: line.split()[1]))}
    for template in sorted((ROOT / "packaging").glob("kubectl-octopus-argo.*")):
        files[template.name] = re.sub("@([a-z0-9 -]+)@", lambda found: values[found[1]], template.read_text())
    for name, content in files.items():
        (out / name).write_text(content)
        print(out / name)


def install(out, root, links, krew):
    packed = out / archive_name(this_platform())
    if krew and shutil.which("kubectl-krew"):
        run("kubectl", "krew", "install",
            f"--manifest={out / 'octopus-argo.yaml'}", f"--archive={packed}")
        return
    if str(packed).endswith(".zip"):
        fail("unpack the archive and put its directory on PATH: Windows has no links to files")
    store = root / version()
    shutil.rmtree(store, ignore_errors=True)
    with tarfile.open(packed) as archive_file:
        for entry in archive_file:
            path = store / entry.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive_file.extractfile(entry).read())
            path.chmod(entry.mode)
    links.mkdir(parents=True, exist_ok=True)
    for link, file in ((BINARY, BINARY), (COMPLETER, f"completions/{COMPLETER}")):
        (links / link).unlink(missing_ok=True)
        (links / link).symlink_to(store / file)
    print(links / BINARY)
    if str(links) not in os.environ.get("PATH", "").split(os.pathsep):
        print(f"note: put {links} on your PATH", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("step", choices=["local", "build", "archive", "manifest", "install"])
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "out", help="directory of the result")
    parser.add_argument("--target", help="build: Rust's name of the target")
    parser.add_argument("--auditable", action="store_true", help="build: with cargo-auditable")
    parser.add_argument("--binary", type=pathlib.Path, help="archive: the binary")
    parser.add_argument("--platform", default=None, help="archive: linux-amd64, …")
    parser.add_argument("--level", type=int, default=9, help="archive: compression, 0 to 9")
    parser.add_argument("--complete", action="store_true", help="manifest: fail unless all archives are there")
    home = pathlib.Path.home() / ".local"
    parser.add_argument("--root", type=pathlib.Path, default=home / "share" / "kubectl-octopus-argo",
                        help="install: where to unpack, without Krew")
    parser.add_argument("--links", type=pathlib.Path, default=home / "bin",
                        help="install: where to link, without Krew")
    parser.add_argument("--no-krew", action="store_true", help="install: without Krew")
    args = parser.parse_args()
    out = args.out.resolve()
    binary = args.binary
    if args.step in ("local", "build"):
        binary = build(args.target, args.auditable)
        print(binary)
    if args.step in ("local", "archive"):
        if binary is None:
            fail("archive needs --binary")
        archive(binary.resolve(), args.platform or this_platform(), out, args.level)
    if args.step in ("local", "manifest"):
        manifest(out, args.complete)
    if args.step in ("local", "install"):
        install(out, args.root.resolve(), args.links.resolve(), not args.no_krew)


if __name__ == "__main__":
    main()
