#!/bin/sh
# Some files of a package for the defence: each is proven alone, by comity-check and by
# OpenSSL and a shell alone; nothing is told of the others; what is restricted is not copied.
. "$(dirname "$0")/lib.sh"

two_offices
mkdir -p seized/mail seized/pictures
echo 'to a friend' >seized/mail/inbox.eml
echo 'to counsel: our plan' >seized/mail/privileged-counsel.eml
head -c 70123 /dev/zero | tr '\0' 'x' >seized/pictures/restricted-image.bin
head -c 300 /dev/zero >'seized/pictures/holiday été.jpg'
must B evidence add seized --by 'Sgt Onwe' --from 'Host' --tool none --method copy \
	--when 2026-11-20
must second B evidence send 0001 --to XA
carry B A

try 2 'for whom it is has to be said' second A evidence disclose 0001 --files mail/inbox.eml --out d
try 2 'no files, no disclosure' second A evidence disclose 0001 --why defence --out d
try 5 'a file that is not there is named' second A evidence disclose 0001 --files mail/nothing \
	--why defence --out d
said 'mail/nothing' 'by its name'
holds 'and nothing was made' [ ! -e d ]
try 0 'one file for the defence' second A evidence disclose 0001 --files mail/inbox.eml \
	--why defence --withheld-ground third_party --out d
said '3  about other persons' 'the others are counted, on their ground'
said_not 'privileged' 'and not named'
try 9 'nothing that is there is overwritten' second A evidence disclose 0001 --files mail/inbox.eml \
	--why defence --out d
holds 'the file is the file' cmp seized/mail/inbox.eml d/disclosure/data/mail/inbox.eml
holds 'neither the lists nor the act are in it' sh -c \
	'! ls d/disclosure | grep -e manifest-sha256.txt$ -e act.json -e files.jsonl -e bag-info |
	grep -v tagmanifest'
holds 'no name, size or salt of the others' sh -c \
	'! grep -ra -e privileged -e restricted-image -e holiday -e 70123 d'

# ---- by its path in the package ----
try 0 'a file by its path in the package' second A evidence disclose 0001 --files data/mail/inbox.eml \
	--why defence --out bypath
said '1 name was read as a path in the package' 'and that is said'
holds 'it is the same file' cmp bypath/disclosure/data/mail/inbox.eml seized/mail/inbox.eml
try 0 'a folder by its path' second A evidence disclose 0001 --files data/pictures --why defence \
	--out bypath2
said '2 of ' 'has its two files'
try 5 'a path that is not there is named' second A evidence disclose 0001 --files data/nothing \
	--why defence --out bypath3
said 'data/nothing' 'as it was typed'
mkdir -p both/data both/mail
echo 'in a folder that was called data' >both/data/note
echo 'at the top' >both/note
must B evidence add both --by 'Sgt Onwe' --from 'Host' --tool none --method copy \
	--when 2026-11-20
must second B evidence send 0002 --to XA
carry B A
try 0 'a name that fits both is the one at the source' second A evidence disclose 0002 \
	--files data/note --why defence --out both1
said_not 'path in the package' 'and nothing else is said'
holds 'it is that file' cmp both1/disclosure/data/data/note both/data/note
try 0 'the other has its name at the source' second A evidence disclose 0002 --files note \
	--why defence --out both2
holds 'and is the other' cmp both2/disclosure/data/note both/note

# ---- checked by who got it ----
try 0 'comity-check proves it' comity-check --roots d/roots.pem --tsa d/tsa.pem d/disclosure
said '1 of 4 entries is shown' 'and says how much is shown'
try 0 'comity verify at the sender too' B verify d/disclosure
try 10 'without roots nobody is known' comity-check d/disclosure
comity-check --roots d/roots.pem --tsa d/tsa.pem --json d/disclosure >v.json
holds 'the same for a program' [ "$(json v.json form) $(json v.json disclosure shown) \
$(json v.json disclosure withheld 0 lines)" = 'disclosure 1 3' ]

script() { (cd "$1/disclosure" && sh "$TOP/doc/check-path.sh" ../roots.pem ../tsa.pem); }
try 0 'OpenSSL and a shell alone agree' script d
said 'yes  the list is signed' 'who signed'
said 'yes  stamped' 'when'
said 'yes  1 files, 1 of 4 entries' 'and that it is of that package'
holds 'the script inside is the one in the documentation' \
	cmp d/disclosure/check-path.sh "$TOP/doc/check-path.sh"

# both FILE SED 'what': one change; both must refuse.
both() {
	rm -rf e && cp -r d e
	sed -i "$2" "e/disclosure/$1"
	must sh -c "! cmp d/disclosure/$1 e/disclosure/$1"
	try 3 "$3: comity-check refuses" comity-check --roots e/roots.pem --tsa e/tsa.pem \
		e/disclosure
	try 1 "$3: the script refuses" script e
}
both data/mail/inbox.eml 's/friend/friemd/' 'another content'
both lines.jsonl 's/inbox/outbox/' 'another name'
both paths.txt '3{s/^x/y/;t;s/./x/}' 'another path'
both tree-head.txt '2s/4/5/' 'another tree'
rm -rf e && cp -r d e && echo more >e/disclosure/data/mail/more.eml
try 3 'an added file: comity-check refuses' comity-check --roots e/roots.pem e/disclosure
try 1 'an added file: the script refuses' script e
rm -rf e && cp -r d e && cat d/disclosure/lines.jsonl >>e/disclosure/lines.jsonl
try 3 'a line twice: comity-check refuses' comity-check --roots e/roots.pem e/disclosure
try 1 'a line twice: the script refuses' script e

# ---- several, by a list, and the act when it is asked for ----
printf 'mail\npictures/holiday été.jpg\n' >list
try 0 'a folder and a file, by a list' second A evidence disclose 0001 --files-from list \
	--why court --out three --with-act
try 0 'comity-check proves them' comity-check --roots d/roots.pem --tsa d/tsa.pem \
	three/disclosure
try 0 'the script too' script three
holds 'with the act' [ -f three/disclosure/act.json ]

# ---- restricted material ----
try 0 'a file is restricted' A evidence restrict 0001 --files pictures/restricted-image.bin
try 0 'a folder with it is disclosed' second A evidence disclose 0001 --files pictures --why defence \
	--out p
said '1  restricted (Article 14)' 'but it is counted only'
holds 'and not copied' [ ! -e p/disclosure/data/pictures/restricted-image.bin ]
try 6 'alone it is refused' second A evidence disclose 0001 --why defence --out q \
	--files pictures/restricted-image.bin
said 'Article 14' 'and it is said why'
try 0 'all of it' A evidence restrict 0001
try 6 'then nothing is disclosed' second A evidence disclose 0001 --files mail --why defence --out q
holds 'and nothing was made' [ ! -e q ]
try 6 'nothing of it is exported' A evidence export 0001 --out court
said 'comity evidence inspect' 'and it is said what to do'
holds 'and nothing was made' [ ! -e court ]
try 6 'nor opened by one' A evidence open 0001 --out bag
try 0 'two open it' second A evidence open 0001 --out bag
try 6 'one alone does not decide otherwise' A evidence restrict 0001 --class none
try 0 'two persons do' second A evidence restrict 0001 --class none
try 0 'then it is exported' A evidence export 0001 --out court
try 0 'and it can be disclosed' second A evidence disclose 0001 --files mail --why defence --out q

# ---- the whole for the defence ----
try 0 'a bundle for the defence' second A evidence defence-bundle 0001 --out whole
holds 'has the parcel as it came' sh -c \
	'for p in a/parcels/*; do cmp -s -i 1024 "$p" whole/received/parcel.comity && exit 0; done; exit 1'
try 0 'the package opened, which anybody can check' comity-check --roots whole/roots.pem \
	--tsa whole/tsa.pem whole/received/package.tar
holds 'how it was made' grep -q '"software": "comity' whole/method.json
holds 'the chain, and that it went to the defence is in it' grep -q disclosed whole/custody.json
try 10 'which holds as far as anybody cosigned' comity-check --policy whole/policy.txt \
	whole/custody.json
holds 'and nothing is withheld' [ "$(json whole/withheld.json withheld)" = '[]' ]
must A evidence restrict 0001 --files pictures/restricted-image.bin
try 0 'with restricted material in it' second A evidence defence-bundle 0001 --out part
said 'are in it; 1 are restricted' 'it is said what is not in it'
holds 'neither parcel nor tar are copied' [ ! -e part/received ]
holds 'nor the bytes' sh -c '! grep -rqa xxxxxxxxxxxxxxxxxxxx part'
try 0 'the rest is proven alone' comity-check --roots part/roots.pem --tsa part/tsa.pem \
	part/disclosure
holds 'and what is withheld is counted' \
	[ "$(json part/withheld.json withheld 0 ground)" = article_14 ]
try 2 'an inspection needs who, where and under whose control' A evidence inspect 0001 \
	--by 'Advocate Muster' --where 'Room 4'
try 0 'an inspection is noted' A evidence inspect 0001 --by 'Advocate Muster' \
	--where 'Room 4' --control 'Sgt Onwe'
holds 'nobody can read in the home who looked' sh -c '! grep -rqa Muster a'

# ---- what remains ----
must A ledger show
try 10 'the custody of it' A custody show 0001
said 'Shown to the defence' 'says that it was shown, and to whom'
said 'Shown to a court' 'each time'
holds 'the home told nobody the names of what is restricted' sh -c \
	'! grep -ra restricted-image a --include=restricted --include=records --include="docket*"'
done_testing
