/* Counts the calls of a process that change something below a directory, and kills it, or lets one call fail, at the N-th.
 *
 * Preloaded into ccupgrade and what it starts. Works with dynamically linked programs: the JVM, SQLite's native library, sh, cp. What a static
 * program does is not seen, nor are writes through mmap. In the environment stands:
 *
 *   FAULT_ROOT    the directory; nothing happens without it
 *   FAULT_ORDERS  a file with a struct orders, which all those processes share: it is written anew before each command, perhaps under a process
 *                 that lives on
 *   FAULT_LOG     a line for each such call: number, pid, call, path; with number 0: a signal that is sent, a program that is started
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

enum { KILL = 0, KILL_ALL = -1 };
enum { NOBODY, TOOL, MIGRATION };

/* As the harness writes it: little endian, eight bytes each. */
struct orders {
  long who;   /* whose calls count: those of ccupgrade and its helpers, or of a migration; told apart by ccupgrade's own marks. Never the service's */
  long at;    /* at which call; -1 = only count */
  long mode;  /* SIGKILL in place of the call; ccupgrade itself, too; or the call fails with this errno */
  long calls; /* so far, over all processes */
  long first; /* pid of the first process */
};

static const char *root;
static size_t root_length;
static long self;
static int log_fd = -1;
static struct orders *orders;

__attribute__((constructor)) static void configure(void) {
  const char *directory = getenv("FAULT_ROOT"), *file = getenv("FAULT_ORDERS"), *log = getenv("FAULT_LOG");
  if (!directory || !file || getenv("CCUPGRADE_SERVICE")) return;
  self = getenv("CCUPGRADE_OPERATION") ? MIGRATION : TOOL;
  int fd = syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC);
  void *mapped = mmap(0, sizeof *orders, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  syscall(SYS_close, fd);
  if (mapped == MAP_FAILED) return;
  orders = mapped;
  long nobody = 0;
  if (self == TOOL) __atomic_compare_exchange_n(&orders->first, &nobody, getpid(), 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  if (log) log_fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  root = directory;
  root_length = strlen(root);
}

static void note(long number, const char *call, const char *path) {
  if (!root || log_fd < 0 || orders->who != self) return;
  char line[PATH_MAX + 64];
  int before = errno, length = snprintf(line, sizeof line, "%ld %d %s %s\n", number, getpid(), call, path);
  syscall(SYS_write, log_fd, line, length);
  errno = before;
}

/* 0: go on; -1: fail, errno is set. Does not return where the process is killed. */
static int reach(const char *call, const char *path) {
  if (!root || orders->who != self) return 0;
  if (strncmp(path, root, root_length) || (path[root_length] != '/' && path[root_length])) return 0;
  long n = __atomic_add_fetch(&orders->calls, 1, __ATOMIC_SEQ_CST);
  note(n, call, path);
  if (n != orders->at) return 0;
  if (orders->mode > 0) {
    errno = orders->mode;
    return -1;
  }
  if (orders->mode == KILL_ALL && orders->first) syscall(SYS_kill, (pid_t)orders->first, SIGKILL);
  syscall(SYS_kill, getpid(), SIGKILL);
  for (;;) pause();
}

static int reach_fd(const char *call, int fd) {
  if (!root || orders->who != self) return 0;
  char link[64], full[PATH_MAX];
  int before = errno;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, full, sizeof full - 1);
  errno = before;
  if (length < 0) return 0;
  full[length] = 0;
  return reach(call, full);
}

/* Without a path, as in utimensat(fd, NULL, ...), the descriptor itself is meant. */
static int reach_path(const char *call, int dir, const char *path) {
  char full[PATH_MAX];
  if (!root || orders->who != self) return 0;
  if (!path || !*path) return reach_fd(call, dir);
  if (path[0] == '/') return reach(call, path);
  ssize_t length;
  if (dir == AT_FDCWD) {
    if (!getcwd(full, sizeof full)) return 0;
    length = strlen(full);
  } else {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
    length = readlink(link, full, sizeof full - 1);
    if (length < 0) return 0;
  }
  snprintf(full + length, sizeof full - length, "/%s", path);
  return reach(call, full);
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = dlsym(RTLD_NEXT, #name)
#define AT(type, name, params, dir, path, args) type name params { REAL(name); if (reach_path(#name, dir, path)) return -1; return real args; }
#define PATH(type, name, params, path, args) AT(type, name, params, AT_FDCWD, path, args)
#define FD(type, name, params, fd, args) type name params { REAL(name); if (reach_fd(#name, fd)) return -1; return real args; }

/* glibc declares with nonnull what reach_path looks at. */
#pragma GCC diagnostic ignored "-Wnonnull-compare"

PATH(int, rename, (const char *a, const char *b), b, (a, b))
AT(int, renameat, (int x, const char *a, int y, const char *b), y, b, (x, a, y, b))
AT(int, renameat2, (int x, const char *a, int y, const char *b, unsigned f), y, b, (x, a, y, b, f))
PATH(int, link, (const char *a, const char *b), b, (a, b))
AT(int, linkat, (int x, const char *a, int y, const char *b, int f), y, b, (x, a, y, b, f))
PATH(int, symlink, (const char *a, const char *b), b, (a, b))
AT(int, symlinkat, (const char *a, int y, const char *b), y, b, (a, y, b))
PATH(int, unlink, (const char *a), a, (a))
AT(int, unlinkat, (int x, const char *a, int f), x, a, (x, a, f))
PATH(int, rmdir, (const char *a), a, (a))
PATH(int, remove, (const char *a), a, (a))
PATH(int, mkdir, (const char *a, mode_t m), a, (a, m))
AT(int, mkdirat, (int x, const char *a, mode_t m), x, a, (x, a, m))
PATH(int, mknod, (const char *a, mode_t m, dev_t d), a, (a, m, d))
PATH(int, mkfifo, (const char *a, mode_t m), a, (a, m))
PATH(int, chmod, (const char *a, mode_t m), a, (a, m))
AT(int, fchmodat, (int x, const char *a, mode_t m, int f), x, a, (x, a, m, f))
PATH(int, chown, (const char *a, uid_t u, gid_t g), a, (a, u, g))
PATH(int, lchown, (const char *a, uid_t u, gid_t g), a, (a, u, g))
AT(int, fchownat, (int x, const char *a, uid_t u, gid_t g, int f), x, a, (x, a, u, g, f))
PATH(int, utime, (const char *a, const struct utimbuf *t), a, (a, t))
PATH(int, utimes, (const char *a, const struct timeval t[2]), a, (a, t))
PATH(int, lutimes, (const char *a, const struct timeval t[2]), a, (a, t))
AT(int, futimesat, (int x, const char *a, const struct timeval t[2]), x, a, (x, a, t))
AT(int, utimensat, (int x, const char *a, const struct timespec t[2], int f), x, a, (x, a, t, f))
PATH(int, setxattr, (const char *a, const char *n, const void *v, size_t s, int f), a, (a, n, v, s, f))
PATH(int, lsetxattr, (const char *a, const char *n, const void *v, size_t s, int f), a, (a, n, v, s, f))
PATH(int, removexattr, (const char *a, const char *n), a, (a, n))
PATH(int, truncate, (const char *a, off_t o), a, (a, o))
PATH(int, truncate64, (const char *a, off64_t o), a, (a, o))
FD(int, fsetxattr, (int d, const char *n, const void *v, size_t s, int f), d, (d, n, v, s, f))
FD(int, fremovexattr, (int d, const char *n), d, (d, n))
FD(int, fchmod, (int d, mode_t m), d, (d, m))
FD(int, fchown, (int d, uid_t u, gid_t g), d, (d, u, g))
FD(int, futimens, (int d, const struct timespec t[2]), d, (d, t))
FD(int, futimes, (int d, const struct timeval t[2]), d, (d, t))
FD(int, fsync, (int d), d, (d))
FD(int, fdatasync, (int d), d, (d))
FD(int, syncfs, (int d), d, (d))
FD(int, ftruncate, (int d, off_t o), d, (d, o))
FD(int, ftruncate64, (int d, off64_t o), d, (d, o))
FD(int, fallocate, (int d, int m, off_t o, off_t n), d, (d, m, o, n))
FD(int, fallocate64, (int d, int m, off64_t o, off64_t n), d, (d, m, o, n))
FD(ssize_t, write, (int d, const void *b, size_t n), d, (d, b, n))
FD(ssize_t, writev, (int d, const struct iovec *v, int n), d, (d, v, n))
FD(ssize_t, pwrite, (int d, const void *b, size_t n, off_t o), d, (d, b, n, o))
FD(ssize_t, pwrite64, (int d, const void *b, size_t n, off64_t o), d, (d, b, n, o))
FD(ssize_t, pwritev, (int d, const struct iovec *v, int n, off_t o), d, (d, v, n, o))
FD(ssize_t, pwritev64, (int d, const struct iovec *v, int n, off64_t o), d, (d, v, n, o))
FD(ssize_t, sendfile, (int d, int i, off_t *p, size_t n), d, (d, i, p, n))
FD(ssize_t, sendfile64, (int d, int i, off64_t *p, size_t n), d, (d, i, p, n))
FD(ssize_t, splice, (int i, off64_t *p, int d, off64_t *q, size_t n, unsigned f), d, (i, p, d, q, n, f))
FD(ssize_t, copy_file_range, (int i, off64_t *p, int d, off64_t *q, size_t n, unsigned f), d, (i, p, d, q, n, f))

/* These say what is wrong by what they return. */
int posix_fallocate(int d, off_t o, off_t n) { REAL(posix_fallocate); return reach_fd("posix_fallocate", d) ? errno : real(d, o, n); }
int posix_fallocate64(int d, off64_t o, off64_t n) { REAL(posix_fallocate64); return reach_fd("posix_fallocate", d) ? errno : real(d, o, n); }

#define CHANGES (O_CREAT | O_TRUNC)
#define MODE mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { va_list v; va_start(v, flags); mode = va_arg(v, mode_t); va_end(v); }
#define OPEN(name) int name(const char *a, int flags, ...) { REAL(name); MODE if ((flags & CHANGES) && reach_path(#name, AT_FDCWD, a)) return -1; return real(a, flags, mode); }
#define OPENAT(name) int name(int x, const char *a, int flags, ...) { REAL(name); MODE if ((flags & CHANGES) && reach_path(#name, x, a)) return -1; return real(x, a, flags, mode); }
OPEN(open) OPEN(open64) OPENAT(openat) OPENAT(openat64)
PATH(int, creat, (const char *a, mode_t m), a, (a, m))
PATH(int, creat64, (const char *a, mode_t m), a, (a, m))

/* No points, but what makes two points differ although no file does. */
int kill(pid_t p, int s) { REAL(kill); note(0, "kill", "-"); return real(p, s); }
#define SPAWN(name) int name(pid_t *p, const char *f, const posix_spawn_file_actions_t *a, const posix_spawnattr_t *t, char *const v[], char *const e[]) \
  { REAL(name); note(0, #name, f); return real(p, f, a, t, v, e); }
SPAWN(posix_spawn) SPAWN(posix_spawnp)
int execve(const char *f, char *const v[], char *const e[]) { REAL(execve); note(0, "execve", f); return real(f, v, e); }

/* What else may change a file stands for nothing that ccupgrade uses: only a clone is looked for (FICLONE, FICLONERANGE). */
int ioctl(int fd, unsigned long request, ...) {
  REAL(ioctl);
  va_list v; va_start(v, request); void *argument = va_arg(v, void *); va_end(v);
  if ((request == 0x40049409UL || request == 0x4020940dUL) && reach_fd("clone", fd)) return -1;
  return real(fd, request, argument);
}
