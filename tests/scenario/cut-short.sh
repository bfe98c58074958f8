#!/bin/sh
# A command that is stopped, killed or runs out of disk leaves nothing half-written
# under a final name, and goes on or starts again when it is typed again.
. "$(dirname "$0")/lib.sh"

two_offices
mkdir seized
head -c 300000000 /dev/urandom >seized/disk.img
seq 100000 >seized/list
seq 200000 >seized/a-first
must add seized
ahead A evidence seal 0001 --to XB	# approved: what is stopped is the sealing

# stopped SIGNAL WHEN COMMAND...: runs it, and sends the signal after WHEN seconds, or
# once a file that fits the pattern WHEN has more than a megabyte.
stopped() {
	python3 - "$@" <<'P'
import glob, os, signal, subprocess, sys, time
# Not ignored, as Ctrl-C is in a shell's background jobs.
signal.signal(signal.SIGINT, signal.default_int_handler)
name, when = sys.argv[1:3]
p = subprocess.Popen(sys.argv[3:], stdin=subprocess.DEVNULL)
def grown(path):
    try:
        return os.stat(path).st_size > 1 << 20
    except OSError:
        return False
if when.replace(".", "").isdigit():
    time.sleep(float(when))
else:
    while p.poll() is None and not any(grown(f) for f in glob.glob(when)):
        time.sleep(0.002)
p.send_signal(getattr(signal, name))
code = p.wait()
sys.exit(code if code >= 0 else 128 - code)
P
}
a='comity --home a --passphrase-file pass --no-input --progress none'
b='comity --home b --passphrase-file pass --no-input --progress none'
nothing_half() {	# HOME
	[ -z "$(find "$1/parcels" "$1/outbox" "$1/inbox" -type f ! -name '*.comity' \
		! -name '*.part*' ! -name '.*' 2>/dev/null)" ]
}

for signal in SIGINT SIGKILL; do
	# shellcheck disable=SC2086
	stopped $signal 0.25 $a evidence seal 0001 --to XB >said 2>&1
	got=$?
	if [ "$got" -eq 0 ]; then
		skip "$signal while sealing: it was faster than the signal"
	elif [ $signal = SIGINT ] && [ "$got" -ne 130 ]; then
		not_ok "$signal while sealing ends with 130, not $got"
	else
		ok "$signal while sealing stops it"
	fi
	[ -z "$(find a/parcels -name '*.comity')" ] || [ "$got" -eq 0 ] &&
		ok "no parcel came of it ($signal)" || not_ok "no parcel came of it ($signal)"
	rm -f a/parcels/*.comity
done
try 0 'then it seals' second A evidence send 0001 --to XB
[ -z "$(find a/tmp -type f)" ] && ok 'what was left is swept' || not_ok 'what was left is swept'
try 0 'and is written to a folder' A bundle write stick --to XB

for signal in SIGINT SIGKILL; do
	# shellcheck disable=SC2086
	stopped $signal 'b/inbox/*' $b bundle read stick >said 2>&1
	[ $? -ne 0 ] && nothing_half b && ok "$signal while reading the folder" ||
		skip "$signal while reading the folder: it was faster"
done
try 0 'then the folder is read' B bundle read stick
# shellcheck disable=SC2086
stopped SIGINT 0.15 $b evidence receive >said 2>&1
try 0 'then it is received' B evidence receive
for signal in SIGINT SIGKILL; do
	# shellcheck disable=SC2086
	stopped $signal '.comity-quarantine-bag/data/*' $b evidence open 0001 --out bag >said 2>&1
	got=$?
	if [ "$got" -eq 0 ]; then
		skip "$signal while opening: it was faster than the signal"
		rm -rf bag
	else
		[ ! -e bag ] && ok "$signal while opening: no folder" ||
			not_ok "$signal while opening: no folder"
	fi
done
try 0 'then it opens, going on' B evidence open 0001 --out bag
cmp -s seized/disk.img bag/data/disk.img && ok 'to the same bytes' || not_ok 'to the same bytes'
[ -z "$(find . -maxdepth 1 -name '.comity-quar*')" ] && ok 'no quarantine is left' ||
	not_ok 'no quarantine is left'

# A quarantine that somebody touched meanwhile is not believed.
# shellcheck disable=SC2086
stopped SIGKILL '.comity-quarantine-touched/data/disk.img' $b evidence open 0001 --out touched >said 2>&1
q=$(find . -maxdepth 1 -type d -name '.comity-quar*')
if [ -n "$q" ] && [ -s "$q/data/a-first" ]; then
	flip "$q/data/a-first" 100
	B evidence open 0001 --out touched >said 2>&1
	got=$?
	if [ "$got" -eq 0 ]; then
		cmp -s seized/a-first touched/data/a-first &&
			ok 'a quarantine that was touched is not believed' ||
			not_ok 'a quarantine that was touched is not believed'
	else
		[ ! -e touched ] && ok 'a quarantine that was touched is not believed' ||
			not_ok 'a quarantine that was touched is not believed'
	fi
else
	skip 'a quarantine that was touched: none was left'
fi

# The folder that travels, cut in the middle of a copy.
mkdir -p cut/parcels cut/cards
cp stick/bundle.json cut/
cp stick/cards/* cut/cards/
for p in stick/parcels/*.comity; do
	head -c 1000000 "$p" >"cut/parcels/$(basename "$p")"
done
must rm -rf b2
cp -R b b2
rm -rf b2/inbox b2/evidence
comity --home b2 --passphrase-file pass --no-input bundle read cut >said 2>&1
got=$?
[ "$got" -ne 0 ] && ok 'a folder with a cut parcel is noticed' ||
	not_ok 'a folder with a cut parcel is noticed'

# Disk full.
ahead A evidence seal 0001 --to XB
mkdir full
if mount -t tmpfs -o size=40m tmpfs full 2>/dev/null; then
	MOUNTED="$WORK/full"
	B evidence open 0001 --out full/bag >said 2>&1
	got=$?
	[ "$got" -ne 0 ] && [ ! -e full/bag ] && ok 'a full disk while opening leaves no folder' ||
		not_ok "a full disk while opening leaves no folder ($got)"
	grep -qiE 'full|space' said && ok 'and it says that the disk is full' ||
		not_ok 'and it says that the disk is full'
	A bundle write full/stick --to XB >said 2>&1
	got=$?
	[ "$got" -ne 0 ] && [ -z "$(find full/stick/parcels -name '*.comity' 2>/dev/null)" ] &&
		ok 'a full stick holds no cut parcel' || not_ok "a full stick holds no cut parcel ($got)"
	rm -rf full/* full/.comity*
	cp -R a/. full/home 2>/dev/null
	rm -rf full/home/parcels/* full/home/outbox/*
	if [ -f full/home/comity.json ]; then
		comity --home full/home --passphrase-file pass --no-input evidence seal 0001 \
			--to XB >said 2>&1
		got=$?
		[ "$got" -ne 0 ] && [ -z "$(find full/home/parcels -name '*.comity')" ] &&
			ok 'a full disk while sealing leaves no parcel' ||
			not_ok "a full disk while sealing leaves no parcel ($got)"
	fi
	umount full && MOUNTED=''
else
	skip 'a full disk: no small file system may be mounted here'
fi

# Two commands at once on one home.
# shellcheck disable=SC2086
$a evidence seal 0001 --to XB >one 2>&1 &
first=$!
sleep 0.3
A evidence seal 0001 --to XB >said 2>&1
second=$?
wait "$first"
first=$?
[ "$first" -eq 0 ] || [ "$second" -eq 0 ] && ok 'of two commands at once one gets through' ||
	not_ok 'of two commands at once one gets through'
try 0 'and the home is whole' A evidence list

# A request with an attachment, stopped on its way out.
head -c 8000000 /dev/urandom >court-order.bin
must preserve XB --attach court-order.bin
before=$(find a/parcels -name '*.comity' | wc -l)
# shellcheck disable=SC2086
stopped SIGINT 0.3 $a request send 1 --yes >said 2>&1
got=$?
if [ "$got" -eq 0 ]; then
	skip 'SIGINT while a request is sealed: it was faster than the signal'
else
	[ "$got" -eq 130 ] && ok 'SIGINT while a request is sealed stops it' ||
		not_ok "SIGINT while a request is sealed ends with 130, not $got"
	A --json request show 1 >v.json
	holds 'it is a draft still' test "$(json v.json state)" = draft
	holds 'and no parcel came of it' \
		test "$(find a/parcels -name '*.comity' | wc -l)" -eq "$before"
fi
try 0 'then it leaves, once' second A request send 1
holds 'with one parcel' test "$(find a/parcels -name '*.comity' | wc -l)" -eq $((before + 1))
done_testing
