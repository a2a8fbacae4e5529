#!/usr/bin/env python3
"""Draws docs/diff.svg, the README's picture: what the plugin prints in a terminal, as it prints it.

    python3 scripts/picture.py [--binary PATH] [--out FILE]
"""

import argparse
import html
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
COMMAND = ["diff", "--sample"]
TYPED = "kubectl octopus-argo " + " ".join(COMMAND)
COLUMNS, CHARACTER, LINE, LEFT, TOP = 92, 8.43, 20, 22, 62
COLORS = {
    "1": 'fill="#ffffff" font-weight="bold"',
    "31": 'fill="#ff8b81"',
    "32": 'fill="#7ee787"',
    "33": 'fill="#f2cc60"',
    "36": 'fill="#76c7f0"',
}


def printed(binary):
    """stdout, then stderr, in colour. Exit code 1 means that there are differences."""
    command = [str(binary), *COMMAND, "--color", "always"]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 1:
        raise SystemExit(f"error: {command} ended with {result.returncode}\n{result.stderr}")
    return result.stdout + result.stderr


def cells(line):
    """The characters of a line, each with its colour."""
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
    """As a terminal of that width breaks it."""
    line = cells(line)
    return [line[at : at + COLUMNS] for at in range(0, len(line), COLUMNS)] or [[]]


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


def draw(output):
    prompt = [("$", COLORS["32"])] + [(character, COLORS["1"]) for character in " " + TYPED]
    lines = [prompt] + [part for line in output.rstrip("\n").split("\n") for part in wrapped(line)]
    width = round(2 * LEFT + COLUMNS * CHARACTER)
    height = TOP + len(lines) * LINE + 8
    rows = [
        f'<text x="{LEFT}" y="{TOP + row * LINE}" xml:space="preserve"'
        f' textLength="{len(line) * CHARACTER:.1f}" lengthAdjust="spacingAndGlyphs">{spans(line)}</text>'
        for row, line in enumerate(lines)
        if line
    ]
    dots = "".join(
        f'<circle cx="{26 + 20 * number}" cy="22" r="6" fill="{color}"/>'
        for number, color in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" role="img">\n<title>{html.escape(TYPED)}</title>\n'
        f'<rect width="{width}" height="{height}" rx="10" fill="#0d1117"/>\n{dots}\n'
        '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace"'
        ' font-size="14" fill="#c9d1d9">\n' + "\n".join(rows) + "\n</g>\n</svg>\n"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "target/debug/kubectl-octopus_argo")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs/diff.svg")
    args = parser.parse_args()
    args.out.write_text(draw(printed(args.binary)), encoding="utf-8")


if __name__ == "__main__":
    main()
