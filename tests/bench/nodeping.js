// GETs of node-coap's client over one socket, some outstanding at any time.
// usage: node nodeping.js PORT PATH OUTSTANDING con|non MILLISECONDS
// Prints one JSON object: answers with 2.05, others, errors, answers a second, processor time.
const dgram = require('dgram')
const coap = require('../node_modules/coap')

const [port, path, outstanding, type, ms] = process.argv.slice(2)
const socket = dgram.createSocket('udp4')
const found = { good: 0, bad: 0, lost: 0 }
let agent, start, idle

function ask() {
	const request = coap.request({ host: '127.0.0.1', port: Number(port), pathname: '/' + path,
		confirmable: type === 'con', agent })
	request.on('response', res => {
		found[res.code === '2.05' ? 'good' : 'bad']++
		ask()
	})
	request.on('error', () => {
		found.lost++
		ask()
	})
	request.end()
}

socket.bind(0, '127.0.0.1', () => {
	agent = new coap.Agent({ socket })
	idle = process.cpuUsage()
	start = performance.now()
	setTimeout(() => {
		const spent = process.cpuUsage(idle)

		found.per_s = Math.round(found.good / (performance.now() - start) * 1000)
		found.cpu_us = spent.user + spent.system
		console.log(JSON.stringify(found))
		process.exit(0)
	}, Number(ms))
	for (let i = 0; i < Number(outstanding); i++) ask()
})
