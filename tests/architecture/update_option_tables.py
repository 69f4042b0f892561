#!/usr/bin/env python3
"""Writes the tables of keys and flags at the end of docs/configuration.md from config/*.def.

With --print it only shows the page as it would be written (option_tables_test.cpp compares).
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/configuration.md"
MARK = "<!-- from config/options.def and config/flags.def: tests/architecture/update_option_tables.py -->\n"
ROW = re.compile(r'^RECOVER_(OPTION|SHORTHAND)\((.*)\)$', re.M)


def columns(arguments):
    return [word.strip().strip('"') for word in re.findall(r'"(?:[^"\\]|\\.)*"|[a-z]+', arguments)]


def rows():
    for name in ("options.def", "flags.def"):
        for kind, arguments in ROW.findall((ROOT / "config" / name).read_text()):
            if not arguments.startswith("section") and not arguments.startswith("flag,"):
                yield kind, columns(arguments)


def code(text):
    return f"`{text}`" if text else ""


def tables():
    keys = ["## Every key\n", "| section | key | default | flag | what |", "|---|---|---|---|---|"]
    flags = ["\n## Every flag that is no key\n", "| flag | short | what |", "|---|---|---|"]
    for kind, row in rows():
        if kind == "SHORTHAND":
            flag, short, _, _, _, what = row
            flags.append(f"| {code(flag)} | {code(short)} | {what} |")
            continue
        section, key, flag, short, _, _, default, choices, _, what = row
        if choices and ".." not in choices:
            what += ": " + choices.replace("|", ", ")
        elif choices:
            what += f" ({choices})"
        if key:
            keys.append(f"| {code(section and '[' + section + ']')} | {code(key)} | {code(default)} | {code(flag)} | {what} |")
        else:
            flags.append(f"| {code(flag)} | {code(short)} | {what} |")
    return "\n".join(keys + flags) + "\n"


page = PAGE.read_text().split(MARK)[0] + MARK + "\n" + tables()
if sys.argv[1:] == ["--print"]:
    sys.stdout.write(page)
else:
    PAGE.write_text(page)
