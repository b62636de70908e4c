// A server of node-coap in a group: /temp, /big (2,000 bytes), /ticks (observable, three a
// second), /turn (2,000 bytes, others each time), 4.04 for the rest.
// usage: node nodecoap-server.js GROUP
const coap = require('../node_modules/coap')

let turns = 0
const server = coap.createServer({ type: 'udp4', multicastAddress: process.argv[2] }, (req, res) => {
	if (req.url === '/temp') {
		res.setOption('Content-Format', 'text/plain')
		res.end('21.5')
	} else if (req.url === '/big') {
		res.end(Buffer.alloc(2000, 'n'))
	} else if (req.url === '/turn') {
		res.end(Buffer.alloc(2000, String(turns++ % 10)))
	} else if (req.url === '/ticks' && req.headers.Observe === 0) {
		let n = 0
		const tick = () => res.write(`tick ${++n}`)
		const timer = setInterval(tick, 333)
		res.on('finish', () => clearInterval(timer))
		tick()
	} else {
		res.code = '4.04'
		res.end()
	}
})
server.listen(5683, () => console.log('ready'))
