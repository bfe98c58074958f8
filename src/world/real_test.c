/* What only a real machine can show: devices, threads that wait, terminal, signals. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "world/real.h"
#include "world/world.h"

static struct world *w;
static struct err last;

#define OK(call) do { \
	if (!(call)) \
		fail_msg("%s: %s: %s", #call, last.reason, last.text); \
} while (0)

/* ---- what is opened ---- */

static void
a_device_that_is_no_disk_is_refused(void **state)
{
	struct file *f = NULL;
	struct file_info info;

	(void)state;
	assert_false(file_open(w, NULL, "/dev/null", FILE_READ, &f, &last));
	assert_string_equal(last.reason, "disk.kind");
	assert_false(file_open(w, NULL, "/dev/null", FILE_UPDATE, &f, &last));
	OK(path_info(w, NULL, "/dev/null", &info, &last));
	assert_int_equal(info.type, FILE_DEVICE);
}

static void
a_socket_is_refused(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);
	struct file *f = NULL;
	struct file_info info;

	(void)state;
	(void)snprintf(a.sun_path, sizeof a.sun_path, "/tmp/comity-world-%d",
	    (int)getpid());
	assert_int_equal(bind(s, (struct sockaddr *)&a, sizeof a), 0);
	assert_false(file_open(w, NULL, a.sun_path, FILE_READ, &f, &last));
	assert_string_equal(last.reason, "disk.kind");
	OK(path_info(w, NULL, a.sun_path, &info, &last));
	assert_int_equal(info.type, FILE_SOCKET);
	(void)close(s);
	OK(path_remove(w, NULL, a.sun_path, &last));
}

/* A block device this process may read, or false. */
static bool
find_disk(char *path, size_t n)
{
	DIR *dev = opendir("/dev");
	struct dirent *e;
	struct stat st;
	bool found = false;

	while (dev != NULL && !found && (e = readdir(dev)) != NULL) {
		int fd;

		(void)snprintf(path, n, "/dev/%.200s", e->d_name);
		if (stat(path, &st) != 0 || !S_ISBLK(st.st_mode))
			continue;
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		found = lseek(fd, 0, SEEK_END) > 0;
		(void)close(fd);
	}
	if (dev != NULL)
		(void)closedir(dev);
	return found;
}

static void
a_disk_is_read_and_its_size_known(void **state)
{
	char path[256];
	struct file *f = NULL;
	struct file_info info, again;
	uint8_t sector[512];
	size_t got = 0;

	(void)state;
	if (!find_disk(path, sizeof path)) {
		print_message("skipped: no block device here may be read\n");
		skip();
	}
	OK(file_open_info(w, NULL, path, &f, &info, &last));
	assert_int_equal(info.type, FILE_DEVICE);
	assert_true(info.size > 0);
	OK(file_info(f, &again, &last));
	assert_true(again.size == info.size);
	OK(file_read_at(f, sector, 512, 0, &got, &last));
	assert_int_equal(got, 512);
	OK(file_read_at(f, sector, 512, info.size, &got, &last));
	assert_int_equal(got, 0);
	file_close(f);
}

static void
what_may_not_be_read_is_denied(void **state)
{
	char path[] = "/tmp/comity-world-XXXXXX";
	int fd = mkstemp(path);
	struct file *f = NULL;
	pid_t child;
	int status = 0;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, 0), 0);
	child = fork();
	if (child == 0) {
		/* Root reads everything: be somebody else. */
		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(2);
		_exit(!file_open(w, NULL, path, FILE_READ, &f, &last) &&
		    strcmp(last.reason, "disk.denied") == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	(void)close(fd);
	(void)unlink(path);
	assert_int_equal(status, 0);
}

static void
a_rename_to_another_file_system_says_so(void **state)
{
	char from[] = "/tmp/comity-world-XXXXXX", to[64];
	struct stat a, b;
	int fd = mkstemp(from);

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	if (stat("/tmp", &a) != 0 || stat("/dev/shm", &b) != 0 ||
	    a.st_dev == b.st_dev || access("/dev/shm", W_OK) != 0) {
		(void)unlink(from);
		print_message("skipped: no second file system to write to\n");
		skip();
	}
	(void)snprintf(to, sizeof to, "/dev/shm/comity-world-%d", (int)getpid());
	assert_false(path_rename(w, NULL, from, NULL, to, false, &last));
	assert_string_equal(last.reason, "disk.across");
	assert_false(path_rename(w, NULL, from, NULL, to, true, &last));
	assert_string_equal(last.reason, "disk.across");
	OK(path_remove(w, NULL, from, &last));
}

static void
temporary_files_without_namelessness_leave_nothing_when_closed(void **state)
{
	char folder[] = "/tmp/comity-world-XXXXXX";
	struct real *r = (struct real *)w;
	struct file *f = NULL;
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true;

	(void)state;
	assert_non_null(mkdtemp(folder));
	atomic_fetch_or(&r->lacks, REAL_LACKS_TMPFILE);
	OK(file_open(w, NULL, folder, FILE_TEMPORARY, &f, &last));
	atomic_fetch_and(&r->lacks, ~(unsigned)REAL_LACKS_TMPFILE);
	OK(listing_open(w, NULL, folder, &l, &last));
	OK(listing_next(l, &e, &more, &last));
	assert_true(more);
	assert_int_equal(strncmp(e.name, DISK_TEMPORARY_PREFIX,
	    strlen(DISK_TEMPORARY_PREFIX)), 0);
	listing_close(l);
	file_close(f);
	OK(dir_remove(w, NULL, folder, &last));
}

/* ---- threads ---- */

struct relay {
	struct gate *gate;
	unsigned turn, started;
};

/* Each waits for the one before: none could end if they were not together. */
static void
relay_work(void *arg, unsigned i)
{
	struct relay *r = arg;

	gate_lock(r->gate);
	while (r->turn != r->started - 1 - i)
		gate_wait(r->gate);
	r->turn++;
	gate_wake(r->gate);
	gate_unlock(r->gate);
}

static void
threads_wait_for_each_other_at_a_gate(void **state)
{
	struct relay r = { .turn = 0 };

	(void)state;
	OK(gate_new(&r.gate, &last));
	world_run(w, 8, relay_work, &r, &r.started);
	assert_int_equal(r.turn, r.started);
	gate_free(r.gate);
}

struct sum {
	struct file *f;
	struct gate *gate;
	unsigned started;
	uint64_t total;
	bool ok;
};

static void
sum_work(void *arg, unsigned i)
{
	struct sum *s = arg;
	uint8_t part[4096];
	uint64_t total = 0;
	bool ok = true;
	size_t got = 0;

	for (uint64_t at = i; at < 64; at += s->started) {
		ok = ok && file_read_at(s->f, part, sizeof part, at * sizeof part,
		    &got, NULL) && got == sizeof part;
		for (size_t k = 0; ok && k < got; k++)
			total += part[k];
	}
	gate_lock(s->gate);
	s->total += total;
	s->ok = s->ok && ok;
	gate_unlock(s->gate);
}

static void
many_threads_read_one_file(void **state)
{
	struct sum s = { .ok = true };
	uint8_t page[4096];

	(void)state;
	OK(gate_new(&s.gate, &last));
	OK(file_open(w, NULL, "/tmp", FILE_TEMPORARY, &s.f, &last));
	memset(page, 3, sizeof page);
	for (uint64_t i = 0; i < 64; i++)
		OK(file_write_at(s.f, span_of(page, sizeof page), i * 4096, &last));
	world_run(w, 4, sum_work, &s, &s.started);
	assert_true(s.ok);
	assert_int_equal(s.total, 3 * 64 * 4096);
	file_close(s.f);
	gate_free(s.gate);
}

/* ---- streams ---- */

static void
a_descriptor_is_read_to_its_end_and_stays_open(void **state)
{
	int ends[2];
	struct source *src = NULL;
	struct buf b;

	(void)state;
	buf_init(&b, 100);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "through a pipe", 14), 14);
	(void)close(ends[1]);
	OK(descriptor_source(w, ends[0], &src, &last));
	OK(source_all(src, &b, &last));
	assert_true(span_is(buf_span(&b), "through a pipe"));
	source_free(src);
	assert_true(fcntl(ends[0], F_GETFD) >= 0);
	(void)close(ends[0]);
	OK(descriptor_source(w, ends[0], &src, &last));
	assert_false(source_all(src, &b, &last));
	assert_int_equal(last.kind, ERR_IO);
	source_free(src);
	buf_clear(&b);
}

/* Run a part in a child with these as its standard streams; its exit status. */
static int
in_child(int in, int out, int err, int (*part)(void))
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		if ((in >= 0 && dup2(in, 0) < 0) || (out >= 0 && dup2(out, 1) < 0) ||
		    (err >= 0 && dup2(err, 2) < 0))
			_exit(99);
		_exit(part());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static int
write_to_closed(void)
{
	return !world_write(w, WORLD_OUT, span_text("x"), &last) &&
	    last.kind == ERR_IO ? 0 : 1;
}

static void
a_closed_pipe_is_an_error_and_not_the_end(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	(void)close(ends[0]);
	assert_int_equal(in_child(-1, ends[1], -1, write_to_closed), 0);
	(void)close(ends[1]);
}

/* Begun without standard streams: nothing that is said goes into a file of ours. */
static int
open_without_streams(void)
{
	struct world *mine = NULL;
	struct file *f = NULL;
	struct file_info info;
	char path[64];
	bool ok;

	(void)snprintf(path, sizeof path, "/tmp/comity-streams-%ld", (long)getpid());
	for (int fd = 0; fd < 3; fd++)
		(void)close(fd);
	ok = world_real(&mine, &last) &&
	    file_open(mine, NULL, path, FILE_CREATE, &f, &last) &&
	    !world_write(mine, WORLD_OUT, span_text("x"), &last) &&
	    !world_write(mine, WORLD_ERR, span_text("x"), &last) &&
	    file_info(f, &info, &last) && info.size == 0;
	file_close(f);
	(void)unlink(path);
	return ok ? 0 : 1;
}

static void
a_closed_standard_stream_is_never_a_file_of_ours(void **state)
{
	(void)state;
	assert_int_equal(in_child(-1, -1, -1, open_without_streams), 0);
}

static int
write_past_the_limit(void)
{
	struct rlimit limit = { 4, 4 };
	struct file *f = NULL;
	bool told;

	if (setrlimit(RLIMIT_FSIZE, &limit) != 0 ||
	    !file_open(w, NULL, "/tmp", FILE_TEMPORARY, &f, &last))
		return 2;
	told = !file_write_at(f, span_text("12345"), 0, &last) &&
	    last.kind == ERR_IO;
	file_close(f);
	return told ? 0 : 1;
}

static void
a_limit_of_file_sizes_is_an_error_and_not_the_end(void **state)
{
	(void)state;
	assert_int_equal(in_child(-1, -1, -1, write_past_the_limit), 0);
}

static int
write_both(void)
{
	return world_write(w, WORLD_OUT, span_text("out"), &last) &&
	    world_write(w, WORLD_ERR, span_text("err"), &last) ? 0 : 1;
}

static void
output_goes_where_it_is_sent(void **state)
{
	int out[2], err[2];
	char got[2][8] = { "", "" };

	(void)state;
	assert_int_equal(pipe(out), 0);
	assert_int_equal(pipe(err), 0);
	assert_int_equal(in_child(-1, out[1], err[1], write_both), 0);
	assert_int_equal(read(out[0], got[0], 7), 3);
	assert_int_equal(read(err[0], got[1], 7), 3);
	assert_string_equal(got[0], "out");
	assert_string_equal(got[1], "err");
	for (int i = 0; i < 2; i++) {
		(void)close(out[i]);
		(void)close(err[i]);
	}
}

/* ---- questions ---- */

static int
ask_two_lines(void)
{
	struct buf b;
	bool ok;

	buf_init_secret(&b, 8);
	ok = world_ask(w, "never shown: ", true, &b, &last) &&
	    span_is(buf_span(&b), "12345678");
	buf_reset(&b);
	ok = ok && !world_ask(w, "", true, &b, &last) &&
	    last.kind == ERR_LIMIT && b.n == 0;
	/* What is left of the long line, then an empty one, then no LF. */
	ok = ok && world_ask(w, "", false, &b, &last) && b.n == 0;
	ok = ok && world_ask(w, "", false, &b, &last) && b.n == 0;
	ok = ok && world_ask(w, "", false, &b, &last) &&
	    span_is(buf_span(&b), "end");
	ok = ok && !world_ask(w, "", false, &b, &last) &&
	    last.kind == ERR_ABSENT;
	buf_clear(&b);
	return ok ? 0 : 1;
}

static void
answers_come_from_a_pipe_line_by_line_without_a_prompt(void **state)
{
	static const char lines[] = "12345678\n123456789\n\nend";
	int in[2], err[2];
	struct pollfd more;

	(void)state;
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(err), 0);
	assert_int_equal(write(in[1], lines, sizeof lines - 1), sizeof lines - 1);
	(void)close(in[1]);
	assert_int_equal(in_child(in[0], -1, err[1], ask_two_lines), 0);
	more = (struct pollfd){ .fd = err[0], .events = POLLIN };
	assert_int_equal(poll(&more, 1, 0), 0);
	(void)close(in[0]);
	(void)close(err[0]);
	(void)close(err[1]);
}

/* A terminal whose other end is ours. */
static int
terminal(int *ours)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;

	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
		return -1;
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	*ours = master;
	return slave;
}

static bool
echoes(int fd)
{
	struct termios t;

	assert_int_equal(tcgetattr(fd, &t), 0);
	return (t.c_lflag & ECHO) != 0;
}

/* Read from the other end until this text has come. */
static void
expect_text(int master, const char *want, char *all, size_t n)
{
	size_t have = strlen(all);

	while (strstr(all, want) == NULL) {
		struct pollfd p = { .fd = master, .events = POLLIN };
		ssize_t r;

		assert_int_equal(poll(&p, 1, 5000), 1);
		r = read(master, all + have, n - have - 1);
		assert_true(r > 0);
		have += (size_t)r;
		all[have] = '\0';
	}
}

static int
ask_secret(void)
{
	struct buf b;
	bool ok;

	buf_init_secret(&b, 100);
	ok = world_ask(w, "Passphrase: ", true, &b, &last);
	if (!ok)
		return last.kind == ERR_STOPPED && world_stop_wanted(w) ? 7 : 1;
	ok = span_is(buf_span(&b), "correct horse");
	buf_clear(&b);
	return ok ? 0 : 1;
}

static int
ask_secret_caught(void)
{
	world_catch_signals(w);
	return ask_secret();
}

static pid_t
child_at_terminal(int slave, int (*part)(void))
{
	pid_t child = fork();

	if (child != 0)
		return child;
	/* A group of its own in our session, or the system would not stop it. */
	(void)setpgid(0, 0);
	(void)alarm(20);
	if (dup2(slave, 0) < 0 || dup2(slave, 1) < 0 || dup2(slave, 2) < 0)
		_exit(99);
	_exit(part());
}

/* A question at a terminal, answered or interrupted; the child's status. */
static int
at_terminal(int (*part)(void), const char *answer, int number, char *all,
    size_t n)
{
	int master = -1, slave = terminal(&master), status = 0;
	pid_t child;

	if (slave < 0) {
		print_message("skipped: no terminals to be had\n");
		skip();
	}
	assert_true(echoes(slave));
	child = child_at_terminal(slave, part);
	all[0] = '\0';
	expect_text(master, "Passphrase: ", all, n);
	assert_false(echoes(slave));
	if (number != 0)
		assert_int_equal(kill(child, number), 0);
	else
		assert_int_equal(write(master, answer, strlen(answer)),
		    (ssize_t)strlen(answer));
	if (number == SIGTSTP) {
		assert_int_equal(waitpid(child, &status, WUNTRACED), child);
		assert_true(WIFSTOPPED(status));
		assert_true(echoes(slave));
		all[0] = '\0';
		assert_int_equal(kill(child, SIGCONT), 0);
		expect_text(master, "Passphrase: ", all, n);
		assert_false(echoes(slave));
		assert_int_equal(write(master, answer, strlen(answer)),
		    (ssize_t)strlen(answer));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(echoes(slave));
	(void)close(slave);
	(void)close(master);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void
a_secret_is_asked_for_without_echo(void **state)
{
	char all[500];

	(void)state;
	assert_int_equal(at_terminal(ask_secret, "correct horse\n", 0, all,
	    sizeof all), 0);
	assert_null(strstr(all, "horse"));
}

static void
a_signal_during_a_question_gives_the_terminal_back_first(void **state)
{
	char all[500];

	(void)state;
	assert_int_equal(at_terminal(ask_secret, "", SIGINT, all, sizeof all),
	    1000 + SIGINT);
	assert_int_equal(at_terminal(ask_secret, "", SIGTERM, all, sizeof all),
	    1000 + SIGTERM);
	assert_int_equal(at_terminal(ask_secret_caught, "", SIGINT, all,
	    sizeof all), 7);
}

static void
a_question_put_aside_is_asked_again(void **state)
{
	char all[500];

	(void)state;
	assert_int_equal(at_terminal(ask_secret, "correct horse\n", SIGTSTP, all,
	    sizeof all), 0);
}

static int
look_at_terminal(void)
{
	struct winsize size = { .ws_row = 20, .ws_col = 132 };

	return ioctl(1, TIOCSWINSZ, &size) == 0 && world_columns(w) == 132 &&
	    world_is_terminal(w, WORLD_OUT) && world_is_terminal(w, WORLD_ERR) &&
	    world_input_is_terminal(w) ? 0 : 1;
}

static void
a_terminal_is_known_and_measured(void **state)
{
	int master = -1, slave = terminal(&master);

	(void)state;
	if (slave < 0) {
		print_message("skipped: no terminals to be had\n");
		skip();
	}
	assert_int_equal(in_child(slave, slave, slave, look_at_terminal), 0);
	(void)close(slave);
	(void)close(master);
}

static int
look_at_nothing(void)
{
	return world_columns(w) == 80 && !world_is_terminal(w, WORLD_OUT) &&
	    !world_input_is_terminal(w) ? 0 : 1;
}

static void
without_a_terminal_there_are_80_columns(void **state)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)state;
	assert_int_equal(in_child(null, null, null, look_at_nothing), 0);
	(void)close(null);
}

/* ---- signals and the process ---- */

static int
be_signalled(void)
{
	bool ok;

	world_catch_signals(w);
	ok = !world_stop_wanted(w) && !world_progress_wanted(w);
	(void)raise(SIGUSR1);
	ok = ok && world_progress_wanted(w) && !world_progress_wanted(w);
	(void)raise(SIGTERM);
	ok = ok && world_stop_wanted(w) && world_stop_wanted(w);
	return ok ? 0 : 1;
}

static void
caught_signals_are_told_when_asked(void **state)
{
	(void)state;
	assert_int_equal(in_child(-1, -1, -1, be_signalled), 0);
}

static int
wait_for_input(void)
{
	struct source *src = NULL;
	uint8_t c;
	size_t got;

	world_catch_signals(w);
	(void)alarm(5);			/* the end, should nothing else be */
	if (fork() == 0) {
		(void)usleep(50000);
		(void)kill(getppid(), SIGINT);
		_exit(0);
	}
	return descriptor_source(w, 0, &src, &last) &&
	    !source_read(src, &c, 1, &got, &last) &&
	    last.kind == ERR_STOPPED ? 0 : 1;
}

static void
a_caught_signal_ends_the_waiting_for_input(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(in_child(ends[0], -1, -1, wait_for_input), 0);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

/* Asleep for a day, and for ever, if the signal did not end it. */
static int
sleep_until_told(void)
{
	world_catch_signals(w);
	(void)alarm(5);			/* the end, should nothing else be */
	if (fork() == 0) {
		(void)usleep(30000);
		(void)kill(getppid(), SIGUSR1);
		(void)usleep(30000);
		(void)kill(getppid(), SIGTERM);
		_exit(0);
	}
	world_sleep(w, 86400000);
	if (!world_progress_wanted(w) || !world_stop_wanted(w))
		return 1;
	world_sleep(w, UINT64_MAX);	/* it stays wanted */
	return 0;
}

static void
a_sleep_ends_when_a_stop_is_asked_for_and_for_nothing_else(void **state)
{
	(void)state;
	assert_int_equal(in_child(-1, -1, -1, sleep_until_told), 0);
}

static void
a_floor_under_a_sync_is_waited_for(void **state)
{
	char name[] = "/tmp/comity-floor-XXXXXX";
	int fd = mkstemp(name);
	struct file *f = NULL;
	uint64_t began;

	(void)state;
	assert_true(fd >= 0);
	(void)close(fd);
	OK(file_open(w, NULL, name, FILE_UPDATE, &f, &last));
	world_sync_floor(w, 30000);
	began = world_ticks(w);
	OK(file_sync(f, &last));
	assert_true(world_ticks(w) - began >= 30000000);
	world_sync_floor(w, 0);
	OK(file_sync(f, &last));
	file_close(f);
	OK(path_remove(w, NULL, name, &last));
}

static void
the_process_knows_itself(void **state)
{
	struct buf b;
	const char *path = NULL;

	(void)state;
	buf_init(&b, 5000);
	OK(world_program_path(w, &b, &last));
	OK(buf_text(&b, &path, &last));
	assert_int_equal(access(path, X_OK), 0);
	assert_true(world_peak_memory(w) > 100000);
	assert_int_equal(setenv("COMITY_WORLD_TEST", "there", 1), 0);
	assert_string_equal(world_env(w, "COMITY_WORLD_TEST"), "there");
	assert_int_equal(unsetenv("COMITY_WORLD_TEST"), 0);
	assert_null(world_env(w, "COMITY_WORLD_TEST"));
	assert_false(world_is_sim(w));
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_that_is_no_disk_is_refused),
		cmocka_unit_test(a_socket_is_refused),
		cmocka_unit_test(a_disk_is_read_and_its_size_known),
		cmocka_unit_test(what_may_not_be_read_is_denied),
		cmocka_unit_test(a_rename_to_another_file_system_says_so),
		cmocka_unit_test(
		    temporary_files_without_namelessness_leave_nothing_when_closed),
		cmocka_unit_test(threads_wait_for_each_other_at_a_gate),
		cmocka_unit_test(many_threads_read_one_file),
		cmocka_unit_test(a_descriptor_is_read_to_its_end_and_stays_open),
		cmocka_unit_test(a_closed_pipe_is_an_error_and_not_the_end),
		cmocka_unit_test(a_closed_standard_stream_is_never_a_file_of_ours),
		cmocka_unit_test(a_limit_of_file_sizes_is_an_error_and_not_the_end),
		cmocka_unit_test(output_goes_where_it_is_sent),
		cmocka_unit_test(
		    answers_come_from_a_pipe_line_by_line_without_a_prompt),
		cmocka_unit_test(a_secret_is_asked_for_without_echo),
		cmocka_unit_test(
		    a_signal_during_a_question_gives_the_terminal_back_first),
		cmocka_unit_test(a_question_put_aside_is_asked_again),
		cmocka_unit_test(a_terminal_is_known_and_measured),
		cmocka_unit_test(without_a_terminal_there_are_80_columns),
		cmocka_unit_test(caught_signals_are_told_when_asked),
		cmocka_unit_test(a_caught_signal_ends_the_waiting_for_input),
		cmocka_unit_test(
		    a_sleep_ends_when_a_stop_is_asked_for_and_for_nothing_else),
		cmocka_unit_test(a_floor_under_a_sync_is_waited_for),
		cmocka_unit_test(the_process_knows_itself),
	};
	int bad;

	if (!world_real(&w, &last))
		return 1;
	bad = cmocka_run_group_tests_name("real world", tests, NULL, NULL);
	world_free(w);
	return bad == 0 ? 0 : 1;
}
