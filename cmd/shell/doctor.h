/* gcoap doctor: checks of this host, a verdict and a hint each. */
#ifndef DOCTOR_H
#define DOCTOR_H

#include <stdbool.h>
#include <gcoap/addr.h>
#include <gcoap/net.h>

enum doctor_verdict { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };

struct doctor {
	struct gcoap_addr groups[4];
	size_t n_groups;
	bool group_given;
	struct gcoap_iface ifaces[64];
	int n_ifaces;
	/* Where a finding goes; it lives during the call. */
	void (*say)(struct doctor *d, enum doctor_verdict verdict, const char *topic,
		    const char *hint, const char *what);
	unsigned counts[DOCTOR_FAIL + 1];
};

/* One finding; @hint may be NULL. */
void doctor_say(struct doctor *d, enum doctor_verdict verdict, const char *topic,
		const char *hint, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

void doctor_interfaces(struct doctor *d);
void doctor_routes(struct doctor *d);
void doctor_joined(struct doctor *d);
void doctor_firewall(struct doctor *d);
void doctor_rp_filter(struct doctor *d);
void doctor_buffer(struct doctor *d);
void doctor_port(struct doctor *d);
void doctor_loopback(struct doctor *d);
void doctor_versions(struct doctor *d);

#endif
