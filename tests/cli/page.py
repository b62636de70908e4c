#!/usr/bin/python3
"""Is a page of gcoap-bench --html valid, whole and accessible? page.py FILE...: prints faults."""
import base64
import hashlib
import math
import re
import sys

import html5lib

NUMBERS = ('x', 'y', 'width', 'height', 'cx', 'cy', 'r')
LOADS = ('src', 'href', 'srcset', 'data', 'action', 'poster', 'background', 'style')


def check(path):
    raw = open(path, 'rb').read()
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder('etree'), namespaceHTMLElements=False)
    tree = parser.parse(raw, transport_encoding='utf-8')
    for position, code, values in parser.errors:
        yield 'line %d: %s %s' % (position[0], code, values)
    if len(raw) >= 2000000:
        yield 'has %d bytes' % len(raw)
    ids = [e.get('id') for e in tree.iter() if e.get('id')]
    for twice in {i for i in ids if ids.count(i) > 1}:
        yield 'id "%s" is there twice' % twice
    if tree.get('lang') != 'en' or not (tree.find('head/title').text or '').strip():
        yield 'has no language or no title'
    for e in tree.iter():
        tag = str(e.tag).rsplit('}')[-1]
        for name in e.attrib:
            if name in LOADS or name.startswith('on'):
                yield '<%s> has %s' % (tag, name)
        for name in 'aria-labelledby', 'aria-describedby', 'for':
            if e.get(name) and e.get(name) not in ids:
                yield '<%s> %s="%s" is nowhere' % (tag, name, e.get(name))
        if tag == 'th' and e.get('scope') not in ('row', 'col'):
            yield 'a <th> without scope'
        if tag == 'svg' and not e.get('aria-hidden') and (
                e.get('role') != 'img' or not e[0].text or not e[1].text):
            yield 'a picture without role, title or description'
        for name in NUMBERS:
            if e.get(name) and not math.isfinite(float(e.get(name))):
                yield '%s="%s"' % (name, e.get(name))
        if tag == 'path' and not re.fullmatch(r'[MLHVhvz0-9. -]*', e.get('d')):
            yield 'path "%.40s"' % e.get('d')
    policy = next(e.get('content') for e in tree.iter('meta') if e.get('http-equiv'))
    for tag in 'style', 'script':
        elements = list(tree.iter(tag))
        digest = hashlib.sha256((elements[0].text or '').encode()).digest()
        want = "%s-src 'sha256-%s'" % (tag, base64.b64encode(digest).decode())
        if len(elements) != 1 or want not in policy:
            yield 'the policy has not: ' + want
    if not policy.startswith("default-src 'none'"):
        yield 'the policy lets something in'


faults = [(path, fault) for path in sys.argv[1:] for fault in check(path)]
for path, fault in faults:
    print('%s: %s' % (path, fault))
sys.exit(bool(faults))
