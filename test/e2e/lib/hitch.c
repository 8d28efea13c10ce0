// SPDX-License-Identifier: GPL-2.0-only
/*
 * For LD_PRELOAD: what seldom happens to a program, happens to it. The variable HITCH says what:
 *
 *	memory N	there is no memory for allocation number N
 *	ours N		the same, but libc's own do not count: its getservent() crashes without memory
 *	files		it may not open any more files
 *	receive N	receiving fails for the N-th time
 *	command N	its request for the module is command N of it, as if of another version
 *	family		its request goes to a family that has gone
 *	run COMMAND	a shell runs COMMAND before each of its requests; NUMBER is the request's, from 1
 *
 * If it did happen, the file that HITCHED names is there when the program has ended.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

static long memory, receive, command;
static bool ours, family;
static const char *meanwhile;

static void happened(void)
{
	int saved = errno;
	int fd = open(getenv("HITCHED"), O_CREAT | O_WRONLY, 0600);

	if (fd >= 0)
		close(fd);
	errno = saved;
}

/* Is it this one? */
static bool is_due(long *left)
{
	if (!*left || --*left)
		return false;
	happened();
	return true;
}

static long number(const char *text, const char *what)
{
	size_t len = strlen(what);

	return strncmp(text, what, len) ? 0 : atol(text + len);
}

__attribute__((constructor)) static void begin(void)
{
	const struct rlimit few = { 3, 3 };
	const char *text = getenv("HITCH");

	if (!text)
		return;
	receive = number(text, "receive ");
	command = number(text, "command ");
	family = !strcmp(text, "family");
	if (!strncmp(text, "run ", 4)) {
		/* To what it runs it shall not happen. */
		unsetenv("LD_PRELOAD");
		meanwhile = text + 4;
	}
	if (!strcmp(text, "files")) {
		happened();
		setrlimit(RLIMIT_NOFILE, &few);
	}
	ours = !strncmp(text, "ours ", 5);
	memory = number(text, ours ? "ours " : "memory ");
}

static void run(void)
{
	static int requests;
	char text[16];

	snprintf(text, sizeof(text), "%d", ++requests);
	setenv("NUMBER", text, 1);
	if (system(meanwhile))
		abort();
}

/* Shall the allocation fail that is asked for there? */
static bool is_none(const void *caller)
{
	Dl_info info;

	if (ours && dladdr(caller, &info) && strstr(info.dli_fname, "/libc.so"))
		return false;
	if (!is_due(&memory))
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return is_none(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return is_none(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return is_none(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	ssize_t (*next)(int, struct msghdr *, int) = dlsym(RTLD_NEXT, "recvmsg");

	if (!is_due(&receive))
		return next(fd, msg, flags);
	errno = EIO;
	return -1;
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	ssize_t (*next)(int, const struct msghdr *, int) = dlsym(RTLD_NEXT, "sendmsg");
	struct nlmsghdr *head = msg->msg_iov->iov_base;

	/* Asking for the family's number is another one's. */
	if (head->nlmsg_type == GENL_ID_CTRL || !(command || family || meanwhile))
		return next(fd, msg, flags);
	happened();
	if (meanwhile)
		run();
	if (command)
		((struct genlmsghdr *)NLMSG_DATA(head))->cmd = command;
	if (family)
		head->nlmsg_type = 0x7fff;
	return next(fd, msg, flags);
}
