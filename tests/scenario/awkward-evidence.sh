#!/bin/sh
# Any tree of files is sealed as it is or refused by name; a file that changes while it
# is read is never sealed.
. "$(dirname "$0")/lib.sh"

two_offices
mkdir odd
cd odd || exit 1
printf 1 >'a name'
printf 2 >"$(printf 'new\nline')"
printf 3 >'100%'
printf 4 >été.txt
printf 5 >"$(printf 'bad\377utf8')"
printf 6 >README
printf 7 >Readme
printf 8 >CON
printf 9 >-rf
printf 10 >_salt
printf 11 >.hidden
printf 12 >'back\slash'
printf 13 >"$(printf 'bidi\342\200\256gpj.exe')"
: >empty
mkdir hollow "$(printf '%0100d' 1)"
deep=$(printf '%0100d' 1)/$(printf '%0100d' 2)
mkdir -p "$deep"
printf 14 >"$deep/$(printf '%0100d' 3)"
ln -s /etc/passwd link
ln -s . loop
mkfifo pipe
ln README hard
[ "$(id -u)" -ne 0 ] || mknod null c 1 3 2>/dev/null
truncate -s 3M sparse
cd ..

try 0 'an awkward tree is added' add odd
try 0 'and sealed' second A evidence send 0001 --to XB
over stick
try 0 'and opened' B evidence open 0001 --out bag
stranger_kit
try 0 'and intact' check bag
holds 'sha256sum reads its manifest' sh -c \
	'cd bag && sha256sum -c --strict --quiet manifest-sha256.txt'
cat >names.py <<'P'
import base64, json, os
lines = [json.loads(l) for l in open("bag/files.jsonl")]
name = lambda l: base64.b64decode(l["name_b64"]) if "name_b64" in l else l["name"].encode()
files = {name(l): l for l in lines if l["t"] == "file"}
want = set()
for at, dirs, names in os.walk(b"odd"):
    for n in names:
        p = os.path.join(at, n)
        if os.path.isfile(p) and not os.path.islink(p):
            want.add(os.path.relpath(p, b"odd"))
assert set(files) == want, (set(files) ^ want)
for n, l in files.items():
    assert open(os.path.join(b"odd", n), "rb").read() == \
        open("bag/" + l["path"], "rb").read(), n
others = {name(l): l["t"] for l in lines if l["t"] != "file"}
assert others[b"link"] == "link" and others[b"hollow"] == "dir", others
assert others[b"pipe"] == "left_out", others
P
holds 'every file is there under its true name, and nothing else' python3 names.py
[ -z "$(find bag -type l -o -type p)" ] && ok 'no link and no pipe was made' ||
	not_ok 'no link and no pipe was made'
LC_ALL=C find bag | LC_ALL=C grep -qv '^[A-Za-z0-9._/-]*$' &&
	not_ok 'names in the bag are plain' || ok 'names in the bag are plain'

# One file, and a name given with a slash at its end.
try 0 'a single file is evidence too' add odd/sparse
try 0 'a folder with a slash at its end' add odd/

# What changes between adding and sealing.
mkdir moving
seq 1000 >moving/log
must add moving
echo more >>moving/log
try 3 'a file that has changed since is not sealed' second A evidence seal 0004 --to XB
said log 'it is named'
[ -z "$(find a/tmp -type f)" ] && ok 'nothing is left of it' || not_ok 'nothing is left of it'
seq 1000 >moving/log
touch -d '2001-01-01' moving/log
try 0 'the same content with another time is what it was' second A evidence seal 0004 --to XB
rm moving/log
second A evidence seal 0004 --to XB >said 2>&1
[ $? -eq 3 ] && ok 'a file that is gone is not passed over' ||
	not_ok 'a file that is gone is not passed over'
seq 1000 >moving/log
: >moving/new
second A evidence seal 0004 --to XB >said 2>&1
[ $? -eq 3 ] && ok 'a file that is new is not passed over' ||
	not_ok 'a file that is new is not passed over'

# What changes while it is being read: a log that grows all the time.
mkdir live
head -c 60000000 /dev/urandom >live/big
: >live/zlog
(while :; do echo x >>live/zlog; done) &
writer=$!
add live >said 2>&1
got=$?
kill "$writer"
wait "$writer" 2>/dev/null
[ "$got" -eq 9 ] && ok 'a file that grows while it is read is not taken in' ||
	not_ok "a file that grows while it is read is not taken in ($got)"
grep -q zlog said && ok 'it is named' || not_ok 'it is named'

# What cannot be read.
mkdir locked
echo open >locked/open
echo secret >locked/shut
chmod 0 locked/shut
if [ "$(id -u)" -eq 0 ]; then
	chmod 711 "$WORK"
	cp -R a mine
	chown -R 65534:65534 mine locked
	chown 0:0 locked/shut
	nobody() {
		setpriv --reuid=65534 --regid=65534 --clear-groups \
			comity --home mine --passphrase-file pass --no-input --progress none "$@"
	}
	chmod 644 pass
	chmod 755 locked
else
	nobody() { A "$@"; }
fi
record="--by U --from H --tool none --method copied --when 2026-11-20"
# shellcheck disable=SC2086
try 1 'a file that cannot be read is named' nobody evidence add locked $record
said shut 'by its name'
# shellcheck disable=SC2086
try 0 'unless told to leave it out' nobody evidence add locked $record --leave-out-unreadable
# shellcheck disable=SC2086
try 0 'one path can be left out' A evidence add odd $record --leave-out 100%

if [ -n "${COMITY_LONG:-}" ]; then
	truncate -s 9G giant
	must add giant
	try 0 'a file over 8 GiB' second A evidence send 0006 --to XB
	over stick9
	rm -f giant
	try 0 'it opens' B evidence open 0002 --out giant-bag
	[ "$(stat -c %s giant-bag/data/giant)" -eq 9663676416 ] && ok 'at its full size' ||
		not_ok 'at its full size'
else
	skip 'a file over 8 GiB (only with --long)'
fi
done_testing
