/* Rows of what every client's run has. */
#include "run.h"

#define ROW(type, member) type, offsetof(struct run_how, member)

const struct opt run_how_opts[] = {
	{ 0, "pcap", "F", "write every datagram sent and received to a pcap file",
	  ROW(OPT_STRING, pcap) },
	{ 0, "dry-run", NULL, "show bytes, destination, interface and wait; send nothing",
	  ROW(OPT_FLAG, dry_run) },
	{ 0, "seed", "N", "reproducible tokens and Message IDs, for tests only",
	  ROW(OPT_UINT, seed) },
	{ 0 },
};
