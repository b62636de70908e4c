/* Codes by name (RFC 7252, Section 12.1, with RFC 7959, 8132, 8516 and 8768). */
#include <gcoap/msg.h>

#include <strings.h>

const char *gcoap_code_name(uint8_t code)
{
	switch (code) {
	case GCOAP_EMPTY: return "Empty";
	case GCOAP_GET: return "GET";
	case GCOAP_POST: return "POST";
	case GCOAP_PUT: return "PUT";
	case GCOAP_DELETE: return "DELETE";
	case GCOAP_FETCH: return "FETCH";
	case GCOAP_PATCH: return "PATCH";
	case GCOAP_IPATCH: return "iPATCH";
	case GCOAP_CREATED: return "Created";
	case GCOAP_DELETED: return "Deleted";
	case GCOAP_VALID: return "Valid";
	case GCOAP_CHANGED: return "Changed";
	case GCOAP_CONTENT: return "Content";
	case GCOAP_CONTINUE: return "Continue";
	case GCOAP_BAD_REQUEST: return "Bad Request";
	case GCOAP_UNAUTHORIZED: return "Unauthorized";
	case GCOAP_BAD_OPTION: return "Bad Option";
	case GCOAP_FORBIDDEN: return "Forbidden";
	case GCOAP_NOT_FOUND: return "Not Found";
	case GCOAP_METHOD_NOT_ALLOWED: return "Method Not Allowed";
	case GCOAP_NOT_ACCEPTABLE: return "Not Acceptable";
	case GCOAP_REQUEST_INCOMPLETE: return "Request Entity Incomplete";
	case GCOAP_CONFLICT: return "Conflict";
	case GCOAP_PRECONDITION_FAILED: return "Precondition Failed";
	case GCOAP_TOO_LARGE: return "Request Entity Too Large";
	case GCOAP_UNSUPPORTED_FORMAT: return "Unsupported Content-Format";
	case GCOAP_UNPROCESSABLE: return "Unprocessable Entity";
	case GCOAP_TOO_MANY_REQUESTS: return "Too Many Requests";
	case GCOAP_SERVER_ERROR: return "Internal Server Error";
	case GCOAP_NOT_IMPLEMENTED: return "Not Implemented";
	case GCOAP_BAD_GATEWAY: return "Bad Gateway";
	case GCOAP_UNAVAILABLE: return "Service Unavailable";
	case GCOAP_GATEWAY_TIMEOUT: return "Gateway Timeout";
	case GCOAP_NOT_PROXY: return "Proxying Not Supported";
	case GCOAP_HOP_LIMIT_REACHED: return "Hop Limit Reached";
	default: return NULL;
	}
}

char *gcoap_code_format(uint8_t code, char buf[5])
{
	unsigned detail = GCOAP_CODE_DETAIL(code);

	buf[0] = (char)('0' + GCOAP_CODE_CLASS(code));
	buf[1] = '.';
	buf[2] = (char)('0' + detail / 10);
	buf[3] = (char)('0' + detail % 10);
	buf[4] = '\0';
	return buf;
}

int gcoap_method_parse(const char *name, uint8_t *code)
{
	for (unsigned method = GCOAP_GET; method <= GCOAP_IPATCH; method++) {
		const char *known = gcoap_code_name((uint8_t)method);

		if (known && strcasecmp(name, known) == 0) {
			*code = (uint8_t)method;
			return 0;
		}
	}
	return GCOAP_ENOTFOUND;
}

const char *gcoap_type_name(uint8_t type)
{
	static const char *const names[] = { "CON", "NON", "ACK", "RST" };

	return names[type & 3];
}
