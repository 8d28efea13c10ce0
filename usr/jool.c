// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bib.h"
#include "command.h"
#include "complete.h"
#include "file.h"
#include "global.h"
#include "instance.h"
#include "memory.h"
#include "pool4.h"
#include "print.h"
#include "query.h"
#include "session.h"
#include "stats.h"

static const struct mode *const modes[] = {
	&instance_mode,
	&pool4_mode,
	&bib_mode,
	&session_mode,
	&global_mode,
	&stats_mode,
	&query_mode,
	&file_mode,
	NULL
};

/* `jool help [MODE [OPERATION]]` */
static int help_first(char **argv)
{
	const struct operation *operation = NULL;
	const struct mode *mode = NULL;

	if (argv[0]) {
		mode = command_mode(modes, argv[0]);
		if (!mode)
			return EXIT_USAGE;
	}
	if (argv[0] && argv[1]) {
		if (command_alone(mode) || argv[2]) {
			print_error("Unexpected argument of 'help': '%s'.",
				    argv[command_alone(mode) ? 1 : 2]);
			return EXIT_USAGE;
		}
		operation = command_operation(mode, argv[1]);
		if (!operation)
			return EXIT_USAGE;
	}
	command_help(modes, mode, operation);
	return EXIT_DONE;
}

static int run_command(int argc, char **argv)
{
	struct request request;
	int status;

	/* Words that are not among the modes, and cannot be cut short. */
	if (argc > 1 && !strcmp(argv[1], "autocomplete"))
		return complete_words(modes, argv + 2);
	if (argc > 1 && !strcmp(argv[1], "help"))
		return help_first(argv + 2);
	if (argc > 1 && !strcmp(argv[1], "joold")) {
		print_error("%s", SESSION_NO_JOOLD);
		return EXIT_USAGE;
	}
	status = command_parse(modes, argc, argv, &request);
	if (status != COMMAND_RUN)
		return status;
	status = instance_take_file(&request);
	return status == EXIT_DONE ? request.operation->run(&request) : status;
}

/*
 * A standard stream that is closed would be taken by the next file that is opened. Opened for
 * reading only, standard output fails to be written, as it should.
 */
static void hold_standard_streams(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", O_RDONLY);
	}
}

int main(int argc, char **argv)
{
	int status;

	hold_standard_streams();
	json_set_alloc_funcs(memory_alloc, free);
	/* So that the end of the reader is a failed write, which is reported as success. */
	signal(SIGPIPE, SIG_IGN);

	status = run_command(argc, argv);
	if (status != EXIT_DONE) {
		print_discard();
		return status;
	}
	return print_finish();
}
