#!/bin/sh
# Every wrong way ends in a sentence that says what to do, the right exit code, and
# nothing half-written.
. "$(dirname "$0")/lib.sh"

try 5 'without a home it says how to make one' comity --home none --no-input evidence list
said 'comity init' 'and names the command'
[ ! -e none ] && ok 'and makes nothing' || not_ok 'and makes nothing'

# ---- words on the command line ----
try 2 'an unknown verb' comity evidnce list
said evidence 'the nearest word is suggested'
try 2 'an unknown second word' comity evidence ad
said add 'the nearest word is suggested'
try 2 'no abbreviations' comity evid list
try 2 'an unknown flag' comity verify --rots x y
said roots 'the nearest flag is suggested'
try 2 'a flag without its value' comity verify x --roots
try 2 'an argument too many' comity status now
try 2 'an argument too few' comity verify
try 2 'a time that is none' comity verify --at 'last friday' x
try 2 'a mode of progress that is none' comity --progress rainbow status
try 0 'help' comity help
try 0 'help on exit codes' comity help exit-codes
for topic in first-steps real-office offline court; do
	try 0 "help on $topic" comity help "$topic"
done
try 0 'version' comity --version
try 0 'help of a command' comity evidence add --help
try 2 'comity-check without a path' comity-check
try 2 'comity-check with an unknown flag' comity-check --frobnicate x
try 2 'comity-check of what is no package' comity-check --roots /dev/null /etc/passwd
for shell in bash zsh fish; do
	try 0 "completion for $shell" comity completion "$shell"
done

# ---- init ----
echo 'a passphrase' >pass
I() { comity --passphrase-file pass --no-input --home "$@"; }
try 2 'a country is two capitals' I h init --country Aldora --authority X --self-ca
try 2 'init needs a name' I h init --country XA --self-ca
try 2 'init needs a certificate from somewhere' I h init --country XA --authority X
try 2 'scrypt has a floor' I h init --country XA --authority X --self-ca --scrypt-log-n 9
try 2 'an unknown kind of key' I h init --country XA --authority X --self-ca --key ed25519
: >empty
comity --home h --passphrase-file empty --no-input init --country XA --authority X \
	--self-ca >said 2>&1
[ $? -ne 0 ] && ok 'an empty passphrase makes no home' ||
	not_ok 'an empty passphrase makes no home'
[ ! -e h/comity.json ] && ok 'no home came of any of these' ||
	not_ok 'no home came of any of these'
rm pass
two_offices
try 9 'a second init leaves the home alone' comity --home a --passphrase-file pass \
	--no-input init --country XA --authority X --self-ca --training

# ---- passphrases ----
echo wrong >wrong
try 4 'a wrong passphrase' comity --home a --passphrase-file wrong --no-input key rewrap \
	--new-passphrase-file pass
said 'not the one' 'it says wrong'
try 4 'an empty passphrase' comity --home a --passphrase-file empty --no-input key rewrap \
	--new-passphrase-file pass
said empty 'it says empty, not wrong'
try 2 'no passphrase where nothing may be asked' comity --home a --no-input key rewrap \
	--new-passphrase-file pass
said passphrase-file 'it names the flag'
try 5 'a passphrase file that is not there' comity --home a --passphrase-file nowhere \
	--no-input key rewrap --new-passphrase-file pass
echo 'a new one' >new
try 2 'a short new passphrase' comity --home a --passphrase-file pass key rewrap \
	--new-passphrase-file new
said 'several words' 'is refused, and it is said why'
echo 'a new one of words' >new
try 0 'a new passphrase' comity --home a --passphrase-file pass key rewrap \
	--new-passphrase-file new
try 4 'the old one opens nothing any more' A key export-identity --out id --yes
[ ! -e id ] && ok 'and no identity is written' || not_ok 'and no identity is written'
must comity --home a --passphrase-file new key rewrap --new-passphrase-file pass

# ---- evidence ----
small_tree seized
try 5 'evidence that is not there' add nowhere
A evidence add seized >said 2>&1
[ $? -eq 6 ] || [ $? -eq 2 ] && ok 'evidence without its collection record is refused' ||
	not_ok 'evidence without its collection record is refused'
try 2 'a time of collection that is none' add seized --when yesterday
try 2 'a source digest that is none' add seized --source-digest md5:00
try 5 'evidence with an unknown number' A evidence show 0044
try 2 'a number that is none' A evidence show first
must add seized
try 5 'an unknown receiver' A evidence seal 0001 --to XC
try 5 'nothing to open before it is sealed' A evidence open 0001 --out bag
try 5 'nothing in the outbox' A bundle write stick --to XB
[ ! -e bag ] && ok 'and nothing is made' || not_ok 'and nothing is made'

# ---- peers ----
office c XC 'Cascada Court' --self-ca
try 10 'words that are not theirs' A peer pair c/card.card \
	--words 'abbey ability about above abroad absent'
try 0 'a card without words is kept' A peer pair c/card.card
said 'NOT confirmed' 'as not confirmed'
try 6 'nothing is sealed to it' A evidence seal 0001 --to XC
said words 'and it says what is missing'
try 2 'a card that is none' A peer pair /etc/passwd
try 5 'a card that is not there' A peer pair nowhere.card
cp c/card.card bent.card
flip bent.card 3000
A peer pair bent.card --words "$(words c)" >said 2>&1
case $? in 2|3) ok 'a changed card is refused' ;; *) not_ok 'a changed card is refused' ;; esac
must A peer pair c/card.card --words "$(words c)"
must second A evidence seal 0001 --to XC
try 0 'a peer is revoked' A peer revoke XC --reason 'key lost'
try 6 'nothing is sealed to it any more' A evidence seal 0001 --to XC
said revoked 'and it says so'

# ---- parcels ----
must second A evidence send 0001 --to XB
must A bundle write stick --to XB
parcel=$(echo stick/parcels/*.comity)
try 6 'a bundle for somebody else' comity --home c --passphrase-file pass --no-input \
	bundle read stick
must B bundle read stick
stranger_kit
try 2 'a parcel without an identity' check "$parcel"
must second C key export-identity --out other --yes
try 4 'a parcel with somebody else'"'"'s identity' check --identity other "$parcel"
try 2 'an identity that is none' check --identity roots.pem "$parcel"
try 2 'roots that are none' comity-check --roots agekey --identity agekey "$parcel"
try 5 'roots that are not there' comity-check --roots nowhere --identity agekey "$parcel"
try 10 'without roots nobody is known' comity-check --identity agekey "$parcel"
said UNKNOWN 'and it says so'
said YES 'and still: unchanged'
must B evidence receive
try 2 'open needs a folder' B evidence open 0001
try 5 'open needs a folder above it' B evidence open 0001 --out no/such/place
try 0 'evidence collected on a day to come is kept' A evidence add seized --by 'Unit 4' \
	--from 'Harbour Ltd' --tool none --method Copy --when "$(day '+400 days')"
said 'still to come by this machine' 'and it is said'
done_testing
