#!/usr/bin/python3
"""Look at a page with headless Chromium, over its debugging pipe.

browser.py [--shots DIR] FILE...      prints what is wrong, a line each; 0: nothing

The first page at 360, 800 and 1280 pixels, light and dark, with scripts and without, and on
paper; the others in four of these ways and on paper: no request but the page's own, nothing on the console, nothing wider than the window, no text
below a contrast of 4.5, none cut off or over another in the pictures, and no picture cut in two.
"""
import base64
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

WIDTHS = (360, 800, 1280)
ALL = [(width, scheme, scripts) for width in WIDTHS for scheme in ('light', 'dark')
       for scripts in (True, False)]
SOME = [(360, 'dark', True), (360, 'light', False), (800, 'light', True), (1280, 'dark', True)]

# What a look at the page says, as a list of faults.
LOOK = r"""(function () {
var faults = [], root = document.documentElement, seen = {};
if (root.scrollWidth > innerWidth)
	faults.push('the page is ' + root.scrollWidth + ' wide');
function rgb(c) { return (c.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number); }
function light(c) {
	return c.slice(0, 3).map(function (v) {
		v /= 255;
		return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
	}).reduce(function (s, v, i) { return s + v * [0.2126, 0.7152, 0.0722][i]; }, 0);
}
function behind(e) {
	for (; e; e = e.parentElement) {
		var c = rgb(getComputedStyle(e).backgroundColor);
		if (c.length < 4 || c[3] > 0.99) return c;
	}
	return [255, 255, 255];
}
function contrast(e, colour) {
	var a = light(rgb(colour)), b = light(behind(e)), r = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
	var what = e.tagName + '.' + (e.getAttribute('class') || '') + ' contrast ' + r.toFixed(1);
	if (r < 4.5 && !seen[what]) { seen[what] = 1; faults.push(what); }
}
document.querySelectorAll('body *').forEach(function (e) {
	var s = getComputedStyle(e), own = Array.prototype.some.call(e.childNodes, function (n) {
		return n.nodeType === 3 && n.data.trim(); });
	if (!own || !e.getClientRects().length || e.closest('[hidden], .away, .tip')) return;
	if (e.closest('svg')) { if (e.tagName === 'text') contrast(e, s.fill); }
	else if (!/^(SCRIPT|STYLE)$/.test(e.tagName)) {
		contrast(e, s.color);
		if (parseFloat(s.fontSize) < (matchMedia('print').matches ? 9 : 11)) faults.push(e.tagName + ' of ' + s.fontSize);
	}
});
document.querySelectorAll('svg[role=img]').forEach(function (svg) {
	var box = svg.getBoundingClientRect(), texts = [];
	if (!box.width) return;
	svg.querySelectorAll('text').forEach(function (t) {
		var r = t.getBoundingClientRect(), words = svg.id + ' "' + t.textContent + '"';
		if (parseFloat(getComputedStyle(t).fontSize) * box.width / 400 < 9)
			faults.push(words + ' is smaller than 9 pixels');
		if (r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1 || r.bottom > box.bottom + 1)
			faults.push(words + ' is cut off');
		texts.forEach(function (o) {
			if (Math.min(r.right, o.r.right) - Math.max(r.left, o.r.left) > 1 &&
			    Math.min(r.bottom, o.r.bottom) - Math.max(r.top, o.r.top) > 0.35 * r.height)
				faults.push(words + ' lies over "' + o.t + '"');
		});
		texts.push({ r: r, t: t.textContent });
	});
});
return faults;
})()"""

# What no script may be needed for.
CONTENT = r"""(function () {
return document.querySelectorAll('h1').length + ' ' + document.querySelectorAll('svg[role=img]').length
	+ ' ' + document.querySelectorAll('table').length;
})()"""

# The script's extras, used as a reader would; null where a page has none.
USE = r"""(function () {
var faults = [], heat = document.getElementById('heat'), table = document.getElementById('servers');
var tip = document.querySelector('.tip'), bar = document.querySelector('svg.lin [data-tip], svg.log [data-tip]');
if (bar) {
	bar.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, clientX: 50, clientY: 50 }));
	if (tip.hidden || !/ (to|first|answer) /.test(tip.textContent)) faults.push('no words at a bar');
}
if (heat) {
	heat.focus();
	heat.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true }));
	if (tip.hidden || !/ answered|nothing was due/.test(tip.textContent)) faults.push('no words at a cell');
	heat.blur();
	if (!tip.hidden) faults.push('the words stay');
}
if (table && table.tBodies[0].rows.length > 1) {
	var column = function (i) {
		return Array.prototype.map.call(table.tBodies[0].rows, function (r) { return r.cells[i].textContent; });
	};
	var before = column(0).join(), button = table.tHead.rows[0].cells[9].querySelector('button');
	button.click();
	if (table.tHead.rows[0].cells[9].getAttribute('aria-sort') !== 'descending') faults.push('not sorted');
	button.click();
	var first = table.tBodies[0].rows[0].cells[9].textContent;
	if (column(0).slice().sort().join() !== before.split(',').sort().join()) faults.push('rows lost');
	var input = document.getElementById('filter');
	input.value = 'no such server';
	input.dispatchEvent(new Event('input'));
	if (table.tBodies[0].querySelectorAll('tr:not([hidden])').length) faults.push('not filtered');
	input.value = '';
	input.dispatchEvent(new Event('input'));
}
return faults;
})()"""

# The other axis, by its label.
AXIS = r"""(function () {
var lin = document.getElementById('axis-lin'), log = document.getElementById('axis-log'), faults = [];
if (!lin) return faults;
[[lin, 'lin', 'log'], [log, 'log', 'lin']].forEach(function (k) {
	k[0].checked = true;
	if (!document.querySelector('svg.' + k[1]).getBoundingClientRect().width) faults.push(k[1] + ' is not shown');
	if (document.querySelector('svg.' + k[2]).getBoundingClientRect().width) faults.push(k[2] + ' is shown');
});
return faults;
})()"""


class Browser:
    def __init__(self, program, profile):
        command = [program, '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run',
                   '--remote-debugging-pipe', '--disable-background-networking', '--disable-sync',
                   '--disable-component-update', '--disable-dev-shm-usage', '--hide-scrollbars',
                   '--user-data-dir=' + profile, 'about:blank']
        there_read, self.write = os.pipe()
        self.read, there_write = os.pipe()
        keep = [os.dup2(there_read, 63), os.dup2(there_write, 64)]
        # Chromium reads commands on 3 and writes answers on 4.
        self.child = subprocess.Popen(
            ['bash', '-c', 'exec "$@" 3<&63 4>&64 63<&- 64>&-', 'bash'] + command, pass_fds=keep,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for fd in keep + [there_read, there_write]:
            os.close(fd)
        self.buffer, self.number, self.events, self.session = b'', 0, [], None

    def message(self):
        while b'\0' not in self.buffer:
            piece = os.read(self.read, 1 << 20)
            if not piece:
                raise SystemExit('browser: chromium ended')
            self.buffer += piece
        one, self.buffer = self.buffer.split(b'\0', 1)
        return json.loads(one)

    def call(self, method, **params):
        self.number += 1
        request = {'id': self.number, 'method': method, 'params': params}
        if self.session:
            request['sessionId'] = self.session
        os.write(self.write, json.dumps(request).encode() + b'\0')
        while True:
            got = self.message()
            if got.get('id') == self.number:
                if 'error' in got:
                    raise SystemExit('browser: %s: %s' % (method, got['error']['message']))
                return got['result']
            self.events.append(got)

    def wait(self, method):
        while not any(e.get('method') == method for e in self.events):
            self.events.append(self.message())

    def attach(self):
        target = self.call('Target.createTarget', url='about:blank')['targetId']
        self.session = self.call('Target.attachToTarget', targetId=target, flatten=True)['sessionId']
        for domain in 'Page', 'Runtime', 'Network', 'Log':
            self.call(domain + '.enable')

    def value(self, script):
        got = self.call('Runtime.evaluate', expression=script, returnByValue=True)
        if 'exceptionDetails' in got:
            return [got['exceptionDetails']['exception'].get('description', 'exception')]
        return got['result'].get('value')

    def close(self):
        self.session = None
        try:
            self.call('Browser.close')
        except (SystemExit, OSError):
            pass
        self.child.wait()


def noises(events, url):
    """What the page asked the network for, and what it complained about."""
    for e in events:
        p = e.get('params', {})
        if e.get('method') == 'Network.requestWillBeSent' and p['request']['url'] != url:
            yield 'asks for ' + p['request']['url'][:80]
        if e.get('method') == 'Runtime.exceptionThrown':
            yield 'exception: ' + p['exceptionDetails']['text']
        if e.get('method') == 'Runtime.consoleAPICalled':
            yield 'console: ' + p['type']
        if e.get('method') == 'Log.entryAdded':
            yield 'log: ' + p['entry']['text'][:200]


class Look:
    def __init__(self, browser, shots):
        self.b, self.shots, self.faults = browser, shots, 0

    def fault(self, page, how, what):
        self.faults += 1
        print('%s, %s: %s' % (page.name, how, what))

    def shot(self, page, how, data, ending='png'):
        if self.shots:
            name = '%s-%s.%s' % (page.stem, re.sub(r'\W+', '-', how), ending)
            (self.shots / name).write_bytes(base64.b64decode(data))

    def load(self, page, width, scheme, scripts, media=''):
        b = self.b
        b.call('Emulation.setDeviceMetricsOverride', width=width, height=900, deviceScaleFactor=1,
               mobile=width < 500)
        b.call('Emulation.setEmulatedMedia', media=media,
               features=[{'name': 'prefers-color-scheme', 'value': scheme}])
        b.call('Emulation.setScriptExecutionDisabled', value=not scripts)
        b.events.clear()
        b.call('Page.navigate', url=page.as_uri())
        b.wait('Page.loadEventFired')

    def screen(self, page, width, scheme, scripts):
        how = '%d %s%s' % (width, scheme, '' if scripts else ' without scripts')
        self.load(page, width, scheme, scripts)
        content = self.b.value(CONTENT)
        if self.shots:
            shot = self.b.call('Page.captureScreenshot', captureBeyondViewport=True)
            self.shot(page, how, shot['data'])
        for fault in self.b.value(LOOK) + self.b.value(AXIS) + (self.b.value(USE) if scripts else []):
            self.fault(page, how, fault)
        if scripts:
            for fault in self.b.value(LOOK): # sorted, and with the other axis
                self.fault(page, how + ' after use', fault)
        for noise in noises(self.b.events, page.as_uri()):
            self.fault(page, how, noise)
        return content

    def paper(self, page):
        """A4 at 96 dots an inch, 12 mm of margin: each picture is on one page whole."""
        self.load(page, 703, 'dark', True, 'print')
        for fault in self.b.value(LOOK):
            self.fault(page, 'print', fault)
        hidden = self.b.value("document.querySelectorAll('.filter').length === 0 || "
                              "!document.querySelector('.filter').getClientRects().length")
        if not hidden:
            self.fault(page, 'print', 'has controls')
        if self.b.value("getComputedStyle(document.body).backgroundColor") != 'rgb(255, 255, 255)':
            self.fault(page, 'print', 'is not white')
        self.b.call('Emulation.setEmulatedMedia', media='')
        pdf = self.b.call('Page.printToPDF', paperWidth=8.27, paperHeight=11.69,
                          preferCSSPageSize=True, printBackground=True)['data']
        self.shot(page, 'paper', pdf, 'pdf')
        sheets = len(re.findall(rb'/Type\s*/Page\b', base64.b64decode(pdf)))
        if not 1 <= sheets <= 12:
            self.fault(page, 'print', 'takes %d sheets' % sheets)

    def page(self, path, ways):
        content = {self.screen(path, *way) for way in ways}
        if len(content) != 1:
            self.fault(path, 'without scripts', 'has other content: %s' % sorted(content))
        self.paper(path)


def main():
    arguments = sys.argv[1:]
    shots = None
    if arguments[:1] == ['--shots']:
        shots = pathlib.Path(arguments[1])
        arguments = arguments[2:]
    program = shutil.which('chromium')
    if not program or not arguments:
        raise SystemExit('browser: no chromium' if arguments else __doc__)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        b = Browser(program, profile)
        b.attach()
        look = Look(b, shots)
        for i, name in enumerate(arguments):
            look.page(pathlib.Path(name).resolve(), SOME if i else ALL)
        b.close()
    sys.exit(look.faults > 0)


if __name__ == '__main__':
    main()
