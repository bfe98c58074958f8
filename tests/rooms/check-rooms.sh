#!/bin/sh
# The house stays a house: src/ROOMS is the order, and only `world` calls the
# operating system.
#
#   check-rooms.sh [ROOT]       check the tree at ROOT (default: this one); TAP
#   check-rooms.sh --self-test  prove on made-up trees that each check can fail
#
# Tests are NAME_test.c, fuzz_NAME.c, testkit.[ch] and NAME_kit.[ch] (what they share):
# they keep to the order of the rooms and may otherwise do what they like.
#
# It reads the sources as text, comments and literals taken out.  A call through a
# pointer that was set elsewhere escapes it; a person who reads the change does not.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
tmp=

cleanup() {
	if [ -n "$tmp" ]; then
		rm -rf "$tmp"
	fi
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

# Prints "N FILE:LINE: what" for every breach of check N.
# shellcheck disable=SC2016	# the dollars are awk's
breaches='
BEGIN {
	# What asks the machine for something, or ends the program.
	n = split("open openat openat2 creat close read pread readv write pwrite " \
	    "writev lseek dup dup2 dup3 pipe pipe2 fcntl ioctl flock lockf isatty " \
	    "fopen fopen64 fdopen freopen fclose fread fwrite fgets fgetc getc " \
	    "getchar fputs fputc putc putchar puts printf fprintf vprintf " \
	    "vfprintf dprintf vdprintf perror scanf fscanf fflush fseek fseeko " \
	    "tmpfile mkstemp mkostemp mkdtemp tmpnam " \
	    "time gettimeofday clock clock_gettime localtime localtime_r gmtime " \
	    "mktime timer_create alarm sleep usleep nanosleep clock_nanosleep " \
	    "getrandom getentropy rand random srand srandom rand_r drand48 " \
	    "arc4random getenv secure_getenv setenv unsetenv putenv " \
	    "socket socketpair connect bind listen accept accept4 shutdown " \
	    "send sendto sendmsg recv recvfrom recvmsg sendfile poll ppoll " \
	    "select pselect getaddrinfo gethostbyname gethostname " \
	    "fork vfork clone popen pclose system wait waitpid wait3 wait4 " \
	    "mmap munmap mprotect mlock munlock shm_open " \
	    "unlink unlinkat remove rename renameat renameat2 mkdir mkdirat " \
	    "rmdir link linkat symlink symlinkat readlink readlinkat stat lstat " \
	    "fstat fstatat statx statvfs fstatvfs access faccessat chmod fchmod " \
	    "fchmodat chown fchown utimensat futimens umask chdir fchdir getcwd " \
	    "opendir fdopendir readdir closedir scandir nftw ftw glob " \
	    "fsync fdatasync syncfs sync sync_file_range fallocate " \
	    "posix_fallocate posix_fadvise ftruncate truncate " \
	    "exit _exit _Exit quick_exit abort atexit " \
	    "signal sigaction sigprocmask raise kill " \
	    "syscall getpid getppid getuid geteuid setuid setgid getpwuid " \
	    "sysconf getrusage setrlimit getrlimit prctl dlopen dlsym setlocale " \
	    "syslog openlog getopt getopt_long " \
	    "BIO_new_file BIO_new_fp BIO_new_fd BIO_new_socket " \
	    "X509_STORE_load_locations X509_STORE_set_default_paths " \
	    "X509_LOOKUP_file ERR_print_errors_fp RAND_load_file " \
	    "json_load_file json_dump_file json_loadf json_dumpf json_loadfd " \
	    "json_dumpfd", w, " ")
	for (i = 1; i <= n; i++)
		system_call[w[i]] = 1
	n = split("FILE stdin stdout stderr environ", w, " ")
	for (i = 1; i <= n; i++)
		system_word[w[i]] = 1
	n = split("malloc calloc realloc reallocarray free aligned_alloc " \
	    "posix_memalign memalign valloc strdup strndup asprintf vasprintf " \
	    "getline getdelim realpath open_memstream", w, " ")
	for (i = 1; i <= n; i++)
		allocates[w[i]] = 1
	n = split("unistd fcntl time pthread threads signal dirent poll sched " \
	    "termios netdb dlfcn spawn syslog pwd grp glob ftw wordexp locale " \
	    "langinfo mqueue semaphore aio utime getopt ifaddrs resolv link " \
	    "setjmp", w, " ")
	for (i = 1; i <= n; i++)
		system_header[w[i] ".h"] = 1
}

# ROOMS comes first.
ROOMS == "" || FILENAME == ROOMS {
	ROOMS = FILENAME
	if ($0 != "" && $0 !~ /^#/)
		order[$1] = ++rooms
	next
}

FNR == 1 {
	n = split(FILENAME, part, "/")
	room = part[n - 1]
	base = part[n]
	short = "src/" room "/" base
	test = base ~ /_test\.c$/ || base ~ /^fuzz_.*\.c$/ || base ~ /^(testkit|.*_kit)\.[ch]$/
	comment = 0
	if (!(room in order) && !(room in named)) {
		named[room] = 1
		say(1, "the folder " room " is not in src/ROOMS")
	}
}

function say(check, what) {
	print check " " short ":" FNR ": " what
}

# The line without comments and what stands in quotes; /* may go on.
function bare(s,   out, c, d, i, n, quote) {
	if (!comment && s !~ /["\047\/]/)
		return s
	n = length(s)
	out = ""
	quote = ""
	for (i = 1; i <= n; i++) {
		c = substr(s, i, 1)
		d = substr(s, i, 2)
		if (comment) {
			if (d == "*/") {
				comment = 0
				i++
				out = out " "
			}
		} else if (quote != "") {
			if (c == "\\")
				i++
			else if (c == quote) {
				quote = ""
				out = out c
			}
		} else if (d == "/*") {
			comment = 1
			i++
		} else if (d == "//") {
			break
		} else {
			if (c == "\"" || c == "\047")
				quote = c
			out = out c
		}
	}
	return out
}

function check_include(s,   name, to) {
	if (match(s, /^[ \t]*#[ \t]*include[ \t]*"[^"]*"/)) {
		name = substr(s, RSTART, RLENGTH)
		sub(/^[^"]*"/, "", name)
		sub(/"$/, "", name)
		to = name
		sub(/\/.*/, "", to)
		if (name !~ /\// || name ~ /\.\./)
			say(2, "\"" name "\" does not begin with a room")
		else if (!(to in order))
			say(2, "\"" name "\" is in no room of src/ROOMS")
		else if (order[to] > order[room])
			say(2, room " includes \"" name "\", a later room")
		else if (name ~ /\/(testkit|[a-z]*_kit)\.h$/ && !test)
			say(2, "\"" name "\" is for tests only")
	} else if (match(s, /^[ \t]*#[ \t]*include[ \t]*<[^>]*>/)) {
		name = substr(s, RSTART, RLENGTH)
		sub(/^[^<]*</, "", name)
		sub(/>$/, "", name)
		if (!test && room != "world" && (name in system_header ||
		    name ~ /^(sys|linux|asm|net|netinet|arpa|bits)\//))
			say(4, "includes <" name ">")
	}
}

function is_system(word) {
	return word in system_call || word ~ /^(pthread|epoll|posix_spawn|sem|mq|thrd|mtx|cnd|timerfd|signalfd|eventfd|inotify)_/ ||
	    word ~ /^exec(l|v)[a-z]*$/ || word == "fexecve" ||
	    word ~ /^(PEM|d2i|i2d)_[A-Za-z0-9_]*_fp$/
}

function check_words(s,   word, before, after, call, given) {
	before = ""
	while (match(s, /[A-Za-z_][A-Za-z0-9_]*/)) {
		word = substr(s, RSTART, RLENGTH)
		before = before substr(s, 1, RSTART - 1)
		after = substr(s, RSTART + RLENGTH)
		s = after
		# Members are other people: x.open(...), x->open(...).
		if (before !~ /(\.|->)[ \t]*$/) {
			call = after ~ /^[ \t]*\(/
			given = before ~ /[(,=&][ \t]*$/ && after ~ /^[ \t]*[,);]/
			if (room != "world" && call && is_system(word))
				say(3, "calls " word)
			if (room != "world" && word in system_word)
				say(3, "uses " word)
			if (word in allocates && (call || given) &&
			    !(room == "base" && base == "mem.c"))
				say(5, "calls " word)
		}
		before = before word
	}
}

{
	was = comment
	line = bare($0)
	if (!was && line ~ /^[ \t]*#[ \t]*include/)
		check_include($0)
	else if (!test)
		check_words(line)
}
'

# Prints every breach of the tree at $1.
find_breaches() {
	for d in "$1"/src/*/; do
		[ -d "$d" ] || continue
		d=${d%/}
		grep -qx "${d##*/}" "$1/src/ROOMS" ||
		    echo "1 src/${d##*/}: the folder is not in src/ROOMS"
	done
	while read -r room; do
		case $room in ''|'#'*) continue ;; esac
		[ -d "$1/src/$room" ] ||
		    echo "1 src/ROOMS: the room $room has no folder"
	done <"$1/src/ROOMS"
	# shellcheck disable=SC2046	# names of sources have no blanks
	LC_ALL=C awk "$breaches" "$1/src/ROOMS" \
	    $(find "$1/src" -mindepth 2 -maxdepth 2 -name '*.[ch]' | sort)
}

check() {
	root=$1
	status=0
	if ! [ -r "$root/src/ROOMS" ]; then
		echo "Bail out! $root/src/ROOMS is not there"
		return 1
	fi
	found=$(find_breaches "$root") || {
		echo "Bail out! the sources could not be read"
		return 1
	}
	number=0
	while read -r sentence; do
		number=$((number + 1))
		these=$(printf '%s\n' "$found" | sed -n "s/^$number /# /p")
		if [ -z "$these" ]; then
			echo "ok $number - $sentence"
		else
			echo "not ok $number - $sentence"
			printf '%s\n' "$these"
			status=1
		fi
	done <<-END
	every folder of src is a room of src/ROOMS, and every room a folder
	no room includes a later one
	only world calls the system
	only world includes the headers of the system
	only base/mem.c allocates
	END
	echo "1..$number"
	return $status
}

# ---- the self-test ----

# A small tree without a breach, and with much that looks like one.
make_clean() {
	rm -rf "$1"
	mkdir -p "$1/src/base" "$1/src/world" "$1/src/form"
	printf 'base\nworld\nform\n' >"$1/src/ROOMS"
	cat >"$1/src/base/mem.c" <<-'END'
	#include <stdlib.h>
	void *mem_new(unsigned long n) { return calloc(1, n); }
	void mem_free(void *p) { free(p); }
	END
	cat >"$1/src/base/base.h" <<-'END'
	struct source { void (*free)(struct source *s); int (*read)(int n); };
	END
	cat >"$1/src/world/world.c" <<-'END'
	#include <unistd.h>
	#include "base/base.h"
	int world_close(int fd) { return close(fd); }
	END
	cat >"$1/src/form/form.c" <<-'END'
	#include <stdio.h>
	#include "base/base.h"
	#include "world/world.h"
	/* We never call open(path) or
	   time(NULL) here, nor #include "form/later.h". */
	// exit(1)
	int form_read(struct source *s) { return s->read(1) + (*s).read(2); }
	const char *form_text(void) { return "printf(\"%d\") /* open("; }
	int form_quote(char c) { return c == '"' || c == '\''; }
	int form_reopen(int timeout(int)); /* open( */ int form_x;
	int form_print(char *p) { return snprintf(p, 1, "x"); }
	END
	cat >"$1/src/form/form_test.c" <<-'END'
	#include <unistd.h>
	#include <stdlib.h>
	#include "world/world.h"
	int main(void) { free(malloc(1)); printf("x"); return close(0); }
	END
	cp "$1/src/form/form_test.c" "$1/src/form/fuzz_form.c"
	cp "$1/src/form/form_test.c" "$1/src/form/testkit.c"
	echo '#include "form/testkit.h"' >>"$1/src/form/form_test.c"
}

tests=0
failed=0
# expect NUMBER-OR-0 SENTENCE: the tree breaks this one check and no other.
expect() {
	tests=$((tests + 1))
	out=$(check "$tmp/tree") && code=0 || code=$?
	bad=$(printf '%s\n' "$out" | sed -n 's/^not ok \([0-9]*\) .*/\1/p' |
	    tr '\n' ' ')
	want="$1 "
	want_code=1
	if [ "$1" = 0 ]; then
		want=
		want_code=0
	fi
	if [ "$bad" = "$want" ] && [ "$code" = "$want_code" ]; then
		echo "ok $tests - $2"
	else
		failed=1
		echo "not ok $tests - $2"
		printf '%s\n' "$out" | sed 's/^/# /'
	fi
}

# breach NUMBER FILE LINE: a line more in a clean tree's file.
breach() {
	make_clean "$tmp/tree"
	printf '%s\n' "$3" >>"$tmp/tree/src/$2"
	expect "$1" "$2 with $3"
}

self_test() {
	tmp=$(mktemp -d)
	make_clean "$tmp/tree"
	expect 0 "a clean tree passes"

	mkdir "$tmp/tree/src/attic"
	expect 1 "a folder that is no room is seen"
	make_clean "$tmp/tree"
	echo cellar >>"$tmp/tree/src/ROOMS"
	expect 1 "a room without a folder is seen"

	breach 2 base/base.h '#include "world/world.h"'
	breach 2 world/world.c '  #  include "form/form.h"'
	breach 2 world/fuzz_world.c '#include "form/form.h"'
	breach 2 base/base_test.c '#include "form/form.h"'
	breach 2 form/form.c '#include "attic/x.h"'
	breach 2 form/form.c '#include "form.h"'
	breach 2 form/form.c '#include "form/../web/web.h"'

	breach 2 form/form.c '#include "form/testkit.h"'

	for call in 'open("f", 0)' 'openat(1)' 'read(0)' 'write (1)' 'close(0)' \
	    'fopen("f")' 'printf("x")' 'fprintf(x)' 'puts("x")' 'time(NULL)' \
	    'gettimeofday(0)' 'clock_gettime(0)' 'getrandom(0)' 'getenv("x")' \
	    'socket(0)' 'connect(0)' 'fork()' 'execve(0)' 'execlp(0)' \
	    'pthread_create(0)' 'mmap(0)' 'unlink("f")' 'rename("a")' \
	    'mkdir("a")' 'stat("a")' 'fsync(0)' 'exit(1)' 'abort()' \
	    'system("x")' 'signal(1)' 'sleep(1)' 'syscall(1)' \
	    'json_load_file("x")' 'BIO_new_file("x")' 'PEM_read_X509_fp(x)'; do
		breach 3 form/form.c "int form_f(void) { return $call; }"
	done
	breach 3 form/form.c 'int form_f(void) { return a->b+time(NULL); }'
	breach 3 form/form.c '/* a comment */ int form_f(void) { exit(1); }'
	breach 3 base/base.h 'int base_f(FILE *to);'
	breach 3 form/form.c 'int form_f(void) { return f(stderr); }'

	for header in unistd.h fcntl.h sys/stat.h sys/socket.h time.h pthread.h \
	    signal.h linux/fs.h; do
		breach 4 form/form.c "#include <$header>"
	done

	breach 5 form/form.c 'void *form_f(void) { return malloc(1); }'
	breach 5 form/form.c 'void form_f(void *p) { free(p); }'
	breach 5 form/form.c 'void form_f(void *p) { on_end(p, free); }'
	breach 5 world/world.c 'char *world_f(char *p) { return strdup(p); }'
	breach 5 base/base.h 'static void *f(void *p) { return realloc(p, 2); }'

	echo "1..$tests"
	return $failed
}

case ${1-} in
--self-test)
	self_test
	;;
*)
	check "${1:-$here/../..}"
	;;
esac
