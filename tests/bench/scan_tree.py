#!/usr/bin/env python3
"""Makes a tree of many files with realistic names for tests/bench/scan.sh.

usage: scan_tree.py DIRECTORY FILES

Two thirds are what software trees are full of (sources, objects of git, node modules, pictures); a third
has names that say nothing, so that their heads must be read. A few databases are planted: SQLite under
honest and dishonest names, a Redis snapshot, a plain dump without extension, compressed dumps.
"""
import gzip
import os
import random
import sqlite3
import sys

root, wanted = sys.argv[1], int(sys.argv[2])
random.seed(7)
SOURCE = ["js", "ts", "py", "c", "h", "cpp", "java", "go", "rs", "html", "css", "md", "json", "map", "yml", "xml"]
MEDIA = ["png", "jpg", "svg", "pdf", "so", "o", "pyc", "woff2", "jar", "mo"]
UNKNOWN = ["", "", "txt", "dat", "csv", "data", "bin", "cache", "tmp", "db"]
WORDS = ["index", "main", "util", "test", "report", "image", "invoice", "README", "module", "page", "style"]
TEXT = b"nothing to see here, only some words that fill a small file. " * 8


def name(kind):
    word = random.choice(WORDS) + str(random.randrange(10_000))
    if kind == "git":
        return "%038x" % random.getrandbits(152)
    extension = random.choice({"source": SOURCE, "media": MEDIA, "unknown": UNKNOWN}[kind])
    return word + ("." + extension if extension else "")


def write(path, content):
    with open(path, "wb") as file:
        file.write(content)


def plant(directory, number):
    kinds = ["honest.sqlite", "photo.jpg", "no_extension_%d" % number]
    for file_name in kinds:
        path = os.path.join(directory, file_name)
        if os.path.exists(path):
            continue
        connection = sqlite3.connect(path)
        connection.execute("create table t(a)")
        connection.execute("insert into t values (1)")
        connection.commit()
        connection.close()
    write(os.path.join(directory, "old-cache"), b"REDIS0009\xfa\x09redis-ver\x056.0.9\xff" + bytes(8))
    dump = b"--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.3\n\n" + TEXT
    write(os.path.join(directory, "monday"), dump)
    write(os.path.join(directory, "tuesday.gz"), gzip.compress(dump))


made = 0
directory_number = 0
while made < wanted:
    kind = random.choices(["source", "git", "media", "unknown"], [45, 12, 13, 30])[0]
    parts = ["p%d" % (directory_number % 97), "q%d" % (directory_number // 97 % 89), "d%d" % directory_number]
    directory = os.path.join(root, *parts)
    os.makedirs(directory, exist_ok=True)
    directory_number += 1
    for _ in range(random.randrange(3, 11)):
        write(os.path.join(directory, name(kind)), TEXT[: random.randrange(1, 480)])
        made += 1
    if directory_number % 7000 == 5:
        plant(directory, directory_number)
print(made, "files in", directory_number, "leaf directories")
