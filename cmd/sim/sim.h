/* The simulated group: what its parts share. */
#ifndef SIM_H
#define SIM_H

#include <gcoap/gcoap.h>
#include "common/opt.h"

#define SIM_MEMBERS_MAX 10000
#define SIM_GROUPS_MAX 20
#define SIM_LINKS_MAX 10000
#define SIM_BODY_MAX 65536
#define SIM_STORE_MAX (16u << 20)

struct sim_args {
	uint32_t members;
	const char *profile;
	gcoap_time leisure, every, duration;
	double loss, dup, late, error;
	uint64_t big;
	uint32_t links;
	bool no_etag, same_etag, lying_etag, json, netns;
	const char *listen, *first_address, *dialect;
	struct opt_list groups, option_numbers;
	uint32_t seed;
	int quiet;
};
extern const struct opt_command sim_command;
#define SIM_ARGS_DEFAULT                                                                   \
	{                                                                                  \
		.members = 5, .profile = "lights", .leisure = 5 * GCOAP_SECOND,            \
		.every = 5 * GCOAP_SECOND, .big = 1500, .first_address = "127.77.0.1",     \
		.dialect = "tiloca-05"                                                     \
	}

/* A body that a client has put. */
struct sim_body {
	uint32_t version;
	int32_t content_format;
	size_t len;
	uint8_t bytes[];
};

/* One member: what it does not compute from its number, the seed and the time. */
struct sim_member {
	bool light;
	uint32_t light_version;
	struct sim_body *scene;
};

struct sim {
	const struct sim_args *args;
	struct gcoap_registry registry;
	struct gcoap_addr listen, first4, first6;
	char device[16];
	uint32_t ifindex;
	struct gcoap_addr groups[SIM_GROUPS_MAX];
	size_t n_groups;
	size_t n_usual; /* of them: all but those of the directory */
	bool v4, v6, chaos, directory;
	struct gcoap_resource *resources;
	size_t n_resources;
	char (*link_paths)[24]; /* of --links */
	struct gcoap_rd *rd;	/* profile rd: of the first member */
	char big_attrs[64];
	struct sim_member *members;
	size_t stored; /* bytes of all bodies */
	uint64_t seed;
	struct gcoap_random random;
	struct gcoap_serve *serve;
	struct gcoap_udp *udp;
	struct gcoap_loop *loop;
	gcoap_time started;
	int child; /* process of the command, 0: none; it owns stdout */
	int child_status;
};

/* options.c: the arguments checked and resolved. 0 or an exit status after saying why. */
int sim_setup(struct sim *s, const struct sim_args *args);

/* addresses.c: the callbacks of the engine. */
uint32_t sim_member_of(void *arg, const struct gcoap_addr *addr);
void sim_address_of(void *arg, uint32_t member, uint8_t family, struct gcoap_addr *out);

/* profile.c: makes the resources; @args->profile is one of SIM_PROFILES. GCOAP_ENOMEM. */
#define SIM_PROFILES "lights sensors mixed chaos rd"
int sim_profile(struct sim *s);
const char *sim_name(uint32_t member, char buf[32]);

/* Handlers: one file a kind of resource. */
int sim_temp(const struct gcoap_call *c, struct gcoap_reply *r);
int sim_temp_mixed(const struct gcoap_call *c, struct gcoap_reply *r);
int sim_temp_chaos(const struct gcoap_call *c, struct gcoap_reply *r);
int sim_sensors(const struct gcoap_call *c, struct gcoap_reply *r);
int sim_time(const struct gcoap_call *c, struct gcoap_reply *r);
int sim_slow(const struct gcoap_call *c, struct gcoap_reply *r);
int sim_light(const struct gcoap_call *c, struct gcoap_reply *r);
int sim_scene(const struct gcoap_call *c, struct gcoap_reply *r);
int sim_named(const struct gcoap_call *c, struct gcoap_reply *r);
int sim_big(const struct gcoap_call *c, struct gcoap_reply *r);
int sim_hostile(const struct gcoap_call *c, struct gcoap_reply *r);
int sim_errors(const struct gcoap_call *c, struct gcoap_reply *r);
int sim_options(const struct gcoap_call *c, struct gcoap_reply *r);
int sim_forwarded(const struct gcoap_call *c, struct gcoap_reply *r);
int sim_blocks(const struct gcoap_call *c, struct gcoap_reply *r);
int sim_malformed(const struct gcoap_call *c, struct gcoap_reply *r);
/* Which of the faults of its kind a member of the chaos profile shows. */
uint32_t sim_variant(const struct gcoap_call *c);
int sim_core_chaos(const struct gcoap_call *c, struct gcoap_reply *r);
int sim_rd(const struct gcoap_call *c, struct gcoap_reply *r);
/* A text reply in the call's room. */
int sim_reply_text(const struct gcoap_call *c, struct gcoap_reply *r, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The format of the reply out of @formats; false: 4.06 is set. */
bool sim_accept(const struct gcoap_call *c, struct gcoap_reply *r, const uint16_t *formats,
		size_t n);

/* rd.c: the Resource Directory of the first member, which knows the others and two RD-Groups;
 * who listens to which group. GCOAP_ENOMEM. */
int sim_rd_start(struct sim *s);
bool sim_is_directory(void *arg, uint32_t member);
bool sim_is_server(void *arg, uint32_t member);
bool sim_joined(void *arg, uint32_t member, const struct gcoap_addr *group);

/* faults.c */
void sim_fate(void *arg, uint32_t member, struct gcoap_fate *out);

/* report.c */
void sim_report_ready(struct sim *s);
void sim_report_seen(void *arg, const struct gcoap_datagram *in, const struct gcoap_msg *msg,
		     enum gcoap_taken taken, const char *why);
void sim_report_summary(struct sim *s);

/* netns.c: a user and network namespace of our own with lo up, both families and the members'
 * ranges local. 0 or an exit status after saying why. */
int sim_netns_enter(const char *first_address);
/* command.c: run it beside the group; its end stops the loop. */
int sim_command_start(struct sim *s, char *const argv[]);

#endif
