// SPDX-License-Identifier: GPL-2.0-only
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"
#include "print.h"

/* Of a file; the largest configuration there can be is far smaller. */
#define SIZE_MAX_READ (1UL << 30)

/* As many errors and warnings about a file are printed. */
#define COMPLAINTS_MAX 20

/* A read failed. Shall it be tried again? Perhaps nothing has come yet, and it does not wait. */
static bool may_read_again(int fd)
{
	struct pollfd poll_in = { .fd = fd, .events = POLLIN };

	return errno == EINTR || (errno == EAGAIN && (poll(&poll_in, 1, -1) > 0 || errno == EINTR));
}

static bool read_all(struct source *source, int fd)
{
	size_t room = 0;
	ssize_t n;

	do {
		if (source->len + 1 >= room) {
			room = room ? 2 * room : 65536;
			if (room > SIZE_MAX_READ) {
				errno = EFBIG;
				return false;
			}
			source->text = memory_must(realloc(source->text, room));
		}
		n = read(fd, source->text + source->len, room - source->len - 1);
		if (n > 0)
			source->len += n;
	} while (n > 0 || (n < 0 && may_read_again(fd)));
	source->text[source->len] = '\0';
	return !n;
}

bool source_read(struct source *source, const char *path)
{
	bool is_stdin = !strcmp(path, "-");
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	bool done;

	*source = (struct source){ .name = is_stdin ? "standard input" : path };
	done = fd >= 0 && read_all(source, fd);
	if (!done) {
		print_error("Cannot read %s: %s.", source->name, strerror(errno));
		source_free(source);
	}
	if (fd > STDERR_FILENO)
		close(fd);
	return done;
}

void source_free(struct source *source)
{
	free(source->text);
	source->text = NULL;
	source->len = 0;
}

/* The place that was told last. */
static struct {
	const struct source *source;
	const char *at;
	const char *what;
} here;

static size_t put_place(char *at, size_t size)
{
	const char *line = here.source->text;
	const char *separator = here.what ? ": " : "";
	const char *what = here.what ? here.what : "";
	size_t number = 1;
	char column[24] = "";
	int len;

	for (const char *c = here.source->text; c < here.at; c++) {
		if (*c != '\n')
			continue;
		number++;
		line = c + 1;
	}
	if (here.source->columns)
		snprintf(column, sizeof(column), ":%zu", print_characters(line, here.at) + 1);
	len = snprintf(at, size, "%s:%zu%s: %s%s", here.source->name, number, column, what,
		       separator);
	return (size_t)len < size ? (size_t)len : size - 1;
}

void source_place(const struct source *source, const char *at, const char *what)
{
	here.source = source;
	here.at = at;
	here.what = what;
	print_place(source ? put_place : NULL);
}

void source_limit(void)
{
	print_limit(COMPLAINTS_MAX);
}

void source_more(const struct source *source, bool good)
{
	unsigned int more = print_limit(UINT_MAX);

	source_place(NULL, NULL, NULL);
	if (more && good)
		print_warning("%s: There are %u more warnings.", source->name, more);
	else if (more)
		print_error("%s: There are %u more mistakes.", source->name, more);
}
