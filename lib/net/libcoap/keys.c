/* Keys, certificates and identities. */
#include "hub.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* Every key is looked at, and each for as long: the time tells nothing about the others. */
static const struct gcoap_psk *find_psk(const struct gcoap_credentials *c, coap_bin_const_t id)
{
	uint8_t wanted[IDENTITY_MAX + 1] = { 0 }, here[IDENTITY_MAX + 1];
	const struct gcoap_psk *found = NULL;

	if (!c || !id.length || id.length > IDENTITY_MAX)
		return NULL;
	memcpy(wanted, id.s, id.length);
	for (size_t i = 0; i < c->n_psk; i++) {
		memset(here, 0, sizeof(here));
		memcpy(here, c->psk[i].identity, strnlen(c->psk[i].identity, IDENTITY_MAX));
		if (CRYPTO_memcmp(wanted, here, sizeof(here)) == 0)
			found = &c->psk[i];
	}
	return found;
}

static const coap_bin_const_t *on_identity(coap_bin_const_t *identity, coap_session_t *session,
					   void *arg)
{
	struct hub *h = arg;
	const struct gcoap_psk *psk = find_psk(h->config.credentials, *identity);

	if (!psk)
		return NULL;
	h->key = (coap_bin_const_t){ psk->key.len, psk->key.ptr };
	return &h->key;
}

/* With this callback libcoap's client stays below TLS 1.3, where a server that does not know the
 * key could show a certificate instead, which nobody would look at. */
static const coap_dtls_cpsk_info_t *on_hint(coap_str_const_t *hint, coap_session_t *session,
					    void *arg)
{
	struct hub *h = arg;

	h->answered = true;
	return &h->identity;
}

static bool name_matches(X509 *cert, const char *name)
{
	struct gcoap_addr literal;

	if (gcoap_addr_parse(&literal, name, 0) == 0)
		return X509_check_ip_asc(cert, name, 0) == 1;
	return X509_check_host(cert, name, 0, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS, NULL) == 1;
}

/* Called for each certificate of the chain that is fine so far. */
static int on_certificate(const char *cn, const uint8_t *der, size_t len, coap_session_t *session,
			  unsigned depth, int validated, void *arg)
{
	struct hub *h = arg;
	X509 *cert;
	bool ok;

	h->answered = true;
	if (h->config.server || h->config.credentials->any_name || depth > 0)
		return 1;
	cert = d2i_X509(NULL, &der, (long)len);
	ok = cert && name_matches(cert, h->host);
	X509_free(cert);
	if (!ok)
		snprintf(h->why, sizeof(h->why), "its certificate is not for %.100s",
			 h->host);
	return ok;
}

/* Sessions are not resumed: who resumes would have no identity. */
static int on_setup(void *tls, coap_dtls_pki_t *setup)
{
	SSL_set_options(tls, SSL_OP_NO_TICKET);
	(void)SSL_set_num_tickets(tls, 0);
	return 1;
}

static coap_dtls_pki_t pki(struct hub *h)
{
	const struct gcoap_credentials *c = h->config.credentials;
	coap_dtls_pki_t setup = {
		.version = COAP_DTLS_PKI_SETUP_VERSION,
		.verify_peer_cert = !h->config.server || c->ca_file,
		.check_common_ca = c->ca_file != NULL,
		.cert_chain_validation = 1,
		.cert_chain_verify_depth = 5,
		.validate_cn_call_back = on_certificate,
		.cn_call_back_arg = h,
		.additional_tls_setup_call_back = on_setup,
		.pki_key = { .key_type = COAP_PKI_KEY_PEM },
	};

	setup.pki_key.key.pem = (coap_pki_key_pem_t){ c->ca_file, c->cert_file, c->key_file };
	return setup;
}

int keys_server(struct hub *h, struct gcoap_diag *diag)
{
	static const uint8_t unused[16] = "never a key";
	const struct gcoap_credentials *c = h->config.credentials;
	coap_dtls_spsk_t psk = {
		.version = COAP_DTLS_SPSK_SETUP_VERSION,
		.validate_id_call_back = on_identity,
		.id_call_back_arg = h,
		.psk_info = { { 0, NULL }, { sizeof(unused), unused } }, /* or PSK is not offered */
	};
	coap_dtls_pki_t setup;

	if (!c)
		return 0;
	if (c->cert_file) {
		setup = pki(h);
		if (!coap_context_set_pki(h->coap, &setup))
			return gcoap_fail(diag, GCOAP_ESECURITY, 0, "bad-certificate",
					  "the certificate or its key cannot be used");
	}
	if (c->n_psk && !coap_context_set_psk2(h->coap, &psk))
		return gcoap_fail(diag, GCOAP_ESECURITY, 0, "bad-psk", "the keys cannot be used");
	return 0;
}

coap_session_t *keys_connect(struct hub *h, const coap_address_t *to, coap_proto_t proto)
{
	const struct gcoap_credentials *c = h->config.credentials;
	coap_dtls_cpsk_t psk = { .version = COAP_DTLS_CPSK_SETUP_VERSION,
				 .validate_ih_call_back = on_hint, .ih_call_back_arg = h };
	coap_dtls_pki_t setup;
	struct gcoap_addr literal;

	if (proto == COAP_PROTO_TCP)
		return coap_new_client_session(h->coap, NULL, to, proto);
	if (c->n_psk) {
		h->identity.identity = (coap_bin_const_t){
			strlen(c->psk[0].identity), (const uint8_t *)c->psk[0].identity };
		h->identity.key = (coap_bin_const_t){ c->psk[0].key.len, c->psk[0].key.ptr };
		psk.psk_info = h->identity;
		return coap_new_client_session_psk2(h->coap, NULL, to, proto, &psk);
	}
	setup = pki(h);
	if (!c->ca_file &&
	    !coap_context_set_pki_root_cas(h->coap, NULL, X509_get_default_cert_dir()))
		return NULL;
	if (gcoap_addr_parse(&literal, h->host, 0) < 0)
		setup.client_sni = h->host; /* libcoap looks at it again, after TCP's connect */
	return coap_new_client_session_pki(h->coap, NULL, to, proto, &setup);
}

/* Never ask for a passphrase on the terminal. */
static int no_passphrase(char *buf, int size, int writing, void *arg)
{
	return -1;
}

static X509 *read_certificate(const char *path)
{
	FILE *f = fopen(path, "re");
	X509 *cert = f ? PEM_read_X509(f, NULL, no_passphrase, NULL) : NULL;

	if (f)
		fclose(f);
	return cert;
}

static EVP_PKEY *read_key(const char *path)
{
	FILE *f = fopen(path, "re");
	EVP_PKEY *key = f ? PEM_read_PrivateKey(f, NULL, no_passphrase, NULL) : NULL;

	if (f)
		fclose(f);
	return key;
}

static const char *own_fault(const struct gcoap_credentials *c)
{
	X509 *cert = read_certificate(c->cert_file);
	EVP_PKEY *key = c->key_file ? read_key(c->key_file) : NULL;
	const char *what = NULL;

	if (!cert)
		what = "the certificate file holds no certificate in PEM";
	else if (!key)
		what = "the key file holds no private key in PEM without a passphrase";
	else if (X509_check_private_key(cert, key) != 1)
		what = "certificate and key do not belong together";
	X509_free(cert);
	EVP_PKEY_free(key);
	return what;
}

static const char *psk_fault(const struct gcoap_credentials *c)
{
	for (size_t i = 0; i < c->n_psk; i++) {
		if (strnlen(c->psk[i].identity, IDENTITY_MAX + 1) > IDENTITY_MAX)
			return "a PSK identity has more than 128 bytes";
		if (!c->psk[i].key.len || c->psk[i].key.len > KEY_MAX)
			return "a PSK has 1 to 64 bytes";
	}
	return NULL;
}

int keys_check(const struct gcoap_credentials *c, bool server, struct gcoap_diag *diag)
{
	const char *what = NULL;
	X509 *ca;

	if (!c)
		return 0;
	what = psk_fault(c);
	if (!what && c->cert_file)
		what = own_fault(c);
	if (!what && c->ca_file) {
		ca = read_certificate(c->ca_file);
		if (!ca)
			what = "the CA file holds no certificate in PEM";
		X509_free(ca);
	}
	if (!what && server && !c->n_psk && !c->cert_file)
		what = "a server needs a PSK, or a certificate with its key";
	ERR_clear_error();
	return what ? gcoap_fail(diag, GCOAP_ESECURITY, 0, "bad-credentials", what) : 0;
}

static bool common_name(X509 *cert, char out[IDENTITY_MAX + 1])
{
	X509_NAME *subject = X509_get_subject_name(cert);
	int i = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	unsigned char *text = NULL;
	int len = -1;

	if (i >= 0)
		len = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(
							 X509_NAME_get_entry(subject, i)));
	if (len > 0 && len <= IDENTITY_MAX && !memchr(text, 0, (size_t)len)) {
		memcpy(out, text, (size_t)len);
		out[len] = '\0';
	} else {
		len = -1;
	}
	OPENSSL_free(text);
	return len > 0;
}

/* An identity that was offered proves nothing: its key must have made this session. */
static bool psk_used(SSL *ssl)
{
	const char *cipher = SSL_get_cipher_name(ssl);

	return SSL_version(ssl) == TLS1_3_VERSION ? SSL_session_reused(ssl) :
						    strstr(cipher, "PSK") != NULL;
}

bool keys_identity(const struct hub *h, const coap_session_t *session, char out[IDENTITY_MAX + 1])
{
	const coap_bin_const_t *id = coap_session_get_psk_identity(session);
	coap_tls_library_t library;
	SSL *ssl = coap_session_get_tls(session, &library);
	const struct gcoap_psk *psk;
	X509 *cert;
	bool known;

	if (!ssl || library != COAP_TLS_LIBRARY_OPENSSL)
		return false;
	cert = SSL_get1_peer_certificate(ssl);
	if (cert) {
		known = SSL_get_verify_result(ssl) == X509_V_OK && common_name(cert, out);
		X509_free(cert);
		return known;
	}
	psk = id && psk_used(ssl) ? find_psk(h->config.credentials, *id) : NULL;
	if (psk)
		snprintf(out, IDENTITY_MAX + 1, "%s", psk->identity);
	return psk != NULL;
}

void keys_problem(const struct hub *h, char *buf, size_t cap)
{
	if (h->why[0])
		snprintf(buf, cap, "%s", h->why);
	else if (log_verdict()[0])
		snprintf(buf, cap, "its certificate is refused: %s", log_verdict());
	else if (log_alert()[0])
		snprintf(buf, cap, "it ended the handshake: %s", log_alert());
	else
		snprintf(buf, cap, "the handshake failed");
	ERR_clear_error();
}
