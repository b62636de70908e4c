#include <gcoap/error.h>

const char *gcoap_strerror(int err)
{
#define GCOAP_ERROR_CASE(name, value, text)                                                \
	case GCOAP_E##name:                                                                \
		return text;

	switch ((enum gcoap_err)err) {
	case GCOAP_OK:
		return "success";
		GCOAP_ERRORS(GCOAP_ERROR_CASE)
	}
#undef GCOAP_ERROR_CASE
	return "unknown error";
}

int gcoap_fail(struct gcoap_diag *d, int err, size_t at, const char *name, const char *what)
{
	if (d) {
		d->at = at;
		d->name = name;
		d->what = what;
	}
	return err;
}
