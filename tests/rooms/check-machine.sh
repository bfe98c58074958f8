#!/bin/sh
# doc/machine.md names the tests that prove what it says: each is one of the suite.
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
failed=0 n=0
for name in $(grep -o '`[a-z_]*_[a-z_]*`' "$top/doc/machine.md" | tr -d '`'); do
	n=$((n + 1))
	if grep -rqE "(T|TEST|cmocka_unit_test)\($name\)" "$top/src" --include='*_test.c'; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name is no test"
		failed=1
	fi
done
echo "1..$n"
[ "$n" -ge 10 ] || failed=1
exit $failed
