// The least that a collector of group answers does with node-coap: a count of distinct sources.
// usage: node nodecollect.js SERVERS BUFFER_BYTES TIMEOUT_MS
// Asks 224.0.1.187:5683 on loopback and prints "DISTINCT LAST_US"; BUFFER_BYTES 0: the kernel's.
const dgram = require('dgram')
const coap = require('../node_modules/coap')

const [servers, buffer, timeout] = process.argv.slice(2).map(Number)
const socket = dgram.createSocket('udp4')
const seen = new Set()
let start, last = 0

function end() {
	console.log(seen.size, Math.round(last * 1000))
	process.exit(seen.size === servers ? 0 : 4)
}

socket.bind(0, '127.0.0.1', () => {
	if (buffer) socket.setRecvBufferSize(buffer)
	socket.setMulticastInterface('127.0.0.1')
	const request = coap.request({ host: '224.0.1.187', pathname: '/t', confirmable: false,
		multicast: true, multicastTimeout: timeout, agent: new coap.Agent({ socket }) })
	request.on('response', res => {
		if (seen.size < seen.add(`${res.rsinfo.address}:${res.rsinfo.port}`).size)
			last = performance.now() - start
		if (seen.size === servers) end()
	})
	start = performance.now()
	setTimeout(end, timeout)
	request.end()
})
