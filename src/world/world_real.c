/* The real machine: clock, random, cores, and the table that joins the rest. */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "world/real.h"

/* More threads than this only wait for the disk and for each other. */
#define REAL_CORES_MAX 64

static int64_t
real_now(struct world *w)
{
	(void)w;
	return time(NULL);
}

static uint64_t
real_ticks(struct world *w)
{
	struct timespec t;

	(void)w;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static bool
real_random(struct world *w, void *p, size_t n, struct err *err)
{
	size_t done = 0;
	ssize_t r;

	(void)w;
	while (done < n) {
		r = getrandom((uint8_t *)p + done, n - done, 0);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return err_set(err, ERR_IO, "world.random",
			    "the system gives no random numbers");
		done += (size_t)r;
	}
	return true;
}

/* The cores this process may use, which in a container are fewer than there are. */
static unsigned
real_cores(struct world *w)
{
	cpu_set_t set;
	int n;

	(void)w;
	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof set, &set) != 0)
		return 1;
	n = CPU_COUNT(&set);
	return n < 1 ? 1 : n > REAL_CORES_MAX ? REAL_CORES_MAX : (unsigned)n;
}

static void
real_run(struct world *w, unsigned n, void (*work)(void *arg, unsigned i),
    void *arg, unsigned *started)
{
	(void)w;
	run_on_threads(n, work, arg, started);
}

static void
real_sync_floor(struct world *w, uint64_t microseconds)
{
	atomic_store(&((struct real *)w)->sync_floor, microseconds);
}

static void
real_free(struct world *w)
{
	mem_free(w);
}

static const struct world_body real_body = {
	.simulated = false,
	.free = real_free,
	.now = real_now,
	.ticks = real_ticks,
	.sleep = real_sleep,
	.sync_floor = real_sync_floor,
	.random = real_random,
	.cores = real_cores,
	.run = real_run,
	.dir_open = real_dir_open,
	.dir_make = real_dir_make,
	.remove = real_remove,
	.listing_open = real_listing_open,
	.path_info = real_path_info,
	.path_link_text = real_path_link_text,
	.path_rename = real_path_rename,
	.file_open = real_file_open,
	.read_descriptor = real_read_descriptor,
	.write = real_write,
	.is_terminal = real_is_terminal,
	.columns = real_columns,
	.env = real_env,
	.ask = real_ask,
	.catch_signals = real_catch_signals,
	.stop_wanted = real_stop_wanted,
	.progress_wanted = real_progress_wanted,
	.program_path = real_program_path,
	.peak_memory = real_peak_memory,
};

bool
world_real(struct world **out, struct err *err)
{
	struct real *r;

	if (!real_hold_streams(err))
		return false;
	r = mem_new(sizeof *r, err);
	if (r == NULL)
		return false;
	r->world.body = &real_body;
	real_probe(r);
	real_mute_pipes();
	*out = &r->world;
	return true;
}
