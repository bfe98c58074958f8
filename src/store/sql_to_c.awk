# Turns docket.sql into C: one string a statement, with the step it belongs to.
BEGIN {
	print "/* Made from docket.sql. */"
	print "static const struct docket_step {"
	print "\tunsigned version;"
	print "\tconst char *sql;"
	print "} docket_steps[] = {"
}
/^-- step [0-9]+$/ { step = $3; next }
{ sub(/[ \t]*--.*$/, ""); sub(/^[ \t]+/, "") }
/^$/ { next }
{
	gsub(/\\/, "\\\\")
	gsub(/"/, "\\\"")
	if (!inside)
		printf "\t{ %d,", step
	printf "\n\t    \"%s \"", $0
	inside = !/;$/
	if (!inside)
		print " },"
}
END { print "};" }
