# Sourced by the other scripts: installs what is missing from Debian, builds.
# Needs $TOP (the source tree).  Asks dpkg first, so that nothing here goes to
# the network once everything is installed.

# What the programs are built with, and what they are made of.
# shellcheck disable=SC2034 # used where this is sourced
PACKAGES_BUILD='gcc libc6-dev meson ninja-build pkg-config
	libssl-dev libjansson-dev libcurl4-openssl-dev libsqlite3-dev libunistring-dev'

# Prints the packages of the arguments that are not installed.
missing_packages() {
	for p in "$@"; do
		case $(dpkg-query -W -f '${Status}' "$p" 2>/dev/null) in
		'install ok installed') ;;
		*) printf '%s\n' "$p" ;;
		esac
	done
}

# Runs a command as root: as we are, or with sudo.  1: neither is there.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		env DEBIAN_FRONTEND=noninteractive "$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo env DEBIAN_FRONTEND=noninteractive "$@"
	else
		return 1
	fi
}

# install_packages PACKAGE...: stops the script when they cannot be had.
install_packages() {
	command -v dpkg-query >/dev/null 2>&1 || {
		echo "This is no Debian; these packages or their like must be there:" "$@" >&2
		return 0
	}
	missing=$(missing_packages "$@" | tr '\n' ' ')
	[ -n "$missing" ] || return 0
	echo "Installing from Debian: $missing" >&2
	log=$(mktemp)
	# shellcheck disable=SC2086 # one word a package
	if as_root apt-get -q update >"$log" 2>&1 &&
	    as_root apt-get -q install -y --no-install-recommends $missing >>"$log" 2>&1
	then
		rm -f "$log"
		return 0
	fi
	tail -n 20 "$log" >&2
	rm -f "$log"
	echo "Could not install: $missing" >&2
	echo "Run this once as root, then again:  apt-get install $missing" >&2
	exit 1
}

# build_into FOLDER [MESON OPTION...]: quiet unless it fails.  BUILD_ONLY: this target.
build_into() {
	dir=$1
	shift
	log=$(mktemp)
	if [ ! -f "$dir/build.ninja" ]; then
		rm -rf "$dir"
		meson setup "$dir" "$TOP" "$@" >"$log" 2>&1 || {
			cat "$log" >&2
			rm -f "$log"
			return 1
		}
	elif [ $# -gt 0 ]; then
		meson configure "$dir" "$@" >"$log" 2>&1 || {
			cat "$log" >&2
			rm -f "$log"
			return 1
		}
	fi
	if ! ninja -C "$dir" ${BUILD_ONLY:+"$BUILD_ONLY"} >"$log" 2>&1; then
		cat "$log" >&2
		rm -f "$log"
		return 1
	fi
	rm -f "$log"
}
