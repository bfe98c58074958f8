# Turns data/letters/LANG.tsv and data/words/LANG.tsv into C tables, English first, one
# for each language whichever files it comes from; stops when a line is not KEY TAB TEXT,
# a key comes twice, or one that English does not have comes up (words whose English is
# in data/law or policy excepted).
function bad_line(why) {
	print "phrases.awk: " FILENAME ":" FNR ": " why > "/dev/stderr"
	exit failed = 1
}
BEGIN { FS = "\t" }
FNR == 1 {
	lang = FILENAME
	sub(/.*\//, "", lang)
	sub(/\.tsv$/, "", lang)
	if (!(lang in known)) {
		known[lang] = 1
		langs[++langs_n] = lang
	}
}
/^#/ || /^$/ { next }
NF != 2 || $1 !~ /^[a-zA-Z0-9_.-]+$/ || $2 == "" { bad_line("not KEY TAB TEXT") }
(lang, $1) in text { bad_line("\"" $1 "\" comes twice") }
langs_n > 1 && !(("en", $1) in text) && $1 !~ /^(field|part|ground|deadline|kind|need)\./ {
	bad_line("English has no \"" $1 "\"")
}
{
	text[lang, $1] = $2
	keys[lang, ++n[lang]] = $1
}
END {
	if (failed) exit 1
	if (langs[1] != "en") {
		print "phrases.awk: English comes first" > "/dev/stderr"
		exit 1
	}
	print "/* Made from data/letters. */"
	print "#include \"text/phrases.h\"\n"
	for (l = 1; l <= langs_n; l++) {
		lang = langs[l]
		print "static const struct phrase phrases_" lang "[] = {"
		for (i = 1; i <= n[lang]; i++) {
			key = keys[lang, i]
			t = text[lang, key]
			gsub(/\\/, "\\\\", t)
			gsub(/"/, "\\\"", t)
			print "\t{ \"" key "\", \"" t "\" },"
		}
		print "};"
	}
	print "\nconst struct phrases phrases_list[] = {"
	for (l = 1; l <= langs_n; l++)
		print "\t{ \"" langs[l] "\", phrases_" langs[l] ", " n[langs[l]] " },"
	print "};\nconst size_t phrases_list_n = " langs_n ";"
}
