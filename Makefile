# gcoap: CoAP group communication, a library and a family of tools.
#
#   make                 programs in build/bin, library in build/lib; runs from there
#   make demo            a simulated group on loopback and one request to it
#   make check           every test but the long ones (installs what they need: scripts/deps)
#   make check-net       all tests in network namespaces, also the long ones
#   make install         PREFIX=/usr/local DESTDIR=
#   make SAN=1 check     the same tests with ASan and UBSan, built under build-san
#   make fuzz            FUZZ_SECONDS=45 for each target (clang)
#   make soak            SOAK=200000 mutated datagrams at gcoap-sim, gcoap-get and gcoap-proxy
#   make bench           beside bare programs, libcoap and node-coap: build/bench/bench.md; BENCH=short
#   make lint            layers, headers, man pages, exports, banned functions

VERSION := 0.1.0
SOMAJOR := 0
PREFIX  ?= /usr/local
CC      ?= cc
CLANG   ?= clang
CFLAGS  ?= -O2 -g
B       ?= build$(if $(SAN),-san)
JOBS    ?= 2
FUZZ_SECONDS ?= 45
BENCH   ?= full
SOAK    ?= 200000
SOAK_PROXY ?= 10000000

# CFLAGS, CPPFLAGS and LDFLAGS are the user's; what the build needs is in ALLC and ALLLD.
WARN := -Wall -Wextra -Wshadow -Wvla -Wformat=2 -Wpointer-arith -Wstrict-prototypes \
        -Wmissing-prototypes -Wno-unused-parameter -Wno-missing-field-initializers \
        $(if $(CI),-Werror)
ALLC  = -std=c11 -D_GNU_SOURCE $(WARN) -fPIC -fno-semantic-interposition -MMD -MP \
        -Ilib/include -Ilib -Icmd -DGCOAP_LIBDIR='"$(PREFIX)/lib/gcoap"' \
        -fstack-protector-strong $(SANFLAGS)
ALLLD = -Wl,-z,relro,-z,now $(SANFLAGS)
ifdef SAN
SANFLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined
else
ALLC += $(if $(filter -O0,$(CFLAGS)),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif

LIBSRC    := $(wildcard lib/base/*.c lib/wire/*.c lib/engine/*.c lib/serve/*.c lib/proxy/*.c lib/net/*.c lib/store/*.c)
MODSRC    := $(wildcard lib/*/module_*.c)
LIBSRC    := $(filter-out $(MODSRC),$(LIBSRC))
LIBOBJ    := $(LIBSRC:%.c=$(B)/obj/%.o)
COMMONSRC := $(wildcard cmd/common/*.c)
COMMONOBJ := $(COMMONSRC:%.c=$(B)/obj/%.o)
TOOLSRC   := $(filter-out $(COMMONSRC),$(wildcard cmd/*/*.c))
TOOLOBJ   := $(TOOLSRC:%.c=$(B)/obj/%.o)
TOOLS     := $(patsubst cmd/%.c,%,$(wildcard cmd/gcoap.c cmd/gcoap-*.c))
MODULES   := $(foreach m,$(MODSRC),$(B)/lib/gcoap/$(patsubst module_%.c,%.so,$(notdir $(m))))
UNIT      := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test_*.c))
FUZZ      := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
BATS_CLI  := $(wildcard tests/cli/*.bats)
BATS_NET  := $(wildcard tests/net/*.bats)
LIBLIBS   := -luriparser -lm
CMDLIBS   := -lsmartcols -lcjson -linih -lm

# Commands are shown with V=1, else what they make.
Q   := $(if $(V),,@)
say  = $(if $(V),,@echo '  $(1) $@')

.DELETE_ON_ERROR:
.PHONY: all check check-unit check-cli check-net fuzz replay soak bench lint demo install uninstall clean
all: $(B)/lib/libgcoap.so $(B)/lib/libgcoap.a $(MODULES) $(TOOLS:%=$(B)/bin/%)

# The library ------------------------------------------------------------------------------
$(B)/lib/libgcoap.so.$(VERSION): $(LIBOBJ) lib/libgcoap.map
	@mkdir -p $(@D)
	$(call say,LD  )
	$(Q)$(CC) -shared -Wl,-soname,libgcoap.so.$(SOMAJOR) -Wl,--version-script,lib/libgcoap.map \
	      $(ALLLD) $(CFLAGS) $(LDFLAGS) -o $@ $(LIBOBJ) $(LIBLIBS)
	$(Q)ln -sf libgcoap.so.$(VERSION) $(@D)/libgcoap.so.$(SOMAJOR)
$(B)/lib/libgcoap.so: $(B)/lib/libgcoap.so.$(VERSION)
	$(Q)ln -sf libgcoap.so.$(VERSION) $@
$(B)/lib/libgcoap.a: $(LIBOBJ)
	@mkdir -p $(@D); rm -f $@
	$(call say,AR  )
	$(Q)$(AR) rcs $@ $^

# Modules that are loaded when first needed: lib/{net,store}/module_NAME.c -> lib/gcoap/NAME.so
$(B)/lib/gcoap/capture.so: MODLIBS := -lpcap
$(B)/lib/gcoap/stream.so: MODLIBS := -lcoap-3-openssl -lssl -lcrypto
$(B)/lib/gcoap/stream.so: $(patsubst %.c,$(B)/obj/%.o,$(wildcard lib/net/libcoap/*.c))
$(B)/lib/gcoap/store.so: MODLIBS := -lsqlite3
define link-module
@mkdir -p $(@D)
$(call say,LD  )
$(Q)$(CC) -shared $(ALLLD) $(CFLAGS) $(LDFLAGS) -Wl,-rpath,'$$ORIGIN/..' -o $@ $(filter %.o,$^) \
      $(MODLIBS) -Wl,--as-needed -L$(B)/lib -lgcoap
endef
$(B)/lib/gcoap/%.so: $(B)/obj/lib/net/module_%.o $(B)/lib/libgcoap.so
	$(link-module)
$(B)/lib/gcoap/%.so: $(B)/obj/lib/store/module_%.o $(B)/lib/libgcoap.so
	$(link-module)

# The tools: cmd/gcoap-NAME.c with everything of cmd/NAME/ (cmd/shell/ for gcoap itself) ------
$(B)/lib/libcommon.a: $(COMMONOBJ)
	@mkdir -p $(@D); rm -f $@
	$(call say,AR  )
	$(Q)$(AR) rcs $@ $^
$(B)/lib/libtools.a: $(TOOLOBJ)
	@mkdir -p $(@D); rm -f $@
	$(call say,AR  )
	$(Q)$(AR) rcs $@ $^
toolobj = $(patsubst %.c,$(B)/obj/%.o,$(wildcard cmd/$(if $(filter gcoap,$(1)),shell,$(1:gcoap-%=%))/*.c))
$(B)/bin/gcoap-observe: TOOLLIBS := -lncursesw -ltinfo
.SECONDEXPANSION:
$(B)/bin/%: $(B)/obj/cmd/%.o $$(call toolobj,$$*) $(B)/lib/libcommon.a $(B)/lib/libgcoap.so
	@mkdir -p $(@D)
	$(call say,LD  )
	$(Q)$(CC) $(ALLLD) -pie $(CFLAGS) $(LDFLAGS) -Wl,-rpath,'$$ORIGIN/../lib' -o $@ $(filter %.o,$^) \
	      $(B)/lib/libcommon.a -L$(B)/lib -lgcoap -Wl,--as-needed $(CMDLIBS) $(TOOLLIBS)

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC  )
	$(Q)$(CC) $(ALLC) $(CFLAGS) $(CPPFLAGS) -c -o $@ $< || { scripts/deps --check build; exit 1; }
.PRECIOUS: $(B)/obj/%.o

# Tests: unit tests link the objects, so that they reach what is not exported; --wrap lets
# them make allocations fail (tests/support/alloc_fail.h) ------------------------------------
WRAPPED := malloc calloc realloc aligned_alloc strdup strndup
WRAP := $(WRAPPED:%=-Wl,--wrap=%)
$(B)/tests/%: tests/unit/%.c $(B)/lib/libgcoap.a $(B)/lib/libcommon.a $(B)/lib/libtools.a $(wildcard tests/support/*.[ch])
	@mkdir -p $(@D)
	$(call say,LD  )
	$(Q)$(CC) $(ALLC) -Itests/support $(CFLAGS) -Wno-missing-prototypes $(ALLLD) -o $@ $< \
	      $(wildcard tests/support/*.c) $(B)/lib/libtools.a $(B)/lib/libcommon.a $(B)/lib/libgcoap.a \
	      $(WRAP) -Wl,--as-needed -lcmocka -lcbor $(CMDLIBS) $(LIBLIBS)

# The relay between namespaces with which tests/net lose and spoil datagrams
RELAY := $(B)/tests/relay
$(RELAY): $(wildcard tests/relay/*.[ch])
	@mkdir -p $(@D)
	$(call say,LD  )
	$(Q)$(CC) $(ALLC) $(CFLAGS) $(ALLLD) -o $@ $(filter %.c,$^)

# The script of the client's cache that tests/net kills at every write
STORING := $(B)/tests/storing
$(STORING): tests/store/storing.c $(B)/lib/libgcoap.so
	@mkdir -p $(@D)
	$(call say,LD  )
	$(Q)$(CC) $(ALLC) $(CFLAGS) $(ALLLD) -Wl,-rpath,'$$ORIGIN/../lib' -o $@ $< -L$(B)/lib -lgcoap

# Each ends in one line "NAME: N passed, N failed"; GCOAP_BUILD tells the bats files where.
TESTENV = GCOAP_BUILD=$(abspath $(B)) CC='$(strip $(CC) $(SANFLAGS))' JOBS=$(JOBS)
check-unit: $(UNIT) $(MODULES)
	@$(TESTENV) scripts/run-tests check-unit $(UNIT)
check-cli: all
	@$(TESTENV) scripts/run-tests check-cli $(BATS_CLI)
check-net:
	@scripts/deps build test
	@$(MAKE) --no-print-directory all $(UNIT) $(RELAY) $(STORING) $(B)/bench/rawgroup
	@$(TESTENV) scripts/run-tests check-net $(BATS_NET)
check:
	@scripts/deps build test
	@$(MAKE) --no-print-directory all $(UNIT) $(RELAY) $(STORING) $(B)/bench/rawgroup
	@$(TESTENV) SHORT=1 scripts/run-tests check $(UNIT) $(BATS_CLI) $(BATS_NET)

lint: all
	@status=0; for check in check-layers check-headers "check-elf $(B)" "check-man $(B)"; do \
	      CC='$(CC)' scripts/$$check || status=1; done; exit $$status

# Fuzzers: their own build of the same sources with clang ------------------------------------
F     := $(B)/fuzz
FUZZC := -fsanitize=address,undefined -fno-sanitize-recover=undefined
FUZZOBJ := $(LIBSRC:%.c=$(F)/obj/%.o) $(COMMONSRC:%.c=$(F)/obj/%.o)
$(F)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC  )
	$(Q)$(CLANG) -std=c11 -D_GNU_SOURCE -O1 -g -MMD -MP -Ilib/include -Ilib -Icmd -Itests/fuzz \
	      -DGCOAP_LIBDIR='"$(PREFIX)/lib/gcoap"' -fsanitize=fuzzer-no-link $(FUZZC) -c -o $@ $<
$(F)/libfuzzed.a: $(FUZZOBJ)
	@rm -f $@
	$(call say,AR  )
	$(Q)$(AR) rcs $@ $^
# Those that make allocations fail, too
$(F)/fuzz_proxy $(F)/fuzz_load: $(F)/obj/tests/support/alloc_fail.o
$(F)/fuzz_proxy $(F)/fuzz_load: FUZZWRAP := $(WRAP)
# Those of gcoap-decode's parts, and the reader of captures without its module
DECODESRC := $(wildcard cmd/decode/*.c)
PCAPWRAP  := -Wl,--wrap=gcoap__module -lpcap
$(F)/fuzz_decode: $(DECODESRC:%.c=$(F)/obj/%.o)
$(F)/fuzz_pcap: $(DECODESRC:%.c=$(F)/obj/%.o) $(F)/obj/lib/net/module_capture.o
$(F)/fuzz_pcap: FUZZWRAP := $(PCAPWRAP)
# Those of gcoap-bench
BENCHSRC := $(wildcard cmd/bench/*.c)
$(F)/fuzz_bench: $(BENCHSRC:%.c=$(F)/obj/%.o)
STOREWRAP := -Wl,--wrap=gcoap__module -lsqlite3
$(F)/fuzz_store: $(F)/obj/lib/store/module_store.o
$(F)/fuzz_store: FUZZWRAP := $(STOREWRAP)
$(FUZZ:%=$(F)/%): $(F)/%: $(F)/obj/tests/fuzz/%.o $(F)/libfuzzed.a
	$(call say,LD  )
	$(Q)$(CLANG) -fsanitize=fuzzer $(FUZZC) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(FUZZWRAP) $(CMDLIBS) $(LIBLIBS)
fuzz:
	@scripts/deps build fuzz
	@$(MAKE) --no-print-directory $(FUZZ:%=$(F)/%)
	@FUZZ_SECONDS=$(FUZZ_SECONDS) JOBS=$(JOBS) scripts/run-fuzz $(F) $(FUZZ)

# The same inputs without clang: make SAN=1 replay
REPLAY := $(FUZZ:fuzz_%=$(B)/tests/replay_%)
$(B)/tests/replay_proxy $(B)/tests/replay_load: tests/support/alloc_fail.c
$(B)/tests/replay_proxy $(B)/tests/replay_load: FUZZWRAP := $(WRAP)
$(B)/tests/replay_bench: $(BENCHSRC)
$(B)/tests/replay_decode: $(DECODESRC)
$(B)/tests/replay_pcap: $(DECODESRC) lib/net/module_capture.c
$(B)/tests/replay_pcap: FUZZWRAP := $(PCAPWRAP)
$(B)/tests/replay_store: lib/store/module_store.c
$(B)/tests/replay_store: FUZZWRAP := $(STOREWRAP)
$(B)/tests/replay_%: tests/fuzz/fuzz_%.c tests/fuzz/replay_main.c $(B)/lib/libgcoap.a $(B)/lib/libcommon.a
	@mkdir -p $(@D)
	$(call say,LD  )
	$(Q)$(CC) $(ALLC) $(CFLAGS) -Wno-missing-prototypes $(ALLLD) -o $@ $(filter %.c,$^) \
	      $(B)/lib/libcommon.a $(B)/lib/libgcoap.a $(FUZZWRAP) -Wl,--as-needed $(CMDLIBS) $(LIBLIBS)
replay: $(REPLAY)
	@for r in $(REPLAY); do n=$${r##*/replay_}; \
		tests/fuzz/seeds $$n $(B)/seeds/$$n && echo "$$n: $$($$r $(B)/seeds/$$n)" || exit 1; \
	done

# Soak: what tests/net/mutate.bats does with some thousands, another seed each time
soak: all
	@for what in sim get proxy; do seed=$$(date +%s); n=$(SOAK); \
		[ $$what = proxy ] && n=$(SOAK_PROXY); echo "$$what: $$n datagrams, seed $$seed"; \
		PATH=$(abspath $(B)/bin):$$PATH GCOAP_CONFIG=none \
		unshare -rn sh -c 'ip link set lo up && exec "$$@"' sh \
			tests/net/mutate.py $$what $$n $$seed || exit 1; \
	done

# Bench: a bare collector and a bare group of our own set the scale --------------------------
$(B)/bench/%: tests/bench/%.c $(wildcard tests/bench/raw/*.[ch])
	@mkdir -p $(@D)
	$(call say,LD  )
	$(Q)$(CC) $(ALLC) $(CFLAGS) $(ALLLD) -o $@ $(filter %.c,$^)
$(B)/bench/lc%: tests/bench/lc%.c $(wildcard tests/bench/raw/*.[ch])
	@mkdir -p $(@D)
	$(call say,LD  )
	$(Q)$(CC) $(ALLC) $(CFLAGS) $(ALLLD) -o $@ $(filter %.c,$^) -lcoap-3-notls
BENCHES := $(patsubst tests/bench/%.c,$(B)/bench/%,$(wildcard tests/bench/*.c))
$(B)/bench/cache: tests/bench/cache.c $(B)/lib/libgcoap.a
	@mkdir -p $(@D)
	$(call say,LD  )
	$(Q)$(CC) $(ALLC) $(CFLAGS) $(ALLLD) -o $@ $^ $(LIBLIBS)
$(B)/bench/store: tests/bench/store.c $(B)/lib/libgcoap.so
	@mkdir -p $(@D)
	$(call say,LD  )
	$(Q)$(CC) $(ALLC) $(CFLAGS) $(ALLLD) -Wl,-rpath,'$$ORIGIN/../lib' -o $@ $< -L$(B)/lib -lgcoap
bench:
	@scripts/deps build bench
	@$(MAKE) --no-print-directory all $(BENCHES)
	@tests/bench/bench.py --build $(B) $(if $(filter short,$(BENCH)),--short)

demo:
	@scripts/deps build
	@mkdir -p $(B)
	@$(MAKE) --no-print-directory -q all 2>/dev/null || echo 'building, within a minute ($(B)/make.log)'
	@$(MAKE) --no-print-directory -j$(JOBS) all >$(B)/make.log 2>&1 || { tail -20 $(B)/make.log; exit 1; }
	@$(B)/bin/gcoap demo

# Installation -------------------------------------------------------------------------------
D        = $(DESTDIR)$(PREFIX)
PAGES   := $(wildcard man/*.[1-8])
install: all
	install -d $(D)/bin $(D)/lib/gcoap $(D)/lib/pkgconfig $(D)/include/gcoap $(D)/share/gcoap \
	      $(D)/share/bash-completion/completions $(D)/share/zsh/site-functions \
	      $(D)/share/fish/vendor_completions.d $(addprefix $(D)/share/man/man,1 3 5 7)
	install -m 755 $(TOOLS:%=$(B)/bin/%) $(D)/bin
	install -m 755 $(B)/lib/libgcoap.so.$(VERSION) $(D)/lib
	ln -sf libgcoap.so.$(VERSION) $(D)/lib/libgcoap.so.$(SOMAJOR)
	ln -sf libgcoap.so.$(VERSION) $(D)/lib/libgcoap.so
	install -m 644 $(B)/lib/libgcoap.a $(D)/lib
	$(if $(MODULES),install -m 755 $(MODULES) $(D)/lib/gcoap)
	install -m 644 lib/include/gcoap/*.h $(D)/include/gcoap
	sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' lib/gcoap.pc.in >$(D)/lib/pkgconfig/gcoap.pc
	for page in $(PAGES); do install -m 644 $$page $(D)/share/man/man$${page##*.}; done
	install -m 644 man/gcoap-json.schema.json $(D)/share/gcoap
	sed 's|@PREFIX@|$(PREFIX)|' scripts/gcoap-proxy.service >$(D)/share/gcoap/gcoap-proxy.service
	install -m 644 completions/_gcoap $(D)/share/zsh/site-functions
	install -m 644 completions/gcoap.bash $(D)/share/bash-completion/completions/gcoap
	install -m 644 completions/gcoap.fish $(D)/share/fish/vendor_completions.d/gcoap.fish
	for tool in $(filter-out gcoap,$(TOOLS)); do \
	      ln -sf gcoap $(D)/share/bash-completion/completions/$$tool; \
	      ln -sf gcoap.fish $(D)/share/fish/vendor_completions.d/$$tool.fish; done
	$(if $(DESTDIR),,-ldconfig 2>/dev/null)

uninstall:
	rm -f $(TOOLS:%=$(D)/bin/%) $(D)/lib/libgcoap.* $(D)/lib/pkgconfig/gcoap.pc \
	      $(D)/share/zsh/site-functions/_gcoap $(D)/share/fish/vendor_completions.d/gcoap.fish \
	      $(TOOLS:%=$(D)/share/bash-completion/completions/%) \
	      $(TOOLS:%=$(D)/share/fish/vendor_completions.d/%.fish)
	for page in $(PAGES:man/%=%); do rm -f $(D)/share/man/man$${page##*.}/$$page; done
	rm -rf $(D)/lib/gcoap $(D)/include/gcoap $(D)/share/gcoap

clean:
	rm -rf build build-san
-include $(shell find $(B) -name '*.d' 2>/dev/null)
