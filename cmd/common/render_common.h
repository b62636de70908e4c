/* What the renderers share: the user's wishes, decided once, and a checked way out. */
#ifndef RENDER_COMMON_H
#define RENDER_COMMON_H

#include "jsonw.h"
#include "payload.h"
#include "render.h"

/* A renderer that holds records holds so much and no more (floods). */
#define RENDER_ROWS_MAX 20000
#define RENDER_MALFORMED_MAX 1000
#define RENDER_BYTES_MAX (64u << 20)

enum render_time { TIME_ISO, TIME_UNIX, TIME_REL, TIME_NONE };

/* First member of every renderer. */
struct render_base {
	struct render render;
	struct render_env env;
	enum payload_as as;
	enum render_time time;
	bool colour;
	bool ascii;
	bool show_req, show_opts, show_payload;
	bool regular;	 /* output is a file: no need to flush early */
	gcoap_time wall; /* monotonic to 1970 */
	gcoap_time first; /* time of the first record: --time rel */
	gcoap_time flushed;
	int64_t second; /* whose text is in @iso */
	char iso[24];
	uint16_t group_port;
	bool group; /* some request went to a group */
	uint32_t requests;
	uint32_t links; /* records of links so far */
};

/* A zeroed renderer of @size bytes with its base filled; NULL after saying why. */
void *render_new(size_t size, const struct render_env *env);

/* Name from [names], or NULL. */
const char *render_name(const struct render_base *b, const struct gcoap_addr *addr);
/* The server as JSON and tables name it: "10.77.0.2:5683", another transport's URI, or a
 * host name. @cap >= 1400 holds any. */
size_t render_server(const struct gcoap_origin *server, char *buf, size_t cap);
/* Remember what later records need of the first request. */
void render_note_request(struct render_base *b, const struct gcoap_request_record *r);
/* "2026-07-01T12:00:00.000123Z", "1782907200.000123", "0.566371" by --time; "" for none.
 * Returns the length; 32 bytes are enough. */
size_t render_when(struct render_base *b, gcoap_time at, char buf[32]);
/* "566 ms", "1.86 s": three digits. */
char *render_duration(gcoap_time t, char buf[16]);
/* Write to the output; negative when it fails (cli_finish() says so). Flushes unless more is
 * likely to come at once. */
int render_write(struct render_base *b, const char *text, size_t len);
int render_flush(struct render *r);
/* Say that @n records were not kept; 0 when there were none, else GCOAP_ELIMIT. */
int render_dropped(uint32_t n);
/* --show req: "GET coap://224.0.1.187/temp from 10.77.0.1:40000 on eth0, token 63…". */
int render_request_line(struct render_base *b, const struct gcoap_request_record *r);
void render_free(struct render *r);

/* One record as a JSON object, without a line end (gcoap-json(5)). */
void record_request(struct render_base *b, struct jsonw *w, const struct gcoap_request_record *r);
void record_response(struct render_base *b, struct jsonw *w, const struct gcoap_response *r);
/* As above with another type, and without the closing brace: more members may follow. */
void record_answer(struct render_base *b, struct jsonw *w, const char *type,
		   const struct gcoap_response *r);
void record_notification(struct render_base *b, struct jsonw *w,
			 const struct gcoap_notification *n);
/* A server of an observation: @type "server", or "stale". */
void record_observed(struct render_base *b, struct jsonw *w, const char *type,
		     const struct gcoap_observed *o);
void record_missing(struct render_base *b, struct jsonw *w, const struct gcoap_missing *m);
void record_malformed(struct render_base *b, struct jsonw *w, const struct gcoap_malformed *m);
void record_link(struct render_base *b, struct jsonw *w, const struct link_record *l);
/* A Resource Directory's group. */
void record_group(struct render_base *b, struct jsonw *w, const struct link_server *s);
void record_change(struct jsonw *w, const struct link_change *c);
void record_validation(struct render_base *b, struct jsonw *w,
		       const struct validation_record *v);
void record_error(struct jsonw *w, int code, const char *what, const char *const *hints,
		  size_t n_hints);
void record_summary(struct render_base *b, struct jsonw *w, const struct gcoap_summary *s,
		    int status);
/* Members of several records: ,"id": … ,"ts": …; and values: an address, a server. */
void record_put_id(struct jsonw *w, uint32_t id);
void record_put_when(struct render_base *b, struct jsonw *w, gcoap_time at);
void record_put_addr(struct jsonw *w, const struct gcoap_addr *a);
void record_put_server(struct jsonw *w, const struct gcoap_origin *server);
/* The options of @m as a JSON list. */
void record_options(struct render_base *b, struct jsonw *w, const struct gcoap_msg *m);

/* The formats' open functions. */
int render_table_open(struct render **out, const struct render_env *env);
int render_jsonl_open(struct render **out, const struct render_env *env);
int render_json_open(struct render **out, const struct render_env *env);
int render_csv_open(struct render **out, const struct render_env *env);
int render_pairs_open(struct render **out, const struct render_env *env);
int render_raw_open(struct render **out, const struct render_env *env);
int render_short_open(struct render **out, const struct render_env *env);
int render_writeout_open(struct render **out, const struct render_env *env);
int render_none_open(struct render **out, const struct render_env *env);
/* The views of links, by env->view. */
int render_links_open(struct render **out, const struct render_env *env);
/* Is colour wanted, by --color and its like? */
bool render_colour(const struct render_env *env);
/* Columns of the screen; 0: no limit. */
size_t render_width(const struct render_base *b);
/* Stack --save DIR on @inner. */
int render_save_open(struct render **out, const struct render_env *env, struct render *inner);

#endif
