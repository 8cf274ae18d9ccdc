/** C: a clock that the test moves, and libssl reads. */
import type { Part } from './parts.js';

export const clockParts: readonly Part[] = [
  {
    defines: ['sim_clock'],
    text: `
/*
 * The time, in microseconds: libssl asks the functions of this file for it, as
 * those of a program come before the C library's.  It stands still, but for a
 * microsecond a reading within the millisecond, because nowhere are two
 * readings the same.
 */
static long long clock_us = 1700000000LL * 1000000, clock_readings;

int clock_gettime(clockid_t id, struct timespec *at)
{
    long long us;

    if (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE)
        return (int)syscall(SYS_clock_gettime, id, at);
    if (clock_readings < 999 - clock_us % 1000)
        clock_readings++;
    us = clock_us + clock_readings;
    at->tv_sec = us / 1000000;
    at->tv_nsec = us % 1000000 * 1000;
    return 0;
}

int gettimeofday(struct timeval *at, void *zone)
{
    struct timespec now;

    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *at)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (at != NULL)
        *at = now.tv_sec;
    return now.tv_sec;
}

static void sim_clock(long seconds, long milliseconds)
{
    clock_us += (seconds * 1000LL + milliseconds) * 1000;
}
`,
  },
];
