# Turns data/people/*.tsv into C; a broken row stops the build.
#   awk -F '\t' -f people.awk roles.tsv approvals.tsv kinds.tsv

function fault(what) {
	print FILENAME ":" FNR ": " what > "/dev/stderr"
	broken++
}

# "a;b" as "(1u << PRE_A) | (1u << PRE_B)"; every part one of the known words.
function mask(list, prefix, known,    part, n, i, out) {
	n = split(list, part, ";")
	if (n == 0) return "0"
	for (i = 1; i <= n; i++) {
		if (index(" " known " ", " " part[i] " ") == 0)
			fault("what is \"" part[i] "\"?")
		out = out (i > 1 ? " | " : "") "(1u << " prefix toupper(part[i]) ")"
	}
	return out
}

function ways(list,    part, n, i, out) {
	n = split(list, part, ";")
	if (n == 0) return "0"
	for (i = 1; i <= n; i++) {
		if (part[i] !~ /^(at_once|from_afar|later)$/)
			fault("second_may: what is \"" part[i] "\"?")
		out = out (i > 1 ? " | " : "") "SECOND_" toupper(part[i])
	}
	return out
}

BEGIN {
	roles = "investigator prosecutor officer contact_point lawyer auditor administrator oversight"
	acts = "draft add ask_hold ask ask_emergency hold grant grant_emergency refuse message " \
	    "deliver release destroy receive read read_protected export unrestrict view keys export_key " \
	    "administer figures audit"
	groups = "log desk sign evidence"
	offices = "one small full"
	classes = "*request *answer *evidence *receipt *card *time_stamp"
	print "/* Made from data/people. */\n#include \"policy/people_tables.h\"\n"
}

FNR == 1 {
	if (file != "") print "};\n"
	file = FILENAME
	sub(/^.*\//, "", file)
	columns = NF
	if (file == "roles.tsv") print "const struct role_row people_role_rows[PEOPLE_ROLES] = {"
	if (file == "approvals.tsv") print "const struct people_rule people_rule_rows[PEOPLE_ACTS * OFFICE_SIZES] = {"
	if (file == "kinds.tsv") print "const struct kind_row people_kind_rows[] = {"
	next
}

NF != columns { fault(NF " columns, " columns " wanted") }
/["\\]/ { fault("a quote or backslash") }

file == "roles.tsv" {
	if (index(" " roles " ", " " $1 " ") == 0 || $1 in role)
		fault("role \"" $1 "\" is unknown or there twice")
	role[$1]
	opens[$1] = $4
	apart[$1] = $5
	print "\t[ROLE_" toupper($1) "] = { \"" $1 "\", \"" $2 "\",\n\t  " \
	    mask($3, "PEOPLE_", acts) ",\n\t  " mask($4, "GROUP_", groups) ",\n\t  " \
	    mask($5, "ROLE_", roles) ",\n\t  \"" $6 "\" },"
}

file == "approvals.tsv" {
	if (index(" " acts " ", " " $1 " ") == 0) fault("act \"" $1 "\" is unknown")
	if ($3 !~ /^[012]$/) fault("needed is 0, 1 or 2")
	if (($3 > 0) != ($4 != "") || ($3 > 0) != ($5 != ""))
		fault("who approves, and how, is said when somebody does")
	if ((index($5, "later") > 0) != ($6 > 0)) fault("hours go with later")
	if ($1 ~ /^(ask|ask_emergency|grant_emergency|deliver|release|destroy|unrestrict|export_key)$/ && \
	    ($3 < 1 || index($5, "later") > 0))
		fault("this always needs two, before it leaves")
	n = split($2 == "any" ? offices : $2, part, " ")
	for (i = 1; i <= n; i++) {
		if (index(" " offices " ", " " part[i] " ") == 0)
			fault("office \"" part[i] "\" is unknown")
		if (($1, part[i]) in rule) fault("act and office there twice")
		# One person is never the second: that office would stand still.
		if (part[i] == "one" && $3 > 0 && index($5, "from_afar") == 0)
			fault("an office of one needs a second from afar")
		rule[$1, part[i]]
		print "\t[PEOPLE_" toupper($1) " * OFFICE_SIZES + OFFICE_" \
		    toupper(part[i]) "] = {\n\t  PEOPLE_" toupper($1) ", OFFICE_" \
		    toupper(part[i]) ", " $3 ",\n\t  " mask($4, "ROLE_", roles) ",\n\t  " \
		    ways($5) ", " $6 + 0 ",\n\t  \"" $7 "\" },"
	}
}

file == "kinds.tsv" {
	if (index(" " acts " ", " " $3 " ") == 0) fault("act \"" $3 "\" is unknown")
	if ($1 ~ /^\*/ && index(" " classes " ", " " $1 " ") == 0)
		fault("class \"" $1 "\" is unknown")
	class[$1]
	print "\t{ \"" $1 "\", \"" $2 "\", PEOPLE_" toupper($3) " },"
}

END {
	print "};\nconst size_t people_kind_count =\n" \
	    "    sizeof people_kind_rows / sizeof *people_kind_rows;"
	n = split(roles, part, " ")
	for (i = 1; i <= n; i++) {
		if (!(part[i] in role)) fault("no role " part[i])
		m = split(apart[part[i]], other, ";")
		for (k = 1; k <= m; k++)
			if (index(";" apart[other[k]] ";", ";" part[i] ";") == 0)
				fault(part[i] " stands apart from " other[k] ", and that not from it")
	}
	if (index(opens["administrator"], "evidence") || index(opens["auditor"], "evidence") || \
	    index(opens["auditor"], "desk") || index(opens["investigator"], "sign") || \
	    opens["oversight"] != "")
		fault("a role opens keys it must not have")
	n = split(acts, part, " ")
	m = split(offices, other, " ")
	for (i = 1; i <= n; i++)
		for (k = 1; k <= m; k++)
			if (!((part[i], other[k]) in rule))
				fault("no row for " part[i] " in an office " other[k])
	n = split(classes, part, " ")
	for (i = 1; i <= n; i++)
		if (!(part[i] in class)) fault("no row for the class " part[i])
	if (broken) exit 1
}
