/*
 * Keys and certificates of DTLS and TLS, from files that nobody else can read. No secret is ever
 * taken from the command line or the environment, or shown.
 *
 * --psk-file: a key a line, "IDENTITY:HEX" or "IDENTITY:\"TEXT\"", of 1 to 64 bytes, for an
 * identity of at most 128; lines that begin with # are remarks. A client uses the first.
 *
 * --credentials: [psk] with identity and key (as above); [certificate] with cert, key and ca
 * (files in PEM; relative ones start at this file) and any-name = yes|no.
 */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include <gcoap/stream.h>
#include "opt.h"

#define CREDENTIALS_SIZE_MAX 65536
#define CREDENTIALS_IDENTITY_MAX 128
#define CREDENTIALS_KEY_MAX 64

struct credentials_args {
	const char *psk_file, *file;
};
extern const struct opt credentials_opts[];

struct credentials {
	struct gcoap_credentials all; /* borrows from the rest */
	struct credentials_psk {
		char identity[CREDENTIALS_IDENTITY_MAX + 1];
		uint8_t key[CREDENTIALS_KEY_MAX];
		size_t key_len;
	} *keys;
	size_t n_keys;
	struct gcoap_psk *psk;
	char *cert_file, *key_file, *ca_file;
};

/* Read what the options name. CLI_OK, also when they name nothing; CLI_SECURITY for a file that
 * others could read, that cannot be read or that makes no sense, after saying why. credentials_clear() is due in either case. With a secret in it the process leaves no core
 * and cannot be traced. */
int credentials_load(struct credentials *out, const struct credentials_args *args);
/* The secrets are wiped. */
void credentials_clear(struct credentials *c);
/* Is there anything with which a server could be one over DTLS or TLS? */
bool credentials_serve(const struct credentials *c);

/* credentials_file.c: the whole of a private file, as a text of *@len bytes with a NUL behind,
 * for credentials_release(). CLI_OK or CLI_SECURITY after saying why. */
int credentials_read(const char *path, const char *named_by, char **out, size_t *len);
void credentials_release(char *text, size_t len);
/* As above, for a file that others read: only whose it is and who sees it. */
int credentials_check(const char *path, const char *named_by);

#endif
