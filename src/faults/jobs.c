/* The sample service of the fault sweep: what `jobs` of src/sample is, as a program that starts in a millisecond instead of half a second.
 *
 *   jobs -version                  which release it is, and on which versions of database and archive it works
 *   jobs -migrate-db               brings var/jobs.db to its version, as golang-migrate does: marked dirty, a transaction, the mark removed
 *   jobs -migrate-archive DIR      writes each file anew under another name and renames it, then version.txt
 *   jobs -server                   GET /health on JOBS_PORT; commits a row to the chain every JOBS_WRITE_EVERY milliseconds, each with the
 *                                  hash of the row before it, and writes the last that it promised to var/jobs.db.acknowledged
 *
 * A release is made by its definitions: VERSION, SCHEMA, ARCHIVE; FAILS: 1 = its last migration of the database fails half-way, 2 = that of
 * the archive; UNHEALTHY: it says so.
 * Linked with libsqlite3.so.0 alone, whose declarations are repeated here: it is on more machines than its header.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifndef FAILS
#define FAILS 0
#endif
#ifndef UNHEALTHY
#define UNHEALTHY 0
#endif

typedef struct sqlite3 sqlite3;
int sqlite3_open_v2(const char *, sqlite3 **, int, const char *);
int sqlite3_close(sqlite3 *);
int sqlite3_busy_timeout(sqlite3 *, int);
int sqlite3_exec(sqlite3 *, const char *, int (*)(void *, int, char **, char **), void *, char **);
const char *sqlite3_errmsg(sqlite3 *);
#define READWRITE 2
#define CREATE 4

#define DATABASE "var/jobs.db"
#define HASH 65

static sqlite3 *database;

static void fail(const char *what, const char *why) {
  fprintf(stderr, "jobs: %s: %s\n", what, why);
  exit(1);
}

/* SHA-256, FIPS 180-4. */
static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t turn(uint32_t x, int by) { return x >> by | x << (32 - by); }

static void block(uint32_t h[8], const unsigned char *p) {
  uint32_t w[64], s[8];
  for (int i = 0; i < 16; i++) w[i] = (uint32_t)p[4 * i] << 24 | p[4 * i + 1] << 16 | p[4 * i + 2] << 8 | p[4 * i + 3];
  for (int i = 16; i < 64; i++)
    w[i] = w[i - 16] + w[i - 7] + (turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3) +
           (turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10);
  memcpy(s, h, sizeof s);
  for (int i = 0; i < 64; i++) {
    uint32_t one = s[7] + (turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + K[i] + w[i];
    uint32_t two = (turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    memmove(s + 1, s, 7 * sizeof *s);
    s[4] += one;
    s[0] = one + two;
  }
  for (int i = 0; i < 8; i++) h[i] += s[i];
}

static void sha256(const char *text, char hex[HASH]) {
  uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  unsigned char padded[256] = {0};
  size_t length = strlen(text), whole = (length + 9 + 63) / 64 * 64;
  if (whole > sizeof padded) fail("cannot hash", text);
  memcpy(padded, text, length);
  padded[length] = 0x80;
  for (int i = 0; i < 8; i++) padded[whole - 1 - i] = (unsigned char)((uint64_t)length * 8 >> 8 * i);
  for (size_t at = 0; at < whole; at += 64) block(h, padded + at);
  for (int i = 0; i < 8; i++) sprintf(hex + 8 * i, "%08x", h[i]);
}

static void sql(const char *statements) {
  if (sqlite3_exec(database, statements, 0, 0, 0)) fail(statements, sqlite3_errmsg(database));
}

static int first_row(void *into, int columns, char **values, char **names) {
  (void)names;
  char **rows = into;
  for (int i = 0; i < columns; i++) snprintf(rows[i], HASH, "%s", values[i] ? values[i] : "");
  return 0;
}

static void ask(const char *query, char *one, char *two) {
  char *into[] = {one, two};
  if (sqlite3_exec(database, query, first_row, into, 0)) fail(query, sqlite3_errmsg(database));
}

static void open_database(int flags) {
  if (sqlite3_open_v2(DATABASE, &database, flags, 0)) fail("cannot open " DATABASE, sqlite3_errmsg(database));
  sqlite3_busy_timeout(database, 5000);
  sql("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
}

static int schema(void) {
  char version[HASH] = "0", dirty[HASH] = "0";
  ask("SELECT version, dirty FROM schema_migrations", version, dirty);
  if (atoi(dirty)) fail("the database is dirty at version", version);
  return atoi(version);
}

static const char *const MIGRATIONS[] = {
    "CREATE TABLE jobs (id INTEGER PRIMARY KEY, name TEXT NOT NULL, nodes INTEGER NOT NULL);"
    "INSERT INTO jobs VALUES (1, 'weather-forecast', 16), (2, 'protein-folding', 4), (3, 'mesh-refinement', 8), (4, 'nightly-build', 1)",
    "CREATE TABLE tag (id INTEGER PRIMARY KEY, job INTEGER NOT NULL REFERENCES jobs (id), value TEXT NOT NULL);"
    "INSERT INTO tag (job, value) VALUES (1, 'climate'), (2, 'biology'), (3, 'memory')",
    "CREATE TABLE chain (id INTEGER PRIMARY KEY, previous TEXT NOT NULL, hash TEXT NOT NULL, written_by TEXT)",
    "ALTER TABLE jobs ADD COLUMN waited INTEGER; UPDATE jobs SET waited = nodes * 60; CREATE INDEX jobs_by_nodes ON jobs (nodes)",
    "CREATE TABLE node (id INTEGER PRIMARY KEY, name TEXT NOT NULL); INSERT INTO node (name) VALUES ('n001'), ('n002');"
    "ALTER TABLE jobs ADD COLUMN node INTEGER REFERENCES node (id)"};

static void migrate_database(void) {
  char statement[128];
  mkdir("var", 0755);
  open_database(READWRITE | CREATE);
  sql("CREATE TABLE IF NOT EXISTS schema_migrations (version uint64, dirty bool)");
  for (int next = schema() + 1; next <= SCHEMA; next++) {
    snprintf(statement, sizeof statement, "BEGIN; DELETE FROM schema_migrations; INSERT INTO schema_migrations VALUES (%d, 1); COMMIT", next);
    sql(statement);
    if (FAILS == 1 && next == SCHEMA) {
      sql("UPDATE jobs SET name = upper(name)");
      sql("INSERT INTO no_such_table VALUES (1)");
    }
    sql("BEGIN IMMEDIATE");
    sql(MIGRATIONS[next - 1]);
    sql("COMMIT; UPDATE schema_migrations SET dirty = 0");
    printf("migrated to version %d\n", next);
  }
  sqlite3_close(database);
}

static void replace(const char *directory, const char *name, const char *content) {
  char file[512], half[520];
  snprintf(file, sizeof file, "%s/%s", directory, name);
  snprintf(half, sizeof half, "%s.new", file);
  FILE *out = fopen(half, "w");
  if (!out || fputs(content, out) < 0 || fclose(out) || rename(half, file)) fail(file, strerror(errno));
}

static void migrate_archive(const char *directory) {
  DIR *open = opendir(directory);
  if (!open) fail(directory, strerror(errno));
  int done = 0;
  char content[64];
  snprintf(content, sizeof content, "written by archive %d\n", ARCHIVE);
  for (struct dirent *entry; (entry = readdir(open));)
    if (strstr(entry->d_name, ".json")) {
      replace(directory, entry->d_name, content);
      if (FAILS == 2 && ++done == 2) fail(directory, "out of luck");
    }
  closedir(open);
  snprintf(content, sizeof content, "%d\n", ARCHIVE);
  replace(directory, "version.txt", content);
}

static volatile sig_atomic_t stopping;

static void stop(int signal) {
  (void)signal;
  stopping = 1;
}

static void append(const char *written_by, int acknowledged) {
  char id[HASH] = "0", previous[HASH], text[256], hash[HASH], statement[512];
  memset(previous, '0', HASH - 1);
  previous[HASH - 1] = 0;
  sql("BEGIN IMMEDIATE");
  ask("SELECT id, hash FROM chain ORDER BY id DESC LIMIT 1", id, previous);
  long next = atol(id) + 1;
  snprintf(text, sizeof text, "%s|%ld|%s", previous, next, written_by);
  sha256(text, hash);
  snprintf(statement, sizeof statement, "INSERT INTO chain VALUES (%ld, '%s', '%s', '%s'); COMMIT", next, previous, hash, written_by);
  sql(statement);
  int length = snprintf(text, sizeof text, "%019ld %s\n", next, hash);
  if (pwrite(acknowledged, text, length, 0) != length) fail(DATABASE ".acknowledged", strerror(errno));
}

static void answer(int listener) {
  char request[2048], text[256];
  int client = accept4(listener, 0, 0, SOCK_CLOEXEC);
  if (client < 0) return;
  struct timeval limit = {1, 0};
  setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (read(client, request, sizeof request) > 0) {
    const char *body = UNHEALTHY ? "not healthy jobs " VERSION "\n" : "ok jobs " VERSION "\n";
    int length = snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
                          UNHEALTHY ? "503 Service Unavailable" : "200 OK", strlen(body), body);
    (void)!write(client, text, length);
  }
  close(client);
}

static long millis(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void serve(void) {
  const char *port = getenv("JOBS_PORT"), *pace = getenv("JOBS_WRITE_EVERY");
  if (!port || !pace) fail("cannot serve", "JOBS_PORT and JOBS_WRITE_EVERY are not set");
  sigset_t none, term;
  sigemptyset(&none);
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  sigprocmask(SIG_BLOCK, &term, 0);
  struct sigaction action = {.sa_handler = stop};
  sigaction(SIGTERM, &action, 0);
  signal(SIGPIPE, SIG_IGN);

  open_database(READWRITE);
  if (schema() != SCHEMA) fail("cannot serve", "the database is at another version");
  int acknowledged = open(DATABASE ".acknowledged", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (acknowledged < 0) fail(DATABASE ".acknowledged", strerror(errno));
  unsigned char chance[4];
  char written_by[64];
  (void)!getrandom(chance, sizeof chance, 0);
  snprintf(written_by, sizeof written_by, VERSION "/%02x%02x%02x%02x", chance[0], chance[1], chance[2], chance[3]);

  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(port)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 16)) fail("cannot listen", strerror(errno));
  printf("jobs " VERSION " listens on %s\n", port);
  fflush(stdout);
  struct pollfd wait = {.fd = listener, .events = POLLIN};
  for (long next = millis(); !stopping;) {
    long left = next - millis();
    if (left <= 0) {
      append(written_by, acknowledged);
      next = millis() + atoi(pace);
      continue;
    }
    struct timespec limit = {left / 1000, left % 1000 * 1000000};
    if (ppoll(&wait, 1, &limit, &none) > 0) answer(listener);
  }
  sqlite3_close(database);
  puts("jobs " VERSION " stops");
}

int main(int count, char **words) {
  umask(022);
  const char *what = count > 1 ? words[1] : "";
  if (!strcmp(what, "-version")) printf("Version:\t%s\nSQL db version:\t%d\nJob archive version:\t%d\n", VERSION, SCHEMA, ARCHIVE);
  else if (!strcmp(what, "-migrate-db")) migrate_database();
  else if (!strcmp(what, "-migrate-archive") && count > 2) migrate_archive(words[2]);
  else if (!strcmp(what, "-server")) serve();
  else fail("usage", "jobs -version | -migrate-db | -migrate-archive DIR | -server");
  return 0;
}
