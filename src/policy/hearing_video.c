/* hearing_video: a time, a language, a role; the person has rights (Article 40(18)). */
#include "policy/check.h"

static void
the_hearing_is_to_come(struct checking *c)
{
	(void)instant_is_to_come(c, "F32", "at", "request.hearing-past", "Art 40(18)");
}

static void
who_presides_is_said(struct checking *c)
{
	if (field_given(c, "F32") && field_said(c, "F32", "presides") == NULL)
		finding_say(c, FINDING_WARNS, "request.hearing-presides", "F32", "presides",
		    "It is not said who presides, nor who of the requested State is present (Art 40(18)).");
}

void
hearing_video_check(struct checking *c)
{
	the_hearing_is_to_come(c);
	who_presides_is_said(c);
}
