/* Loaded before the C library (LD_PRELOAD): lets the n-th call of some kind fail, as a full or broken disk or
 * exhausted memory would. Nothing fails until `faults_arm` was called in the same process.
 *
 * Files count by their path, which begins with the armed folder; allocations where the armed library asks for them. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 1, SYNC = 2, TRUNCATE = 4, ALLOCATE = 8, MAKE = 16, RENAME = 32 };

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *there, size_t size);

static atomic_int kinds;
static atomic_long seen, failed;
static long first;
static int error_code, lasting, torn;
static char folder[PATH_MAX];
static size_t folder_length;
static uintptr_t low, high; /* of the library whose allocations count; 0: all */
static const char *library;

static int find_library(struct dl_phdr_info *info, size_t size, void *unused) {
    (void)size, (void)unused;
    if (!info->dlpi_name || !strstr(info->dlpi_name, library)) return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || !(part->p_flags & PF_X)) continue;
        low = info->dlpi_addr + part->p_vaddr;
        high = low + part->p_memsz;
    }
    return low != 0;
}

/* Calls of these kinds are counted from now on, and the one at this place fails with this error, and those after it
 * where it is lasting. Where `half` is set a write stores half of what it should and says so; the next one fails.
 * Returns 0, or -1 where `in` names no library that is loaded. */
int faults_arm(int which, long place, int error, int keeps_on, int half, const char *beneath, const char *in) {
    atomic_store(&kinds, 0);
    low = high = 0;
    if (in && *in) {
        library = in;
        dl_iterate_phdr(find_library, NULL);
        if (!low) return -1;
    }
    snprintf(folder, sizeof folder, "%s", beneath);
    folder_length = strlen(folder);
    first = place, error_code = error, lasting = keeps_on, torn = half;
    atomic_store(&seen, 0);
    atomic_store(&failed, 0);
    atomic_store(&kinds, which);
    return 0;
}

void faults_disarm(void) { atomic_store(&kinds, 0); }
long faults_seen(void) { return atomic_load(&seen); }
long faults_failed(void) { return atomic_load(&failed); }

static int path_counts(const char *path) {
    if (path[0] == '/') return !strncmp(path, folder, folder_length);
    char here[PATH_MAX];
    return getcwd(here, sizeof here) && !strncmp(here, folder, folder_length);
}

static int file_counts(int fd) {
    char name[64], path[PATH_MAX];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return path[0] == '/' && !strncmp(path, folder, folder_length);
}

static int strikes(void) {
    long number = atomic_fetch_add(&seen, 1) + 1;
    if (!first || (number != first && !(lasting && number > first))) return 0;
    atomic_fetch_add(&failed, 1);
    return 1;
}

static int file_fails(int kind, int fd) {
    if (!(atomic_load(&kinds) & kind) || !file_counts(fd) || !strikes()) return 0;
    errno = error_code;
    return 1;
}

static int path_fails(int kind, const char *path) {
    if (!(atomic_load(&kinds) & kind) || !path || !path_counts(path) || !strikes()) return 0;
    errno = error_code;
    return 1;
}

static int allocation_fails(void *caller) {
    if (!(atomic_load(&kinds) & ALLOCATE)) return 0;
    if (low && ((uintptr_t)caller < low || (uintptr_t)caller >= high)) return 0;
    if (!strikes()) return 0;
    errno = ENOMEM;
    return 1;
}

#define REAL(name) \
    static __typeof__(&name) real; \
    if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define HALF(fd, size) (torn && first && (size) > 1 && (atomic_load(&kinds) & WRITE) && file_counts(fd) && atomic_load(&seen) + 1 == first)

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write);
    if (HALF(fd, size)) return atomic_fetch_add(&seen, 1), first++, torn = 0, real(fd, data, size / 2);
    return file_fails(WRITE, fd) ? -1 : real(fd, data, size);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    REAL(pwrite);
    if (HALF(fd, size)) return atomic_fetch_add(&seen, 1), first++, torn = 0, real(fd, data, size / 2, at);
    return file_fails(WRITE, fd) ? -1 : real(fd, data, size, at);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    REAL(pwrite64);
    if (HALF(fd, size)) return atomic_fetch_add(&seen, 1), first++, torn = 0, real(fd, data, size / 2, at);
    return file_fails(WRITE, fd) ? -1 : real(fd, data, size, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(writev);
    return file_fails(WRITE, fd) ? -1 : real(fd, parts, count);
}

ssize_t sendfile(int to, int from, off_t *at, size_t size) {
    REAL(sendfile);
    return file_fails(WRITE, to) ? -1 : real(to, from, at, size);
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t size) {
    REAL(sendfile64);
    return file_fails(WRITE, to) ? -1 : real(to, from, at, size);
}

ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *there, size_t size, unsigned flags) {
    REAL(copy_file_range);
    return file_fails(WRITE, to) ? -1 : real(from, at, to, there, size, flags);
}

int fsync(int fd) {
    REAL(fsync);
    return file_fails(SYNC, fd) ? -1 : real(fd);
}

int fdatasync(int fd) {
    REAL(fdatasync);
    return file_fails(SYNC, fd) ? -1 : real(fd);
}

int ftruncate(int fd, off_t size) {
    REAL(ftruncate);
    return file_fails(TRUNCATE, fd) ? -1 : real(fd, size);
}

int ftruncate64(int fd, off64_t size) {
    REAL(ftruncate64);
    return file_fails(TRUNCATE, fd) ? -1 : real(fd, size);
}

#define OPENING(name) \
    int name(const char *path, int flags, ...) { \
        REAL(name); \
        va_list more; \
        va_start(more, flags); \
        mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(more, mode_t) : 0; \
        va_end(more); \
        return (flags & O_CREAT) && path_fails(MAKE, path) ? -1 : real(path, flags, mode); \
    }
OPENING(open)
OPENING(open64)

int rename(const char *from, const char *to) {
    REAL(rename);
    return path_fails(RENAME, to) ? -1 : real(from, to);
}

int link(const char *from, const char *to) {
    REAL(link);
    return path_fails(RENAME, to) ? -1 : real(from, to);
}

int linkat(int one, const char *from, int other, const char *to, int flags) {
    REAL(linkat);
    return path_fails(RENAME, to) ? -1 : real(one, from, other, to, flags);
}

void *malloc(size_t size) { return allocation_fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return allocation_fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size); }
void *realloc(void *there, size_t size) { return allocation_fails(__builtin_return_address(0)) ? NULL : __libc_realloc(there, size); }
