#!/usr/bin/python3
"""Many plain servers in one process: each group request is answered from COUNT addresses.

usage: responders.py FIRST-ADDRESS COUNT [SPREAD_MS]

Joins 224.0.1.187 on eth0. The addresses must be local: ip route add local NET dev lo.
Each answer is a 2.05 NON with a Message ID of its own and the responder's number as payload.
"""
import ipaddress
import random
import socket
import struct
import sys
import time

first = ipaddress.IPv4Address(sys.argv[1])
count = int(sys.argv[2])
spread = float(sys.argv[3]) / 1000 if len(sys.argv) > 3 else 0

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 5683))
s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
             struct.pack('=4s4si', socket.inet_aton('224.0.1.187'), b'\0' * 4,
                         socket.if_nametoindex('eth0')))
print('ready', flush=True)
while True:
    request, client = s.recvfrom(2048)
    token = request[4:4 + (request[0] & 15)]
    for i in random.sample(range(count), count):
        answer = (bytes([0x50 | len(token), 0x45]) + struct.pack('>H', random.randrange(65536))
                  + token + b'\xff' + str(i).encode())
        source = struct.pack('=i4s4s', 0, (first + i).packed, b'\0' * 4)
        s.sendmsg([answer], [(socket.IPPROTO_IP, 8, source)], 0, client)
        time.sleep(spread / count)
