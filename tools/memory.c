/*
 * The agent's memory, preloaded: libcrypto takes all its memory from here, so that an allocation at a place that the agent
 * has named can fail. A place is a file and a line of OpenSSL's own source, as CRYPTO_malloc is told them, and a size;
 * where others use it too, also a function of libssl on whose behalf it is made. Nobody asked, it is malloc(3).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <execinfo.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef void *allocate(size_t, const char *, int);
typedef void *reallocate(void *, size_t, const char *, int);
typedef void release(void *, const char *, int);
typedef int set_functions(allocate *, reallocate *, release *);

struct place {
  const char *file;
  int line;
  size_t size;
};

enum { places_max = 16, seen_max = 65536, frames_max = 24 };

static struct place seen[seen_max];
static int seen_count = -1; /* negative: nobody wants to see */
static struct place named[places_max];
static const char *behalf[places_max];
static int named_count;
static int (*ask)(int place);
static int taken;

static int is_on_behalf_of(const char *function) {
  void *frames[frames_max];
  Dl_info info;
  int count = backtrace(frames, frames_max);
  for (int at = 0; at < count; at++) {
    if (dladdr(frames[at], &info) != 0 && info.dli_sname != NULL && strcmp(info.dli_sname, function) == 0) return 1;
  }
  return 0;
}

/* Of a zeroed or duplicated object the size is the object's; of a ticket it is any: 0. */
static int is_at(const struct place *place, size_t size, const char *file, int line) {
  return place->line == line && (place->size == 0 || place->size == size) && strcmp(place->file, file) == 0;
}

static int fails(size_t size, const char *file, int line) {
  for (int at = 0; at < named_count; at++) {
    if (is_at(&named[at], size, file, line) && (behalf[at] == NULL || is_on_behalf_of(behalf[at]))) return !ask(at);
  }
  return 0;
}

/* Of no bytes there is none, as in libcrypto's own: what it does with nothing is to stay what it was. */
static void *simtls_allocate(size_t size, const char *file, int line) {
  if (size == 0) return NULL;
  if (seen_count >= 0 && seen_count < seen_max) seen[seen_count++] = (struct place){file, line, size};
  if (ask != NULL && file != NULL && fails(size, file, line)) return NULL;
  return malloc(size);
}

static void simtls_release(void *memory, const char *file, int line) {
  (void)file;
  (void)line;
  free(memory);
}

static void *simtls_reallocate(void *memory, size_t size, const char *file, int line) {
  if (memory == NULL) return simtls_allocate(size, file, line);
  if (size > 0) return realloc(memory, size);
  simtls_release(memory, file, line);
  return NULL;
}

static int take(void *set) {
  return set != NULL && ((set_functions *)set)(simtls_allocate, simtls_reallocate, simtls_release);
}

/* Of the OpenSSL inside the executable, before it allocates anything. */
__attribute__((constructor)) static void take_own(void) { taken = take(dlsym(RTLD_DEFAULT, "CRYPTO_set_mem_functions")); }

/* The same of a library that was loaded by its path, and has allocated nothing yet. */
void simtls_memory_take(const char *path) {
  void *library = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
  taken = library != NULL && take(dlsym(library, "CRYPTO_set_mem_functions"));
}

int simtls_memory_taken(void) { return taken; }

/* From here on allocations are seen, or no longer. */
void simtls_memory_watch(int on) { seen_count = on ? 0 : -1; }
int simtls_memory_count(void) { return seen_count; }
const char *simtls_memory_file(int at) { return seen[at].file == NULL ? "" : seen[at].file; }
int simtls_memory_line(int at) { return seen[at].line; }
int64_t simtls_memory_size(int at) { return (int64_t)seen[at].size; }

/* Names a place that was seen, of any size if so wanted. @returns its number, or -1 */
int simtls_memory_name(int at, int of_any_size, const char *function) {
  if (named_count == places_max || seen[at].file == NULL) return -1;
  named[named_count] = seen[at];
  if (of_any_size) named[named_count].size = 0;
  behalf[named_count] = function == NULL ? NULL : strdup(function);
  return named_count++;
}

/* Whether there is memory is asked from here on: 0, and the allocation fails. NULL: there always is. */
void simtls_memory_ask(int (*asked)(int place)) { ask = asked; }
