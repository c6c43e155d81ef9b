/* Both ends of a forwarded port, as small as can be: what is measured is the forwarder between them.
 *
 * traffic serve ADDRESS PORT        listens, and says so; the first byte of a connection says what is wanted: b: 256 MiB, e: an echo
 * traffic throughput PORT           MB/s of one connection that receives them
 * traffic round-trip PORT           median milliseconds from a byte sent to its echo
 * traffic connections PORT          connections per second, one after the other, each with one round trip */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { pieces = 256, piece = 1 << 20, connections = 500, round_trips = 1000 };

static void require(int holds, char const *what)
{
    if (holds) return;
    perror(what);
    exit(1);
}

static struct sockaddr_in at(char const *address, char const *port)
{
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port))};
    require(inet_pton(AF_INET, address, &where.sin_addr) == 1, address);
    return where;
}

static void send_at_once(int connection)
{
    int one = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void *send_all(void *number)
{
    static char const zeros[piece];
    int const connection = (int)(long)number;
    for (int i = 0; i < pieces; ++i)
        for (ssize_t sent = 0, now = 0; sent < piece; sent += now)
            if ((now = write(connection, zeros + sent, (size_t)(piece - sent))) <= 0) goto end;
end:
    close(connection);
    return NULL;
}

/* False when the connection has ended, or is a thread's from now on. */
static int answer(int connection, char *wanted)
{
    char bytes[4096];
    ssize_t const count = read(connection, bytes, sizeof bytes);
    ssize_t const skipped = *wanted == 0;
    pthread_t thread;
    if (count > 0 && *wanted == 0) *wanted = bytes[0];
    if (count > 0 && *wanted == 'e' && write(connection, bytes + skipped, (size_t)(count - skipped)) == count - skipped)
        return 1;
    if (count <= 0 || *wanted != 'b') {
        close(connection);
        return 0;
    }
    require(pthread_create(&thread, NULL, send_all, (void *)(long)connection) == 0, "thread");
    pthread_detach(thread);
    return 0;
}

static void serve(char const *address, char const *port)
{
    static char wanted[1 << 16]; /* by connection */
    int const listener = socket(AF_INET, SOCK_STREAM, 0), all = epoll_create1(0);
    int one = 1;
    struct sockaddr_in const where = at(address, port);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, ready[64];
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    require(bind(listener, (struct sockaddr const *)&where, sizeof where) == 0 && listen(listener, 512) == 0, "listen");
    require(epoll_ctl(all, EPOLL_CTL_ADD, listener, &event) == 0, "epoll");
    require(puts("listening") >= 0 && fflush(stdout) == 0, "write");
    for (;;) {
        int const count = epoll_wait(all, ready, 64, -1);
        for (int i = 0; i < count; ++i) {
            int connection = ready[i].data.fd;
            if (connection != listener) {
                if (!answer(connection, wanted + connection)) epoll_ctl(all, EPOLL_CTL_DEL, connection, NULL);
                continue;
            }
            connection = accept(listener, NULL, NULL);
            if (connection < 0 || connection >= (int)sizeof wanted) continue;
            send_at_once(connection);
            wanted[connection] = 0;
            event.data.fd = connection;
            epoll_ctl(all, EPOLL_CTL_ADD, connection, &event);
        }
    }
}

static int dial(struct sockaddr_in const *where, char const *first)
{
    int const connection = socket(AF_INET, SOCK_STREAM, 0);
    require(connect(connection, (struct sockaddr const *)where, sizeof *where) == 0, "connect");
    send_at_once(connection);
    require(write(connection, first, strlen(first)) == (ssize_t)strlen(first), "write");
    return connection;
}

static void await_echo(int connection)
{
    char byte = 0;
    require(read(connection, &byte, 1) == 1 && byte == 'x', "no echo");
}

static double throughput(struct sockaddr_in const *where)
{
    static char bytes[piece];
    double const begun = seconds();
    int const connection = dial(where, "b");
    long received = 0;
    for (ssize_t count; (count = read(connection, bytes, sizeof bytes)) > 0;)
        received += count;
    require(received == (long)pieces * piece, "bytes are missing");
    return (double)received / 1e6 / (seconds() - begun);
}

static int ascending(void const *one, void const *other)
{
    double const a = *(double const *)one, b = *(double const *)other;
    return (a > b) - (a < b);
}

static double round_trip(struct sockaddr_in const *where)
{
    static double times[round_trips];
    int const connection = dial(where, "e");
    for (int i = 0; i < round_trips; ++i) {
        double const begun = seconds();
        require(write(connection, "x", 1) == 1, "write");
        await_echo(connection);
        times[i] = (seconds() - begun) * 1000;
    }
    qsort(times, round_trips, sizeof *times, ascending);
    return times[round_trips / 2];
}

static double new_connections(struct sockaddr_in const *where)
{
    double const begun = seconds();
    for (int i = 0; i < connections; ++i) {
        int const connection = dial(where, "ex");
        await_echo(connection);
        close(connection);
    }
    return connections / (seconds() - begun);
}

int main(int count, char **words)
{
    signal(SIGPIPE, SIG_IGN);
    if (count == 4 && strcmp(words[1], "serve") == 0) serve(words[2], words[3]);
    if (count != 3) return 2;
    struct sockaddr_in const where = at("127.0.0.1", words[2]);
    if (strcmp(words[1], "throughput") == 0) return printf("%f\n", throughput(&where)) < 0;
    if (strcmp(words[1], "round-trip") == 0) return printf("%f\n", round_trip(&where)) < 0;
    if (strcmp(words[1], "connections") == 0) return printf("%f\n", new_connections(&where)) < 0;
    return 2;
}
