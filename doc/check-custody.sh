#!/bin/sh
# Is this record in that ledger, and who vouches for it?  With OpenSSL and a shell alone:
#
#   sh check-custody.sh NAME.tlog-proof NAME.json NAME.salt POLICY [STATES]
#
# POLICY is a policy file that you believe: the keys of ledgers and witnesses come from it and
# from nowhere else.  STATES is how many States must have cosigned (1).  Exit 0: it holds and
# that many did; 10: it holds and too few did; 3: something does not hold; 2: wrong use.
set -u
LC_ALL=C; export LC_ALL
[ $# -ge 4 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2; }
proof=$1 record=$2 salt=$3 policy=$4 states=${5:-1}
for f in "$proof" "$record" "$salt" "$policy"; do
	[ -r "$f" ] || { echo "$f cannot be read" >&2; exit 2; }
done
T=$(mktemp -d) || exit 2
trap 'rm -rf "$T"' EXIT
no() { echo "BROKEN: $*"; exit 3; }

# bytes HEX: those bytes.  hex FILE: its bytes in hex.
bytes() {
	h=$1
	while [ -n "$h" ]; do
		printf "\\$(printf %03o "0x${h%"${h#??}"}")"
		h=${h#??}
	done
}
hex() { od -An -v -tx1 "$@" | tr -d ' \n'; }
sha() { openssl dgst -sha256 -binary; }
unbase64() { openssl base64 -d -A; }

# 1. The leaf: version 1, then SHA-256 of a word, the salt and the record's exact bytes.
s=$(cat "$salt")
case $s in *[!0-9a-f]*) no 'the salt is no hex' ;; esac
[ ${#s} -eq 64 ] || no 'the salt has not 32 bytes'
{ printf '\000\001'; { printf 'comity-leaf/1\n'; bytes "$s"; cat "$record"; } | sha; } >"$T/leaf"

# 2. The proof file: index, path, an empty line, the signed checkpoint.
[ "$(sed -n 1p "$proof")" = c2sp.org/tlog-proof@v1 ] || no 'it is no proof file'
index=$(sed -n '2,3s/^index \([0-9][0-9]*\)$/\1/p' "$proof")
[ -n "$index" ] || no 'it names no index'
sed '1,/^index /d' "$proof" | sed '/^$/,$d' >"$T/path"
sed '1,/^$/d' "$proof" >"$T/note"
sed '/^$/,$d' "$T/note" >"$T/text"			# what is signed
sed '1,/^$/d' "$T/note" >"$T/lines"			# who signed it
[ "$(wc -l <"$T/text")" -eq 3 ] || no 'the checkpoint has not three lines'
origin=$(sed -n 1p "$T/text") size=$(sed -n 2p "$T/text")
case $size in ''|0*|*[!0-9]*) no 'the checkpoint names no size' ;; esac
[ "$index" -lt "$size" ] || no 'the index is not below the size'

# 3. From the leaf up to the root (RFC 9162 section 2.1.3.2).
{ printf '\000'; cat "$T/leaf"; } | sha >"$T/r"
fn=$index sn=$((size - 1))
while read -r line; do
	printf %s "$line" | unbase64 >"$T/p"
	[ "$(wc -c <"$T/p")" -eq 32 ] || no 'a hash of the path has not 32 bytes'
	[ "$sn" -ne 0 ] || no 'the path is too long'
	if [ $((fn % 2)) -eq 1 ] || [ "$fn" -eq "$sn" ]; then
		{ printf '\001'; cat "$T/p" "$T/r"; } | sha >"$T/up"
		while [ $((fn % 2)) -eq 0 ] && [ "$fn" -ne 0 ]; do
			fn=$((fn / 2)) sn=$((sn / 2))
		done
	else
		{ printf '\001'; cat "$T/r" "$T/p"; } | sha >"$T/up"
	fi
	mv "$T/up" "$T/r"
	fn=$((fn / 2)) sn=$((sn / 2))
done <"$T/path"
[ "$sn" -eq 0 ] || no 'the path is too short'
[ "$(openssl base64 -A <"$T/r")" = "$(sed -n 3p "$T/text")" ] ||
	no 'this record is not at that place of the ledger'

# 4. Signatures by the keys of the policy: Ed25519 over the text, a witness's with its time.
# signed VKEY: 0 it signed, and $at is when; 1 it did not; a line of it that fails ends all.
signed() {
	name=${1%%+*} rest=${1#*+}
	id=${rest%%+*}
	key=$(printf %s "${rest#*+}" | unbase64 | hex)
	[ ${#key} -eq 66 ] || return 1			# another kind of key
	while read -r dash who sig; do
		[ "$dash" = "$(printf '\342\200\224')" ] && [ "$who" = "$name" ] || continue
		sig=$(printf %s "$sig" | unbase64 | hex)
		[ "${sig%"${sig#????????}"}" = "$id" ] || continue
		sig=${sig#????????} at=0
		cp "$T/text" "$T/said"
		case $key in
		04*)	at=$((0x${sig%"${sig#????????????????}"})) sig=${sig#????????????????}
			{ printf 'cosignature/v1\ntime %s\n' "$at"; cat "$T/text"; } >"$T/said" ;;
		01*)	;;
		*)	continue ;;
		esac
		bytes "302a300506032b6570032100${key#??}" >"$T/key"
		bytes "$sig" >"$T/sig"
		openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey "$T/key" \
			-sigfile "$T/sig" -in "$T/said" >/dev/null 2>&1 ||
			no "the signature of $name does not hold"
		return 0
	done <"$T/lines"
	return 1
}

# A ledger of ours holds what that authority did: its name stands in the record.
case $origin in
comity-ledger/*)
	who=${origin#comity-ledger/}
	grep -qF "\"actor\":{\"authority\":\"${who%/*}\"," "$record" ||
		no 'it lies in the ledger of another authority' ;;
esac
echo "Entry $index of the ledger $origin, of $size."
vkey=$(awk -v o="$origin" '$1 == "log" && index($2, o "+") == 1 { print $2 }' "$policy")
[ -n "$vkey" ] || { echo 'CLAIMED: the policy does not name this ledger'; exit 10; }
signed "$vkey" || no 'the ledger did not sign this checkpoint'
awk '$1 == "witness" { print $3 }' "$policy" >"$T/witnesses"
seen='' n=0
while read -r vkey; do
	signed "$vkey" || continue
	name=${vkey%%+*}
	state=$name					# a name of no State counts alone
	case $name in comity-witness/[A-Z][A-Z]-*)
		state=${name#comity-witness/} state=${state%%-*} ;;
	esac
	case $origin in comity-ledger/"$state"-*) continue ;; esac	# nobody vouches for himself
	echo "Cosigned by $name at $(date -u -d "@$at" '+%Y-%m-%dT%H:%M:%SZ' 2>/dev/null || echo "@$at")."
	case " $seen " in *" $state "*) ;; *) seen="$seen $state" n=$((n + 1)) ;; esac
done <"$T/witnesses"
[ "$n" -ge "$states" ] || { echo "CLAIMED: $n States cosigned, $states are asked for."; exit 10; }
echo "PROVEN: $n States cosigned:$seen."
