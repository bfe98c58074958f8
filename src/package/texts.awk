# Turns the texts that go into every package, and the list of the digests of those of
# every release, into C.  Usage: awk -f texts.awk READ-ME-FIRST.txt check.sh KNOWN
# Character by character: awks do not agree on backslashes in gsub.
function escape(line, out, i, c) {
	out = ""
	for (i = 1; i <= length(line); i++) {
		c = substr(line, i, 1)
		if (c == "\\" || c == "\"")
			c = "\\" c
		else if (c == "\t")
			c = "\\t"
		out = out c
	}
	return out
}
FNR == 1 {
	file++
	if (file == 1) {
		print "/* Made from data/texts. */"
		print "#include \"package/texts.h\"\n"
		print "const char text_read_me_bytes[] ="
	} else if (file == 2) {
		print "    \"\";\n\nconst char text_check_bytes[] ="
	} else {
		print "    \"\";\n\nconst struct text_release text_releases[] = {"
	}
}
file < 3 && /[^\t -~]/ {
	print "texts.awk: " FILENAME ": a byte that is not ASCII" > "/dev/stderr"
	exit failed = 1
}
file < 3 { print "    \"" escape($0) "\\n\""; next }
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
