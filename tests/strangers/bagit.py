#!/usr/bin/env python3
"""Is this folder a complete and valid BagIt 1.0 bag?  By RFC 8493 alone.

Knows nothing of Comity: reads the bag declaration, every payload and tag
manifest, percent-decodes paths as section 2.1.3 says, and compares.
Exit 0: valid; 1: not, with a line for each reason.
"""
import hashlib
import os
import re
import sys

KNOWN = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512"}


def decode(path):
    return re.sub(r"%(0[ad]|25)", lambda m: chr(int(m.group(1), 16)), path, flags=re.I)


def manifest(path):
    entries, wrong = {}, []
    with open(path, encoding="utf-8", newline="") as lines:
        for n, line in enumerate(re.split(r"\r\n|\r|\n", lines.read()), 1):
            if not line:
                continue
            m = re.fullmatch(r"([0-9A-Fa-f]+)[ \t]+\*?(.+)", line)
            if not m:
                wrong.append(f"{path}: line {n} is no manifest entry")
                continue
            name = decode(m.group(2)).removeprefix("./")
            if name in entries:
                wrong.append(f"{path}: {name} is listed twice")
            entries[name] = m.group(1).lower()
    return entries, wrong


def digest(path, algorithm):
    h = hashlib.new(algorithm)
    with open(path, "rb") as f:
        while part := f.read(1 << 20):
            h.update(part)
    return h.hexdigest()


def check(bag):
    wrong = []
    declaration = open(os.path.join(bag, "bagit.txt"), "rb").read()
    if declaration != (b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"):
        wrong.append("bagit.txt is not the declaration of version 1.0")
    if not os.path.isdir(os.path.join(bag, "data")):
        wrong.append("there is no payload folder data/")
    payload = set()
    for folder, _, names in os.walk(os.path.join(bag, "data")):
        payload |= {os.path.relpath(os.path.join(folder, n), bag) for n in names}
    manifests = [n for n in os.listdir(bag) if re.fullmatch(r"(tag)?manifest-\w+\.txt", n)]
    if not any(n.startswith("manifest-") for n in manifests):
        wrong.append("there is no payload manifest")
    for name in manifests:
        algorithm = name.rsplit("-", 1)[1][:-4]
        if algorithm not in KNOWN:
            wrong.append(f"{name}: unknown algorithm")
            continue
        entries, bad = manifest(os.path.join(bag, name))
        wrong += bad
        tags = name.startswith("tag")
        for path, value in entries.items():
            inside = path.startswith("data/")
            real = os.path.normpath(os.path.join(bag, path))
            if inside == tags or not real.startswith(os.path.normpath(bag) + os.sep):
                wrong.append(f"{name}: {path} does not belong there")
            elif not os.path.isfile(real):
                wrong.append(f"{name}: {path} is missing")
            elif digest(real, algorithm) != value:
                wrong.append(f"{name}: {path} has another digest")
        if tags and any(p.startswith("tagmanifest-") for p in entries):
            wrong.append(f"{name}: lists a tag manifest")
        if not tags:
            for path in payload - entries.keys():
                wrong.append(f"{name}: {path} is not listed")
    info = os.path.join(bag, "bag-info.txt")
    if os.path.exists(info):
        text = open(info, encoding="utf-8").read()
        oxum = re.search(r"^Payload-Oxum: (\d+)\.(\d+)$", text, re.M)
        size = sum(os.path.getsize(os.path.join(bag, p)) for p in payload)
        if oxum and (int(oxum[1]), int(oxum[2])) != (size, len(payload)):
            wrong.append("Payload-Oxum does not count what is there")
    return wrong


if __name__ == "__main__":
    reasons = check(sys.argv[1])
    print("\n".join(reasons) or "valid")
    sys.exit(1 if reasons else 0)
