/*
 * Runs the exported tests that stand in the same program, each in a process of its own: its lines go to the file
 * FOLDER/NAME.ndjson, and how it ended to standard output, a line a test: its name and its wait status.
 */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct test {
    const char *name;
    int (*main)(void);
};

extern const struct test tests[];

/* A call that takes longer has met a broken list of libssl's. */
enum { seconds_max = 20 };

int run_tests(const char *folder, const char *statuses)
{
    FILE *out = fopen(statuses, "w");
    const struct test *test;

    if (out == NULL)
        return 1;
    for (test = tests; test->name != NULL; test++) {
        char path[4096];
        int status = -1;
        pid_t child;

        snprintf(path, sizeof(path), "%s/%s.ndjson", folder, test->name);
        fflush(NULL);
        child = fork();
        if (child == 0) {
            if (freopen(path, "w", stdout) == NULL)
                _exit(127);
            alarm(seconds_max);
            status = test->main();
            fflush(stdout);
            _exit(status);
        }
        if (child < 0 || waitpid(child, &status, 0) != child)
            return 1;
        fprintf(out, "%s %d\n", test->name, status);
    }
    return fclose(out) == 0 ? 0 : 1;
}

#ifdef ALONE
int main(int argc, char **argv)
{
    return argc == 3 ? run_tests(argv[1], argv[2]) : 2;
}
#endif
