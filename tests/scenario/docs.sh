#!/bin/sh
# Every command in README.md and the documents is one the program understands, the
# README's way between two real offices works as printed, and so do the stranger's lines.
. "$(dirname "$0")/lib.sh"

# ---- every command that is printed anywhere is one the program knows ----
cat >printed.py <<'P'
# Prints a line each: the command's noun and verb, TAB, the options it is printed with.
import glob, re, shlex, sys
top = sys.argv[1]
paths = [top + "/" + n for n in ("README.md", "HACKING.md")] + \
    glob.glob(top + "/doc/**/*.md", recursive=True)
nouns = {}
for line in open(sys.argv[2]):	# what `comity help` prints
    m = re.match(r"  ([a-z]+)(?: ([a-z-]+))?(?= |$)", line)
    if m:
        nouns.setdefault(m[1], set()).add(m[2] or "")
for path in paths:
    text = open(path).read().replace("\\\n", " ")
    lines = [l[4:] for l in text.split("\n") if l.startswith("    ")]
    lines += [l for b in re.findall(r"```sh\n(.*?)```", text, re.S) for l in b.split("\n")]
    lines += re.findall(r"`(comity [a-z][^`\n]*)`", text)
    for line in lines:
        m = re.match(r"(?:comity|aldora|berun) ([a-z-].*)", line.strip())
        if not m:
            continue
        words = shlex.split(m[1].replace("$(", "(").replace('"$(', '"('), comments=True)
        while words and words[0] in ("--home", "--passphrase-file"):
            words = words[2:]
        if not words or words[0].startswith("-"):
            continue
        noun, verb = words[0], words[1] if len(words) > 1 else ""
        if noun in nouns and ("" in nouns[noun] or not re.match("[a-z]", verb)):
            verb = ""
        options = sorted({w for w in words if re.match(r"--[a-z]", w)})
        print((noun + " " + verb).strip() + "\t" + " ".join(options))
P
comity help >all-commands
holds 'the commands in the documents are read' sh -c \
	'python3 printed.py "$1" all-commands >printed' sh "$TOP"
sort -u printed >commands
unknown=''
while IFS='	' read -r command options; do
	# shellcheck disable=SC2086 # words
	comity $command --help >help 2>&1 || comity help "$command" >help 2>&1 ||
		unknown="$unknown; comity $command"
	for o in $options; do
		grep -q -- "^  $o\( \|\$\)" help || unknown="$unknown; comity $command $o"
	done
done <commands
holds "each of $(wc -l <commands) printed commands, with its options, is one the program knows" \
	sh -c '[ -z "$1" ] || { echo "$1"; exit 1; }' sh "$unknown"

# ---- what is printed works as printed ----
# as_printed PAGE HEADING: runs the indented lines below that heading, one command after
# the other in one shell.  "# ends with N" behind a command says how it ends; else 0.
cat >as-printed.py <<'P'
import re, shlex, sys
page, heading = sys.argv[1:]
text = open(page).read()
text = text[text.index("\n## " + heading + "\n") + 1:]
text = re.split(r"\n## ", text, maxsplit=1)[0].replace("\\\n", " ")
print("said=$PWD/../as-printed.said; : >$said; trap 'kill $(jobs -p) 2>/dev/null' EXIT")
print('step() { eval "$2" >>$said 2>&1 </dev/null; got=$?; [ $got -eq $1 ] || {')
print('\ttail -n 20 $said; echo "ended with $got, $1 was expected: $2"; exit 1; }; }')
for line in text.split("\n"):
    if line.startswith("    "):
        want = re.search(r"# ends with (\d+)", line)
        print("step", want[1] if want else 0, shlex.quote(re.sub(r" {2,}", " ", line[4:])))
P
as_printed() {
	python3 as-printed.py "$1" "$2" >as-printed && grep -q '^step ' as-printed &&
		(cd source && bash ../as-printed)
}
# What the reader has: the source folder, with the programs built in it.
mkdir -p source/build/src tmp
ln -s "$TOP/scripts" source/scripts
ln -s "$BIN" source/build/src/cli
export TMPDIR="$WORK/tmp"
holds 'README: the same by hand, line by line' as_printed "$TOP/README.md" 'The same by hand'
story=$(find tmp -name letter.html -exec dirname {} \;)
holds 'it ends with evidence, a letter in French, a file for age, a home from its backup' \
	sh -c 'cd "$1" && [ "$(find bag/data -name "*invoice*")" ] &&
	grep -q "Demande de conservation" letter.html &&
	head -n 1 for-a-court.age | grep -q age-encryption.org/v1 &&
	[ -f again/journal/records ]' sh "$story"

cat >home.py <<'P'
import os, re, sys
page = open(sys.argv[1] + "/doc/format/home.md").read()
for home in ("aldora", "berun", "again"):
    for name in os.listdir(os.path.join(sys.argv[2], home)):
        name = name.replace("docket.sqlite-wal", "docket.sqlite")
        assert re.search("`" + re.escape(name) + "[/`]", page), name
P
holds 'doc/format/home.md names everything a home has' python3 home.py "$TOP" "$story"

# ---- topics of help ----
comity help >all-commands
sed -n 's/,$//; /^Topics:/,$p' all-commands | sed 's/Topics: comity help//; s/,//g' >topics
holds 'help names its topics' grep -q requests topics
for topic in $(cat topics); do
	holds "comity help $topic is there" comity help "$topic"
done
comity help grounds >grounds
cat >grounds.py <<'P'
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1]), delimiter="\t", quoting=csv.QUOTE_NONE))
said = {tuple(l.split()[:2]): l.split()[2:] for l in open("grounds") if l.startswith("  ")}
n = 0
for kind in ("preserve", "traffic_path", "subscriber", "stored_data", "use_consent"):
    for r in rows:
        if r["measure_id"] == kind and r["refusal_ground_ids"]:
            want = [g for g in r["refusal_ground_ids"].split(";") if g[0] not in "PN"]
            assert said[kind, r["instrument"]] == want, (kind, r["instrument"])
            n += 1
assert n > 10
P
holds 'the grounds it names are those of the tables' python3 grounds.py "$TOP/data/law/basis.tsv"

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
try 0 'and sent' second A evidence send 0001 --to BR --reference BR-2026-000031 \
	--purpose 'Criminal case BR-2026-000031 only'
try 0 'by a stick' A bundle write stick --to BR
try 0 'read' B bundle read stick
try 0 'received' B evidence receive
said_not TRAINING 'and it is no training'
try 0 'opened' B evidence open 0001 --out case
try 0 'and what the next bundle takes back are receipts' B bundle write stick-back --to SN
must A bundle read stick-back
said receipt 'which arrive'
try 0 'a treaty that binds both is suggested' A request new preserve --to BR \
	--account maria.k@example.org --provider 'Mail' --offence 'fraud, art. 13' --facts F \
	--data D --necessity N --intend stored_data --intend-by "$(day '+40 days')" --not-secret
must A request show 1
said Budapest 'here the one of Budapest'
must A request edit 1 --basis 'UNCAC-CYBER 42'
try 6 'one that is not in force cannot be named' A request check 1
said 'UNCAC-CYBER' 'and it says so'
try 0 'a backup' A backup office.age
try 0 'opens as a trial' comity --home trial --passphrase-file pass restore office.age
try 0 'exported for a court' B evidence export 0001 --out court-0001
try 0 'intact under the national root alone' comity-check --roots pki/SN/root.pem \
	--tsa tsa/root.pem court-0001/bag

# ---- the stranger's lines in README, as printed ----
mkdir stranger
must second B key export-identity --out stranger/receiver.agekey --yes
cd stranger || exit 1
cp ../stick/parcels/*.comity parcel.comity
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
for noun in '' evidence key peer bundle stamp request case correspondent; do
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
