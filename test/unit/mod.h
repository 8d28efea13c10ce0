/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the module's pure files share: random numbers that can be repeated, and
 * running a list of test functions.
 */
#ifndef JOOL_TEST_MOD_H
#define JOOL_TEST_MOD_H

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static uint64_t random_state;

/* The next random number (splitmix64). */
static inline uint64_t random64(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* A random number from 0 to @n - 1. */
static inline uint32_t random_below(uint32_t n)
{
	return (random64() >> 32) * n >> 32;
}

static inline void random_bytes(void *data, size_t len)
{
	uint8_t *at = data;

	for (; len; len--)
		*at++ = random64();
}

/*
 * Starts the random numbers, from JOOL_TEST_SEED if that is set, and says how to have them again.
 */
static inline void seed_random(const char *name)
{
	const char *wish = getenv("JOOL_TEST_SEED");

	random_state = wish ? strtoull(wish, NULL, 0) : (uint64_t)time(NULL);
	printf("mod_%s: JOOL_TEST_SEED=%llu\n", name, (unsigned long long)random_state);
	fflush(stdout);
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
