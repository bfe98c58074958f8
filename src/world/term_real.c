/* The real terminal, environment and signals. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

#include "world/real.h"

/* Longer is for ever, and nanoseconds of it still fit 64 bits: 278 years. */
#define SLEEP_MAX_MS ((uint64_t)1 << 43)

/* A handler has nothing but globals to write to. */
static volatile sig_atomic_t stop_seen;
static _Atomic int progress_seen;
static volatile sig_atomic_t ask_seen;		/* the signal that ended a question */

/* ---- signals ---- */

static void
on_stop(int number)
{
	(void)number;
	stop_seen = 1;
}

static void
on_progress(int number)
{
	(void)number;
	atomic_store(&progress_seen, 1);
}

static void
on_muted(int number)
{
	(void)number;
}

static void
on_ask(int number)
{
	ask_seen = number;
}

static void
catch_one(int number, void (*handler)(int), int flags, struct sigaction *before)
{
	struct sigaction act = { .sa_handler = handler, .sa_flags = flags };

	(void)sigemptyset(&act.sa_mask);
	(void)sigaction(number, &act, before);
}

void
real_mute_pipes(void)
{
	/* A handler, not SIG_IGN, which programs we start would inherit. */
	catch_one(SIGPIPE, on_muted, SA_RESTART, NULL);
	/* The same at a limit of file sizes: the write says so, with EFBIG. */
	catch_one(SIGXFSZ, on_muted, SA_RESTART, NULL);
}

/*
 * Begun with a standard stream closed, the first file opened would take its number,
 * and what is said to people would be written into evidence.  What holds the place
 * is open the wrong way round, so that using it is an error as before.
 */
bool
real_hold_streams(struct err *err)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null",
		    fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return err_set(err, ERR_IO, "world.streams",
			    "a standard stream is closed, and /dev/null cannot be opened");
	return true;
}

void
real_catch_signals(struct world *w)
{
	(void)w;
	/* No SA_RESTART: a wait for input must end; the disk's loops go on. */
	catch_one(SIGINT, on_stop, 0, NULL);
	catch_one(SIGTERM, on_stop, 0, NULL);
	catch_one(SIGUSR1, on_progress, SA_RESTART, NULL);
}

bool
real_stop_wanted(struct world *w)
{
	(void)w;
	return stop_seen != 0;
}

bool
real_progress_wanted(struct world *w)
{
	(void)w;
	return atomic_exchange(&progress_seen, 0) != 0;
}

/*
 * The signals are held back but for the waiting itself, so that one between the
 * question and the waiting is not slept through.
 */
void
real_sleep(struct world *w, uint64_t milliseconds)
{
	uint64_t now = world_ticks(w), wait, end;
	struct timespec t;
	sigset_t held, before;

	wait = milliseconds < SLEEP_MAX_MS ? milliseconds : SLEEP_MAX_MS;
	end = now + wait * 1000000u;
	(void)sigemptyset(&held);
	(void)sigaddset(&held, SIGINT);
	(void)sigaddset(&held, SIGTERM);
	(void)pthread_sigmask(SIG_BLOCK, &held, &before);
	while (now < end && !real_stop_wanted(w)) {
		t.tv_sec = (time_t)((end - now) / 1000000000u);
		t.tv_nsec = (long)((end - now) % 1000000000u);
		(void)ppoll(NULL, 0, &t, &before);
		now = world_ticks(w);
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* ---- streams ---- */

static bool
stopped(struct err *err)
{
	return err_set(err, ERR_STOPPED, "world.stopped", "stopped by a signal");
}

bool
real_read_descriptor(struct world *w, int fd, void *p, size_t n, size_t *got,
    struct err *err)
{
	ssize_t r;

	for (;;) {
		r = read(fd, p, n);
		if (r >= 0)
			break;
		if (errno == EINTR && real_stop_wanted(w))
			return stopped(err);
		if (errno == EAGAIN) {
			struct pollfd wait = { .fd = fd, .events = POLLIN };

			(void)poll(&wait, 1, -1);
		} else if (errno != EINTR) {
			return disk_error(err, errno, false, "read the input", NULL);
		}
	}
	*got = (size_t)r;
	return true;
}

bool
real_write(struct world *w, enum world_stream to, struct span s, struct err *err)
{
	int fd = to == WORLD_OUT ? STDOUT_FILENO : STDERR_FILENO;
	ssize_t r;

	(void)w;
	while (s.n > 0) {
		r = write(fd, s.p, s.n);
		if (r > 0) {
			s = span_from(s, (size_t)r);
		} else if (r < 0 && errno == EAGAIN) {
			struct pollfd wait = { .fd = fd, .events = POLLOUT };

			(void)poll(&wait, 1, -1);
		} else if (r == 0 || errno != EINTR) {
			return disk_error(err, r == 0 ? EIO : errno, false,
			    "write the output", NULL);
		}
	}
	return true;
}

bool
real_is_terminal(struct world *w, int fd)
{
	(void)w;
	return isatty(fd) == 1;
}

unsigned
real_columns(struct world *w)
{
	static const int fds[] = { STDOUT_FILENO, STDERR_FILENO };
	struct winsize size;

	(void)w;
	for (size_t i = 0; i < 2; i++)
		if (ioctl(fds[i], TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
			return size.ws_col;
	return 80;
}

const char *
real_env(struct world *w, const char *name)
{
	(void)w;
	return getenv(name);
}

/* ---- a question ---- */

static const int ask_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };
#define ASK_SIGNALS (sizeof ask_signals / sizeof ask_signals[0])

/*
 * While a question stands the signals above are held back but for the moment of
 * waiting (ppoll), so that none comes between a look and a wait; they are sent
 * again to their own handlers once the terminal is as it was.
 */
struct ask {
	struct sigaction before[ASK_SIGNALS];
	sigset_t mask;			/* before */
	sigset_t waiting;		/* while ppoll waits */
	bool terminal;
	bool quiet;			/* echo is off */
	struct termios termios;		/* before */
};

static void
ask_begin(struct ask *a, bool secret)
{
	sigset_t held;
	struct termios t;

	ask_seen = 0;
	(void)sigemptyset(&held);
	for (size_t i = 0; i < ASK_SIGNALS; i++)
		(void)sigaddset(&held, ask_signals[i]);
	(void)pthread_sigmask(SIG_BLOCK, &held, &a->mask);
	a->waiting = a->mask;
	for (size_t i = 0; i < ASK_SIGNALS; i++) {
		(void)sigdelset(&a->waiting, ask_signals[i]);
		catch_one(ask_signals[i], on_ask, 0, &a->before[i]);
		/* What was ignored (nohup) stays ignored. */
		if (a->before[i].sa_handler == SIG_IGN)
			(void)sigaction(ask_signals[i], &a->before[i], NULL);
	}
	a->terminal = isatty(STDIN_FILENO) == 1;
	a->quiet = secret && a->terminal &&
	    tcgetattr(STDIN_FILENO, &a->termios) == 0;
	if (!a->quiet)
		return;
	t = a->termios;
	t.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	/* What was typed before the question is no answer to it. */
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &t);
}

/* Everything as before; the signal that came, if any, is now sent for good. */
static void
ask_end(struct ask *a)
{
	if (a->quiet) {
		(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &a->termios);
		(void)!write(STDERR_FILENO, "\n", 1);	/* the one not echoed */
	}
	for (size_t i = 0; i < ASK_SIGNALS; i++)
		(void)sigaction(ask_signals[i], &a->before[i], NULL);
	if (ask_seen != 0)
		(void)raise(ask_seen);		/* held back until the next line */
	(void)pthread_sigmask(SIG_SETMASK, &a->mask, NULL);
}

/* One byte, so that what follows the line stays for others; *end at the end. */
static bool
ask_byte(struct ask *a, uint8_t *c, bool *end, struct err *err)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	ssize_t r;

	for (;;) {
		r = ppoll(&in, 1, NULL, &a->waiting);
		if (ask_seen != 0)
			return stopped(err);
		if (r > 0) {
			r = read(STDIN_FILENO, c, 1);
			if (r >= 0)
				break;
		}
		if (errno != EINTR && errno != EAGAIN)
			return disk_error(err, errno, false, "read the answer", NULL);
	}
	*end = r == 0;
	return true;
}

static bool
ask_line(struct ask *a, const char *prompt, struct buf *answer, struct err *err)
{
	bool end = false, any = false;
	uint8_t c = 0;

	if (a->terminal &&
	    !real_write(NULL, WORLD_ERR, span_text(prompt), err))
		return false;
	for (;;) {
		if (!ask_byte(a, &c, &end, err))
			return false;
		if (end && !any)
			return err_set(err, ERR_ABSENT, "world.no-answer",
			    "the input ended before an answer");
		if (end || c == '\n')
			return true;
		any = true;
		if (!buf_add_byte(answer, c, err))
			return false;
	}
}

bool
real_ask(struct world *w, const char *prompt, bool secret, struct buf *answer,
    struct err *err)
{
	struct ask a;
	size_t before = answer->n;
	bool ok;

	(void)w;
	do {
		ask_begin(&a, secret);
		ok = ask_line(&a, prompt, answer, err);
		ask_end(&a);
		if (!ok) {
			if (answer->secret)
				mem_wipe(answer->p + before, answer->n - before);
			answer->n = before;
		}
		/* Put aside with ^Z and fetched back: ask again. */
	} while (!ok && ask_seen == SIGTSTP);
	return ok;
}

/* ---- the process ---- */

bool
real_program_path(struct world *w, struct buf *out, struct err *err)
{
	char path[WORLD_PATH_MAX + 1];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path);

	(void)w;
	if (n < 0)
		return disk_error(err, errno, false, "find this program", NULL);
	return buf_add(out, span_of(path, (size_t)n), err);
}

uint64_t
real_peak_memory(struct world *w)
{
	struct rusage use;

	(void)w;
	if (getrusage(RUSAGE_SELF, &use) != 0 || use.ru_maxrss < 0)
		return 0;
	return (uint64_t)use.ru_maxrss * 1024;
}
