/* gcoap-get's own arguments. */
#ifndef GET_H
#define GET_H

#include "common/run.h"

struct get_rounds_args {
	uint32_t rounds;
	gcoap_time interval;
};

struct get_args {
	struct run_args run;
	struct get_rounds_args rounds;
};
#define GET_ARGS_DEFAULT                                                                   \
	{                                                                                  \
		.run = RUN_ARGS_DEFAULT, .rounds = { .rounds = 1, .interval = GCOAP_SECOND } \
	}
extern const struct opt_command get_command;

#endif
