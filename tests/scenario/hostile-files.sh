#!/bin/sh
# A package, parcel or folder that was changed on its way is never Intact; the file that
# was changed is named, the exit code is right, and nothing of it appears when opened.
. "$(dirname "$0")/lib.sh"

two_offices
small_tree seized
must add seized
must second A evidence seal 0001 --to XB --out one.comity
mkdir second
echo other >second/file
must add second
must second A evidence seal 0002 --to XB --out two.comity
must B evidence receive one.comity
must B evidence receive two.comity
must B evidence open 0001 --out bag
must B evidence open 0002 --out bag2
stranger_kit

# bent TEXT 'what' COMMANDS: the bag, after the commands ran in a copy of it.
bent() {
	text=$1 what=$2
	shift 2
	rm -rf t
	cp -R bag t
	(cd t && eval "$*") || { not_ok "on the way: $*"; return; }
	try 3 "$what: Changed" check t || return
	said "$text" "$what: $text is named"
	said_not Intact "$what: never Intact"
}
bent data/numbers.txt 'a changed payload file' 'flip data/numbers.txt 5000'
bent data/numbers.txt 'a payload file cut short' 'truncate -s 100 data/numbers.txt'
bent data/numbers.txt 'a payload file with a byte more' 'printf x >>data/numbers.txt'
bent data/numbers.txt 'a payload file that is missing' 'rm data/numbers.txt'
bent data/added 'a payload file that was added' 'echo x >data/added'
bent data/added 'a payload folder that was added' 'mkdir data/added; echo x >data/added/y'
bent added.txt 'an accompanying file that was added' 'echo x >added.txt'
bent data/nothing 'an empty file that is no longer empty' 'echo x >data/nothing'
bent data/_salt 'a changed salt' 'flip data/_salt 3'
bent data/numbers.txt 'a payload file that became a link' \
	'mv data/numbers.txt ../moved; ln -s ../../moved data/numbers.txt'
for f in act.json collection.json files.jsonl tree-head.txt bag-info.txt bagit.txt \
	READ-ME-FIRST.txt check.sh manifest-sha256.txt tagmanifest-sha256.txt; do
	bent "$f" "a changed $f" "flip $f 20"
	bent "$f" "a missing $f" "rm $f"
done
bent signature 'a changed signature file' 'flip tagmanifest-sha256.txt.p7s 700'
bent signature 'a missing signature file' 'rm tagmanifest-sha256.txt.p7s'
bent signature.bin 'a changed signature.bin' 'flip signature.bin 9'
bent signature.bin 'a missing signature.bin' 'rm signature.bin'
bent signature 'the signature of another package' \
	'cp ../bag2/tagmanifest-sha256.txt.p7s ../bag2/signature.* .'
bent manifest-sha256.txt 'a manifest that agrees with a changed file' \
	'flip data/numbers.txt 1; (sha256sum data/_salt; find data -type f ! -name _salt |
	LC_ALL=C sort | xargs sha256sum) >manifest-sha256.txt'
bent 'list of files' 'a tag manifest that agrees with a changed act' \
	'sed -i s/delivered/delivereD/ act.json; for f in $(cut -c67- tagmanifest-sha256.txt); do
	sha256sum $f; done >n; mv n tagmanifest-sha256.txt'

# Stamps: another's, changed, stripped.
stamp_bent() {
	want=$1 what=$2
	shift 2
	rm -rf t
	cp -R bag t
	(cd t && eval "$*")
	check t >said 2>&1
	got=$?
	case " $want " in
	*" $got "*) ok "$what ends with $got" ;;
	*) not_ok "$what ends with $got, expected: $want" ;;
	esac
	said_not PROVEN "$what proves no time"
}
stamp_bent '3 10' 'the stamp of another package' 'cp ../bag2/signature.tst .'
stamp_bent '3 10' 'a changed stamp' 'flip signature.tst 400'
stamp_bent 10 'a stripped stamp' 'rm signature.tst'
stamp_bent '3 10' 'a stamp with a byte more' 'printf x >>signature.tst'

# Parcels.
size=$(wc -c <one.comity)
parcel_bent() {
	want=$1 what=$2
	shift 2
	cp one.comity t.comity
	eval "$*"
	check --identity agekey t.comity >said 2>&1
	got=$?
	case " $want " in
	*" $got "*) ok "$what ends with $got" ;;
	*) not_ok "$what ends with $got, expected: $want" ;;
	esac
	said_not Intact "$what: never Intact"
	B evidence receive t.comity >said 2>&1
	got=$?
	[ "$got" -ne 0 ] && ok "$what is not taken in" || not_ok "$what is not taken in"
}
parcel_bent '2 3' 'a parcel with a changed first line' 'flip t.comity 3'
parcel_bent '2 3 4' 'a parcel with a changed stanza' 'flip t.comity 45'
parcel_bent '2 3' 'a parcel with a changed header MAC' 'flip t.comity 225'
parcel_bent 3 'a parcel changed in the middle' 'flip t.comity $((size / 2))'
parcel_bent 3 'a parcel changed at its end' 'flip t.comity $((size - 1))'
parcel_bent 3 'a parcel with a byte more' 'printf x >>t.comity'
parcel_bent 3 'a parcel cut by a byte' 'truncate -s $((size - 1)) t.comity'
parcel_bent 3 'a parcel cut in half' 'truncate -s $((size / 2)) t.comity'
parcel_bent 2 'a parcel of nothing' ': >t.comity'
parcel_bent '2 3' 'a parcel that is its header only' 'truncate -s 100 t.comity'
printf 'age-encryption.org/v1\n' >t.comity
try 3 'a file that only begins like a parcel' check --identity agekey t.comity

# Tars of other people's making, sealed to us by anybody.
recipient=$(age-keygen -y agekey)
must sh -c "age -d -i agekey one.comity >whole.tar"
tar_is() {	# CODES 'what': t.tar, plain and sealed
	want=$1 what=$2
	for form in plain sealed; do
		if [ $form = plain ]; then
			check t.tar >said 2>&1
			got=$?
		else
			age -r "$recipient" <t.tar >t.comity
			check --identity agekey t.comity >said 2>&1
			got=$?
		fi
		case " $want " in
		*" $got "*) ok "$what, $form: ends with $got" ;;
		*) not_ok "$what, $form: ends with $got, expected: $want" ;;
		esac
	done
	rm -rf opened
	B evidence receive t.comity >said 2>&1
	[ $? -ne 0 ] && ok "$what is not taken in" || not_ok "$what is not taken in"
}
cp whole.tar t.tar
flip t.tar 100
tar_is '2 3' 'a tar with a changed header'
cp whole.tar t.tar
flip t.tar -1
tar_is '2 3' 'a tar with a changed last byte'
head -c 20480 whole.tar >t.tar
tar_is '2 3' 'a tar that is cut'
cat whole.tar whole.tar >t.tar
tar_is '2 3' 'two tars in one'
nonce=$(tar tf whole.tar | head -n 1 | cut -d/ -f1)
rm -rf evil
mkdir -p evil
tar xf whole.tar -C evil
tar cf t.tar -C evil "$nonce"
tar_is '2 3' 'a tar that GNU tar made, with folders and owners'
python3 - "$nonce" <<'P'
import tarfile, io, sys
nonce = sys.argv[1]
def put(t, name, data=b"", **more):
    i = tarfile.TarInfo(name)
    i.size = len(data)
    for k, v in more.items(): setattr(i, k, v)
    t.addfile(i, io.BytesIO(data))
for n, entries in enumerate([
    [("../../evil", {})],
    [("/tmp/evil-comity", {})],
    [(nonce + "/bagit.txt", dict(type=tarfile.SYMTYPE, linkname="/etc/passwd"))],
    [(nonce + "/bagit.txt", dict(type=tarfile.LNKTYPE, linkname="/etc/passwd"))],
    [(nonce + "/bagit.txt", dict(type=tarfile.CHRTYPE))],
    [(nonce + "/" + "x" * 300, {})],
    [(nonce + "/fetch.txt", {})],
]):
    with tarfile.open("evil%d.tar" % n, "w", format=tarfile.GNU_FORMAT) as t:
        for name, more in entries:
            put(t, name, b"" if more else b"x", **more)
# A header that claims 10 GB and brings nothing.
i = tarfile.TarInfo(nonce + "/act.json")
i.size = 10 << 30
open("evil7.tar", "wb").write(i.tobuf(tarfile.GNU_FORMAT) + bytes(9728))
P
for n in 0 1 2 3 4 5 6 7; do
	cp evil$n.tar t.tar
	tar_is '2 3' "a hostile tar ($n)"
done
[ ! -e ../evil ] && [ ! -e /tmp/evil-comity ] && ok 'nothing was written elsewhere' ||
	not_ok 'nothing was written elsewhere'
[ -z "$(find . -name '.comity-quarantine*')" ] && ok 'no quarantine is left' ||
	not_ok 'no quarantine is left'

# The folder that travels.
must second A evidence send 0001 --to XB
must A bundle write stick --to XB
act=$(basename "$(find stick/parcels -name '*.comity' | head -n 1)" .comity)
stick_bent() {
	what=$1
	shift
	rm -rf t b2
	cp -R stick t
	cp -R b b2
	rm -rf b2/inbox/* b2/evidence/*
	(cd t && eval "$*")
	comity --home b2 --passphrase-file pass --no-input bundle read t >said 2>&1
	got=$?
	comity --home b2 --passphrase-file pass --no-input evidence receive >>said 2>&1
	then=$?
	if [ "$got" -ne 0 ] || [ "$then" -ne 0 ] || ! grep -q Intact said; then
		ok "$what is noticed ($got, $then)"
	else
		not_ok "$what is noticed ($got, $then)"
	fi
	# A crash would be 128 and more.
	[ "$got" -lt 126 ] && [ "$then" -lt 126 ] || not_ok "$what: a crash ($got, $then)"
}
stick_bent 'a folder without bundle.json' rm bundle.json
stick_bent 'a bundle.json that is cut' truncate -s 50 bundle.json
stick_bent 'a bundle.json of another version' 'sed -i s,comity.bundle/1,comity.bundle/9, bundle.json'
stick_bent 'a bundle.json with a member twice' \
	"sed -i 's/\"written_at\"/\"to\":\"XB\",\"written_at\"/' bundle.json"
stick_bent 'a changed parcel on the stick' flip "parcels/$act.comity" 3000
stick_bent 'a missing parcel' rm "parcels/$act.comity"
done_testing
