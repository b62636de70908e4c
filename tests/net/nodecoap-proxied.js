// Ask through a proxy with node-coap, and print every answer that comes to the token:
// code, origin's option in hex, payload.
// usage: node nodecoap-proxied.js PROXY URI T' SECONDS [NUMBER=HEX]...
const coap = require('../node_modules/coap')
const { parse } = require('../node_modules/coap-packet')

const [proxy, uri, timeout, seconds, ...more] = process.argv.slice(2)
const agent = new coap.Agent({ type: 'udp4' })
// One answer would do for it: keep socket and token.
agent._cleanUp = () => {}
agent._tkToReq.delete = () => true
const request = coap.request({ hostname: proxy.split(':')[0], port: proxy.split(':')[1] || 5683, agent, method: 'GET', confirmable: false,
	proxyUri: uri })

if (timeout !== '-') {
	request.setOption('65002', Buffer.from([Number(timeout)]))
}
for (const option of more) {
	const [number, hex] = option.split('=')
	request.setOption(number, Buffer.from(hex, 'hex'))
}
request.on('response', () => {})
request.on('error', (error) => console.log(`error ${error.message}`))
agent._sock.on('message', (data) => {
	const message = parse(data)
	const origin = message.options.find((option) => String(option.name) === '96')

	if (message.code !== '0.00') {
		console.log(message.code, origin ? origin.value.toString('hex') : '-',
			message.payload.toString() || '-')
	}
})
request.end()
setTimeout(() => process.exit(0), seconds * 1000)
