/*
 * What gcoap-observe --live knows: a row per server and its history of a minute. No terminal
 * and no clock.
 */
#ifndef LIVE_MODEL_H
#define LIVE_MODEL_H

#include <gcoap/observe.h>
#include "common/payload.h"

#define LIVE_SECONDS 60	    /* of history */
#define LIVE_ROWS_MAX 20000 /* more servers are only counted */
#define LIVE_LABEL 96
#define LIVE_VALUE 400
#define LIVE_PATH 64

enum live_sort {
	LIVE_BY_SERVER, LIVE_BY_VALUE, LIVE_BY_AGE, LIVE_BY_RATE, LIVE_BY_GAPS, LIVE_SORTS
};
/* "server" ... "gaps": also the column's name. */
const char *live_sort_name(enum live_sort s);

/* The last notification of one second. */
struct live_slot {
	uint32_t second; /* of the model, 1 and up; 0: never used */
	float number;
	bool numeric, changed;
};

struct live_row {
	struct gcoap_observed is; /* its origin and body are not kept */
	char label[LIVE_LABEL];	  /* name or address; escaped */
	char value[LIVE_VALUE];	  /* one line; escaped */
	bool named;
	bool numeric; /* @number was read from the value */
	double number;
	struct live_slot slots[LIVE_SECONDS];
};

struct live_request {
	char uri[2 * LIVE_LABEL];
	char path[LIVE_PATH];
};

struct live_model {
	struct live_row *rows;	/* by the index of gcoap_observed */
	uint32_t *order;	/* rows as they are shown */
	uint32_t n, cap, more;	/* @more: not shown, beyond LIVE_ROWS_MAX */
	struct live_request *requests; /* by id - 1 */
	uint32_t n_requests;
	gcoap_time started;
	uint64_t notifications; /* that were shown here */
	enum live_sort sort;
	bool unsorted; /* there are new rows */
	size_t label_columns; /* of the widest label */
	enum payload_as as;
	bool ascii;
};

void live_model_init(struct live_model *m, gcoap_time now);
void live_model_clear(struct live_model *m);
/* A picture of @from that later notifications do not change. GCOAP_ENOMEM. */
int live_model_copy(struct live_model *to, const struct live_model *from);

/* The request with this id; @uri came from the user. GCOAP_ENOMEM. */
int live_model_request(struct live_model *m, uint32_t id, const char *uri);
/* Row of @o, with a label from @name (may be NULL) when it is new; its numbers become @o's.
 * NULL: not shown (more than LIVE_ROWS_MAX, or out of memory). */
struct live_row *live_model_update(struct live_model *m, const struct gcoap_observed *o,
				   const char *name);
/* A notification of @o with this @body, all of it. */
void live_model_notify(struct live_model *m, const struct gcoap_observed *o, const char *name,
		       struct gcoap_bytes body, bool changed);

/* Put the rows in order: after new ones came, and when values have changed. */
void live_model_sort(struct live_model *m);

gcoap_time live_row_age(const struct live_row *r, gcoap_time now);
/* Notifies, but the last one is older than its Max-Age. */
bool live_row_stale(const struct live_row *r, gcoap_time now);
uint32_t live_second(const struct live_model *m, gcoap_time t);

/* One line for @body and, when it is a number (and unit), the number: true. */
bool live_value(struct gcoap_bytes body, int32_t content_format, enum payload_as as, bool ascii,
		char *out, size_t cap, double *number);

/*
 * The last minute in at most @width columns, a whole number of seconds each, the newest at the
 * right: numbers between their own minimum and maximum, else marks where something came.
 * Returns how many columns it took; @blank is how many at the right have nothing.
 */
unsigned live_spark(const struct live_row *r, uint32_t second, unsigned width, bool ascii,
		    char *out, size_t cap, unsigned *blank);
/* The least and the greatest number of the minute; false: there is none. */
bool live_spark_range(const struct live_row *r, uint32_t second, double *min, double *max);

#endif
