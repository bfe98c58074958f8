/* A calendar file: its form to the byte, and what must not be in it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "text/ics.h"

#define NOON 1795348800LL	/* 22 Nov 2026 12:00:00 UTC */

static struct err err;

static struct deadline
deadline_make(void)
{
	struct deadline d = { .due = due_one(DUE_ACKNOWLEDGE, NOON, NOON + 86400, true,
		NOON), .number = { "XA-2026-000031" }, .kind = "preserve", .owes = "XA" };

	d.due.rule = law_deadline("D61");
	d.due.request = 31;
	calendar_init(&d.calendar);
	return d;
}

static const char *
printed(struct buf *b, const struct deadline *list, size_t n, int64_t now)
{
	const char *text;

	buf_init(b, n * ICS_EVENT_MAX + 512);
	assert_true(ics_print(list, n, now, b, &err));
	assert_true(buf_text(b, &text, &err));
	return text;
}

static size_t
count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		n++;
	return n;
}

static void
one_deadline_is_one_event_with_its_reminders(void **state)
{
	struct deadline d = deadline_make();
	struct buf b;
	const char *text = printed(&b, &d, 1, NOON);

	(void)state;
	assert_ptr_equal(strstr(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"), text);
	assert_non_null(strstr(text, "\r\nDTSTART:20261123T120000Z\r\n"));
	assert_non_null(strstr(text, "\r\nDTSTAMP:20261122T120000Z\r\n"));
	assert_non_null(strstr(text,
	    "\r\nSUMMARY:Comity: XA-2026-000031 preserve\\, a first answer\r\n"));
	assert_int_equal(count(text, "BEGIN:VEVENT\r\n"), 1);
	assert_int_equal(count(text, "BEGIN:VALARM\r\n"), d.due.alarms_n);
	assert_non_null(strstr(text, "TRIGGER;VALUE=DATE-TIME:20261123T100000Z\r\n"));
	assert_int_equal(count(text, "\n"), count(text, "\r\n"));
	buf_clear(&b);
}

static void
a_reminder_that_is_past_is_left_out(void **state)
{
	struct deadline d = deadline_make();
	struct buf b;
	const char *text = printed(&b, &d, 1, NOON + 86400 + 1);

	(void)state;
	assert_int_equal(count(text, "BEGIN:VALARM"), 0);
	assert_int_equal(count(text, "BEGIN:VEVENT"), 1);
	buf_clear(&b);
}

static void
no_line_is_longer_than_75_octets(void **state)
{
	struct deadline list[DUE_WHATS];
	struct buf b;
	const char *text, *end;

	(void)state;
	for (int w = 0; w < DUE_WHATS; w++) {
		list[w] = deadline_make();
		list[w].due.what = (enum due_what)w;
		(void)snprintf(list[w].kind, sizeof list[w].kind, "%s",
		    "granted_with_conditions_and_mor");
	}
	text = printed(&b, list, DUE_WHATS, NOON);
	for (; *text != '\0'; text = end + 2) {
		end = strstr(text, "\r\n");
		assert_non_null(end);
		assert_in_range(end - text, 1, ICS_LINE_MAX);
	}
	buf_clear(&b);
}

static void
a_line_is_folded_at_75_octets_and_never_inside_a_character(void **state)
{
	char line[200];
	struct buf b;

	(void)state;
	memset(line, 'a', sizeof line);
	buf_init(&b, 1000);
	line[75] = '\0';
	assert_true(ics_line(&b, line, &err));
	assert_int_equal(buf_span(&b).n, 77);
	buf_clear(&b);
	buf_init(&b, 1000);
	line[75] = 'a';
	line[76] = '\0';
	assert_true(ics_line(&b, line, &err));
	assert_int_equal(buf_span(&b).n, 75 + 2 + 1 + 1 + 2);
	buf_clear(&b);
	buf_init(&b, 1000);
	memcpy(line + 74, "\xc3\xa9", 3);	/* two octets across the fold */
	assert_true(ics_line(&b, line, &err));
	assert_memory_equal(buf_span(&b).p + 74, "\r\n \xc3\xa9\r\n", 7);
	buf_clear(&b);
}

static void
what_is_empty_is_a_calendar_too(void **state)
{
	struct buf b;
	const char *text = printed(&b, NULL, 0, NOON);

	(void)state;
	assert_non_null(strstr(text, "END:VCALENDAR\r\n"));
	buf_clear(&b);
}

static void
the_greatest_event_has_its_room(void **state)
{
	struct deadline d = deadline_make();
	struct buf b;

	(void)state;
	d.due.rule = law_deadline("D36");
	d.due.what = DUE_ANSWER;
	memset(d.kind, 'k', sizeof d.kind - 1);
	for (d.due.alarms_n = 0; d.due.alarms_n < DUE_ALARMS_MAX; d.due.alarms_n++)
		d.due.alarms[d.due.alarms_n] = NOON + 1 + (int64_t)d.due.alarms_n;
	(void)printed(&b, &d, 1, NOON);
	assert_true(buf_span(&b).n < ICS_EVENT_MAX);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_deadline_is_one_event_with_its_reminders),
		cmocka_unit_test(a_reminder_that_is_past_is_left_out),
		cmocka_unit_test(no_line_is_longer_than_75_octets),
		cmocka_unit_test(a_line_is_folded_at_75_octets_and_never_inside_a_character),
		cmocka_unit_test(what_is_empty_is_a_calendar_too),
		cmocka_unit_test(the_greatest_event_has_its_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
