# A simulated group behind gcoap-proxy.

# through OPTIONS-OF-THE-PROXY COMMAND...: beside a group of three and a proxy on port 5690.
through() {
	rm -f ready # of a former call
	group -n 3 --leisure 100ms -- bash -c '
		gcoap-proxy -i lo --listen coap://127.0.0.1:5690 --allow-client 127.0.0.1 \
			--allow-group coap://224.0.1.187 ${TARGETS---allow-target 127.0.0.0/8} \
			--max-per-minute 0 --cache off $0 >ready 3>&- &
		eventually has_lines ready ready 1 || exit 99
		"$@"
		status=$?
		while kill $! 2>/dev/null; do sleep 0.05; done # the second does not wait for answers
		wait $!
		exit $status' "$@"
}
