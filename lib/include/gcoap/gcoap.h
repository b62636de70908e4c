/* Includes the whole family. */
#ifndef GCOAP_GCOAP_H
#define GCOAP_GCOAP_H

#include <gcoap/addr.h>
#include <gcoap/block.h>
#include <gcoap/bytes.h>
#include <gcoap/cbor.h>
#include <gcoap/client.h>
#include <gcoap/datagram.h>
#include <gcoap/dialect.h>
#include <gcoap/error.h>
#include <gcoap/etag.h>
#include <gcoap/exchange.h>
#include <gcoap/format.h>
#include <gcoap/front.h>
#include <gcoap/histogram.h>
#include <gcoap/link.h>
#include <gcoap/load.h>
#include <gcoap/log.h>
#include <gcoap/msg.h>
#include <gcoap/net.h>
#include <gcoap/observe.h>
#include <gcoap/option.h>
#include <gcoap/origin.h>
#include <gcoap/peer.h>
#include <gcoap/proxy.h>
#include <gcoap/random.h>
#include <gcoap/reliability.h>
#include <gcoap/result.h>
#include <gcoap/senml.h>
#include <gcoap/serve.h>
#include <gcoap/serve_rd.h>
#include <gcoap/store.h>
#include <gcoap/stream.h>
#include <gcoap/time.h>
#include <gcoap/uri.h>
#include <gcoap/validate.h>
#include <gcoap/version.h>

#endif
