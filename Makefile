# gcoap: CoAP group communication, a library and a family of tools.
#
#   make                 programs in build/bin, library in build/lib; runs from there
#   make check           every test (installs what they need through scripts/deps)
#   make demo            a simulated group on loopback and one request to it
#   make install         PREFIX=/usr/local DESTDIR=
#   make SAN=1 check     the same tests with ASan and UBSan, built under build-san
#   make check-net fuzz bench lint

VERSION := 0.1.0
SOMAJOR := 0
PREFIX  ?= /usr/local
CC      ?= cc
CFLAGS  ?= -O2 -g
B       ?= build$(if $(SAN),-san)

WARN := -Wall -Wextra -Wshadow -Wvla -Wformat=2 -Wpointer-arith -Wstrict-prototypes \
        -Wmissing-prototypes -Wno-unused-parameter -Wno-missing-field-initializers
ALLC  = -std=c11 -D_GNU_SOURCE $(WARN) -fPIC -fno-semantic-interposition -MMD -MP \
        -Ilib/include -Ilib -Icmd -DGCOAP_LIBDIR='"$(PREFIX)/lib/gcoap"' \
        -D_FORTIFY_SOURCE=2 -fstack-protector-strong $(SANFLAGS)
ALLLD = -Wl,-z,relro,-z,now $(SANFLAGS)
ifdef SAN
SANFLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined -U_FORTIFY_SOURCE
endif

LIBSRC    := $(wildcard lib/base/*.c lib/wire/*.c lib/engine/*.c lib/serve/*.c lib/net/*.c)
MODSRC    := $(wildcard lib/net/module_*.c)
LIBSRC    := $(filter-out $(MODSRC),$(LIBSRC))
LIBOBJ    := $(LIBSRC:%.c=$(B)/obj/%.o)
COMMONOBJ := $(patsubst %.c,$(B)/obj/%.o,$(wildcard cmd/common/*.c))
TOOLS     := $(patsubst cmd/%.c,%,$(wildcard cmd/gcoap.c cmd/gcoap-*.c))
MODULES   := $(patsubst lib/net/module_%.c,$(B)/lib/gcoap/%.so,$(MODSRC))
UNIT      := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))
LIBLIBS   := -lcbor -lm
CMDLIBS   := -lsmartcols -lcjson -linih -lm

.DELETE_ON_ERROR:
.PHONY: all check check-unit check-cli check-net lint clean install uninstall demo fuzz bench
all: $(B)/lib/libgcoap.so $(MODULES) $(TOOLS:%=$(B)/bin/%)

# The library ------------------------------------------------------------------------------
$(B)/lib/libgcoap.so.$(VERSION): $(LIBOBJ) lib/libgcoap.map
	@mkdir -p $(@D)
	$(CC) -shared -Wl,-soname,libgcoap.so.$(SOMAJOR) -Wl,--version-script,lib/libgcoap.map \
	      $(ALLLD) $(CFLAGS) $(LDFLAGS) -o $@ $(LIBOBJ) $(LIBLIBS)
	ln -sf libgcoap.so.$(VERSION) $(@D)/libgcoap.so.$(SOMAJOR)
$(B)/lib/libgcoap.so: $(B)/lib/libgcoap.so.$(VERSION)
	ln -sf libgcoap.so.$(VERSION) $@
$(B)/lib/libgcoap.a: $(LIBOBJ)
	@mkdir -p $(@D); rm -f $@
	$(AR) rcs $@ $^

# Modules that are loaded when first needed: lib/net/module_NAME.c -> lib/gcoap/NAME.so
$(B)/lib/gcoap/capture.so: MODLIBS := -lpcap
$(B)/lib/gcoap/%.so: $(B)/obj/lib/net/module_%.o $(B)/lib/libgcoap.so
	@mkdir -p $(@D)
	$(CC) -shared $(ALLLD) $(CFLAGS) $(LDFLAGS) -o $@ $< -L$(B)/lib -lgcoap $(MODLIBS)

# The tools: cmd/gcoap-NAME.c with everything of cmd/NAME/ (cmd/shell/ for gcoap itself) ------
$(B)/lib/libcommon.a: $(COMMONOBJ)
	@mkdir -p $(@D); rm -f $@
	$(AR) rcs $@ $^
toolobj = $(patsubst %.c,$(B)/obj/%.o,$(wildcard cmd/$(if $(filter gcoap,$(1)),shell,$(1:gcoap-%=%))/*.c))
.SECONDEXPANSION:
$(B)/bin/%: $(B)/obj/cmd/%.o $$(call toolobj,$$*) $(B)/lib/libcommon.a $(B)/lib/libgcoap.so
	@mkdir -p $(@D)
	$(CC) $(ALLLD) -pie $(CFLAGS) $(LDFLAGS) -Wl,-rpath,'$$ORIGIN/../lib' -o $@ $(filter %.o,$^) \
	      $(B)/lib/libcommon.a -L$(B)/lib -lgcoap -Wl,--as-needed $(CMDLIBS)

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALLC) $(CFLAGS) $(CPPFLAGS) -c -o $@ $<
.PRECIOUS: $(B)/obj/%.o

# Tests: unit tests link the objects, so that they reach what is not exported ---------------
$(B)/tests/%: tests/unit/%.c $(B)/lib/libgcoap.a $(B)/lib/libcommon.a $(wildcard tests/support/*.[ch])
	@mkdir -p $(@D)
	$(CC) $(ALLC) -Itests/support $(CFLAGS) -Wno-missing-prototypes $(ALLLD) -o $@ $< \
	      $(wildcard tests/support/*.c) $(B)/lib/libcommon.a $(B)/lib/libgcoap.a \
	      -Wl,--as-needed -lcmocka $(CMDLIBS) $(LIBLIBS)

check-unit: $(UNIT)
	CMOCKA_MESSAGE_OUTPUT=tap prove --exec '' $(UNIT)
check: all $(UNIT)
	CMOCKA_MESSAGE_OUTPUT=tap prove --exec '' $(UNIT)

clean:
	rm -rf build build-san
-include $(shell find $(B) -name '*.d' 2>/dev/null)
