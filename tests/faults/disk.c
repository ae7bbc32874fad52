/* A disk that fails on command: preloaded into a server process, it stands between SQLite and the C library.

   What it does is said by files in the folder that DISK_FAULTS names, which tests make and remove while the server runs:

   kill-at-write   with a number n: kill -9 in place of the n-th write to the -wal file from then on
   kill-after-sync kill -9 right after the sync that makes a commit durable, before its caller hears of it
   ignore-syncs    from now on a sync says yes and makes nothing durable
   sync-fails      a sync fails, as on a disk that is about to die
   no-space        writes to the database's files fail as on a full disk
   read-only       writes to the database's files fail as on a disk that was mounted read-only
   free            with a number: the bytes that the disk says are free
   slow            with a number: so many milliseconds more for each sync of the -wal file

   Where the folder holds `remember` when the server opens its files, what a power cut would take away can be taken away:
   before a write the bytes that stood there go to <name>.undo, and a sync empties that file. disk.py undoes what is left.
   An undo file is the size of the file at its last sync, then for each write since: where, how long, how many bytes stood
   there, and those; whole numbers of 64 bits.

   `bitten` gets a line for every fault, and one when the -wal file was first written to. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MOST 4096

enum { OTHER, WAL, MAIN, KINDS };
static const char *NAMES[KINDS] = {"", "cyd.sqlite3-wal", "cyd.sqlite3"};

static unsigned char kind_of[MOST]; /* by file descriptor */
static int undo[KINDS];
static int frames_waiting;          /* frames of a commit were written, and who wrote them has not synced them */
static pthread_t committing;
static int countdown;               /* writes left until the kill; 0 where none is asked for */
static int bitten;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int (*real_open)(const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fdatasync)(int);
static int (*real_fsync)(int);
static int (*real_statvfs)(const char *, struct statvfs *);

__attribute__((constructor)) static void find(void) {
    real_open = dlsym(RTLD_NEXT, "open");
    real_close = dlsym(RTLD_NEXT, "close");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite");
    real_write = dlsym(RTLD_NEXT, "write");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_statvfs = dlsym(RTLD_NEXT, "statvfs");
}

static const char *asked(const char *name, char *path) {
    const char *folder = getenv("DISK_FAULTS");
    snprintf(path, 4096, "%s/%s", folder ? folder : "/nonexistent", name);
    return path;
}

static int is_asked(const char *name) {
    char path[4096];
    return access(asked(name, path), F_OK) == 0;
}

/* The number in a file of this name; -1 where there is none. */
static long long number(const char *name) {
    char path[4096], text[32] = "";
    int fd = real_open(asked(name, path), O_RDONLY);
    if (fd < 0) return -1;
    ssize_t got = read(fd, text, sizeof text - 1);
    real_close(fd);
    return got > 0 ? atoll(text) : -1;
}

static void bite(const char *what) {
    char path[4096];
    int fd = real_open(asked("bitten", path), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd < 0) return;
    (void)!real_write(fd, what, strlen(what));
    (void)!real_write(fd, "\n", 1);
    real_close(fd);
}

static void die(const char *what) {
    bite(what);
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static int kind(int fd) { return fd >= 0 && fd < MOST ? kind_of[fd] : OTHER; }

/* What a power cut would take away */

static void all_is_durable(int which, int fd) {
    struct stat now;
    if (undo[which] <= 0 || fstat(fd, &now) != 0) return;
    int64_t size = now.st_size;
    (void)!real_ftruncate(undo[which], 0);
    (void)!real_pwrite(undo[which], &size, sizeof size, 0);
}

static void remember(int which, int fd, off_t at, size_t length) {
    if (undo[which] <= 0) return;
    char *was = malloc(length ? length : 1);
    ssize_t got = pread(fd, was, length, at);
    int64_t head[3] = {at, (int64_t)length, got > 0 ? got : 0};
    struct stat now;
    fstat(undo[which], &now);
    (void)!real_pwrite(undo[which], head, sizeof head, now.st_size);
    if (got > 0) (void)!real_pwrite(undo[which], was, got, now.st_size + sizeof head);
    free(was);
}

/* Files */

static void opened(int fd, const char *path) {
    if (fd < 0 || fd >= MOST) return;
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    int which = OTHER;
    for (int one = WAL; one < KINDS; one++)
        if (strcmp(name, NAMES[one]) == 0) which = one;
    kind_of[fd] = which;
    if (which == OTHER || !is_asked("remember")) return;
    pthread_mutex_lock(&lock);
    if (undo[which] <= 0) {
        char place[4096], file[64];
        snprintf(file, sizeof file, "%s.undo", NAMES[which]);
        undo[which] = real_open(asked(file, place), O_RDWR | O_CREAT | O_TRUNC, 0600);
        all_is_durable(which, fd);
    }
    struct stat now;
    if (which == WAL && fstat(fd, &now) == 0 && now.st_size == 0) all_is_durable(which, fd); /* made anew */
    pthread_mutex_unlock(&lock);
}

static int opening(const char *path, int flags, mode_t mode) {
    int fd = real_open(path, flags, mode);
    opened(fd, path);
    return fd;
}

static mode_t mode_of(int flags, va_list more) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; }

int open(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = mode_of(flags, more);
    va_end(more);
    return opening(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = mode_of(flags, more);
    va_end(more);
    return opening(path, flags, mode);
}

int close(int fd) {
    if (fd >= 0 && fd < MOST) kind_of[fd] = OTHER;
    return real_close(fd);
}

/* Before a write of ours: what is wrong with it, as errno says it; 0 where it may go on. */
static int refused(int which) {
    if (which == WAL) {
        if (!bitten++) bite("the -wal file was written to");
        if (countdown == 0) {
            long long asked_for = number("kill-at-write");
            if (asked_for > 0) countdown = asked_for;
        }
        if (countdown > 0 && --countdown == 0) die("killed in place of a write");
    }
    int why = is_asked("no-space") ? ENOSPC : is_asked("read-only") ? EROFS : 0;
    if (why) bite(why == ENOSPC ? "no space" : "read-only");
    return why;
}

static ssize_t writing(int fd, const void *bytes, size_t length, off_t at) {
    int which = kind(fd);
    if (which == OTHER) return real_pwrite(fd, bytes, length, at);
    pthread_mutex_lock(&lock);
    ssize_t done = -1;
    int why = refused(which);
    if (!why) {
        remember(which, fd, at, length);
        done = real_pwrite(fd, bytes, length, at);
        why = errno;
        if (which == WAL && at >= 32) { /* the first 32 bytes are the file's own head */
            frames_waiting = 1;
            committing = pthread_self();
        }
    }
    pthread_mutex_unlock(&lock);
    errno = why;
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return writing(fd, bytes, length, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) { return writing(fd, bytes, length, at); }

ssize_t write(int fd, const void *bytes, size_t length) {
    if (kind(fd) == OTHER) return real_write(fd, bytes, length);
    off_t at = lseek(fd, 0, SEEK_CUR);
    ssize_t done = writing(fd, bytes, length, at);
    if (done > 0) lseek(fd, at + done, SEEK_SET);
    return done;
}

static int truncating(int fd, off_t size) {
    int which = kind(fd);
    struct stat now;
    if (which != OTHER && fstat(fd, &now) == 0 && now.st_size > size) {
        pthread_mutex_lock(&lock);
        remember(which, fd, size, now.st_size - size);
        pthread_mutex_unlock(&lock);
    }
    return real_ftruncate(fd, size);
}

int ftruncate(int fd, off_t size) { return truncating(fd, size); }
int ftruncate64(int fd, off64_t size) { return truncating(fd, size); }

static int syncing(int fd, int (*really)(int)) {
    int which = kind(fd);
    if (which == OTHER) return really(fd);
    if (which == WAL) {
        long long more = number("slow");
        if (more > 0) usleep(more * 1000);
    }
    if (is_asked("sync-fails")) {
        bite("a sync failed");
        errno = EIO;
        return -1;
    }
    if (is_asked("ignore-syncs")) {
        bite("a sync was ignored");
        return 0;
    }
    pthread_mutex_lock(&lock);
    int done = really(fd);
    if (done == 0) {
        all_is_durable(which, fd);
        if (which == WAL && frames_waiting && pthread_equal(committing, pthread_self())) {
            frames_waiting = 0;
            if (is_asked("kill-after-sync")) die("killed after a sync");
        }
    }
    pthread_mutex_unlock(&lock);
    return done;
}

int fdatasync(int fd) { return syncing(fd, real_fdatasync); }
int fsync(int fd) { return syncing(fd, real_fsync); }

static int asking(const char *path, struct statvfs *found) {
    int done = real_statvfs(path, found);
    long long free_bytes = number("free");
    if (done == 0 && free_bytes >= 0) found->f_bavail = found->f_bfree = free_bytes / found->f_frsize;
    return done;
}

int statvfs(const char *path, struct statvfs *found) { return asking(path, found); }
int statvfs64(const char *path, struct statvfs64 *found) { return asking(path, (struct statvfs *)found); }
