#!/bin/sh
# Are these files part of that signed package?  With OpenSSL, sha256sum and a shell alone.
# In the folder of the disclosure:
#
#   sh check-path.sh [ROOTS.pem [TSA-ROOTS.pem [SECONDS-SINCE-1970]]]
#
# ROOTS are the certificates you believe, got in another way than this folder.  Without
# them the signature is not looked at.  Exit 0: all holds; 1: something does not; 2: use.
set -u
LC_ALL=C; export LC_ALL
[ $# -le 3 ] && [ -r lines.jsonl ] && [ -r paths.txt ] ||
	{ sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2; }
roots=${1:-} tsa=${2:-} at=${3:+-attime $3}
bad=0
T=$(mktemp -d) || exit 2
trap 'rm -rf "$T"' EXIT
no() { echo "NO   $*"; bad=1; }
sha() { openssl dgst -sha256 -binary; }
hex() { od -An -v -tx1 "$1" | tr -d ' \n'; }

# 1. The tree head is one of the files that were signed for.
d=$(sha256sum <tree-head.txt | cut -c1-64)
if grep -qxF "$d  tree-head.txt" tagmanifest-sha256.txt; then
	echo 'yes  tree-head.txt is in the signed list'
else no 'tree-head.txt is not what was signed'; fi
size=$(sed -n 2p tree-head.txt) root=$(sed -n 3p tree-head.txt)
case $size in ''|0*|*[!0-9]*) no 'the tree head names no size'; exit 1 ;; esac

# 2. The list is signed; the signature has a time stamp.
if [ -z "$roots" ]; then
	echo '-    no ROOTS given: the signature was not looked at'
elif openssl cms -verify -binary -cades -inform DER -in tagmanifest-sha256.txt.p7s \
	-content tagmanifest-sha256.txt -CAfile "$roots" $at -out /dev/null 2>/dev/null; then
	echo 'yes  the list is signed:' "$(openssl cms -cmsout -inform DER \
		-in tagmanifest-sha256.txt.p7s -print 2>/dev/null |
		sed -n 's/^ *subject: //p' | head -n 1)"
else no 'the list is not signed by anybody under these roots'; fi
if [ -z "$tsa" ] || [ ! -r signature.tst ]; then
	echo '-    the time stamp was not looked at'
elif openssl ts -verify -data signature.bin -in signature.tst -token_in -CAfile "$tsa" \
	$at >/dev/null 2>&1; then
	echo 'yes  stamped:' "$(openssl ts -reply -in signature.tst -token_in -text 2>/dev/null |
		sed -n 's/^Time stamp: //p')"
else no 'the time stamp does not hold'; fi
openssl asn1parse -inform DER -in tagmanifest-sha256.txt.p7s |
	sed -n 's/.*OCTET STRING  *\[HEX DUMP\]:\([0-9A-F]*\)$/\1/p' | tail -n 1 |
	tr A-F a-f | tr -d '\n' >"$T/value"
[ "$(cat "$T/value")" = "$(hex signature.bin)" ] || no 'signature.bin is not that signature'

# 3. Each line that is shown: its file, and its path to the tree head (RFC 9162 2.1.3.2).
# path N K: the K hashes of line N lead from $T/r to the root.
path() {
	fn=$(($1 - 1)) sn=$((size - 1)) k=$2
	[ "$1" -ge 1 ] && [ "$1" -le "$size" ] || return 1
	while [ "$k" -gt 0 ]; do
		IFS= read -r hash <&3 || return 1
		printf %s "$hash" | openssl base64 -d -A >"$T/p"
		[ "$(wc -c <"$T/p")" -eq 32 ] && [ "$sn" -ne 0 ] || return 1
		if [ $((fn % 2)) -eq 1 ] || [ "$fn" -eq "$sn" ]; then
			{ printf '\001'; cat "$T/p" "$T/r"; } | sha >"$T/up"
			while [ $((fn % 2)) -eq 0 ] && [ "$fn" -ne 0 ]; do
				fn=$((fn / 2)) sn=$((sn / 2))
			done
		else
			{ printf '\001'; cat "$T/r" "$T/p"; } | sha >"$T/up"
		fi
		mv "$T/up" "$T/r"
		fn=$((fn / 2)) sn=$((sn / 2)) k=$((k - 1))
	done
	[ "$sn" -eq 0 ] && [ "$(hex "$T/r")" = "$root" ]
}
# file LINE: the file is what its line says.
file() {
	p=$(printf '%s\n' "$1" | sed -n 's/^{"n":[0-9]*,"t":"file","path":"\([^"]*\)",.*/\1/p')
	[ -n "$p" ] || return 0				# a link or folder: the line is all
	case $p in data/*) ;; *) return 1 ;; esac
	case $p in */.*|*//*) return 1 ;; esac
	files=$((files + 1))
	want=$(printf '%s\n' "$1" | sed -n \
		's/^{"n":[0-9]*,"t":"file","path":"[^"]*","size":[0-9]*,"sha256":"\([0-9a-f]*\)",.*/\1/p')
	[ -f "$p" ] && [ ! -h "$p" ] && [ "$(sha256sum <"$p" | cut -c1-64)" = "$want" ]
}
exec 3<paths.txt
IFS= read -r first <&3
[ "$first" = comity.paths/1 ] || no 'paths.txt does not begin as it must'
shown=0 files=0 last=0
while IFS= read -r line; do
	read -r n k <&3 || { no 'paths.txt ends early'; break; }
	case $n$k in *[!0-9]*) no 'paths.txt is not built as it must be'; break ;; esac
	case $line in "{\"n\":$n,"*) ;; *) no "line $n is not where its path is"; break ;; esac
	[ "$n" -gt "$last" ] || { no "line $n stands twice"; break; }
	last=$n shown=$((shown + 1))
	{ printf '\000'; printf '%s\n' "$line"; } | sha >"$T/r"
	path "$n" "$k" || { no "line $n is not part of that package"; break; }
	file "$line" || no "the file of line $n is missing or was changed: $p"
done <lines.jsonl
IFS= read -r line <&3 && no 'paths.txt goes on after the last line'
found=0
[ ! -d data ] || found=$(find data ! -type d | wc -l)
[ "$found" -eq "$files" ] || no "$((found)) files lie in data, $files are proven"
[ "$shown" -gt 0 ] || no 'no line is shown'
[ "$bad" -ne 0 ] || echo "yes  $files files, $shown of $size entries, all of this package"
echo "act id: $(sha256sum <tagmanifest-sha256.txt | cut -c1-64)"
exit "$bad"
