#!/usr/bin/env bats
# The golden messages in front of another reader.

setup() {
	vectors=$BATS_TEST_DIRNAME/../vectors/messages.tsv
	cd "$BATS_TEST_TMPDIR"
}

# A capture with each vector in a datagram to port 5683.
to_capture() {
	awk -F'\t' '!/^#/ {
		for (i = 0; 2 * i < length($2); i++)
			printf "%s%s", i % 16 ? " " : sprintf("%s%06x ", i ? "\n" : "", i),
				substr($2, 2 * i + 1, 2)
		print "\n"
	}' "$vectors" >dump
	text2pcap -q -u 40000,5683 dump vectors.pcap 2>/dev/null
}

# Type, code, Message ID, token and number of options, from the third field.
as_rows_say() {
	awk -F'\t' 'BEGIN {
		split("CON NON ACK RST", t, " ")
		split("GET POST PUT DELETE FETCH PATCH iPATCH", m, " ")
		for (i in t) type[t[i]] = i - 1
		for (i in m) code[m[i]] = i
		code["Empty"] = 0
	}
	!/^#/ {
		sub(/ payload=.*/, "", $3)
		n = split($3, word, " ")
		if (!(word[2] in code))
			code[word[2]] = substr(word[2], 1, 1) * 32 + substr(word[2], 3)
		token = sub(/^token=/, "", word[4]) ? word[4] : "-"
		printf "%s %s %d %d %s %s %d\n", ++row, $1, type[word[1]], code[word[2]],
			substr(word[3], 5), token, n - 3 - (token != "-")
	}' "$vectors"
}

as_tshark_reads() {
	tshark -r vectors.pcap -T fields -E separator=/t -e frame.number -e coap.type \
		-e coap.code -e coap.mid -e coap.token -e coap.opt.name 2>/dev/null |
	awk -F'\t' '
	NR == FNR { name[$1] = $2; next }
	{
		gsub(/:/, "", $5)
		printf "%s %s %d %d %04x %s %d\n", $1, name[$1], $2, $3, $4,
			$5 == "" ? "-" : $5, $6 == "" ? 0 : split($6, unused, ",")
	}' <(as_rows_say | tr ' ' '\t') -
}

@test "tshark reads every vector as its row says" {
	command -v tshark >/dev/null || skip "tshark is not installed"
	to_capture
	as_rows_say >expected
	as_tshark_reads >actual
	[ "$(wc -l <expected)" -ge 170 ]
	diff expected actual
}
