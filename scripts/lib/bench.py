"""The measurements of scripts/bench.  Only the standard library.

Every figure is the median of BENCH_RUNS runs; a spread ((max - min) / median)
over 15 % is a warning and the figure gives no verdict.  What is compared runs in
turn with what it is compared to, so that a busy minute hits both.  The cache is
warm: each tree is read once before the first run.
"""
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

MB = 1 << 20
SIZE = int(os.environ.get("BENCH_MB", "4096")) * MB
FILES = int(os.environ.get("BENCH_FILES", "200000"))
ACTS = int(os.environ.get("BENCH_ACTS", "1000000"))
LEAVES = int(os.environ.get("BENCH_LEAVES", "10000000"))
WARM_LEAVES = 1000000
RUNS = int(os.environ.get("BENCH_RUNS", "5"))
REAL_ACTS = 1000    # of one run: eight groups, so that begin and end weigh little
SPREAD_MAX = 0.15
TOP = os.environ["TOP"]

rows = []           # (name, text, floor, target, verdict)
under = 0


def fail(text):
    print("scripts/bench: " + text, file=sys.stderr)
    sys.exit(2)


class Run:
    """One finished command: wall and CPU seconds, peak memory in MiB."""

    def __init__(self, args, shell=False, out=None, quiet_status=(0,)):
        # Of the command itself: what this program holds must not count.
        began = time.monotonic()
        p = subprocess.Popen(args, shell=shell, stdin=subprocess.DEVNULL,
                             stdout=out or subprocess.DEVNULL, stderr=subprocess.PIPE,
                             executable="/bin/bash" if shell else None)
        errors = p.stderr.read()
        _, status, usage = os.wait4(p.pid, 0)
        self.wall = time.monotonic() - began
        p.returncode = os.waitstatus_to_exitcode(status)
        if p.returncode not in quiet_status:
            fail("%s ended with %d: %s" % (args, p.returncode,
                                           errors.decode(errors="replace")[-600:]))
        self.cpu = usage.ru_utime + usage.ru_stime
        self.peak = usage.ru_maxrss / 1024


def spread(values):
    return (max(values) - min(values)) / statistics.median(values)


def row(name, values, unit, floor=None, target=None, less=False, note=""):
    """less: small is good.  values: one for each run."""
    global under
    value = statistics.median(values)
    wide = len(values) > 1 and spread(values) > SPREAD_MAX
    text = "%.3g %s" % (value, unit) if value < 1000 else "%.0f %s" % (value, unit)
    ok = lambda bound: value <= bound if less else value >= bound
    if floor is None and target is None:
        verdict = ""
    elif wide:
        verdict = "no verdict"
    elif floor is not None and not ok(floor):
        verdict, under = "UNDER", under + 1
    elif target is not None and not ok(target):
        verdict = "above floor" if floor is not None else "target missed"
    else:
        verdict = "target met"
    if wide:
        verdict += " (WARNING: spread %.0f %%)" % (100 * spread(values))
    show = lambda v: "" if v is None else "%s%g" % ("<=" if less else ">=", v)
    rows.append((name, text, show(floor), show(target), (verdict + "  " + note).strip()))
    print("  %-52s %14s" % (name, text), file=sys.stderr, flush=True)


def together(*jobs):
    """Runs the jobs in turn, RUNS times; for each a list of what it gave."""
    gave = [[] for _ in jobs]
    for _ in range(RUNS):
        for i, job in enumerate(jobs):
            os.sync()       # what the last one left must not slow this one down
            gave[i].append(job())
    return gave


def ratios(ours, theirs):
    return [a / b for a, b in zip(ours, theirs)]


STEAL = 7           # of the columns of /proc/stat: what the host gave to others


def processor_time():
    """All processors together, in ticks: user, nice, system, idle, iowait, irq, softirq, steal."""
    with open("/proc/stat") as f:
        return [int(n) for n in f.readline().split()[1:9]]


class Bench:
    def __init__(self, folder):
        self.dir = folder
        self.at = lambda *p: os.path.join(folder, *p)
        self.spool, self.null_runs = self.at("spool"), []
        os.mkdir(self.spool)
        with open(self.at("pass"), "w") as f:
            f.write("a passphrase for measuring\n")
        subprocess.run([sys.executable, TOP + "/scripts/lib/tsa.py", "init",
                        self.at("tsa")], check=True)
        for home, country in (("a", "XA"), ("b", "XB")):
            self.comity(home, "init", "--country", country, "--authority", "Bench",
                        "--self-ca", "--training", "--scrypt-log-n", "15", "--tsa-roots",
                        self.at("tsa", "root.pem"))
        for home, other in (("a", "b"), ("b", "a")):
            words = json.loads(subprocess.check_output(
                ["comity", "--home", self.at(other), "peer", "words", "--json"]))["words"]
            self.comity(home, "peer", "pair", self.at(other, "card.card"),
                        "--words", words)
        Run(["comity", "--passphrase-file", self.at("pass"), "--no-input", "approval",
             "key", "--out", self.at("judge.key"), "--public", self.at("judge.pub"),
             "--scrypt-log-n", "15"])
        for home in "a", "b":
            self.comity(home, "person", "add", "Judge", "--role", "prosecutor",
                        "--public", self.at("judge.pub"))
        export = ["key", "export-identity", "--out", self.at("agekey"), "--yes"]
        self.approved("b", *export)
        self.comity("b", *export)
        self.comity("b", "peer", "roots", "--out", self.at("roots.pem"))
        with open(self.at("agekey")) as f:
            key = [l for l in f if l.startswith("AGE-SECRET-KEY-")][0]
        self.recipient = subprocess.run(["age-keygen", "-y"], input=key.encode(),
                                        capture_output=True,
                                        check=True).stdout.decode().strip()

    def args(self, home, *words):
        return ["comity", "--home", self.at(home), "--passphrase-file", self.at("pass"),
                "--progress", "none", "--no-input", *words]

    def comity(self, home, *words, **more):
        return Run(self.args(home, *words), **more)

    def add(self, path):
        """Takes in evidence; gives its number."""
        out = subprocess.check_output(self.args(
            "a", "--json", "evidence", "add", path, "--by", "bench",
            "--from", "bench", "--tool", "none", "--method", "made here", "--when",
            "2026-01-01T00:00:00Z"))
        return "%04d" % int(json.loads(out)["number"])

    def approved(self, home, *words):
        """The second person signs, from afar, what never leaves by one."""
        out = subprocess.run(self.args(home, *words), capture_output=True, text=True,
                             check=False)
        matter = re.search(r"approval give ([0-9a-f]{16})", out.stderr + out.stdout)[1]
        ask, answer = self.at("ask.age"), self.at("answer.json")
        self.comity(home, "approval", "give", matter, "--by", "2", "--out", ask)
        Run(["comity", "--passphrase-file", self.at("pass"), "--no-input", "approval",
             "make", ask, "--key", self.at("judge.key"), "--out", answer])
        self.comity(home, "approval", "give", matter, "--file", answer)
        os.unlink(ask)
        os.unlink(answer)

    def seal(self, number):
        """Seals to the disk, synced; the parcel is not kept."""
        words = ["evidence", "seal", number, "--to", "XB"]
        self.approved("a", *words)
        run = self.comity("a", *words)
        for name in os.listdir(self.at("a", "parcels")):
            os.unlink(self.at("a", "parcels", name))
        return run

    def seal_null(self, path):
        """Seals with the parcel going to /dev/null: bytes a second, in MB."""
        run = Run(["bench-seal", path, self.spool])
        self.null_runs.append(run)
        return run.wall

    def parcel(self, number, name):
        """Seals once and keeps the parcel under this name."""
        self.approved("a", "evidence", "seal", number, "--to", "XB")
        self.comity("a", "evidence", "seal", number, "--to", "XB")
        made = self.at("a", "parcels", os.listdir(self.at("a", "parcels"))[0])
        os.rename(made, self.at(name))
        return self.at(name)

    # ---- material ----

    def large_file(self):
        path = self.at("large.bin")
        if not os.path.exists(path):
            Run("head -c %d /dev/zero | openssl enc -aes-128-ctr -K 00 -iv 00 "
                ">%s 2>/dev/null" % (SIZE, path), shell=True)
        return path

    def small_tree(self):
        """FILES files of 1 to 20 KiB, 1,000 a folder; gives (path, bytes)."""
        root, total = self.at("small"), 0
        made = os.path.isdir(root)
        block = os.urandom(20480 + 997)
        for i in range(FILES):
            size = 1024 + (i * 7919) % (20480 - 1024 + 1)
            total += size
            if made:
                continue
            folder = os.path.join(root, "%03d" % (i // 1000))
            if i % 1000 == 0:
                os.makedirs(folder)
            with open(os.path.join(folder, "%06d.dat" % i), "wb") as f:
                f.write(block[i % 997:i % 997 + size])
        return root, total

    # ---- parts ----

    def large(self):
        path = self.large_file()
        number = self.add(path)
        Run(["cat", path])
        sha = lambda: SIZE / MB / Run(["openssl", "dgst", "-sha256", path]).wall
        sealed = []

        def seal():
            sealed.append(self.seal(number))
            return SIZE / MB / sealed[-1].wall
        theirs, ours = together(sha, lambda: SIZE / MB / self.seal_null(path))
        row("openssl dgst -sha256, one stream", theirs, "MB/s")
        row("seal a large file to /dev/null", ours, "MB/s")
        row("  against SHA-256, one stream", ratios(ours, theirs), "x", 0.85, 0.97)
        row("CPU seconds a GB, sealing", [r.cpu / (SIZE / 1e9) for r in self.null_runs],
            "s", less=True)

        copy = self.at("copy")

        def dd():
            run = Run(["dd", "if=" + path, "of=" + copy, "bs=1M", "conv=fsync"])
            os.unlink(copy)
            return SIZE / MB / run.wall
        sha_rate, disk, ours = together(sha, dd, seal)
        row("dd conv=fsync", disk, "MB/s")
        row("seal a large file to disk, synced", ours, "MB/s")
        row("  against min(SHA-256, dd)", [o / min(s, d) for o, s, d in
                                           zip(ours, sha_rate, disk)], "x", 0.70, 0.90)
        self.peak_command = max(r.peak for r in sealed)

    def small(self):
        root, total = self.small_tree()
        number = self.add(root)
        listing = self.at("listing")
        archive = self.at("small.age")
        Run("find %s -type f -print0 | xargs -0 cat" % root, shell=True)
        stream = self.at("stream")
        Run("find %s -type f -print0 | xargs -0 cat >%s" % (root, stream), shell=True)
        sha = lambda: total / MB / Run(["openssl", "dgst", "-sha256", stream]).wall
        null = lambda: total / MB / self.seal_null(root)
        theirs, ours = together(sha, null)
        os.unlink(stream)
        row("%d small files to /dev/null" % FILES, ours, "MB/s")
        row("  against SHA-256 of the same bytes", ratios(ours, theirs), "x", 0.45, 0.80)

        def house():
            """sha256sum of every file, then tar into age, synced."""
            run = Run("set -o pipefail; find %s -type f -print0 | xargs -0 sha256sum "
                      ">%s && tar cf - -C %s . | age -r %s >%s && sync %s" %
                      (root, listing, root, self.recipient, archive, archive), shell=True)
            os.unlink(archive)
            return run.wall
        theirs, ours = together(house, lambda: self.seal(number).wall)
        row("sha256sum, then tar | age, synced", theirs, "s", less=True)
        row("small files to disk, synced", ours, "s", less=True)
        row("  faster than sha256sum, tar | age", ratios(theirs, ours), "x", 2.5, 5)
        # For orientation only, once: they also split and deduplicate.
        for name, program, job in (("restic backup", "restic", self.restic),
                                   ("borg create", "borg", self.borg)):
            if shutil.which(program):
                os.sync()
                row("  faster than " + name + ", once",
                    [job(root) / statistics.median(ours)], "x")

    def restic(self, root):
        repo = self.at("restic")
        env = "RESTIC_PASSWORD=x restic -q --no-cache -r %s " % repo
        Run(env + "init", shell=True)
        run = Run(env + "backup " + root, shell=True)
        shutil.rmtree(repo)
        return run.wall

    def borg(self, root):
        repo = self.at("borg")
        env = "BORG_PASSPHRASE=x BORG_BASE_DIR=%s " % self.at("borgbase")
        Run(env + "borg init -e repokey-blake2 " + repo, shell=True)
        run = Run(env + "borg create -C none %s::one %s" % (repo, root), shell=True)
        shutil.rmtree(repo)
        return run.wall

    def verify(self):
        path = self.large_file()
        number = self.add(path)
        parcel = self.parcel(number, "large.comity")
        Run(["cat", parcel])
        out, plain = self.at("opened"), self.at("plain")
        check = lambda: SIZE / MB / self.check(parcel).wall
        null = lambda: SIZE / MB / self.seal_null(path)
        ours, sealing = together(check, null)
        row("verify a sealed parcel without unpacking", ours, "MB/s")
        row("  against sealing it to /dev/null", ratios(ours, sealing), "x", 1.0)

        def house(parcel):
            os.mkdir(plain)
            run = Run("set -o pipefail; age -d -i %s %s | tar x -C %s && sync -f %s" %
                      (self.at("agekey"), parcel, plain, plain), shell=True)
            shutil.rmtree(plain)
            return run.wall

        def open_it(number):
            run = self.comity("b", "evidence", "open", number, "--out", out,
                              quiet_status=(0, 10))
            self.peak_open = max(getattr(self, "peak_open", 0), run.peak)
            shutil.rmtree(out)
            return run.wall
        received = self.receive(parcel)
        theirs, ours = together(lambda: house(parcel), lambda: open_it(received))
        row("age -d | tar x, large file, synced", theirs, "s", less=True)
        row("open and verify, large file, synced", ours, "s", less=True)
        row("  faster than age -d | tar x", ratios(theirs, ours), "x", 1.0, 1.5)

        root, _ = self.small_tree()
        small = self.parcel(self.add(root), "small.comity")
        received = self.receive(small)
        theirs, ours = together(lambda: house(small), lambda: open_it(received))
        row("age -d | tar x, small files, synced", theirs, "s", less=True)
        row("open and verify, small files, synced", ours, "s", less=True)
        row("  faster than age -d | tar x", ratios(theirs, ours), "x", 1.0, 1.5)

    def receive(self, parcel):
        out = subprocess.run(self.args("b", "--json", "evidence", "receive", parcel),
                             stdout=subprocess.PIPE, check=False)
        if out.returncode not in (0, 10):
            fail("receive ended with %d" % out.returncode)
        return "%04d" % int(json.loads(out.stdout)["parcels"][0]["number"])

    def check(self, parcel):
        # No stamp in these parcels: 10 (time only claimed) is the right answer.
        run = Run(["comity-check", "--roots", self.at("roots.pem"), "--identity",
                   self.at("agekey"), parcel], quiet_status=(0, 10))
        self.peak_check = max(getattr(self, "peak_check", 0), run.peak)
        return run

    def memory(self):
        if not self.null_runs:
            self.seal_null(self.large_file())
        row("peak memory, sealing", [max(r.peak for r in self.null_runs)], "MiB", 64, 40,
            True)
        if not hasattr(self, "peak_check"):
            self.check(self.parcel(self.add(self.large_file()), "large.comity"))
        row("peak memory, comity-check", [self.peak_check], "MiB", 64, 40, True)
        note = "unlocking (scrypt, 32 MiB here) included"
        if hasattr(self, "peak_command"):
            row("peak memory, comity evidence seal", [self.peak_command], "MiB",
                less=True, note=note)
        if hasattr(self, "peak_open"):
            row("peak memory, comity evidence open", [self.peak_open], "MiB", less=True,
                note=note)

    def program(self):
        check = shutil.which("comity-check")
        stripped = self.at("stripped")
        Run(["strip", "-o", stripped, check])
        row("size of comity-check, stripped", [os.path.getsize(stripped) / 1024], "KiB",
            less=True)
        path = self.at("little.txt")
        with open(path, "w") as f:
            f.write("a small piece of evidence\n")
        parcel = self.parcel(self.add(path), "little.comity")
        bag = self.at("little")
        os.mkdir(bag)
        Run("age -d -i %s %s | tar x -C %s --strip-components=1" %
            (self.at("agekey"), parcel, bag), shell=True)
        times = []
        for _ in range(max(RUNS, 5) * 5):
            times.append(1000 * Run(["comity-check", "--roots", self.at("roots.pem"),
                                     bag], quiet_status=(0, 10)).wall)
        # Groups of five: one slow start says nothing about the program.
        times.sort()
        row("comity-check on a small bag", times[len(times) // 4:-(len(times) // 4)],
            "ms", None, 10, True)


    def docket(self):
        """A docket of ACTS acts: what a person waits for, and what a node can take in."""
        out = subprocess.check_output(["bench-docket", self.at("docket"), str(ACTS)])
        got = json.loads(out)
        shutil.rmtree(self.at("docket"))
        for key, name, target in (("desk_ms", "desk", 50), ("due_ms", "first of what is due", 50),
                                  ("open_ms", "opening it", 100)):
            row("docket of %d acts: %s" % (ACTS, name), [got[key]], "ms", None, target, True)
        row("  all that is due (one request in forty)", [got["due_all_ms"]], "ms", less=True)
        row("  the thread of an act", [got["look_up_ms"]], "ms", less=True)
        row("  acts put, 100 a transaction", [1e5 / got["group_of_100_ms"]], "/s", None, 5000)
        row("  peak memory", [got["peak_kib"] / 1024], "MiB", less=True)

    def acts(self):
        """Acts that come in: with nothing but decoding, rules and docket; and whole."""
        folder, bare = self.at("acts"), []
        ask = lambda part, where, n: subprocess.check_output(["bench-acts", part, where, str(n)])
        for _ in range(RUNS):
            bare.append(json.loads(ask("bare", folder, 20000))["rate"])
            shutil.rmtree(folder)
        ask("make", folder, REAL_ACTS)
        runs, stolen = [], []
        for i in range(RUNS + 1):
            home = self.at("taking", str(i))
            os.makedirs(self.at("taking"), exist_ok=True)
            subprocess.run(["cp", "-a", self.at("acts", "XB"), home], check=True)
            os.sync()       # all that is written from here on is of this run
            before = processor_time()
            got = json.loads(ask("take", home, REAL_ACTS))
            spent = [b - a for a, b in zip(before, processor_time())]
            if i > 0:       # the first reads program and libraries, whatever it took
                runs.append(got)
                stolen.append(100 * spent[STEAL] / max(1, sum(spent)))
        # Not before the last has run: ext4 goes round what was removed some seconds ago.
        shutil.rmtree(self.at("taking"))
        shutil.rmtree(folder)
        all_of = lambda key: [r[key] for r in runs]
        row("acts: decode, policy, thread, docket", bare, "/s", None, 5000)
        row("acts from the inbox, checked, receipted, on disk", all_of("rate"), "/s", None, 500,
            note="%d a run; runs: %s; of the processors others took %.1f %%, load %.1f" %
            (REAL_ACTS, " ".join("%.0f" % r for r in all_of("rate")), max(stolen),
             os.getloadavg()[0]))
        row("  processor an act (user)", all_of("user_ms"), "ms", less=True)
        row("  processor an act (system)", all_of("system_ms"), "ms", less=True)
        row("  syncs of the disk an act", all_of("syncs"), "", less=True)
        row("  peak memory", [k / 1024 for k in all_of("peak_kib")], "MiB", None, 64, True)

    def ledger(self):
        """The custody ledger: callers that share syncs, proofs, and a log of LEAVES."""
        runs = []
        for i in range(RUNS):
            folder = self.at("ledger")
            # The large log once: what it says does not depend on the disk's mood.  One
            # before it that a system keeps in memory, for the scrub with a warm cache.
            size = {RUNS - 1: LEAVES, RUNS - 2: min(LEAVES, WARM_LEAVES)}.get(i, 20000)
            runs.append(json.loads(subprocess.check_output(
                ["bench-ledger", folder, str(size)])))
            shutil.rmtree(folder)
        all_of = lambda key: [r[key] for r in runs]
        last, warm = runs[-1], runs[-2:][0]
        row("ledger: 64 callers, syncs of the disk an append", all_of("syncs_each"), "",
            1 / 16, None, True)
        row("  appends, real disk", all_of("appends"), "/s",
            note="fdatasync alone: %.0f/s" % statistics.median(all_of("raw_syncs")))
        row("  with 2 ms a sync, against one by one",
            [r["slow_appends"] / r["slow_one_by_one"] for r in runs], "x", 8, 20)
        row("  a record and its checkpoint, one by one", all_of("publishes"), "/s",
            note="%.1f syncs each" % statistics.median(all_of("publish_syncs")))
        row("  %d leaves: appended, 4,096 a sync" % LEAVES, [last["fill"]], "/s")
        row("  %d leaves: inclusion proofs made" % LEAVES, [last["proofs"]], "/s")
        row("  inclusion proofs checked", all_of("checks"), "/s")
        row("  %d leaves: opening" % LEAVES, [last["open_ms"]], "ms", 1000, None, True)
        row("  %d leaves: peak memory, opened and scrubbed" % LEAVES,
            [last["open_peak_kib"] / 1024], "MiB", 64, None, True)
        middle = lambda key: statistics.median(warm[key])
        row("  %d leaves: scrub, cold cache" % LEAVES, [last["scrub_cold_mb"]], "MB/s",
            note="disk %.0f MB/s; SHA-256 of the same messages on %d cores %.0f MB/s" %
            (last["disk_mb"], last["cores"], middle("hashing_mb")))
        limit = min(last["disk_mb"], middle("hashing_mb"))
        row("  against the %s" % ("disk" if limit == last["disk_mb"] else "hashing"),
            [last["scrub_cold_mb"] / limit], "x", 0.6, 0.85)
        row("  %d leaves: scrub, warm cache" % warm["leaves"], warm["scrub_mb"], "MB/s",
            note="by the clock %.2f of the hashing" %
            (middle("scrub_mb") / middle("hashing_mb")))
        row("  processor a leaf of it", warm["scrub_ns"], "ns", less=True,
            note="hashing %.0f (each digest started anew: %.0f), reading the files %.0f" %
            (middle("hashing_ns"), middle("hashing_started_ns"), middle("reading_ns")))
        spent = list(zip(*(warm[k] for k in ("scrub_ns", "hashing_ns", "reading_ns"))))
        row("  against the hashing", [h / s for s, h, _ in spent], "x", 0.6, 0.85)
        row("  against reading and hashing", [(h + r) / s for s, h, r in spent], "x",
            0.7, 0.85)


def main():
    parts = ["large", "small", "verify", "memory", "program", "docket", "acts", "ledger"]
    wanted = sys.argv[1:] or parts
    for p in wanted:
        if p not in parts:
            fail("no part is called " + p)
    parent = os.environ.get("BENCH_DIR") or os.path.join(TOP, "build-bench")
    folder = tempfile.mkdtemp(prefix="work-", dir=parent)
    print("%d cores, large file %d MB, %d small files, median of %d" %
          (os.cpu_count(), SIZE // MB, FILES, RUNS), file=sys.stderr)
    try:
        bench = Bench(folder)
        for p in parts:
            if p in wanted:
                getattr(bench, p)()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    widths = [max(len(r[i]) for r in rows) for i in range(4)]
    head = ("name", "value", "floor", "target", "verdict")
    for r in [head] + rows:
        print("  ".join([r[0].ljust(widths[0]), r[1].rjust(widths[1]),
                         r[2].rjust(max(widths[2], 5)), r[3].rjust(max(widths[3], 6)),
                         r[4]]).rstrip())
    if under:
        print("%d under the floor" % under)
    return 1 if under else 0


if __name__ == "__main__":
    sys.exit(main())
