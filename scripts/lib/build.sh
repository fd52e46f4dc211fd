# Shared by the scripts, read with `.`; ROOT is the checkout. What is said here goes to stderr: stdout belongs to the caller.
# shellcheck shell=sh

say() {
  printf '%s\n' "$*" >&2
}

die() {
  say "${0##*/}: $*"
  exit 1
}

# The first sentence says what is missing; the rest is the same for whatever it is.
missing() {
  say "${0##*/}: $1"
  say "  ccupgrade is built with a JDK 17 or newer (a JRE has no compiler) and Maven 3.8 or newer."
  say "  Debian 12, Ubuntu 24.04:  apt install openjdk-17-jdk maven"
  say "  Debian 13:                apt install openjdk-21-jdk maven"
  say "  Fedora:                   dnf install java-latest-openjdk-devel maven"
  exit 1
}

# The directory of the JDK that the compiler comes from: JAVA_HOME if set, otherwise by the PATH.
find_jdk() {
  if [ -n "${JAVA_HOME:-}" ]; then
    [ -x "$JAVA_HOME/bin/javac" ] || missing "cannot build: JAVA_HOME is $JAVA_HOME, and there is no bin/javac in it"
    printf '%s\n' "$JAVA_HOME"
    return
  fi
  compiler=$(command -v javac) || missing "cannot build: there is no javac"
  compiler=$(readlink -f "$compiler")
  printf '%s\n' "${compiler%/bin/javac}"
}

# Ends the script when something that the build needs is missing or too old. Sets JAVA_HOME, so that Maven takes the same Java.
require_tools() {
  JAVA_HOME=$(find_jdk) || exit 1
  export JAVA_HOME
  version=$("$JAVA_HOME/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
  [ "${version:-0}" -ge 17 ] || missing "cannot build: the JDK in $JAVA_HOME is $version, too old"
  command -v mvn >/dev/null || missing "cannot build: there is no mvn"
  version=$(mvn -B -v 2>/dev/null | sed -n 's/.*Apache Maven \([0-9]*\.[0-9]*\).*/\1/p')
  case ${version:-0} in
    [4-9].* | 3.[89] | 3.[1-9][0-9]) ;;
    *) missing "cannot build: Maven is ${version:-of no known version}, or does not run: see mvn -v" ;;
  esac
}

# Runs a command while no other script builds in this checkout. The kernel lets go of the lock when the command ends, however it ends.
alone() (
  if command -v flock >/dev/null; then
    exec 9<"$ROOT"
    if ! flock -n 9; then
      say "waiting for another build in $ROOT ..."
      flock 9
    fi
  fi
  "$@" 9<&-
)

# is_current FILE SOURCE...: the file is there, and nothing in the sources is newer. A directory is newer when something was removed from it.
is_current() {
  file=$1
  shift
  [ -f "$file" ] && [ -z "$(find "$@" -newer "$file" -print 2>/dev/null | head -n 1)" ]
}

# What is run lies apart from what Maven writes: a build replaces its jar in place, under the feet of a ccupgrade that is running.
LAUNCH=$ROOT/target/launch

is_launchable() {
  is_current "$LAUNCH/ccupgrade.jar" "$ROOT/src/main" "$ROOT/pom.xml"
}

has_sample() {
  is_current "$ROOT/target/sample/done" "$ROOT/src/sample" "$ROOT/pom.xml"
}

# build tool: brings LAUNCH up to date. build sample: that, and the releases of the sample service.
build() {
  { is_launchable && { [ "$1" != sample ] || has_sample; }; } && return
  require_tools
  alone build_alone "$1" || die "cannot build ccupgrade: see above"
}

build_alone() (
  # Another one may have done it while this one waited.
  { is_launchable && { [ "$1" != sample ] || has_sample; }; } && exit 0
  cd "$ROOT" || exit 1
  mkdir -p target/launch
  began=target/launch/began.$$
  log=target/launch/build.log
  trap 'rm -f "$ROOT/$began" "$LAUNCH/new.$$"' EXIT
  if is_current target/ccupgrade.jar src/main pom.xml && { [ "$1" != sample ] || has_sample; }; then
    touch -r target/ccupgrade.jar "$began"
  else
    say "building ccupgrade (the first time Maven fetches what it needs, which can take minutes) ..."
    # A source that changes during the build is newer than this.
    touch "$began"
    # What is not needed to run it is scripts/check's business.
    if ! mvn -q -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip=true -Dstyle.color=never package >"$log" 2>&1 </dev/null; then
      cat "$log" >&2
      exit 1
    fi
    say "built."
  fi
  unpack_sqlite
  cp target/ccupgrade.jar "$LAUNCH/new.$$" && touch -r "$began" "$LAUNCH/new.$$" && mv -f "$LAUNCH/new.$$" "$LAUNCH/ccupgrade.jar"
)

# The SQLite library otherwise unpacks itself into the temporary directory at every start, and a killed ccupgrade leaves it there. Where
# there is none for this machine here, it still does.
unpack_sqlite() {
  case $(uname -m) in
    x86_64) machine=x86_64 ;;
    aarch64) machine=aarch64 ;;
    *) return 0 ;;
  esac
  for musl in /lib/ld-musl-*; do
    [ -e "$musl" ] && return 0
  done
  directory=$(mktemp -d "$LAUNCH/sqlite.XXXXXX") || return 0
  inside=org/sqlite/native/Linux/$machine/libsqlitejdbc.so
  if (cd "$directory" && "$JAVA_HOME/bin/jar" xf "$ROOT/target/ccupgrade.jar" "$inside") && [ -s "$directory/$inside" ]; then
    # A ccupgrade that is running keeps the file that it has loaded.
    mv -f "$directory/$inside" "$LAUNCH/libsqlitejdbc.so"
  fi
  rm -rf "$directory"
}
