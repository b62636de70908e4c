/* --pcap: all exchanges of a capture, or all datagrams. */
#include "capture.h"

static void say_malformed(const struct packet *p)
{
	char from[GCOAP_ADDR_TEXT];

	cli_warn("datagram %llu from %s: byte %zu, %s: %s", (unsigned long long)p->number,
		 gcoap_addr_format(&p->from, from), p->diag.at, p->diag.name, p->diag.what);
}

/* What the file holds beside and is not read. */
static void say_left(const struct capture *c)
{
	unsigned long long tcp = c->left.tcp, fragments = c->left.fragments, dtls = c->n_dtls;

	if (tcp)
		cli_note("%llu packet%s of TCP on CoAP's ports: CoAP over TCP is not read from "
			 "captures", tcp, tcp == 1 ? "" : "s");
	if (dtls)
		cli_note("%llu datagram%s on port %d: what DTLS protects is not read", dtls,
			 dtls == 1 ? "" : "s", GCOAP_PORT_SECURE);
	if (fragments)
		cli_note("%llu fragment%s of IP packets: they are not put together", fragments,
			 fragments == 1 ? "" : "s");
}

static int show_exchanges(struct capture *c)
{
	uint32_t id = 0;
	int r = capture_pair(c);

	if (r < 0) {
		cli_warn("%s", gcoap_strerror(r));
		return CLI_LOCAL;
	}
	for (size_t i = 0; i < c->n_exchanges && r >= 0; i++)
		if (!c->exchanges[i]->follow_up)
			r = capture_show(c, c->exchanges[i], ++id);
	for (size_t i = 0; i < c->n; i++)
		if (c->packets[i]->err)
			say_malformed(c->packets[i]);
	if (c->unmatched)
		cli_note("%u answer%s to requests that are not in the capture (--each shows them)",
			 c->unmatched, c->unmatched == 1 ? "" : "s");
	return r < 0 ? CLI_LOCAL : CLI_OK;
}

static void head_of(const struct capture *c, const struct packet *p)
{
	char from[GCOAP_ADDR_TEXT], to[GCOAP_ADDR_TEXT];

	if (c->args->output.json || strncmp(c->args->output.format, "json", 4) == 0)
		return;
	printf("%s#%llu  %.6f s  %s -> %s\n", p == c->packets[0] ? "" : "\n",
	       (unsigned long long)p->number, (double)(p->at - 1) / 1e9,
	       gcoap_addr_format(&p->from, from), gcoap_addr_format(&p->to, to));
}

static int show_each(struct capture *c)
{
	struct map m;

	for (size_t i = 0; i < c->n; i++) {
		const struct packet *p = c->packets[i];

		if (c->args->output.quiet < 2)
			head_of(c, p);
		map_init(&m, "message", (struct gcoap_bytes){ p->bytes, p->len }, c->registry,
			 c->args->what.group_port);
		m.packet = (struct map_packet){ p->number, c->start + p->at - 1, &p->from, &p->to };
		explain(&m);
		if (p->err)
			map_fail(&m, p->err, &p->diag, 0);
		show_map(&m, c->args);
		map_clear(&m);
	}
	return CLI_OK;
}

int decode_file(const struct decode_args *args, const struct gcoap_registry *registry)
{
	struct capture c;
	int status, shown = CLI_OK;

	capture_init(&c, args, registry);
	status = capture_read(&c, args->what.pcap);
	if (status == CLI_USAGE || (status != CLI_OK && !c.n)) {
		capture_clear(&c);
		return status;
	}
	if (!c.n) {
		static const char *const hints[] = {
			"CoAP is looked for on port 5683; --port N adds one", NULL
		};

		shown = cli_error(CLI_SILENCE, hints, "%s: no CoAP among %llu UDP datagram%s",
				  capture_name(args->what.pcap), (unsigned long long)c.n_udp,
				  c.n_udp == 1 ? "" : "s");
	} else {
		shown = args->what.each ? show_each(&c) : show_exchanges(&c);
	}
	say_left(&c);
	if (c.n_malformed)
		shown = cli_worse(shown, CLI_MALFORMED);
	capture_clear(&c);
	return cli_worse(status, shown);
}
