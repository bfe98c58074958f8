/* The simulated machine: its clock, its random, its faults, and what it lacks. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "world/sim.h"

static struct sim *
sim_of(struct world *w)
{
	assert(w->body->simulated);
	return (struct sim *)w;
}

/* splitmix64: short, well mixed, and good enough for a made-up world. */
uint64_t
sim_random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

static int64_t
sim_now(struct world *w)
{
	struct sim *s = sim_of(w);
	int64_t now;

	gate_lock(s->lock);
	now = s->now;
	gate_unlock(s->lock);
	return now;
}

static uint64_t
sim_ticks(struct world *w)
{
	struct sim *s = sim_of(w);
	uint64_t ticks;

	gate_lock(s->lock);
	ticks = s->ticks += 1000;
	gate_unlock(s->lock);
	return ticks;
}

static void
sim_sleep(struct world *w, uint64_t milliseconds)
{
	struct sim *s = sim_of(w);
	uint64_t most;

	gate_lock(s->lock);
	most = (UINT64_MAX - s->ticks) / 1000000u;
	s->ticks += (milliseconds < most ? milliseconds : most) * 1000000u;
	gate_unlock(s->lock);
}

void
world_sim_set_now(struct world *w, int64_t now)
{
	struct sim *s = sim_of(w);

	gate_lock(s->lock);
	/* The ticks follow the clock forward, and stay when it is set back. */
	if (now > s->now)
		s->ticks += (uint64_t)(now - s->now) * 1000000000u;
	s->now = now;
	gate_unlock(s->lock);
}

static bool
sim_random(struct world *w, void *p, size_t n, struct err *err)
{
	struct sim *s = sim_of(w);
	uint8_t *to = p;
	uint64_t r;
	size_t part;

	(void)err;
	gate_lock(s->lock);
	while (n > 0) {
		r = sim_random_next(&s->random);
		part = n < sizeof r ? n : sizeof r;
		memcpy(to, &r, part);
		to += part;
		n -= part;
	}
	gate_unlock(s->lock);
	return true;
}

static unsigned
sim_cores(struct world *w)
{
	(void)w;
	return 1;
}

static void
sim_run(struct world *w, unsigned n, void (*work)(void *arg, unsigned i),
    void *arg, unsigned *started)
{
	(void)w;
	run_in_turn(n, work, arg, started);
}

/* ---- faults ---- */

void
world_sim_fail(struct world *w, enum sim_fault fault, uint64_t nth,
    bool from_then_on)
{
	struct sim *s = sim_of(w);

	gate_lock(s->lock);
	s->fault = nth == 0 ? SIM_FAULT_NONE : fault;
	s->fault_at = s->calls + nth;
	s->fault_on = from_then_on || fault == SIM_FAULT_POWER;
	s->spared = false;
	gate_unlock(s->lock);
}

void
world_sim_fail_ask(struct world *w, enum sim_fault (*ask)(bool *from_then_on))
{
	struct sim *s = sim_of(w);

	gate_lock(s->lock);
	s->ask = ask;
	gate_unlock(s->lock);
}

uint64_t
world_sim_calls(struct world *w)
{
	struct sim *s = sim_of(w);
	uint64_t n;

	gate_lock(s->lock);
	n = s->calls;
	gate_unlock(s->lock);
	return n;
}

/* Does a fault begin with this call? */
static void
ask_whether(struct sim *s)
{
	bool on = false;
	enum sim_fault fault = s->ask(&on);

	if (fault == SIM_FAULT_NONE)
		return;
	s->ask = NULL;
	s->fault = fault;
	s->fault_at = s->calls;
	s->fault_on = on || fault == SIM_FAULT_POWER;
	s->spared = false;
}

static enum sim_fault
fault_due(struct sim *s)
{
	s->calls++;
	if (s->ask != NULL)
		ask_whether(s);
	if (s->fault == SIM_FAULT_NONE || s->calls < s->fault_at ||
	    (s->calls > s->fault_at && !s->fault_on))
		return SIM_FAULT_NONE;
	if (s->fault == SIM_FAULT_INTR) {
		/* Interrupted for ever would be a loop that no machine shows. */
		s->spared = !s->spared;
		return s->spared ? SIM_FAULT_INTR : SIM_FAULT_NONE;
	}
	return s->fault;
}

int
sim_call(struct sim *s, bool space, bool again, bool *part)
{
	enum sim_fault fault;

	do
		fault = fault_due(s);
	while (fault == SIM_FAULT_INTR && again);
	if (part != NULL)
		*part = fault == SIM_FAULT_SHORT;
	switch (fault) {
	case SIM_FAULT_IO:
	case SIM_FAULT_POWER:
		return EIO;
	case SIM_FAULT_FULL:
		return space ? ENOSPC : 0;
	case SIM_FAULT_INTR:
		return EINTR;
	case SIM_FAULT_NONE:
	case SIM_FAULT_SHORT:
	default:
		return 0;
	}
}

bool
sim_power_off(const struct sim *s)
{
	return s->fault == SIM_FAULT_POWER && s->calls >= s->fault_at;
}

/* ---- what a simulated world lacks ---- */

static bool
none(struct err *err)
{
	return err_set(err, ERR_IO, "world.none", "a simulated world has no terminal");
}

static bool
sim_read_descriptor(struct world *w, int fd, void *p, size_t n, size_t *got,
    struct err *err)
{
	(void)w, (void)fd, (void)p, (void)n, (void)got;
	return none(err);
}

static bool
sim_write(struct world *w, enum world_stream to, struct span s, struct err *err)
{
	(void)w, (void)to, (void)s;
	return none(err);
}

static bool
sim_is_terminal(struct world *w, int fd)
{
	(void)w, (void)fd;
	return false;
}

static unsigned
sim_columns(struct world *w)
{
	(void)w;
	return 80;
}

static const char *
sim_env(struct world *w, const char *name)
{
	(void)w, (void)name;
	return NULL;
}

static bool
sim_ask(struct world *w, const char *prompt, bool secret, struct buf *answer,
    struct err *err)
{
	(void)w, (void)prompt, (void)secret, (void)answer;
	return none(err);
}

static void
sim_catch_signals(struct world *w)
{
	(void)w;
}

static bool
sim_no_signal(struct world *w)
{
	(void)w;
	return false;
}

static bool
sim_program_path(struct world *w, struct buf *out, struct err *err)
{
	(void)w, (void)out;
	return none(err);
}

static uint64_t
sim_peak_memory(struct world *w)
{
	(void)w;
	return 0;
}

static void
sim_sync_floor(struct world *w, uint64_t microseconds)
{
	(void)w, (void)microseconds;
}

/* ---- beginning and end ---- */

static void
sim_free(struct world *w)
{
	struct sim *s = sim_of(w);
	struct sim_op *op;

	while ((op = s->ops) != NULL) {
		s->ops = op->next;
		sim_op_free(s, op);
	}
	/* Names first, so that what stays is what handles still hold. */
	for (struct sim_node *node = s->all; node != NULL; node = node->next)
		node->refs++;
	for (struct sim_node *node = s->all; node != NULL; node = node->next) {
		sim_names_clear(&node->names, s);
		sim_names_clear(&node->durable_names, s);
	}
	for (struct sim_node *node = s->all, *next; node != NULL; node = next) {
		next = node->next;
		sim_node_drop(s, node);
	}
	sim_node_drop(s, s->root);
	assert(s->all == NULL);		/* else something is still open */
	gate_free(s->lock);
	mem_free(s);
}

static const struct world_body sim_body = {
	.simulated = true,
	.free = sim_free,
	.now = sim_now,
	.ticks = sim_ticks,
	.sleep = sim_sleep,
	.sync_floor = sim_sync_floor,
	.random = sim_random,
	.cores = sim_cores,
	.run = sim_run,
	.dir_open = sim_dir_open,
	.dir_make = sim_dir_make,
	.remove = sim_remove,
	.listing_open = sim_listing_open,
	.path_info = sim_path_info,
	.path_link_text = sim_path_link_text,
	.path_rename = sim_path_rename,
	.file_open = sim_file_open,
	.read_descriptor = sim_read_descriptor,
	.write = sim_write,
	.is_terminal = sim_is_terminal,
	.columns = sim_columns,
	.env = sim_env,
	.ask = sim_ask,
	.catch_signals = sim_catch_signals,
	.stop_wanted = sim_no_signal,
	.progress_wanted = sim_no_signal,
	.program_path = sim_program_path,
	.peak_memory = sim_peak_memory,
};

bool
world_sim(struct world **out, struct world_sim_options opt, struct err *err)
{
	struct sim *s = mem_new(sizeof *s, err);

	if (s == NULL)
		return false;
	s->world.body = &sim_body;
	s->now = opt.now;
	s->random = opt.seed;
	s->order = ~opt.seed;
	s->ops_end = &s->ops;
	s->pages_max = (opt.disk_bytes == 0 ? SIM_DISK_BYTES : opt.disk_bytes) /
	    SIM_PAGE;
	if (!gate_new(&s->lock, err)) {
		mem_free(s);
		return false;
	}
	if (sim_node_new(s, FILE_DIR, &s->root) != 0) {
		gate_free(s->lock);
		mem_free(s);
		return err_memory(err);
	}
	s->root->parent = s->root;
	*out = &s->world;
	return true;
}
