# Turns the list of 2,048 words into a C table; stops when it is not what it must be.
/^#/ || /^$/ { next }
{
	if ($0 !~ /^[a-z]+$/ || length($0) < 3 || length($0) > 8 || seen[$0]++) {
		print "words.awk: bad line: " $0 > "/dev/stderr"
		exit bad = 1
	}
	word[n++] = $0
}
END {
	if (bad) exit 1
	if (n != 2048) {
		print "words.awk: " n " words, 2048 wanted" > "/dev/stderr"
		exit 1
	}
	print "/* Made from data/words.txt. */"
	print "#include \"act/words.h\"\n"
	print "const char *const words_table[WORDS_COUNT] = {"
	for (i = 0; i < n; i++) print "\t\"" word[i] "\","
	print "};"
}
