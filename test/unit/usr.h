/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the command share: catching what is printed on standard output and standard
 * error, and running a list of test functions.
 */
#ifndef JOOL_TEST_USR_H
#define JOOL_TEST_USR_H

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "print.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* Where output and errors go while they are caught. */
static int caught_out = -1, caught_err = -1, real_err = -1;

static inline int temporary(void)
{
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	return dup(fileno(file));
}

/* From now on, what is printed is caught. */
static inline void catch(void)
{
	caught_out = temporary();
	caught_err = temporary();
	print_to(caught_out);
	fflush(stderr);
	real_err = dup(STDERR_FILENO);
	dup2(caught_err, STDERR_FILENO);
}

static inline char *contents(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = calloc(1, size + 1);

	ck_assert_int_eq(pread(fd, text, size, 0), size);
	close(fd);
	return text;
}

/* Ends it; what was caught is in `out` and `err`, to be freed. */
static inline void caught(char **out, char **err)
{
	print_flush();
	print_to(STDOUT_FILENO);
	fflush(stderr);
	dup2(real_err, STDERR_FILENO);
	close(real_err);
	*out = contents(caught_out);
	*err = contents(caught_err);
}

/* Ends it, and checks that it was this. */
static inline void expect(const char *out, const char *err)
{
	char *got_out, *got_err;

	caught(&got_out, &got_err);
	ck_assert_str_eq(got_out, out);
	ck_assert_str_eq(got_err, err);
	free(got_out);
	free(got_err);
}

/* Runs the tests, whose number is known at compile time. Returns what main() shall return. */
static inline int run_tests(const char *name, const TTest *const *tests, size_t count)
{
	Suite *suite = suite_create(name);
	TCase *group = tcase_create(name);
	SRunner *runner;
	int failed;

	for (size_t i = 0; i < count; i++)
		tcase_add_test(group, tests[i]);
	suite_add_tcase(suite, group);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
