# Turns the texts that go into every package, and the list of the digests of those of
# every release, into C.  Usage: awk -f texts.awk READ-ME-FIRST.txt check.sh check-path.sh KNOWN
# Byte by byte: one string may be no longer than 4,095 of them (C11 5.2.4.1).
function bytes(line, out, i) {
	out = ""
	for (i = 1; i <= length(line); i++)
		out = out code[substr(line, i, 1)] ","
	return out "10,"
}
BEGIN {
	for (i = 32; i < 127; i++)
		code[sprintf("%c", i)] = i
	code["\t"] = 9
}
FNR == 1 {
	file++
	if (file == 1) {
		print "/* Made from data/texts. */"
		print "#include \"package/texts.h\"\n"
		print "const char text_read_me_bytes[] = {"
	} else if (file == 2) {
		print "\t0\n};\n\nconst char text_check_bytes[] = {"
	} else if (file == 3) {
		print "\t0\n};\n\nconst char text_check_path_bytes[] = {"
	} else {
		print "\t0\n};\n\nconst struct text_release text_releases[] = {"
	}
}
file < 4 && /[^\t -~]/ {
	print "texts.awk: " FILENAME ": a byte that is not ASCII" > "/dev/stderr"
	exit failed = 1
}
file < 4 { print "\t" bytes($0); next }
/^#/ || /^$/ { next }
$1 !~ /^[0-9a-f]+$/ || length($1) != 64 || NF != 3 {
	print "texts.awk: bad line: " $0 > "/dev/stderr"
	exit failed = 1
}
{ print "\t{ \"" $1 "\", \"" $2 "\" }," }
END {
	if (failed) exit 1
	print "\t{ NULL, NULL },\n};"
}
