/* gcoap-etag: is what we hold of a group's answers still right? */
#ifndef ETAG_H
#define ETAG_H

#include "common/held.h"
#include "common/run.h"

struct etag_own {
	bool multi, plain, group, each, forget, exit_code;
	uint32_t max_request;
	const char *state;
};

struct etag_args {
	struct etag_own own;
	struct run_args run;
};
#define ETAG_ARGS_DEFAULT { .own = { .max_request = 1024 }, .run = RUN_ARGS_DEFAULT }

extern const struct opt_command etag_command;
void etag_options(void); /* before they are parsed */

/* How the servers are asked to confirm what is held. */
enum etag_means { ETAG_NONE, ETAG_MULTI, ETAG_PLAIN, ETAG_GROUP, ETAG_UNICAST };
const char *etag_means_name(enum etag_means m); /* NULL: none */

/* What is held of one target, and who of its servers was told of. */
struct etag_target {
	struct gcoap_validate *v;
	bool shared; /* @v is that of an earlier target: one server of a group */
	enum etag_means means;
	uint32_t next; /* of the servers whose Multi-ETag is to be sent */
	bool ask_plainly; /* a server confirmed a tag that is not ours: ask without any */
	bool asked_plainly;
	struct addr_set told, failed; /* servers: with a state, with an error */
	struct addr_set missed; /* expected, and silent to a request */
	uint8_t sent[GCOAP_ETAG_MAX], came[GCOAP_ETAG_MAX]; /* Group-ETags */
	size_t sent_len, came_len;
	bool by_set; /* the one that was sent came back: it is told of */
	bool mixed; /* there came several: no set is named */
};

struct etag {
	struct run run; /* first member */
	const struct etag_own *own;
	struct held held;
	bool open;
	struct etag_target *targets; /* one for each of the run's */
	size_t n_targets;
	struct gcoap_msg msg; /* a request with its validators */
	uint8_t values[4096];
	uint32_t count[5]; /* servers by state */
	uint64_t saved;
	uint64_t in_vain; /* bytes of bodies that came although they were held */
	uint32_t by_set;  /* servers that a Group-ETag confirmed: none of them answered */
	uint32_t not_missing; /* of these, expected */
	uint32_t held_before;
	uint32_t unnamed; /* held, and without an option in the only request */
	uint32_t kept_tags;
	uint32_t same_bodies; /* that came again under another tag */
	bool warned_unknown;
	struct gcoap_addr first_failed;
	uint8_t failed_code; /* its answer; 0: nobody failed */
	uint32_t n_failed;
};

/* Targets, what is held of them, and the hooks of the run. CLI_OK or an exit status. */
int etag_open(struct etag *e, const struct etag_args *args, int argc, char **argv);
int etag_close(struct etag *e);

/* means.c */
/* Which means each target gets. CLI_OK, or CLI_USAGE after saying why. */
int etag_choose(struct etag *e);
/* Add validators to a request: the run's prepare(). */
int etag_prepare(struct run *run, struct gcoap_ask *ask);
/* Requests that belong to the round: the run's next(). */
int etag_next(struct run *run, gcoap_time now);

/* group_tag.c */
/* Read the Group-ETag of what is held: 1 when there is one to be sent, 0, or negative. */
int etag_group_tag(struct etag *e, struct etag_target *t);
int etag_add_group_tag(const struct etag *e, const struct etag_target *t, struct gcoap_msg *m);
/* Does this 2.03 have the one that was sent? The whole set is right, then. */
bool etag_is_whole_set(const struct etag *e, const struct etag_target *t,
		       const struct gcoap_response *r);
/* One that an answer has; and what it is of, when all have come. */
void etag_note_group_tag(const struct etag *e, struct etag_target *t,
			 const struct gcoap_response *r);
void etag_keep_group_tag(const struct etag *e, struct etag_target *t);

/* answer.c */
int etag_answered(struct run *run, const struct gcoap_response *r);
int etag_missed(struct run *run, const struct gcoap_missing *m);
void etag_ended(struct run *run);
void etag_count(struct run *run, struct gcoap_summary *s);
int etag_judge(struct run *run, const struct gcoap_summary *s);
void etag_footer(void *arg, const struct gcoap_summary *s, char *buf, size_t cap);

#endif
