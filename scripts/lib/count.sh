# Sourced by scripts/test: runs programs that speak TAP and keeps the count.
# Shows only what failed or was skipped, and one line a program.

PASSED=0 FAILED=0 SKIPPED=0

# tap_read FILE STATUS: prints "passed failed skipped", then what to show.
# Understands what cmocka 1.1.5 prints ("not ok 3 # SKIP name") as well as TAP 13.
tap_read() {
	awk -v status="$2" '
	/^1\.\.[0-9]+/ { sub(/^1\.\./, ""); planned += $1; next }
	/^(not )?ok [0-9]+ *(- .*)?# *SKIP/ || /^(not )?ok .*# *SKIP/ {
		skipped++; failing = 0
		sub(/^.*# *SKIP */, ""); show = show "  skipped: " $0 "\n"; next }
	/^ok / { passed++; failing = 0; next }
	/^not ok / { failed++; show = show "  " $0 "\n"; failing = 1; next }
	/^#/ { if (failing) show = show "  " $0 "\n"; next }
	{ tail = last; last = $0 }
	END {
		seen = passed + failed + skipped
		if (planned > seen) {
			show = show "  not ok: " planned - seen " of " planned \
			    " did not come to an end (status " status ")\n"
			failed += planned - seen
		} else if (status != 0 && failed == 0) {
			show = show "  not ok: ended with status " status "\n"
			if (last != "") show = show "  # " tail "\n  # " last "\n"
			failed++
		} else if (seen == 0 || planned == 0) {
			show = show "  not ok: it ran no test, or ended before its plan\n"
			failed++
		}
		print passed + 0, failed + 0, skipped + 0
		printf "%s", show
	}' "$1"
}

# run_tap NAME COMMAND...: runs it, counts it, prints a line about it.
run_tap() {
	name=$1
	shift
	out=$(mktemp)
	began=$(date +%s)
	"$@" >"$out" 2>"$out.err" </dev/null && status=0 || status=$?
	tap_count "$name" "$out" "$status" $(($(date +%s) - began))
}

# tap_count NAME FILE STATUS SECONDS: counts what it printed (FILE, FILE.err).
tap_count() {
	name=$1 out=$2 status=$3 took=$4
	tap_read "$out" "$status" >"$out.count"
	read -r p f s <"$out.count"
	PASSED=$((PASSED + p)) FAILED=$((FAILED + f)) SKIPPED=$((SKIPPED + s))
	printf '%-44s %5d passed %3d failed %3d skipped  %3d s\n' \
		"$name" "$p" "$f" "$s" "$took"
	sed 1d "$out.count"
	if [ "$f" -gt 0 ] && [ -s "$out.err" ]; then
		tail -n 30 "$out.err" | sed 's/^/  | /'
	fi
	rm -f "$out" "$out.err" "$out.count"
}

# run_taps LABEL PROGRAM...: each alone (a script by sh), two at a time; told in their
# order.
run_taps() {
	label=$1
	shift
	taps=$(mktemp -d)
	for t in "$@"; do printf '%s\0' "$t"; done |
		TAPS=$taps xargs -0 -n 1 -P 2 sh -c '
			out=$TAPS/$(basename "$1")
			began=$(date +%s)
			case $1 in *.sh) set -- sh "$1" ;; esac
			timeout 1800 "$@" >"$out" 2>"$out.err" </dev/null
			echo $? $(($(date +%s) - began)) >"$out.end"' sh
	for t in "$@"; do
		out=$taps/$(basename "$t")
		read -r status took <"$out.end" || { status=99 took=0; }
		tap_count "$label $(basename "$t")" "$out" "$status" "$took"
	done
	rm -rf "$taps"
}

# run_plain NAME COMMAND...: one test; it passes when the command exits 0.
run_plain() {
	name=$1
	shift
	out=$(mktemp)
	began=$(date +%s)
	"$@" >"$out" 2>&1 </dev/null && status=0 || status=$?
	took=$(($(date +%s) - began))
	if [ "$status" -eq 0 ]; then
		PASSED=$((PASSED + 1))
		printf '%-44s %5d passed %3d failed %3d skipped  %3d s\n' "$name" 1 0 0 "$took"
	else
		FAILED=$((FAILED + 1))
		printf '%-44s %5d passed %3d failed %3d skipped  %3d s\n' "$name" 0 1 0 "$took"
		tail -n 40 "$out" | sed 's/^/  | /'
	fi
	rm -f "$out"
}

count_line() {
	if [ "$SKIPPED" -gt 0 ]; then
		echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
	else
		echo "$PASSED passed, $FAILED failed"
	fi
}
