#!/usr/bin/python3
"""A proxy on 127.0.0.1:5683 that says what the case has it say, and a command beside it.

fakeproxy.py CASE COMMAND...: the command's status is returned, and "-P 127.0.0.1" is the
command's own affair. What the proxy received is written to ./received, a line of hex each,
as "MID-less" bytes: the Message ID is shown as xxxx. A case is a list of steps, one for each
request: the messages that are sent for it.

"close" ends the proxy. A message is "KIND CODE [REST]": KIND ack, con, non or rst; REST is hex behind the token.
"""
import socket
import subprocess
import sys
import threading

KINDS = {"con": 0, "non": 1, "ack": 2, "rst": 3}
END = b"end"  # no message: all before it is read
RF = "dd5300"  # Response-Forwarding (96) as the first option, 13 bytes
S1 = RF + "8301d9010444c0000201191633"
S2 = RF + "8301d9010444c0000202191633"
REPLY_FROM = "d8eb82208144c0000201"

GROUP_ETAG = "e4fc830badca"  # behind Response-Forwarding; its last byte is to follow
ALONE = "e4fce30badca"  # as the only option

OK = ["ack 0.00", f"non 2.05 {S1}ff61", f"non 2.05 {S2}ff62"]

CASES = {
    "answers": [OK],
    "reply-from": [["ack 0.00", f"non 2.05 {REPLY_FROM}ff61"]],
    "one": [["ack 2.05 ff61"]],
    "silence": [["ack 0.00"], ["rst 0.00"]],
    "dies": [["ack 0.00", "close"]],
    "hangs": [["ack 0.00"], []],
    "deaf": [[]],
    "reset": [["rst 0.00"]],
    "unnamed": [["ack 0.00", "non 2.05 ff61", "non 2.05 ff62", "non 2.05 ff63"]],
    "californium": [["ack 0.00", "non 2.05 da538201d9010444c0000201ff61"]],
    "4.00": [["ack 4.00 ff6e6f"]],
    "missing": [["ack 4.00 e0fcddff4d756c7469636173742d5369676e616c696e67"], OK],
    "missing-ietf": [["ack 4.00 20ff4d756c7469636173742d54696d656f7574"], OK],
    "missing-unnamed": [["ack 4.00 e0fcdd"], ["ack 0.00", "non 2.05 ff61"]],
    "missing-always": [["ack 4.00 e0fcdd"], ["ack 4.00 e0fcdd"]],
    "4.01": [["ack 4.01 ff4e6f7420616c6c6f772d6c6973746564"]],
    "4.02": [["ack 4.02"]],
    "4.03": [["ack 4.03"]],
    "5.00": [["ack 5.00"]],
    "5.01": [["ack 5.01"]],
    "aiocoap": [["ack 5.01 ff55524920" + b"splitting not implemented, please use Proxy-Scheme".hex()]],
    "5.02": [["ack 5.02"]],
    "5.02-name": [["ack 5.02 ff" + b"the host name has no address".hex()]],
    "5.02-next": [["ack 5.02 ff" + b"The next proxy cannot be reached".hex()]],
    "5.02-reset": [["ack 5.02 ff" + b"The server refused the request".hex()]],
    "5.02-response": [["ack 5.02 ff" + b"Option 23 of the response: bad".hex()]],
    "5.03": [["ack 5.03 d1011e"]],
    "5.04": [["ack 0.00", "con 5.04"]],
    "5.04-next": [["ack 5.04 ff" + b"The next proxy did not respond".hex()]],
    "5.05": [["ack 5.05"]],
    "5.05-target": [["ack 5.05 ff" + b"this destination is not served".hex()]],
    "5.05-reverse": [["ack 5.05 ff" + b"not a forward-proxy".hex()]],
    "5.05-scheme": [["ack 5.05 ff" + b"coaps: only coap is served".hex()]],
    "too-short": [["ack 5.05 e1fcdd4b"]],
    "5.08": [["ack 5.08"]],
    "echo": [["ack 4.01 d8ef0102030405060708"], OK],
    "group-etag": [["ack 0.00", f"non 2.05 {S1}{GROUP_ETAG}01ff61", f"non 2.05 {S2}{GROUP_ETAG}01ff62"],
                   [f"ack 2.03 {ALONE}01"],
                   ["ack 0.00", f"non 2.05 {S1}{GROUP_ETAG}02ff63"],  # the other one's was lost
                   [f"ack 2.03 {ALONE}02"],
                   [f"ack 2.03 {ALONE}01"],  # not the one that was asked for
                   OK],
    "notifies": [["ack 0.00", f"con 2.05 610c{'dd4d00'}8301d9010444c0000201191633ff61"],
                 ["ack 0.00"], ["ack 0.00"]],
}


def message(step, mid, token, own_mid):
    kind, code, *rest = step.split()
    k = KINDS[kind]
    major, minor = code.split(".")
    if code == "0.00":
        token = b""
    head = bytes([0x40 | k << 4 | len(token), int(major) << 5 | int(minor)])
    number = mid if k >= 2 else own_mid
    return head + number.to_bytes(2, "big") + token + bytes.fromhex("".join(rest))


def serve(sock, steps, log):
    own_mid = 0x2000
    seen = set()
    at = 0
    while True:
        try:
            data, peer = sock.recvfrom(2048)
        except OSError:
            return
        if data == END:
            return
        if len(data) < 4:
            continue
        kind, mid = data[0] >> 4 & 3, int.from_bytes(data[2:4], "big")
        log.write(data[:2].hex() + "xxxx" + data[4:].hex() + "\n")
        log.flush()
        if kind >= 2 or (peer, mid) in seen:
            continue
        seen.add((peer, mid))
        token = data[4:4 + (data[0] & 15)]
        for step in steps[min(at, len(steps) - 1)]:
            if step == "close":
                sock.close()
                return
            own_mid += 1
            sock.sendto(message(step, mid, token, own_mid), peer)
        at += 1


def main():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 5683))
    with open("received", "w", encoding="ascii") as log:
        server = threading.Thread(target=serve, args=(sock, CASES[sys.argv[1]], log), daemon=True)
        server.start()
        status = subprocess.call(sys.argv[2:])
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(END, ("127.0.0.1", 5683))
        server.join()  # what the command sent last is in the log, too
        sys.exit(status)


main()
