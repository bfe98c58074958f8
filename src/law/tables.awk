# Turns the tables of data/law into C, one table a run:
#   awk -v want=TABLE -f check.awk -f tables.awk data/law/*.tsv
# Plain awk, as mawk has it: no intervals in patterns, no functions of gawk.  Every run
# reads and checks all tables (check.awk), so that no broken row is ever compiled in.

# Character by character: awks do not agree on backslashes in gsub.
function quote(bytes,    out, i, c) {
	out = ""
	for (i = 1; i <= length(bytes); i++) {
		c = substr(bytes, i, 1)
		out = out (c == "\\" || c == "\"" ? "\\" c : c)
	}
	return "\"" out "\""
}

function text(t, r, column) { return quote(cell[t, r, column]) }
function certainty(word) { return "LAW_" toupper(word) }
function digits(date) { gsub(/-/, "", date); return date }

# Seconds from 1970-01-01 to the first second of YYYY-MM-DD (years from 1970 on).
function instant(date,    y, m, d) {
	y = substr(date, 1, 4) + 0
	m = substr(date, 6, 2) + 0
	d = substr(date, 9, 2) + 0
	if (m < 3) { y--; m += 12 }
	return (365 * y + int(y / 4) - int(y / 100) + int(y / 400) \
	    + int((153 * (m - 3) + 2) / 5) + d - 1 - 719468) * 86400
}

# What a cell says of a day: YYYYMMDD, or the words of status.h.
function day(value) {
	if (value ~ /^[0-9-]+$/ && length(value) == 10) return digits(value)
	return value == "" || value == "no" || value == "unknown" ? "LAW_DAY_NONE" \
	    : "LAW_DAY_SOME"
}

# One letter for what measure m asks of the field in row r (tables.h).
function letter(r, m) {
	if (has(cell["request_fields", r, "required_for"], m))
		return has(cell["request_fields", r, "ours_for"], m) ? "p" : "r"
	if (has(cell["request_fields", r, "one_of_for"], m)) return "1"
	if (index(";" cell["request_fields", r, "required_if"], ";" m ":")) return "c"
	return has(cell["request_fields", r, "optional_for"], m) ? "o" : "."
}

function fields(    t, r) {
	t = "request_fields"
	begin("law_field")
	for (r = 1; r <= rows[t]; r++)
		print "\t{ " text(t, r, "field_id") ", " text(t, r, "name") ", " \
		    text(t, r, "label") ",\n\t  &law_shapes[SHAPE_" \
		    toupper(cell[t, r, "shape"]) "], " text(t, r, "required_if") ",\n\t  " \
		    text(t, r, "required_by") ", " \
		    text(t, r, "source") ",\n\t  " text(t, r, "note") ",\n\t  " \
		    text(t, r, "codes") ", " certainty(cell[t, r, "certainty"]) " },"
	end("law_field")
}

function needs(    t, r, m, line) {
	t = "request_fields"
	print "const char *const law_need_rows[] = {"
	for (r = 1; r <= rows[t]; r++) {
		line = ""
		for (m = 1; m <= rows["measures"]; m++)
			line = line letter(r, cell["measures", m, "id"])
		print "\t" quote(line) ",\t/* " cell[t, r, "field_id"] " */"
	}
	print "};"
}

function measures(    t, r) {
	t = "measures"
	begin("law_measure")
	for (r = 1; r <= rows[t]; r++)
		print "\t{ " text(t, r, "id") ", " text(t, r, "articles") ", " \
		    text(t, r, "title") ",\n\t  " text(t, r, "offence_scope") ", " \
		    text(t, r, "who_may_ask") ",\n\t  " text(t, r, "channel") ",\n\t  " \
		    text(t, r, "time_limits") ",\n\t  " text(t, r, "refusal_ground_ids") \
		    ",\n\t  " text(t, r, "notes") ", " certainty(cell[t, r, "certainty"]) " },"
	end("law_measure")
}

function basis(    t, r) {
	t = "basis"
	begin("law_basis")
	for (r = 1; r <= rows[t]; r++)
		print "\t{ &law_measure_rows[" row["measures", cell[t, r, "measure_id"]] - 1 \
		    "], " text(t, r, "instrument") ", " text(t, r, "articles") ",\n\t  " \
		    text(t, r, "required_field_ids") ", " text(t, r, "one_of_field_ids") \
		    ",\n\t  " text(t, r, "refusal_ground_ids") ", " \
		    text(t, r, "dual_criminality") ",\n\t  " text(t, r, "notes") ", " \
		    certainty(cell[t, r, "certainty"]) " },"
	end("law_basis")
}

function grounds(    t, r) {
	t = "refusal_grounds"
	begin("law_ground")
	for (r = 1; r <= rows[t]; r++)
		print "\t{ " text(t, r, "id") ", " text(t, r, "paragraph") ",\n\t  " \
		    text(t, r, "summary") ",\n\t  " text(t, r, "nature") ", " \
		    certainty(cell[t, r, "certainty"]) " },"
	end("law_ground")
}

function deadlines(    t, r, value) {
	t = "deadlines"
	begin("law_deadline")
	for (r = 1; r <= rows[t]; r++) {
		value = cell[t, r, "value"] == "" ? 0 : cell[t, r, "value"]
		if (cell[t, r, "unit"] == "date") value = instant(value)
		print "\t{ " text(t, r, "id") ", " text(t, r, "instrument") ", " \
		    text(t, r, "article") ",\n\t  " text(t, r, "what") ", " \
		    text(t, r, "starts_at") ", " value ", " text(t, r, "unit") ", " \
		    text(t, r, "kind") ",\n\t  " text(t, r, "extension_or_note") ", " \
		    text(t, r, "measures") ", " certainty(cell[t, r, "certainty"]) " },"
	}
	end("law_deadline")
}

function safeguards(    t, r) {
	t = "safeguards"
	begin("law_safeguard")
	for (r = 1; r <= rows[t]; r++)
		print "\t{ " text(t, r, "id") ", " text(t, r, "danger") ",\n\t  " \
		    text(t, r, "software_control") ",\n\t  " text(t, r, "field_ids") ", " \
		    text(t, r, "test") ",\n\t  " \
		    certainty(cell[t, r, "attribution_certainty"]) " },"
	end("law_safeguard")
}

function offences(    t, r) {
	t = "offences"
	begin("law_offence")
	for (r = 1; r <= rows[t]; r++)
		print "\t{ " text(t, r, "article") ", " text(t, r, "short_name") ",\n\t  " \
		    text(t, r, "summary") ",\n\t  " \
		    (has(cell[t, r, "restricted"], "no_defence_copy") ? "true" : "false") \
		    ", " certainty(cell[t, r, "certainty"]) " },"
	end("law_offence")
}

function articles(    t, r) {
	t = "articles"
	begin("law_article")
	for (r = 1; r <= rows[t]; r++)
		print "\t{ " text(t, r, "number") ", " text(t, r, "title") ", " \
		    certainty(cell[t, r, "certainty"]) " },"
	end("law_article")
}

# Real States, and the training ones in their places: both lists are in order.
function states(    t, r, u, q) {
	t = "states"
	u = "training"
	q = 1
	begin("law_state_row", "law_state")
	for (r = 1; r <= rows[t]; r++) {
		while (q <= rows[u] && cell[u, q, "iso2"] < cell[t, r, "iso2"])
			state_line(u, q++, "true", "")
		state_line(t, r, "false", cell[t, r, "networks_24_7"])
	}
	while (q <= rows[u]) state_line(u, q++, "true", "")
	end("law_state")
}

function state_line(t, r, training, networks) {
	print "\t{ { " text(t, r, "iso2") ", " text(t, r, "name") ", " training " }, " \
	    quote(networks) " },"
}

# One line a State and instrument of which a cell says something.
function parties(    t, r) {
	t = "states"
	begin("law_party_row", "law_party")
	for (r = 1; r <= rows[t]; r++) {
		member(t, r, "Budapest", "budapest_party", "budapest_certainty")
		member(t, r, "UNTOC", "untoc_party", "untoc_certainty")
		if (cell[t, r, "budapest_2ap"] != "")
			party(cell[t, r, "iso2"], "Budapest-2AP", "LAW_DAY_SOME", \
			    cell[t, r, "budapest_2ap"] == "ratified" ? "LAW_DAY_SOME" \
			    : "LAW_DAY_NONE", "LAW_DAY_NONE", \
			    cell[t, r, "budapest_2ap_certainty"], cell[t, r, "note"])
	}
	t = "parties"
	for (r = 1; r <= rows[t]; r++)
		party(cell[t, r, "iso2"], "UNCAC-CYBER", day(cell[t, r, "signed_date"]), \
		    day(cell[t, r, "ratified_date"]), "LAW_DAY_NONE", \
		    cell[t, r, "certainty"] == "confirmed" ? "secondary" : "memory", \
		    cell[t, r, "ratification_status"] == "none known" ? "" \
		    : cell[t, r, "ratification_status"])
	end("law_party")
}

function member(t, r, instrument, column, sure,    value) {
	value = cell[t, r, column]
	if (value == "" || value == "no") return
	if (value == "signed")
		party(cell[t, r, "iso2"], instrument, "LAW_DAY_SOME", "LAW_DAY_NONE", \
		    "LAW_DAY_NONE", cell[t, r, sure], "")
	else
		party(cell[t, r, "iso2"], instrument, "LAW_DAY_NONE", "LAW_DAY_NONE", \
		    day(value), cell[t, r, sure], "")
}

function party(who, instrument, signed, deposited, since, sure, note) {
	print "\t{ " quote(who) ", " quote(instrument) ", " signed ", " deposited ", " \
	    since ", " certainty(sure) ", " quote(note) " },"
}

function version() {
	print "const struct law_version law_built_in = { \"built-in\", 0, " \
	    digits(cell["version", 1, "dated"]) ",\n\t" text("version", 1, "source") " };"
}

# Bits of calendar.h.
function working(days,    n, part, i, bits) {
	n = split(days, part, ";")
	for (i = 1; i <= n; i++)
		bits += 2 ^ ((index("montuewedthufrisatsun", part[i]) - 1) / 3)
	return bits
}

# Holidays of a State in ascending order: every year's first, they have no year.
function holidays(who, sorted,    r, n, i, key) {
	for (r = 1; r <= rows["holidays"]; r++) {
		if (cell["holidays", r, "iso2"] != who) continue
		key = digits(cell["holidays", r, "day"]) + 0
		for (i = n++; i > 0 && sorted[i] > key; i--) sorted[i + 1] = sorted[i]
		sorted[i + 1] = key
	}
	return n + 0
}

function calendars(    t, r, i, n, at, sorted, list) {
	t = "calendars"
	begin("law_calendar_row", "law_calendar")
	for (r = 1; r <= rows[t]; r++) {
		n = holidays(cell[t, r, "iso2"], sorted)
		print "\t{ " text(t, r, "iso2") ", " text(t, r, "zone") ", " \
		    working(cell[t, r, "working"]) ", " certainty(cell[t, r, "certainty"]) \
		    ", " at + 0 ", " n " },"
		for (i = 1; i <= n; i++) list = list " " sorted[i] ","
		at += n
	}
	end("law_calendar")
	print "const uint32_t law_holiday_rows[] = {" list " 0 };"
}

# "2026-11-22T08:46:00Z"
function moment(at) {
	return instant(substr(at, 1, 10)) + substr(at, 12, 2) * 3600 \
	    + substr(at, 15, 2) * 60 + substr(at, 18, 2)
}

function zones(    t, r, c, n) {
	t = "zones"
	begin("law_zone_row", "law_zone")
	for (r = 1; r <= rows[t]; r++) {
		n = 0
		while (c + n < rows["zone_changes"] && \
		    cell["zone_changes", c + n + 1, "name"] == cell[t, r, "name"]) n++
		print "\t{ " text(t, r, "name") ", " text(t, r, "rule") ", " c + 0 ", " n " },"
		c += n
	}
	end("law_zone")
	t = "zone_changes"
	begin("zone_change", "law_zone_change")
	for (r = 1; r <= rows[t]; r++)
		printf "\t{ %d, %d, %d },\n", moment(cell[t, r, "from"]), \
		    moment(cell[t, r, "to"]), cell[t, r, "offset_seconds"]
	end("law_zone_change")
}

function begin(type, name) {
	if (name == "") name = type
	print "const struct " type " " name "_rows[] = {"
}

function end(name) {
	print "};\nconst size_t " name "_count = sizeof " name "_rows / sizeof *" \
	    name "_rows;"
}

FNR == 1 { read_head(); next }
{ read_row() }
END {
	check()
	if (broken) exit 1
	print "/* Made from data/law. */\n#include \"law/tables.h\"\n"
	if (want == "fields") fields()
	else if (want == "needs") needs()
	else if (want == "measures") measures()
	else if (want == "basis") basis()
	else if (want == "grounds") grounds()
	else if (want == "deadlines") deadlines()
	else if (want == "safeguards") safeguards()
	else if (want == "offences") offences()
	else if (want == "articles") articles()
	else if (want == "states") states()
	else if (want == "parties") { parties(); version() }
	else if (want == "calendars") calendars()
	else if (want == "zones") zones()
	else {
		print "tables.awk: no table " want > "/dev/stderr"
		exit 1
	}
}
