/* measure PROGRAM [ARGUMENTS...]: runs it once with its output thrown away, and prints wall time in microseconds, peak
 * resident memory in KiB, and its exit status. Small and static: the peak of a child counts what its parent had before exec. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **words)
{
    struct timespec start, end;
    struct rusage used;
    int status;
    if (count < 2) return 2;
    clock_gettime(CLOCK_MONOTONIC, &start);
    pid_t child = fork();
    if (child == 0) {
        int nowhere = open("/dev/null", O_RDWR);
        dup2(nowhere, 1);
        execvp(words[1], words + 1);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &used) < 0) return 1;
    clock_gettime(CLOCK_MONOTONIC, &end);
    long micros = (end.tv_sec - start.tv_sec) * 1000000L + (end.tv_nsec - start.tv_nsec) / 1000;
    printf("%ld %ld %d\n", micros, used.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 255);
    return 0;
}
