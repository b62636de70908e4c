/* What /proc tells: joined groups, the users of port 5683, reverse path filters. */
#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "doctor.h"

/* /proc/net/igmp: "2\teth0 : ..." lines, then "\t\t\t\tBB0100E0 ..." (host order) below. */
static void joined_v4(const struct gcoap_addr *group, char *out, size_t cap)
{
	FILE *f = fopen("/proc/net/igmp", "re");
	char line[256], name[32] = "", hex[16];
	uint32_t raw;

	if (f == NULL)
		return;
	memcpy(&raw, group->bytes, 4);
	snprintf(hex, sizeof(hex), "%08" PRIX32, raw);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (isdigit((unsigned char)line[0]))
			sscanf(line, "%*d %31[^ :\t]", name);
		else if (strncmp(line + strspn(line, "\t "), hex, 8) == 0 &&
			 strlen(out) + strlen(name) + 3 < cap)
			snprintf(out + strlen(out), cap - strlen(out), "%s%s",
				 out[0] != '\0' ? ", " : "", name);
	}
	fclose(f);
}

/* /proc/net/igmp6: "2  eth0  ff0200000000000000000000000000fd  1 00000004 0". */
static void joined_v6(const struct gcoap_addr *group, char *out, size_t cap)
{
	FILE *f = fopen("/proc/net/igmp6", "re");
	char line[256], name[32], have[40], want[40];

	if (f == NULL)
		return;
	gcoap_hex_encode((struct gcoap_bytes){ group->bytes, 16 }, want, sizeof(want));
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%*d %31s %39s", name, have) == 2 && strcmp(have, want) == 0 &&
		    strlen(out) + strlen(name) + 3 < cap)
			snprintf(out + strlen(out), cap - strlen(out), "%s%s",
				 out[0] != '\0' ? ", " : "", name);
	}
	fclose(f);
}

void doctor_joined(struct doctor *d)
{
	for (size_t i = 0; i < d->n_groups; i++) {
		const struct gcoap_addr *group = &d->groups[i];
		char topic[96], host[GCOAP_ADDR_TEXT], names[256] = "";

		if (group->family == 4)
			joined_v4(group, names, sizeof(names));
		else
			joined_v6(group, names, sizeof(names));
		snprintf(topic, sizeof(topic), "group %s", gcoap_addr_format_host(group, host));
		if (names[0] != '\0')
			doctor_say(d, DOCTOR_OK, topic, NULL, "joined on this host: %s", names);
		else
			doctor_say(d, DOCTOR_OK, topic, NULL, "no server of this host joined it "
				   "(servers elsewhere do not show here)");
	}
}

/* Inodes of the UDP sockets bound to port 5683; returns how many there are. */
static size_t port_inodes(const char *path, unsigned long *inodes, size_t cap)
{
	FILE *f = fopen(path, "re");
	char line[512];
	unsigned port;
	unsigned long inode;
	size_t n = 0;

	if (f == NULL)
		return 0;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%*d: %*[0-9A-Fa-f]:%x %*s %*s %*s %*s %*s %*s %*s %lu", &port,
			   &inode) == 2 && port == GCOAP_PORT && n < cap)
			inodes[n++] = inode;
	}
	fclose(f);
	return n;
}

static bool holds(const char *fd_dir, const unsigned long *inodes, size_t n)
{
	DIR *dir = opendir(fd_dir);
	struct dirent *e;
	bool found = false;

	while (dir != NULL && !found && (e = readdir(dir)) != NULL) {
		char link[64];
		ssize_t len = readlinkat(dirfd(dir), e->d_name, link, sizeof(link) - 1);
		unsigned long inode;

		link[len > 0 ? len : 0] = '\0';
		if (sscanf(link, "socket:[%lu]", &inode) != 1)
			continue;
		for (size_t i = 0; i < n && !found; i++)
			found = inodes[i] == inode;
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

/* "gcoap-sim (4711)" of each process that we may look into. */
static void port_users(const unsigned long *inodes, size_t n, char *out, size_t cap)
{
	DIR *proc = opendir("/proc");
	struct dirent *e;

	while (proc != NULL && (e = readdir(proc)) != NULL) {
		char path[300], name[32] = "?";
		size_t used = strlen(out);
		FILE *f;

		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/fd", e->d_name);
		if (!holds(path, inodes, n))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/comm", e->d_name);
		f = fopen(path, "re");
		if (f != NULL && fgets(name, sizeof(name), f) != NULL)
			name[strcspn(name, "\n")] = '\0';
		if (f != NULL)
			fclose(f);
		if (used + 64 < cap)
			snprintf(out + used, cap - used, "%s%s (%.10s)", used > 0 ? ", " : "",
				 name, e->d_name);
	}
	if (proc != NULL)
		closedir(proc);
}

void doctor_port(struct doctor *d)
{
	unsigned long inodes[64];
	char users[256] = "";
	size_t n = port_inodes("/proc/net/udp", inodes, 64);

	n += port_inodes("/proc/net/udp6", inodes + n, 64 - n);
	if (n == 0) {
		doctor_say(d, DOCTOR_OK, "port 5683", NULL, "free: no CoAP server on this host");
		return;
	}
	port_users(inodes, n, users, sizeof(users));
	doctor_say(d, DOCTOR_OK, "port 5683", NULL, "%zu socket%s: %s", n, n > 1 ? "s" : "",
		   users[0] != '\0' ? users : "of processes that we may not look into");
}

static int read_number(const char *path)
{
	FILE *f = fopen(path, "re");
	int v = -1;

	if (f == NULL)
		return -1;
	if (fscanf(f, "%d", &v) != 1)
		v = -1;
	fclose(f);
	return v;
}

/* Strict filters drop answers that come in by another interface than the route back. */
void doctor_rp_filter(struct doctor *d)
{
	char path[128], strict[256] = "";
	int all = read_number("/proc/sys/net/ipv4/conf/all/rp_filter");
	int outer = 0;

	for (int i = 0; i < d->n_ifaces; i++) {
		const struct gcoap_iface *iface = &d->ifaces[i];
		int own;

		if (!iface->up || iface->loopback)
			continue;
		outer++;
		snprintf(path, sizeof(path), "/proc/sys/net/ipv4/conf/%s/rp_filter", iface->name);
		own = read_number(path);
		if ((own > all ? own : all) == 1 && strlen(strict) + 20 < sizeof(strict))
			snprintf(strict + strlen(strict), sizeof(strict) - strlen(strict), "%s%s",
				 strict[0] != '\0' ? ", " : "", iface->name);
	}
	if (strict[0] == '\0')
		doctor_say(d, DOCTOR_OK, "rp_filter", NULL, "no strict reverse path filter");
	else if (outer < 2)
		doctor_say(d, DOCTOR_OK, "rp_filter", NULL, "strict on %s, harmless with one "
			   "interface", strict);
	else
		doctor_say(d, DOCTOR_WARN, "rp_filter",
			   "sudo sysctl -w net.ipv4.conf.all.rp_filter=2",
			   "strict on %s: answers by another way in are dropped", strict);
}
