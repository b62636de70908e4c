/* The profiles: which resources a member has. */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GET GCOAP_METHOD(GCOAP_GET)
#define PUT GCOAP_METHOD(GCOAP_PUT)
#define POST GCOAP_METHOD(GCOAP_POST)
#define DELETE GCOAP_METHOD(GCOAP_DELETE)
#define FETCH GCOAP_METHOD(GCOAP_FETCH)

#define EVERY 1 /* stands for --every */

#define TEMP(where, as)                                                                    \
	{ .path = (where), .methods = GET, .observable = true, .handle = (as),             \
	  .period = EVERY,                                                                 \
	  .attrs = "rt=\"temperature\";if=\"core.s\";ct=\"110 112 0\";obs;"                \
		   "title=\"Temperature\"" }
#define NAME                                                                               \
	{ .path = "/name", .methods = GET, .handle = sim_named,                            \
	  .attrs = "rt=\"name\";if=\"core.rp\";ct=0" }
#define BIG { .path = "/big", .methods = GET, .handle = sim_big, .attrs = "" }
#define SCENE                                                                              \
	{ .path = "/scene", .methods = GET | PUT | DELETE, .observable = true,             \
	  .handle = sim_scene, .attrs = "rt=\"scene\";if=\"core.p\";obs" }
#define LIGHT(where)                                                                       \
	{ .path = (where), .methods = GET | PUT | POST, .observable = true,                \
	  .handle = sim_light,                                                             \
	  .attrs = "rt=\"light\";if=\"core.a\";ct=\"0 110\";obs;title=\"Lamp\"" }
/* Only a link: the application group that this server belongs to. */
#define APPLICATION_GROUP(type) { .path = "/gp/gp1", .attrs = "rt=\"" type "\"" }
#define TIME                                                                               \
	{ .path = "/time", .methods = GET, .observable = true, .handle = sim_time,         \
	  .period = GCOAP_SECOND,                                                          \
	  .attrs = "rt=\"ticks\";if=\"clock\";ct=0;obs;title=\"Internal Clock\"" }
#define SENSORS                                                                            \
	{ .path = "/sensors", .methods = GET | FETCH, .observable = true,                  \
	  .handle = sim_sensors, .period = EVERY,                                          \
	  .attrs = "rt=\"sensors\";if=\"core.ll\";ct=110;obs" }
#define SLOW { .path = "/slow", .methods = GET, .handle = sim_slow, .attrs = "rt=\"slow\";ct=0" }
#define RD(where, how, links) { .path = (where), .methods = (how), .handle = sim_rd,          \
	  .present = sim_is_directory, .attrs = (links) }
#define BAD(where, as) { .path = (where), .methods = GET, .handle = (as), .attrs = "rt=\"bad\"" }

static const struct gcoap_resource lights[] = {
	LIGHT("/light"), LIGHT("/gp/gp1/light"), APPLICATION_GROUP("g.light"), SCENE,
	TEMP("/temp", sim_temp), NAME, BIG, { 0 },
};
static const struct gcoap_resource sensors[] = {
	TEMP("/temp", sim_temp), TEMP("/gp/gp1/temperature", sim_temp),
	APPLICATION_GROUP("g.temp"), SENSORS, TIME, SCENE, SLOW, NAME, BIG, { 0 },
};
static const struct gcoap_resource mixed[] = {
	TEMP("/temp", sim_temp_mixed), LIGHT("/light"), SENSORS, TIME, SCENE, SLOW, NAME, BIG,
	{ 0 },
};
static const struct gcoap_resource chaos[] = {
	TEMP("/temp", sim_temp_chaos), BAD("/hostile", sim_hostile), BAD("/errors", sim_errors),
	BAD("/options", sim_options), BAD("/forwarded", sim_forwarded),
	BAD("/blocks", sim_blocks), BAD("/malformed", sim_malformed), LIGHT("/light"), SENSORS,
	TIME, SCENE, SLOW, NAME, BIG,
	{ .path = "/.well-known/core", .methods = GET, .handle = sim_core_chaos }, { 0 },
};
static const struct gcoap_resource rd[] = {
	RD(GCOAP_RD_PATH, POST, "rt=core.rd;ct=40"),
	RD(GCOAP_RD_PATH_ENDPOINTS, GET, "rt=\"core.rd-lookup-ep\";ct=40"),
	RD(GCOAP_RD_PATH_RESOURCES, GET, "rt=\"core.rd-lookup-res\";ct=40"),
	{ .path = GCOAP_RD_PATH, .below = true, .methods = POST | DELETE, .handle = sim_rd,
	  .present = sim_is_directory },
	LIGHT("/light"), LIGHT("/gp/gp1/light"), APPLICATION_GROUP("g.light"),
	TEMP("/temp", sim_temp), TEMP("/gp/gp1/temperature", sim_temp), SENSORS, SCENE, NAME,
	BIG, { 0 },
};

#define ALL_CLASSES (GCOAP_CLASS_2 | GCOAP_CLASS_4 | GCOAP_CLASS_5)

static const struct {
	const char *name;
	const struct gcoap_resource *resources;
	uint8_t sends; /* classes that a group hears */
} profiles[] = {
	{ "lights", lights, GCOAP_CLASS_2 },
	{ "sensors", sensors, GCOAP_CLASS_2 },
	{ "mixed", mixed, ALL_CLASSES },
	{ "chaos", chaos, ALL_CLASSES },
	{ "rd", rd, GCOAP_CLASS_2 },
};

/* A copy of a profile's row with what the arguments change. */
static void add(struct sim *s, const struct gcoap_resource *r, uint8_t sends)
{
	struct gcoap_resource *to = &s->resources[s->n_resources++];

	*to = *r;
	to->group = r->methods && r->handle != sim_slow && r->handle != sim_rd;
	to->no_response = true;
	to->group_sends = s->args->error > 0 ? ALL_CLASSES : sends;
	if (s->directory && !to->present)
		to->present = sim_is_server;
	if (r->period == EVERY)
		to->period = s->args->every;
	if (r->handle == sim_big)
		to->attrs = s->big_attrs;
}

/* --links: resources in great number. */
static void add_links(struct sim *s, uint8_t sends)
{
	static const char *const attrs[] = {
		"rt=\"extra\";if=\"core.rp\";ct=0",
		"rt=\"extra odd\";ct=0;title=\"One, two; three\"",
		"rt=\"extra\";if=\"core.rp\";ct=\"0\";sz=16",
		"ct=0;x-extra",
	};

	for (uint32_t i = 0; i < s->args->links; i++) {
		struct gcoap_resource r = { .path = s->link_paths[i], .methods = GET,
					    .handle = sim_named, .attrs = attrs[i % 4] };

		snprintf(s->link_paths[i], sizeof(*s->link_paths), "/extra/%u", i + 1);
		add(s, &r, sends);
	}
}

int sim_profile(struct sim *s)
{
	const struct sim_args *a = s->args;
	size_t i = 0, n = 0;

	while (strcmp(profiles[i].name, a->profile) != 0)
		i++;
	while (profiles[i].resources[n].path)
		n++;
	s->resources = calloc(n + a->links, sizeof(*s->resources));
	s->link_paths = calloc(a->links + 1, sizeof(*s->link_paths));
	if (!s->resources || !s->link_paths)
		return GCOAP_ENOMEM;
	s->chaos = profiles[i].resources == chaos;
	s->directory = profiles[i].resources == rd;
	snprintf(s->big_attrs, sizeof(s->big_attrs), "rt=\"block\";ct=0;sz=%zu", (size_t)a->big);
	for (const struct gcoap_resource *r = profiles[i].resources; r->path; r++)
		add(s, r, profiles[i].sends);
	add_links(s, profiles[i].sends);
	return s->directory ? sim_rd_start(s) : 0;
}
