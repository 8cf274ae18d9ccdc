/*
 * The agent's clock, preloaded: what the process reads as the wall clock is what simtls_clock_set said last, so that libssl
 * lives in simulated time. Unset, it is the machine's. It stands still, but for a microsecond at each reading within the
 * millisecond, because on a machine any two readings differ, and OpenSSL 3.5 orders sessions by them; the simulated
 * stack's clock does the same.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const int64_t us_per_ms = 1000;
static const int64_t us_per_s = 1000000;

static int64_t now_us = -1;
static int64_t readings;

/* Microseconds since the Unix epoch, a whole millisecond or not; negative gives the machine's clock back. */
void simtls_clock_set(int64_t us) {
  now_us = us;
  readings = 0;
}

/* Moves a clock that was set: what is read next is later than what was read before, by `us` and a reading. */
void simtls_clock_move(int64_t us) { now_us += us; }

static int64_t read_us(void) {
  int64_t left = us_per_ms - 1 - now_us % us_per_ms;
  readings = readings < left ? readings + 1 : left;
  return now_us + readings;
}

int clock_gettime(clockid_t id, struct timespec *at) {
  if (now_us < 0 || (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE)) return (int)syscall(SYS_clock_gettime, id, at);
  int64_t us = read_us();
  at->tv_sec = us / us_per_s;
  at->tv_nsec = us % us_per_s * 1000;
  return 0;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
  struct timespec now;
  (void)zone;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at != NULL) *at = now.tv_sec;
  return now.tv_sec;
}

static uintptr_t replacement(const char *name) {
  if (strcmp(name, "time") == 0) return (uintptr_t)time;
  if (strcmp(name, "gettimeofday") == 0) return (uintptr_t)gettimeofday;
  return strcmp(name, "clock_gettime") == 0 ? (uintptr_t)clock_gettime : 0;
}

/* Both tables of addresses of one library, where they are of a name above. */
static void redirect(const struct dl_phdr_info *object, const ElfW(Dyn) *dynamic) {
  const char *names = NULL;
  const ElfW(Sym) *symbols = NULL;
  const ElfW(Rela) *tables[2] = {NULL, NULL};
  size_t bytes[2] = {0, 0};
  for (; dynamic->d_tag != DT_NULL; dynamic++) {
    if (dynamic->d_tag == DT_STRTAB) names = (const char *)dynamic->d_un.d_ptr;
    if (dynamic->d_tag == DT_SYMTAB) symbols = (const ElfW(Sym) *)dynamic->d_un.d_ptr;
    if (dynamic->d_tag == DT_RELA) tables[0] = (const ElfW(Rela) *)dynamic->d_un.d_ptr;
    if (dynamic->d_tag == DT_RELASZ) bytes[0] = dynamic->d_un.d_val;
    if (dynamic->d_tag == DT_JMPREL) tables[1] = (const ElfW(Rela) *)dynamic->d_un.d_ptr;
    if (dynamic->d_tag == DT_PLTRELSZ) bytes[1] = dynamic->d_un.d_val;
  }
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int table = 0; table < 2; table++) {
    for (size_t index = 0; tables[table] != NULL && index < bytes[table] / sizeof(ElfW(Rela)); index++) {
      const ElfW(Rela) *entry = &tables[table][index];
      uintptr_t function = replacement(names + symbols[ELF64_R_SYM(entry->r_info)].st_name);
      if (function == 0) continue;
      uintptr_t place = object->dlpi_addr + entry->r_offset;
      /* Read-only since it was relocated, where the library was linked that way. */
      mprotect((void *)(place & ~(page - 1)), page, PROT_READ | PROT_WRITE);
      *(uintptr_t *)place = function;
    }
  }
}

static int visit(struct dl_phdr_info *object, size_t size, void *unused) {
  (void)size;
  (void)unused;
  if (strstr(object->dlpi_name, "libssl") == NULL && strstr(object->dlpi_name, "libcrypto") == NULL) return 0;
  for (int index = 0; index < object->dlpi_phnum; index++) {
    const ElfW(Phdr) *header = &object->dlpi_phdr[index];
    if (header->p_type == PT_DYNAMIC) redirect(object, (const ElfW(Dyn) *)(object->dlpi_addr + header->p_vaddr));
  }
  return 0;
}

/*
 * A libssl that was loaded to look for functions in its own libraries first (RTLD_DEEPBIND) has passed over the preloaded
 * ones: its calls are led here afterwards. To be called once it is loaded.
 */
void simtls_clock_redirect(void) { dl_iterate_phdr(visit, NULL); }
