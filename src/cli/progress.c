/* One progress for every long task: a bar, lines, or JSON lines, on stderr. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

#define TICKS 1000000000ull
#define BAR_EVERY (TICKS / 10)
#define LINE_EVERY (60 * TICKS)
#define JSON_EVERY TICKS
#define SPEED_EVERY (TICKS / 2)
#define QUIET_FOR TICKS			/* short work shows nothing */

static void
put(struct cli_progress *p, const char *text)
{
	struct err ignored = ERR_INIT;

	/* Progress that cannot be shown is no reason to stop the work. */
	if (!world_write(p->world, WORLD_ERR, span_text(text), &ignored))
		p->mode = PROGRESS_NONE;
}

static void
speed_update(struct cli_progress *p, uint64_t now, uint64_t done)
{
	double seconds, fresh;

	if (now - p->speed_at < SPEED_EVERY)
		return;
	seconds = (double)(now - p->speed_at) / (double)TICKS;
	fresh = done >= p->speed_bytes ? (double)(done - p->speed_bytes) / seconds : 0;
	p->speed = p->speed == 0 ? fresh : p->speed * 0.7 + fresh * 0.3;
	p->speed_at = now;
	p->speed_bytes = done;
}

static void
left_text(const struct cli_progress *p, uint64_t left, char *out, size_t n)
{
	double s = p->speed > 1 ? (double)left / p->speed : 0;

	if (p->speed <= 1)
		(void)snprintf(out, n, "%s", "");
	else if (s < 90)
		(void)snprintf(out, n, "  about %.0f s left", s);
	else if (s < 5400)
		(void)snprintf(out, n, "  about %.0f min left", s / 60);
	else
		(void)snprintf(out, n, "  about %.0f h left", s / 3600);
}

static void
words(const struct cli_progress *p, uint64_t done, uint64_t total, char *out, size_t n)
{
	char left[48], speed[40] = "";

	if (total == 0) {
		(void)snprintf(out, n, "%s  %s", p->step, size_people(done).s);
		return;
	}
	left_text(p, total - (done < total ? done : total), left, sizeof left);
	if (p->speed >= 1)
		(void)snprintf(speed, sizeof speed, "  %s/s",
		    size_people((uint64_t)p->speed).s);
	(void)snprintf(out, n, "%s  %s of %s  %u %%%s%s", p->step,
	    size_people(done).s, size_people(total).s,
	    (unsigned)((double)done * 100 / (double)total), speed, left);
}

static void
show_bar(struct cli_progress *p, uint64_t done, uint64_t total)
{
	unsigned wide = world_columns(p->world);
	char text[200], line[260];

	words(p, done, total, text, sizeof text);
	if (wide < 20 || wide > 200)
		wide = 80;
	(void)snprintf(line, sizeof line, "\r%-*.*s", (int)wide - 1, (int)wide - 1,
	    text);
	put(p, line);
	p->shown = true;
}

static void
show_line(struct cli_progress *p, uint64_t done, uint64_t total)
{
	char text[200], line[220];

	words(p, done, total, text, sizeof text);
	(void)snprintf(line, sizeof line, "  %s\n", text);
	put(p, line);
}

static void
show_json(struct cli_progress *p, uint64_t done, uint64_t total)
{
	char line[240];

	(void)snprintf(line, sizeof line,
	    "{\"schema\":\"comity.progress/1\",\"step\":\"%s\",\"done\":%llu,\"total\":%llu,\"bytes_per_second\":%.0f}\n",
	    p->step, (unsigned long long)done, (unsigned long long)total, p->speed);
	put(p, line);
}

static void
new_step(struct cli_progress *p, const char *step, uint64_t now, uint64_t done)
{
	cli_progress_end(p);
	(void)snprintf(p->step, sizeof p->step, "%s", step);
	p->began = p->speed_at = now;
	p->last_told = now;
	p->from = p->speed_bytes = p->last_done = done;
	p->last_tenth = 0;
	p->speed = 0;
}

static void
tell(struct progress *progress, const char *step, uint64_t done, uint64_t total)
{
	struct cli_progress *p = (struct cli_progress *)progress;
	uint64_t now = world_ticks(p->world);
	unsigned tenth = total == 0 ? 0 : (unsigned)((double)done * 10 / (double)total);
	bool asked = world_progress_wanted(p->world);

	if (strcmp(p->step, step) != 0)
		new_step(p, step, now, done);
	if (done < p->last_done)
		done = p->last_done;		/* never goes back */
	p->last_done = done;
	speed_update(p, now, done);
	if (asked && p->mode != PROGRESS_JSONL) {
		show_line(p, done, total);
		return;
	}
	if (p->mode == PROGRESS_BAR && now - p->last_told >= BAR_EVERY &&
	    now - p->began >= QUIET_FOR) {
		show_bar(p, done, total);
		p->last_told = now;
	} else if (p->mode == PROGRESS_LINES && now - p->began >= QUIET_FOR &&
	    (tenth > p->last_tenth || now - p->last_told >= LINE_EVERY)) {
		show_line(p, done, total);
		p->last_told = now;
		p->last_tenth = tenth;
	} else if (p->mode == PROGRESS_JSONL && (now - p->last_told >= JSON_EVERY ||
	    (total != 0 && done >= total))) {
		show_json(p, done, total);
		p->last_told = now;
	}
}

void
cli_progress_init(struct cli_progress *p, struct world *w, enum progress_mode mode)
{
	memset(p, 0, sizeof *p);
	p->progress.tell = tell;
	p->world = w;
	p->mode = mode;
	if (mode == PROGRESS_AUTO)
		p->mode = world_is_terminal(w, WORLD_ERR) ? PROGRESS_BAR :
		    PROGRESS_LINES;
}

void
cli_progress_end(struct cli_progress *p)
{
	char line[210];
	unsigned wide = world_columns(p->world);

	if (!p->shown)
		return;
	if (wide < 20 || wide > 200)
		wide = 80;
	(void)snprintf(line, sizeof line, "\r%*s\r", (int)wide - 1, "");
	put(p, line);
	p->shown = false;
}
