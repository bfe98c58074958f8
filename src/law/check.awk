# Reads the tables of data/law and looks for broken rows: each gets a line on the
# standard error.  cell[table, row, column], rows[table], row[table, id].

function fault(place, what) {
	print "data/law/" place ": " what > "/dev/stderr"
	broken++
}

# Is word one of the list, "a;b;c"?
function has(list, word) { return index(";" list ";", ";" word ";") > 0 }

function where(t, r) { return t ".tsv:" r + 1 }

function read_head(    i) {
	table = FILENAME
	sub(/^.*\//, "", table)
	sub(/\.tsv$/, "", table)
	columns[table] = NF
	for (i = 1; i <= NF; i++) head[i] = $i
	rows[table] = 0
}

function read_row(    i, r) {
	r = ++rows[table]
	if (NF != columns[table])
		fault(where(table, r), NF " columns, " columns[table] " wanted")
	for (i = 1; i <= columns[table]; i++) {
		if ($i ~ /^ / || $i ~ / $/ || $i ~ /\r/)
			fault(where(table, r), "blank at an end of " head[i])
		cell[table, r, head[i]] = $i
	}
	if (table == "basis" || table == "holidays" || table == "zone_changes") return
	if ($1 == "" || (table, $1) in row)
		fault(where(table, r), "key \"" $1 "\" is empty or there twice")
	row[table, $1] = r
}

# Every cell of the column is one of the list, or a list of them.
function among(t, column, allowed, many, empty,    r, i, n, part) {
	for (r = 1; r <= rows[t]; r++) {
		n = split(cell[t, r, column], part, ";")
		if (n == 0 && !empty || n > 1 && !many)
			fault(where(t, r), column " is empty or a list")
		for (i = 1; i <= n; i++)
			if (!has(allowed, part[i]))
				fault(where(t, r), column ": what is \"" part[i] "\"?")
	}
}

# Every id in the column is a row of the other table.
function known(t, column, other,    r, i, n, part) {
	for (r = 1; r <= rows[t]; r++) {
		n = split(cell[t, r, column], part, ";")
		for (i = 1; i <= n; i++) {
			sub(/:.*/, "", part[i])
			if (!((other, part[i]) in row) && part[i] !~ /^E-/)
				fault(where(t, r), column ": " part[i] " is not in " other)
		}
	}
}

# A date, or one of the words.
function dated(t, column, words,    r, value) {
	for (r = 1; r <= rows[t]; r++) {
		value = cell[t, r, column]
		if (value != "" && !has(words, value) && \
		    value !~ /^[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]$/)
			fault(where(t, r), column ": \"" value "\" is no date")
	}
}

# A measure stands in one column of a field only; a demand has an author.
function check_fields(    t, r, c, i, n, part, seen, name, demand) {
	t = "request_fields"
	n = split("required_for one_of_for required_if optional_for", name, " ")
	for (r = 1; r <= rows[t]; r++) {
		if ((cell[t, r, "name"]) in seen)
			fault(where(t, r), "name there twice: " cell[t, r, "name"])
		seen[cell[t, r, "name"]]
		for (c = 1; c <= 4; c++)
			check_once(t, r, name[c])
		n = split(cell[t, r, "ours_for"], part, ";")
		for (i = 1; i <= n; i++)
			if (!has(cell[t, r, "required_for"], part[i]))
				fault(where(t, r), "ours_for: " part[i] " is not in required_for")
		demand = cell[t, r, "required_for"] cell[t, r, "one_of_for"] \
		    cell[t, r, "required_if"]
		if ((demand == "") != (cell[t, r, "required_by"] == ""))
			fault(where(t, r), "a demand and its author (required_by) go together")
	}
}

function check_once(t, r, column,    i, n, part, m) {
	n = split(cell[t, r, column], part, ";")
	for (i = 1; i <= n; i++) {
		m = part[i]
		sub(/:.*/, "", m)
		if ((r, m) in stands && stands[r, m] != column)
			fault(where(t, r), m " stands in " stands[r, m] " and " column)
		stands[r, m] = column
	}
}

# Grounds are of the instrument's own family; no menu has duties and limiters.
function check_basis(    t, r, i, n, part, key, family, seen) {
	t = "basis"
	family["UNCAC-CYBER"] = "R"; family["Budapest"] = family["Budapest-2AP"] = "B"
	family["UNTOC"] = "U"; family["reciprocity"] = "G"
	for (r = 1; r <= rows[t]; r++) {
		key = cell[t, r, "measure_id"] " " cell[t, r, "instrument"]
		if (key in seen)
			fault(where(t, r), key " is there twice")
		seen[key]
		n = split(cell[t, r, "refusal_ground_ids"], part, ";")
		for (i = 1; i <= n; i++)
			if (substr(part[i], 1, 1) != family[cell[t, r, "instrument"]])
				fault(where(t, r), part[i] " is a ground of another instrument")
		if ((cell[t, r, "articles"] == "") != (cell[t, r, "instrument"] == "reciprocity"))
			fault(where(t, r), "articles go with a treaty")
	}
}

function check_deadlines(    t, r) {
	t = "deadlines"
	for (r = 1; r <= rows[t]; r++) {
		if ((cell[t, r, "value"] == "") != (cell[t, r, "unit"] == ""))
			fault(where(t, r), "value and unit go together")
		if (cell[t, r, "unit"] != "date" && cell[t, r, "value"] ~ /[^0-9]/)
			fault(where(t, r), "value: one number is wanted")
		if (cell[t, r, "kind"] == "target" && cell[t, r, "instrument"] != "Comity policy")
			fault(where(t, r), "only our policy has targets")
	}
}

# Since when the Convention binds whom is computed from the deposits (Article 65).
function check_states(    t, r) {
	t = "states"
	for (r = 1; r <= rows[t]; r++) {
		if (r > 1 && cell[t, r, "iso2"] <= cell[t, r - 1, "iso2"])
			fault(where(t, r), "not in order of iso2")
		if (("training", cell[t, r, "iso2"]) in row)
			fault(where(t, r), cell[t, r, "iso2"] " is a training State too")
		if (cell[t, r, "hanoi_in_force"] != "")
			fault(where(t, r), "hanoi_in_force is computed: give ratified_date in parties.tsv")
	}
	for (r = 2; r <= rows["training"]; r++)
		if (cell["training", r, "iso2"] <= cell["training", r - 1, "iso2"])
			fault(where("training", r), "not in order of iso2")
}

# A day of one year, or of every year.
function is_day(text) {
	return text ~ /^[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]$/ || \
	    text ~ /^[01][0-9]-[0-3][0-9]$/
}

function check_calendars(    t, r, who) {
	t = "calendars"
	for (r = 1; r <= rows[t]; r++) {
		if (!(("zones", cell[t, r, "zone"]) in row))
			fault(where(t, r), cell[t, r, "zone"] " is not in zones")
		who = cell[t, r, "iso2"]
		if (!(("states", who) in row) && !(("training", who) in row))
			fault(where(t, r), who " is no State")
	}
	among(t, "working", "mon;tue;wed;thu;fri;sat;sun", 1)
	among(t, "certainty", "text;sister;secondary;memory")
	t = "holidays"
	for (r = 1; r <= rows[t]; r++) {
		if (!(("calendars", cell[t, r, "iso2"]) in row))
			fault(where(t, r), cell[t, r, "iso2"] " has no calendar")
		if (!is_day(cell[t, r, "day"])) fault(where(t, r), "day: that is none")
		if (r > 1 && cell[t, r, "iso2"] < cell[t, r - 1, "iso2"])
			fault(where(t, r), "not in order of iso2")
	}
	t = "zone_changes"
	for (r = 1; r <= rows[t]; r++)
		if (!(("zones", cell[t, r, "name"]) in row))
			fault(where(t, r), cell[t, r, "name"] " is not in zones")
	if (rows["version"] != 1) fault("version.tsv", "one row is wanted")
	dated("version", "dated", "")
}

function check(    sure, n, t, i) {
	sure = "text;sister;secondary;memory"
	n = split("articles basis deadlines measures offences refusal_grounds request_fields", \
	    t, " ")
	for (i = 1; i <= n; i++) {
		if (!rows[t[i]]) fault(t[i] ".tsv", "has no rows")
		among(t[i], "certainty", sure)
	}
	among("safeguards", "attribution_certainty", sure)
	among("states", "budapest_certainty", sure ";unknown")
	among("states", "untoc_certainty", sure ";unknown")
	among("states", "hanoi_certainty", sure ";unknown")
	among("request_fields", "required_by", \
	    "treaty;policy;practice;other_law;own_profile", 1, 1)
	among("basis", "instrument", "UNCAC-CYBER;Budapest;Budapest-2AP;UNTOC;reciprocity")
	among("basis", "dual_criminality", "not_required;not_applicable;optional_ground;" \
	    "reservation_only;required;domestic_law")
	among("measures", "offence_scope", "convention;serious_crime;" \
	    "serious_crime(e-evidence only);inherits;domestic_law;article_14;article_16;" \
	    "other_instrument", 1)
	among("offences", "restricted", "no_preview;no_defence_copy;inspection_record", 1, 1)
	among("deadlines", "unit", "minute;hour;day;month;year;date;party", 0, 1)
	among("deadlines", "kind", "max;min;exact;target;before;always;threshold;promptly;" \
	    "at once;as soon as possible;rapidly expedited;where possible;" \
	    "before, else without delay")
	known("request_fields", "required_for", "measures")
	known("request_fields", "one_of_for", "measures")
	known("request_fields", "required_if", "measures")
	known("request_fields", "optional_for", "measures")
	known("basis", "measure_id", "measures")
	known("basis", "required_field_ids", "request_fields")
	known("basis", "one_of_field_ids", "request_fields")
	known("basis", "refusal_ground_ids", "refusal_grounds")
	known("measures", "refusal_ground_ids", "refusal_grounds")
	known("deadlines", "measures", "measures")
	known("safeguards", "field_ids", "request_fields")
	dated("states", "budapest_party", "yes;signed")
	dated("states", "untoc_party", "yes;signed;no;unknown")
	dated("states", "hanoi_in_force", "")
	dated("parties", "ratified_date", "")
	check_fields()
	check_basis()
	check_deadlines()
	check_states()
	check_calendars()
}
