/*
 * flow/disclose: some files of a piece of evidence for somebody who may see them and no
 * others (part of flow; the folder is package/disclose.h, doc/format/disclosure.md).
 *
 * Restricted material (Article 14; offences.tsv: no_preview, no_defence_copy,
 * inspection_record) is never copied into a disclosure: it is counted as withheld,
 * ground article_14.  What is restricted: all of it while nobody decided and a request
 * that the evidence answers names Article 14 (or removal of such material), or does not lie
 * here; else what a person marked.  It follows the material: marks are by line, and a
 * parcel that nobody looked through since there are marks is restricted as a whole.  It is
 * opened here by two persons (flow/use.h), exported for nobody, and left out of an exported
 * thread: a court looks at it under control too.  That less is restricted is for two to say.
 *
 * HOME/evidence/NNNN/restricted: "comity.restricted/1", then lines "act HEX" (this act's
 * parcel was looked through) and "line HEX" (RFC 6962 leaf of a line that is restricted;
 * it has the line's salt in it, so it tells nobody anything).  "all": all of every parcel.
 * Its SHA-256 is in a record `administration`, evidence.restricted or evidence.unrestricted, for
 * each act there is, and one for the fingerprint of what is sealed later (file "fingerprint");
 * a new act of the evidence gets a record too.  The newest one about an act holds of it.
 */
#ifndef COMITY_FLOW_DISCLOSE_H
#define COMITY_FLOW_DISCLOSE_H

#include "flow/flow.h"

#define DISCLOSE_NAMES_MAX ((size_t)16 << 20)	/* bytes of --files-from: 200,000 names */

/*
 * Names of files as they were at the source, or folders: all below them.  A name that
 * begins with data/ and that nothing had at the source is a path in the package, as its
 * manifest shows it.
 */
struct disclose_names {
	const char *const *list;
	size_t n;
	struct span from;		/* the same, a line each; n = 0 none */
};
struct disclose_wish {
	unsigned evidence;
	size_t parcel;			/* SIZE_MAX: the newest */
	struct disclose_names names;
	const char *out;		/* the folder that is made */
	enum disclose_why why;
	enum withheld ground;		/* of what was not named */
	bool with_act;
};
/*
 * OUT/disclosure (checked before it has its name), roots.pem, tsa.pem.  Records `decided`
 * and `disclosed` are durable before that.  ERR_ABSENT "disclose.absent" names what is
 * not there; ERR_REFUSED "disclose.restricted": all that was named is restricted;
 * "people.second": another person has not approved just this yet (flow/people.h).
 * *packaged (may be NULL): how many of the names are paths in the package.
 */
MUST bool flow_evidence_disclose(struct flow *f, const struct disclose_wish *wish,
    struct disclosure *out, size_t *packaged, struct package_report *report,
    struct err *err);

enum restrict_how { RESTRICT_ALL, RESTRICT_FILES, RESTRICT_NONE };
/*
 * A person decides what of it is restricted, in place of what was decided before;
 * FILES adds to it.  *lines: how many are now.  Recorded before it holds.  Where less is
 * restricted than before, by two persons (PEOPLE_UNRESTRICT): ERR_REFUSED "people.second".
 */
MUST bool flow_evidence_restrict(struct flow *f, unsigned evidence,
    enum restrict_how how, const struct disclose_names *names, uint64_t *lines,
    struct err *err);

/*
 * What the defence gets of one parcel (D36).  OUT: nothing restricted: received/parcel.comity,
 * byte by byte as it came, and received/package.tar, the same opened; else disclosure/, all
 * that is not restricted, provable alone.  Always: method.json (software, build and
 * self-test of who sealed it and of this office, and how to check without us),
 * withheld.json (counts and grounds), custody.json (comity.custody/1; with
 * custody-before-N.json), policy.txt, roots.pem, tsa.pem.  The records of custody name the
 * bytes of all files together.
 */
struct defence_result {
	bool whole;			/* nothing is withheld */
	uint64_t lines, shown, restricted;
};
MUST bool flow_evidence_defence(struct flow *f, unsigned evidence, size_t parcel,
    const char *out_path, struct defence_result *out, struct err *err);

/*
 * Restricted material is looked at instead of copied: who looked, when, where and under
 * whose control.  A sealed file beside the evidence and a leaf that has its digest.
 */
#define INSPECT_TEXT_MAX 400		/* bytes of each */
struct inspect_wish {
	unsigned evidence;
	size_t parcel;
	const char *by, *where, *control;
	int64_t at;
};
MUST bool flow_evidence_inspect(struct flow *f, const struct inspect_wish *wish,
    unsigned *number, struct digest *sha256, struct err *err);

#endif
