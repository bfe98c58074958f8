#!/usr/bin/env python3
"""Does this folder hold a whole transparency log, as its checkpoint says?

    tiles.py LOG [--log VKEY] [--witness VKEY]...
    tiles.py --proof FILE --leaf HEX [LOG] [--log VKEY] [--witness VKEY]...

Knows nothing of Comity: RFC 6962 trees, RFC 8032 signatures, and the C2SP pages
signed-note, tlog-checkpoint, tlog-cosignature, tlog-tiles and tlog-proof.  Reads every
entry of LOG, hashes all of them, compares each tile of each level with what comes out,
and the root with the one that the log's key signed.  Nothing is fetched.

--log is the key to believe; without it LOG/vkey is, which shows only that the folder
agrees with itself.  Each --witness has to have cosigned.  With --proof a leaf (its bytes
in hex) is checked against a .tlog-proof file alone.

Exit 0 and one line: all of it agrees; 1: a line for each thing that does not.
"""
import argparse
import base64
import binascii
import hashlib
import os
import re
import struct
import sys

WIDTH = 256


class Disagrees(Exception):
    pass


# ---- RFC 8032, Ed25519: what it says in section 5.1, in whole numbers ----

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def point_add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def point_times(n, a):
    out = (0, 1, 1, 0)
    while n:
        if n & 1:
            out = point_add(out, a)
        a = point_add(a, a)
        n >>= 1
    return out


def point_read(b):
    y = int.from_bytes(b, "little")
    odd, y = y >> 255, (y & (1 << 255) - 1) % P
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if x * x % P != xx:
        x = x * SQRT_M1 % P
    if x * x % P != xx:
        return None
    if x & 1 != odd:
        x = P - x
    return (x, y, 1, x * y % P)


def point_write(a):
    z = pow(a[2], P - 2, P)
    x, y = a[0] * z % P, a[1] * z % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = point_read((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_holds(key, message, signature):
    a = point_read(key)
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or a is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little")
    minus_a = (P - a[0], a[1], a[2], P - a[3])
    r = point_add(point_times(s, BASE), point_times(k % ORDER, minus_a))
    return point_write(r) == signature[:32]


# ---- C2SP notes ----

def base64_read(text):
    try:
        out = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as e:
        raise Disagrees(f"{text!r} is no base64") from e
    if base64.b64encode(out).decode() != text:
        raise Disagrees(f"{text!r} is base64 in another spelling")
    return out


def number_read(text):
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text):
        raise Disagrees(f"{text!r} is no number")
    return int(text)


class Key:
    def __init__(self, vkey):
        try:
            self.name, ident, key = vkey.strip().split("+", 2)
        except ValueError as e:
            raise Disagrees(f"{vkey!r} is no verifier key") from e
        typed = base64_read(key)
        self.type, self.point = typed[:1], typed[1:]
        if self.type not in (b"\x01", b"\x04") or len(self.point) != 32:
            raise Disagrees(f"the key of {self.name} is of a type not known here")
        self.id = hashlib.sha256(self.name.encode() + b"\n" + typed).digest()[:4]
        if self.id.hex() != ident:
            raise Disagrees(f"the verifier key of {self.name} has a wrong id")


class Note:
    def __init__(self, data):
        text, gap, lines = data.decode("utf-8").rpartition("\n\n")
        if not gap or not lines.endswith("\n"):
            raise Disagrees("the checkpoint is no signed note")
        self.text, self.lines = text + "\n", {}
        for line in lines[:-1].split("\n"):
            m = re.fullmatch("\u2014 ([^ +]+) ([^ ]+)", line)
            signature = base64_read(m.group(2)) if m else b""
            if len(signature) < 5 or (m.group(1), signature[:4]) in self.lines:
                raise Disagrees(f"{line!r} is no line of a signature")
            self.lines[m.group(1), signature[:4]] = signature[4:]
        lines = self.text.split("\n")
        if len(lines) != 4:
            raise Disagrees("the checkpoint has not three lines")
        self.origin, self.size, self.root = (lines[0], number_read(lines[1]),
                                             base64_read(lines[2]))

    def signed_at(self, key):
        """The time of a cosignature, 0 of a signature."""
        signature, at = self.lines.get((key.name, key.id)), 0
        message = self.text.encode()
        if signature is None:
            raise Disagrees(f"{key.name} has not signed the checkpoint")
        if key.type == b"\x04" and len(signature) == 72:
            at, signature = struct.unpack(">Q", signature[:8])[0], signature[8:]
            message = b"cosignature/v1\ntime %d\n" % at + message
        if not ed25519_holds(key.point, message, signature):
            raise Disagrees(f"the signature of {key.name} does not hold")
        return at


def note_check(note, log, witnesses):
    """Who vouches for it, as words."""
    if log.name != note.origin or log.type != b"\x01":
        raise Disagrees(f"the checkpoint is of {note.origin}, the key of {log.name}")
    note.signed_at(log)
    if any(w.type != b"\x04" for w in witnesses):
        raise Disagrees("the key of a witness is no key for cosignatures")
    return "".join(f", cosigned by {w.name} at {note.signed_at(w)}" for w in witnesses)


# ---- RFC 6962 trees ----

sha256 = hashlib.sha256


def node(left, right):
    return sha256(b"\1" + left + right).digest()


def perfect(hashes):
    """Root of 2**n subtrees side by side."""
    while len(hashes) > 1:
        pairs = iter(hashes)
        hashes = [sha256(b"\1" + a + b).digest() for a, b in zip(pairs, pairs)]
    return hashes[0]


class Root:
    """Perfect subtrees from the left, joined as soon as two are of one size."""

    def __init__(self):
        self.parts = []

    def add(self, leaves, digest):
        while self.parts and self.parts[-1][0] == leaves:
            leaves, digest = leaves * 2, node(self.parts.pop()[1], digest)
        self.parts.append((leaves, digest))

    def digest(self):
        if not self.parts:
            return sha256(b"").digest()
        out = self.parts[-1][1]
        for _, left in reversed(self.parts[:-1]):
            out = node(left, out)
        return out


# ---- C2SP tiles ----

def tile_name(level, n):
    name = f"{n % 1000:03}"
    while n >= 1000:
        n //= 1000
        name = f"x{n % 1000:03}/{name}"
    return f"tile/{level}/{name}"


def file_read(path):
    try:
        with open(path, "rb") as f:
            return f.read()
    except FileNotFoundError:
        return None


def tile_read(folder, level, n, width, cut):
    """Its bytes; a full tile may stand for a partial one.  cut: the first so many."""
    name = tile_name(level, n)
    if width == WIDTH:
        data = file_read(os.path.join(folder, name))
    else:
        data = file_read(os.path.join(folder, f"{name}.p/{width}"))
        if data is None:
            name, data = name, file_read(os.path.join(folder, name))
            data = data and cut(data, width)
        else:
            name = f"{name}.p/{width}"
    if data is None:
        raise Disagrees(f"{name} is missing")
    return name, data


def older_partials(folder, level, n, width):
    """What was published before of the same tile and is still there."""
    name = tile_name(level, n) + ".p"
    try:
        widths = os.listdir(os.path.join(folder, name))
    except FileNotFoundError:
        return
    for w in widths:
        if re.fullmatch("[1-9][0-9]{0,2}", w) and int(w) < width:
            yield int(w), f"{name}/{w}", file_read(os.path.join(folder, name, w))


def entries_split(name, data):
    """(offset behind it, entry) one by one; u16 length before each."""
    at, out = 0, []
    while at < len(data):
        if at + 2 > len(data):
            raise Disagrees(f"{name} is cut short")
        n = data[at] << 8 | data[at + 1]
        at += 2 + n
        if at > len(data):
            raise Disagrees(f"{name} is cut short")
        out.append(data[at - n:at])
    return out


def entries_cut(data, width):
    at = 0
    for _ in range(width):
        if at + 2 > len(data):
            return data
        at += 2 + (data[at] << 8 | data[at + 1])
    return data[:at]


def hashes_cut(data, width):
    return data[:32 * width]


class Log:
    def __init__(self, folder, size):
        self.folder, self.size, self.wrong, self.root = folder, size, [], Root()

    def tile_check(self, level, n, hashes):
        want = b"".join(hashes)
        try:
            name, data = tile_read(self.folder, level, n, len(hashes), hashes_cut)
            if data != want:
                self.wrong.append(f"{name} is not what the entries give")
        except Disagrees as e:
            self.wrong.append(str(e))
        for width, name, data in older_partials(self.folder, level, n, len(hashes)):
            if data != want[:32 * width]:
                self.wrong.append(f"{name} is not what the entries give")

    def bundle(self, n, width):
        name, data = tile_read(self.folder, "entries", n, width, entries_cut)
        entries = entries_split(name, data)
        if len(entries) != width:
            raise Disagrees(f"{name} holds {len(entries)} entries and not {width}")
        for w, older, part in older_partials(self.folder, "entries", n, width):
            if part != entries_cut(data, w):
                self.wrong.append(f"{older} is not what is there now")
        return [sha256(b"\0" + e).digest() for e in entries]

    def check(self):
        above = []
        for n in range((self.size + WIDTH - 1) // WIDTH):
            hashes = self.bundle(n, min(WIDTH, self.size - n * WIDTH))
            self.tile_check(0, n, hashes)
            if len(hashes) == WIDTH:
                above.append(perfect(hashes))
                self.root.add(WIDTH, above[-1])
            else:
                for h in hashes:
                    self.root.add(1, h)
        level = 1
        while above:
            up = []
            for n in range((len(above) + WIDTH - 1) // WIDTH):
                hashes = above[n * WIDTH:(n + 1) * WIDTH]
                self.tile_check(level, n, hashes)
                if len(hashes) == WIDTH:
                    up.append(perfect(hashes))
            above, level = up, level + 1
        return self.root.digest()


def log_check(folder, log, witnesses):
    data = file_read(os.path.join(folder, "checkpoint"))
    if data is None:
        raise Disagrees("checkpoint is missing")
    note = Note(data)
    vouched = note_check(note, log, witnesses)
    tiles = Log(folder, note.size)
    root = tiles.check()
    if root != note.root:
        tiles.wrong.append(f"the entries have the root {root.hex()}, the checkpoint "
                           f"says {note.root.hex()}")
    for line in tiles.wrong:
        print(f"tiles: {line}")
    if tiles.wrong:
        return False
    print(f"tiles: {note.size} leaves, root {root.hex()}, verified{vouched}")
    return True


# ---- C2SP tlog-proof ----

def inclusion_root(leaf, index, size, path):
    """RFC 9162 section 2.1.3.2; None: there is no such walk."""
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return r if sn == 0 else None


def proof_check(path, leaf, log, witnesses):
    data = file_read(path)
    if data is None:
        raise Disagrees(f"{path} is missing")
    head, gap, note = data.partition(b"\n\n")
    lines = head.decode("ascii").split("\n")
    if not gap or lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Disagrees(f"{path} is no proof of a log")
    if lines and lines[0].startswith("extra "):
        base64_read(lines.pop(0)[6:])
    if not lines or not lines[0].startswith("index "):
        raise Disagrees(f"{path} gives no index")
    index, hashes = number_read(lines[0][6:]), [base64_read(l) for l in lines[1:]]
    note = Note(note)
    vouched = note_check(note, log, witnesses)
    if len(hashes) > 63 or any(len(h) != 32 for h in hashes) or index >= note.size or \
            inclusion_root(sha256(b"\0" + leaf).digest(), index, note.size,
                           hashes) != note.root:
        raise Disagrees("the leaf is not in the log at that place")
    print(f"proof: leaf {index} of {note.size}, root {note.root.hex()}, "
          f"verified{vouched}")
    return True


def main():
    a = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1])
    a.add_argument("folder", nargs="?")
    a.add_argument("--log")
    a.add_argument("--witness", action="append", default=[])
    a.add_argument("--proof")
    a.add_argument("--leaf")
    a = a.parse_args()
    if not a.folder and not (a.proof and a.log) or bool(a.proof) != bool(a.leaf):
        print("tiles: say what to check; see the beginning of this file")
        return 2
    try:
        vkey = a.log
        if vkey is None:
            data = file_read(os.path.join(a.folder, "vkey"))
            if data is None:
                raise Disagrees("vkey is missing")
            vkey = data.decode()
        log, witnesses = Key(vkey), [Key(w) for w in a.witness]
        if a.proof:
            good = proof_check(a.proof, bytes.fromhex(a.leaf), log, witnesses)
        else:
            good = log_check(a.folder, log, witnesses)
    except (Disagrees, OSError, ValueError) as e:
        print(f"{'proof' if a.proof else 'tiles'}: {e}")
        return 1
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
