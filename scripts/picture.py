#!/usr/bin/env python3
"""Draws the pictures of README and docs: what the plugin prints in a terminal, as it prints it.

    python3 scripts/picture.py [--binary PATH] [--out DIRECTORY]

Narrow and in large letters, so that a phone shows them legibly; with a background and a border of their own,
so that they look the same on a light and on a dark page.
"""

import argparse
import html
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Where the commands run: it holds the files that they name.
INPUTS = ROOT / "scripts" / "pictures"
# Name of the picture, command line, exit code.
PICTURES = [
    ("diff", "diff --sample", 1),
    ("lint", "lint -f argocd-rbac-cm.yaml", 1),
    ("compare", "compare before.yaml after.yaml", 1),
    ("matrix", "matrix -f policy.csv --subject acme:dev", 0),
]
COLUMNS, CHARACTER, LINE, LEFT, TOP = 66, 8.43, 20, 16, 54
COLORS = {
    "1": 'fill="#ffffff" font-weight="bold"',
    "31": 'fill="#ff8b81"',
    "32": 'fill="#7ee787"',
    "33": 'fill="#f2cc60"',
    "34": 'fill="#79c0ff"',
    "36": 'fill="#76c7f0"',
    "91": 'fill="#ff8b81"',
    "92": 'fill="#7ee787"',
    "93": 'fill="#f2cc60"',
    "94": 'fill="#79c0ff"',
    "96": 'fill="#76c7f0"',
}


def printed(binary, line, expected):
    """Returns stdout, then stderr, in colour."""
    command = [str(binary), *line.split(), "--color", "always"]
    environment = dict(os.environ, COLUMNS=str(COLUMNS))
    result = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", cwd=INPUTS, env=environment
    )
    if result.returncode != expected:
        raise SystemExit(f"error: {command} ended with {result.returncode}\n{result.stderr}")
    return result.stdout + result.stderr


def cells(line):
    """Returns the characters of a line, each with its colour."""
    color, found = "", []
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        escape = re.fullmatch(r"\x1b\[([0-9;]*)m", part)
        if escape:
            codes = [code for code in escape[1].split(";") if code in COLORS]
            color = COLORS[codes[-1]] if codes else ""
        else:
            found += [(character, color) for character in part]
    return found


def wrapped(line):
    """Breaks a line between words, but not between an option and its value."""
    rest, lines = cells(line), []
    while len(rest) > COLUMNS:
        text = "".join(character for character, _ in rest[: COLUMNS + 1])
        breaks = [found.end() for found in re.finditer(r"(?<= )(?!-)\S+ |^\S+ ", text)]
        breaks = [at for at in breaks if at <= COLUMNS + 1 and text[:at].strip()]
        at = breaks[-1] if breaks else COLUMNS
        lines.append(rest[: at - 1] if breaks else rest[:at])
        rest = [(" ", ""), (" ", "")] + rest[at:]
    return lines + [rest]


def spans(line):
    text, at = "", 0
    while at < len(line):
        end = at
        while end < len(line) and line[end][1] == line[at][1]:
            end += 1
        run = html.escape("".join(character for character, _ in line[at:end]), quote=False)
        text += f"<tspan {line[at][1]}>{run}</tspan>" if line[at][1] else run
        at = end
    return text


def draw(typed, output):
    prompt = [("$", COLORS["32"])] + [(character, COLORS["1"]) for character in " " + typed]
    if len(prompt) > COLUMNS:
        raise SystemExit(f"error: `{typed}` is wider than the picture")
    lines = [prompt] + [part for line in output.rstrip("\n").split("\n") for part in wrapped(line)]
    width = round(2 * LEFT + COLUMNS * CHARACTER)
    height = TOP + len(lines) * LINE
    rows = [
        f'<text x="{LEFT}" y="{TOP + row * LINE}" xml:space="preserve"'
        f' textLength="{len(line) * CHARACTER:.1f}" lengthAdjust="spacingAndGlyphs">{spans(line)}</text>'
        for row, line in enumerate(lines)
        if line
    ]
    dots = "".join(
        f'<circle cx="{22 + 20 * number}" cy="20" r="6" fill="{color}"/>'
        for number, color in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" role="img">\n<title>{html.escape(typed)}</title>\n'
        f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="10" fill="#0d1117"'
        f' stroke="#444c56"/>\n{dots}\n'
        '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace"'
        ' font-size="14" fill="#d1d7e0">\n' + "\n".join(rows) + "\n</g>\n</svg>\n"
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "target/debug/kubectl-octopus_argo")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs", help="directory")
    args = parser.parse_args()
    for name, line, expected in PICTURES:
        picture = draw(f"kubectl octopus-argo {line}", printed(args.binary.resolve(), line, expected))
        (args.out / f"{name}.svg").write_text(picture, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
