#!/bin/sh
# A disk that is full stops a request, a bundle or evidence in one clear sentence; nothing
# is lost and nothing half-done is seen, and with room again the same command does it.
. "$(dirname "$0")/lib.sh"

two_offices
mkdir small
if ! mount -t tmpfs -o size=16m tmpfs small 2>/dev/null; then
	skip 'no small file system may be mounted here'
	done_testing
	exit 0
fi
MOUNTED="$WORK/small"
cp -R b small/b
S() { comity --home small/b --passphrase-file pass --no-input --progress none "$@"; }
# leave BYTES: so much room there is, and no more.
leave() {
	dd if=/dev/zero of=small/fill bs=4096 2>/dev/null
	truncate -s "-$1" small/fill
}
no_room() {	# WHAT COMMAND...
	what=$1
	shift
	try 1 "$what on a full disk" "$@"
	said 'no space left on the disk' 'ends in one clear sentence'
	holds 'with nothing half-done' test "$(S --json request list --all)" = "$list"
}
small_tree seized
must add seized
must preserve XB
must second A request send 1
must second A evidence send 0001 --to XB
must A bundle write stick --to XB
list=$(S --json request list --all)

# A parcel that says it is a terabyte: its folder is a few bytes on the stick.
cp -R stick huge
big=$(printf 'a%.0s' $(seq 64))
printf 'age-encryption.org/v1\n' >"huge/parcels/$big.comity"
truncate -s 1T "huge/parcels/$big.comity"
printf '"parcels": [{"act":"%s","bytes":1099511627776,"sha256":"%s"},' "$big" "$big" >listed
sed -i -e '/"parcels": \[/{r listed' -e 'd}' huge/bundle.json
cp -R small/b kept-b
try 1 'a parcel larger than the disk is not copied' S bundle read huge --later
said 'no space left on the disk' 'and says why'
holds 'the others are' test "$(find small/b/inbox -name '*.comity' | wc -l)" -eq 2
holds 'and nothing of it stays' test -z "$(find small/b/inbox -name '*.part')"
try 0 'the home goes on' S case new After
rm -rf small/b
cp -R kept-b small/b
list=$(S --json request list --all)

leave 8192
no_room 'a draft' S request new preserve --to XA --account q@example.org
no_room 'a bundle' S bundle read stick
rm -f small/fill
must S bundle read stick --later
leave 8192
no_room 'receiving' S evidence receive
rm -f small/fill
try 0 'with room again it is received' S evidence receive
try 0 'the evidence is whole' S evidence open 0001 --out bag
list=$(S --json request list --all)
leave 8192
no_room 'an answer' S request confirm 1
rm -f small/fill
try 0 'with room again it is given' S request confirm 1
try 0 'nothing was lost' S doctor
said 'all there' 'and it says so'
must S bundle write back --to XA
must A bundle read back
A --json request list --all >v.json
holds 'who asked has the answer' grep -q accepted v.json
done_testing
