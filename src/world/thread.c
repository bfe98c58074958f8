/* Threads and gates: the same for both bodies but for who may wait. */
#include <assert.h>
#include <pthread.h>
#include <signal.h>

#include "world/body.h"

struct gate {
	pthread_mutex_t lock;
	pthread_cond_t wake;
};

/* In a simulated world's run nobody else could ever wake the one who waits. */
static _Thread_local bool in_turn;

bool
gate_new(struct gate **out, struct err *err)
{
	struct gate *g = mem_new(sizeof *g, err);

	if (g == NULL)
		return false;
	if (pthread_mutex_init(&g->lock, NULL) != 0) {
		mem_free(g);
		return err_memory(err);
	}
	if (pthread_cond_init(&g->wake, NULL) != 0) {
		(void)pthread_mutex_destroy(&g->lock);
		mem_free(g);
		return err_memory(err);
	}
	*out = g;
	return true;
}

void
gate_free(struct gate *g)
{
	if (g == NULL)
		return;
	(void)pthread_cond_destroy(&g->wake);
	(void)pthread_mutex_destroy(&g->lock);
	mem_free(g);
}

/* A mutex of ours fails only by a mistake of ours. */
void
gate_lock(struct gate *g)
{
	int r = pthread_mutex_lock(&g->lock);

	assert(r == 0);
	(void)r;
}

void
gate_unlock(struct gate *g)
{
	int r = pthread_mutex_unlock(&g->lock);

	assert(r == 0);
	(void)r;
}

void
gate_wait(struct gate *g)
{
	int r;

	assert(!in_turn);
	r = pthread_cond_wait(&g->wake, &g->lock);
	assert(r == 0);
	(void)r;
}

void
gate_wake(struct gate *g)
{
	(void)pthread_cond_broadcast(&g->wake);
}

void
run_in_turn(unsigned n, void (*work)(void *arg, unsigned i), void *arg,
    unsigned *started)
{
	bool before = in_turn;

	*started = n;
	in_turn = true;
	for (unsigned i = 0; i < n; i++)
		work(arg, i);
	in_turn = before;
}

/* ---- on threads ---- */

/* Nobody begins before it is known how many there are: *started is read by work. */
struct crew {
	void (*work)(void *arg, unsigned i);
	void *arg;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool begun;
};

struct hand {
	struct crew *crew;
	unsigned i;
	pthread_t thread;
};

static void *
hand_main(void *arg)
{
	struct hand *h = arg;
	struct crew *c = h->crew;

	(void)pthread_mutex_lock(&c->lock);
	while (!c->begun)
		(void)pthread_cond_wait(&c->wake, &c->lock);
	(void)pthread_mutex_unlock(&c->lock);
	c->work(c->arg, h->i);
	return NULL;
}

/* How many of hands[0..n-1] run; hand 0 is the thread that calls. */
static unsigned
crew_start(struct crew *c, struct hand *hands, unsigned n)
{
	sigset_t all, before;
	unsigned i;

	/* Signals are for the thread that calls: its waits are interrupted. */
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	for (i = 1; i < n; i++) {
		hands[i].crew = c;
		hands[i].i = i;
		if (pthread_create(&hands[i].thread, NULL, hand_main,
		    &hands[i]) != 0)
			break;
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return i;
}

void
run_on_threads(unsigned n, void (*work)(void *arg, unsigned i), void *arg,
    unsigned *started)
{
	struct crew c = { .work = work, .arg = arg,
		.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER };
	struct hand *hands = n > 1 ? mem_array(n, sizeof *hands, NULL) : NULL;
	unsigned running = n;

	if (hands != NULL)
		running = crew_start(&c, hands, n);
	else if (n > 1)
		running = 1;
	*started = running;
	(void)pthread_mutex_lock(&c.lock);
	c.begun = true;
	(void)pthread_cond_broadcast(&c.wake);
	(void)pthread_mutex_unlock(&c.lock);
	if (running > 0)
		work(arg, 0);
	for (unsigned i = 1; i < running; i++)
		(void)pthread_join(hands[i].thread, NULL);
	(void)pthread_cond_destroy(&c.wake);
	(void)pthread_mutex_destroy(&c.lock);
	mem_free(hands);
}
