#include "live.h"

#include <errno.h>
#include <langinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common/cli.h"
#include "common/render_common.h"
#include "live_screen.h"

#define FRAME (200 * GCOAP_MS)

struct live {
	struct render_base base; /* first member */
	struct render *inner;
	struct run *run;
	struct live_model model, frozen; /* @frozen: the picture while paused */
	struct live_ui ui;
	gcoap_time frozen_at, swept; /* @swept: every row was updated */
	bool on, stopped;	     /* @stopped: the terminal is another's for now */
	bool keys;		     /* they are waited for */
	bool news;		     /* since the last drawing */
	char title[256];
};

/* For rows that are new: looking it up takes a while. */
static const char *name_of(struct live *l, const struct gcoap_observed *o)
{
	if (o->index < l->model.n && l->model.rows[o->index].label[0] != '\0')
		return NULL;
	return render_name(&l->base, o->origin != NULL ? &o->origin->addr : &o->server);
}

/* What changes without a notification: silence, states, rates. */
static void sweep(struct live *l, gcoap_time now)
{
	struct gcoap_observed o;

	if (now - l->swept < GCOAP_SECOND)
		return;
	l->swept = now;
	l->news = true;
	for (uint32_t i = 0; gcoap_client_observed(l->run->client, i, now, &o) >= 0; i++)
		live_model_update(&l->model, &o, name_of(l, &o));
	live_model_sort(&l->model);
}

static void on_keys(void *arg, int fd);

static void watch_keys(struct live *l, bool on)
{
	int fd = live_screen_fd();

	if (fd < 0 || on == l->keys)
		return;
	if (on && gcoap_loop_add_fd(l->run->loop, fd, on_keys, l) < 0)
		return;
	if (!on && l->run->loop != NULL)
		gcoap_loop_remove_fd(l->run->loop, fd);
	l->keys = on;
}

static void draw(struct live *l, gcoap_time now)
{
	const struct live_model *m = l->ui.paused ? &l->frozen : &l->model;
	struct live_paint paint = live_screen_begin();

	l->news = false;
	if (l->model.unsorted)
		live_model_sort(&l->model);
	live_draw(&l->ui, m, l->ui.paused ? l->frozen_at : now,
		  l->model.notifications - m->notifications, &paint);
	live_screen_end();
}

static void on_frame(void *arg, gcoap_time now)
{
	struct live *l = arg;

	if (!l->on)
		return;
	if (l->stopped) {
		l->stopped = !live_screen_enter();
		watch_keys(l, !l->stopped);
		l->news = true;
	}
	sweep(l, now);
	if (l->news && !l->stopped)
		draw(l, now);
}

static void freeze(struct live *l, gcoap_time now)
{
	live_model_clear(&l->frozen);
	if (!l->ui.paused)
		return;
	l->frozen_at = now;
	l->ui.paused = live_model_copy(&l->frozen, &l->model) == 0;
}

static void act(struct live *l, enum live_key key, gcoap_time now)
{
	struct live_model *m = l->ui.paused ? &l->frozen : &l->model;
	bool paused = l->ui.paused;

	live_ui_key(&l->ui, m, key);
	l->model.sort = m->sort;
	if (l->ui.paused != paused)
		freeze(l, now);
	if (key == LIVE_KEY_REDRAW)
		live_screen_redraw();
	if (key == LIVE_KEY_QUIT)
		raise(SIGINT); /* the run's end is one and the same for both */
}

static void on_keys(void *arg, int fd)
{
	struct live *l = arg;
	gcoap_time now = gcoap_now();
	enum live_key key;
	bool any = false;

	if (l->stopped) { /* typed for others */
		watch_keys(l, false);
		return;
	}
	while (l->on && (key = live_screen_key()) != LIVE_KEY_NONE) {
		act(l, key, now);
		any = true;
	}
	if (!any) /* readable and nothing there: the terminal is gone */
		watch_keys(l, false);
	else if (l->on)
		draw(l, now);
}

static void on_resize(void *arg, int signo)
{
	struct live *l = arg;

	if (!l->on || l->stopped)
		return;
	live_screen_resize();
	l->ui.value_columns = 0;
	draw(l, gcoap_now());
}

/* Ctrl-Z: stop as everybody does, with the terminal as it was. */
static void on_stop(void *arg, int signo)
{
	struct live *l = arg;
	struct sigaction before, plain = { .sa_handler = SIG_DFL };
	sigset_t stop, mask;

	live_screen_leave();
	l->stopped = true;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigaction(SIGTSTP, &plain, &before);
	raise(SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, &mask); /* stops here */
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGTSTP, &before, NULL);
	on_frame(l, gcoap_now());
}

/* After any stop, also one that could not be caught, others have set the terminal. */
static void on_continue(void *arg, int signo)
{
	struct live *l = arg;

	if (!l->on)
		return;
	live_screen_leave();
	l->stopped = true;
	on_frame(l, gcoap_now());
}

static int on_request(struct gcoap_sink *to, const struct gcoap_request_record *r)
{
	struct live *l = (struct live *)to;
	struct gcoap_sink *inner = &l->inner->sink;
	int e = live_model_request(&l->model, r->id, r->uri);

	render_note_request(&l->base, r);
	return e == 0 && inner->request != NULL ? inner->request(inner, r) : e;
}

static int on_notification(struct gcoap_sink *to, const struct gcoap_notification *n)
{
	struct live *l = (struct live *)to;

	live_model_notify(&l->model, n->server, name_of(l, n->server), n->response->body,
			  n->changed);
	l->news = true;
	return 0;
}

void live_leave(struct render *r)
{
	struct live *l = (struct live *)r;

	if (!l->on)
		return;
	l->on = false;
	watch_keys(l, false);
	live_screen_close();
	cli_release();
}

static int on_observed(struct render *r, const struct gcoap_observed *o)
{
	struct live *l = (struct live *)r;

	live_leave(r);
	return l->inner->observed != NULL ? l->inner->observed(l->inner, o) : 0;
}

static int on_error(struct render *r, int code, const char *what, const char *const *hints,
		    size_t n_hints)
{
	struct live *l = (struct live *)r;

	return l->inner->error != NULL ? l->inner->error(l->inner, code, what, hints, n_hints) : 0;
}

static int on_finish(struct render *r, const struct gcoap_summary *s, int status)
{
	struct live *l = (struct live *)r;

	live_leave(r);
	return l->inner->finish(l->inner, s, status);
}

static void on_close(struct render *r)
{
	struct live *l = (struct live *)r;

	live_leave(r);
	l->inner->close(l->inner);
	live_model_clear(&l->model);
	live_model_clear(&l->frozen);
	render_free(r);
}

int live_open(struct render **out, const struct render_env *env, struct render *inner)
{
	const char *const hints[] = { "its messages could go to a file: 2>FILE", NULL };
	int status = live_screen_check(fileno(env->out));
	struct live *l;

	if (status == CLI_OK && env->args->verbose > 0 && isatty(fileno(env->err)))
		status = cli_error(CLI_USAGE, hints, "--live and -v exclude each other on one "
				   "terminal");
	if (status != CLI_OK)
		return status;
	l = render_new(sizeof(*l), env);
	if (l == NULL)
		return CLI_LOCAL;
	l->inner = inner;
	l->base.render.sink.request = on_request;
	l->base.render.sink.notification = on_notification;
	l->base.render.observed = on_observed;
	l->base.render.error = on_error;
	l->base.render.flush = NULL;
	l->base.render.finish = on_finish;
	l->base.render.close = on_close;
	live_model_init(&l->model, gcoap_now());
	l->model.as = l->base.as;
	l->model.ascii = l->base.ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	*out = &l->base.render;
	return CLI_OK;
}

/* "gcoap-observe @lab/temp": what was asked for, each operand once. */
static void set_title(struct live *l, const struct run *run)
{
	size_t n = (size_t)snprintf(l->title, sizeof(l->title), "%s", cli_tool());

	for (size_t i = 0; i < run->n_targets && n < sizeof(l->title); i++)
		if (i == 0 || run->targets[i].text != run->targets[i - 1].text)
			n += (size_t)snprintf(l->title + n, sizeof(l->title) - n, " %s",
					      run->targets[i].text);
	l->ui.title = l->title;
}

static int watch(struct live *l, struct gcoap_loop *loop)
{
	struct sigaction stop;
	int r = gcoap_loop_add_timer(loop, FRAME, FRAME, on_frame, l);

	watch_keys(l, true);
	if (r >= 0)
		r = gcoap_loop_add_signal(loop, SIGWINCH, on_resize, l);
	if (r >= 0)
		r = gcoap_loop_add_signal(loop, SIGCONT, on_continue, l);
	if (r >= 0 && sigaction(SIGTSTP, NULL, &stop) == 0 && stop.sa_handler != SIG_IGN)
		r = gcoap_loop_add_signal(loop, SIGTSTP, on_stop, l);
	return r;
}

int live_start(struct render *r, struct run *run)
{
	struct live *l = (struct live *)r;
	int e;

	l->run = run;
	set_title(l, run);
	if (!live_screen_open(l->base.colour))
		return GCOAP_ESYSTEM;
	cli_hold();
	l->on = true;
	l->swept = gcoap_now();
	e = watch(l, run->loop);
	if (e >= 0)
		draw(l, l->swept);
	return e;
}
