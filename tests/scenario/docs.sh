#!/bin/sh
# Every command in README.md and the documents is one the program understands, the
# README's way between two real offices works as printed, and so do the stranger's lines.
. "$(dirname "$0")/lib.sh"

# ---- every command that is printed anywhere is one the program knows ----
python3 - "$TOP" >printed <<'P'
import re, sys, glob, shlex
top = sys.argv[1]
for path in [top + "/README.md", top + "/HACKING.md"] + glob.glob(top + "/doc/**/*.md", recursive=True):
    text = open(path).read().replace("\\\n", " ")
    for line in text.split("\n"):
        if not line.startswith("    ") and not line.startswith("$ "):
            continue
        line = line.strip().lstrip("$ ")
        if re.match(r"comity(-check)? [a-z-]", line):
            print(" ".join(shlex.split(line, comments=True)[:3]))
P
sort -u printed >commands
while read -r program noun verb; do
	[ "$program" = comity ] || continue
	case $noun in -*) continue ;; esac
	case $verb in
	''|-*|/*|[A-Z0-9]*|first-steps|real-office|*.md) set -- "$noun" ;;
	*) set -- "$noun" "$verb" ;;
	esac
	if comity "$@" --help >help 2>&1; then
		ok "comity $* is a command"
	else
		not_ok "comity $* is a command"
	fi
done <commands

# ---- between two real offices, as README says ----
tsa_start
A() { comity --home a --passphrase-file pass --no-input --progress none "$@"; }
(umask 077; echo 'a long passphrase of an office' >pass)
for o in 'a SN' 'b BR'; do
	home=${o% *} country=${o#* }
	pki "$country"
	try 0 "an office of $country asks its own PKI" \
		comity --home "$home" --passphrase-file pass --no-input init --country "$country" \
		--authority 'Central Authority for Mutual Assistance' --csr --tsa "$TSA_URL" \
		--tsa-roots tsa/root.pem --phone '+221 33 000 00 00' --scrypt-log-n 15
	must comity --home "$home" --passphrase-file pass key csr --out "$home.csr"
	holds 'its request is a PKCS#10 request' openssl req -in "$home.csr" -noout -verify
	certify "$country" "$home.csr"
	try 0 'the certificate is imported' comity --home "$home" --passphrase-file pass \
		--no-input key import chain.pem --roots "pki/$country/root.pem"
	[ -f "$home/card.card" ] && ok 'it has a card' || not_ok 'it has a card'
done
pair
ok 'the two are paired by six words'
small_tree image
try 0 'evidence is added' add image --order 'Order 17/2026'
try 0 'and sent' A evidence send 0001 --to BR --reference BR-2026-000031 \
	--purpose 'Criminal case BR-2026-000031 only'
try 0 'by a stick' A bundle write stick --to BR
try 0 'read' B bundle read stick
try 0 'received' B evidence receive
said_not TRAINING 'and it is no training'
try 0 'opened' B evidence open 0001 --out case
try 0 'exported for a court' B evidence export 0001 --out court-0001
try 0 'intact under the national root alone' comity-check --roots pki/SN/root.pem \
	--tsa tsa/root.pem court-0001/bag

# ---- the stranger's lines in README, as printed ----
mkdir stranger
cd stranger || exit 1
cp ../stick/parcels/*.comity parcel.comity
must comity --home ../b --passphrase-file ../pass key export-identity --out receiver.agekey --yes
must comity --home ../b --passphrase-file ../pass peer roots --out roots.pem
must comity --home ../b --passphrase-file ../pass peer roots --tsa --out tsa.pem
python3 - "$TOP/README.md" >lines <<'P'
import sys
text = open(sys.argv[1]).read()
part = text[text.index("## Checking without us"):].split("\n    ", 1)[1]
block = []
for line in part.split("\n"):
    if line and not line.startswith("    ") and block:
        break
    block.append(line[4:] if line.startswith("    ") else line)
print("\n".join(block))
P
grep -q 'openssl cms' lines || not_ok 'README has the stranger'"'"'s lines'
holds "the stranger's lines in README work as printed" bash -euo pipefail lines
cd ..

# ---- documents agree with the code about their own examples ----
cat >examples.py <<'P'
import glob, json, re, sys
for path in glob.glob(sys.argv[1] + "/doc/**/*.md", recursive=True):
    for block in re.findall(r"```json\n(.*?)```", open(path).read(), re.S):
        try:
            if block.lstrip().startswith('"'):
                json.loads("{" + block + "}")
            elif "}\n{" in block:
                for line in block.strip().split("\n"):
                    json.loads(line)
            else:
                json.loads(block)
        except ValueError as e:
            sys.exit("%s: %s in\n%s" % (path, e, block))
P
holds 'every JSON example is JSON' python3 examples.py "$TOP"
cat >links.py <<'P'
import glob, os, re, sys
top, bad = sys.argv[1], []
for path in glob.glob(top + "/*.md") + glob.glob(top + "/doc/**/*.md", recursive=True):
    for to in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", open(path).read()):
        if not os.path.exists(os.path.join(os.path.dirname(path), to)):
            bad.append(path + " -> " + to)
sys.exit("\n".join(bad) or 0)
P
holds 'every link between documents leads somewhere' python3 links.py "$TOP"

cat >list.py <<'P'
import sys
words = [w.strip() for w in open(sys.argv[1]) if not w.startswith("#")]
assert len(words) == 2048 and words == sorted(words)
assert len({w[:4] for w in words}) == 2048, "two words share their first four letters"
assert all(3 <= len(w) <= 8 and w.isascii() and w.isalpha() and w.islower() for w in words)
near = {}       # each word, and each with one letter taken out or made unknown
for w in words:
    for v in {w} | {w[:i] + w[i + 1:] for i in range(len(w))}:
        near.setdefault(v, set()).add(w)
    for v in {w[:i] + "?" + w[i + 1:] for i in range(len(w))}:
        near.setdefault(v, set()).add(w)
for v, some in near.items():
    if v in words or "?" in v:
        assert len(some) == 1, "one letter apart: %s" % some
P
holds 'the words are as doc/format/card.md says' python3 list.py "$TOP/data/words.txt"

# ---- manual pages ----
for noun in '' evidence key peer bundle stamp; do
	# shellcheck disable=SC2086
	if comity help --man $noun >page 2>&1; then
		if command -v mandoc >/dev/null; then
			holds "comity help --man $noun is a good manual page" mandoc -T lint -W error page
		else
			ok "comity help --man $noun"
		fi
	else
		not_ok "comity help --man $noun"
	fi
done
done_testing
