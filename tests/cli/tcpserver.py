#!/usr/bin/python3
"""A CoAP server over TCP (RFC 8323) on 127.0.0.1:5683, and a command beside it.

tcpserver.py SIZE COMMAND...: each request is answered with 2.05 and a payload of SIZE bytes. What
the session carried but for signalling messages is written to ./carried, when the command is over:
[requests,answers,bytes of requests,bytes of answers,bytes of the last of each]
"""
import socket
import subprocess
import sys
import threading


def length(rest):
    if rest < 13:
        return rest, b""
    if rest < 269:
        return 13, bytes([rest - 13])
    return 14, (rest - 269).to_bytes(2, "big")


def frame(code, token, rest):
    nibble, extended = length(len(rest))
    return bytes([nibble << 4 | len(token)]) + extended + bytes([code]) + token + rest


class Reader:
    def __init__(self, sock):
        self.sock = sock
        self.got = b""

    def take(self, n):
        while len(self.got) < n:
            more = self.sock.recv(65536)
            if not more:
                raise EOFError
            self.got += more
        out, self.got = self.got[:n], self.got[n:]
        return out

    def frame(self):
        """Code, token and size of the next message."""
        first = self.take(1)[0]
        nibble, tkl = first >> 4, first & 15
        extended = self.take({13: 1, 14: 2, 15: 4}.get(nibble, 0))
        rest = nibble
        if extended:
            rest = int.from_bytes(extended, "big") + {1: 13, 2: 269, 4: 65805}[len(extended)]
        code = self.take(1)[0]
        token = self.take(tkl)
        self.take(rest)
        return code, token, 2 + len(extended) + tkl + rest


def serve(listener, size, out):
    sock, _ = listener.accept()
    reader = Reader(sock)
    sock.sendall(frame(0xe1, b"", b""))  # CSM
    try:
        while True:
            code, token, n = reader.frame()
            if code >> 5 == 7:
                if code == 0xe2:  # Ping
                    sock.sendall(frame(0xe3, token, b""))
                continue
            answer = frame(0x45, token, b"\xff" + b"x" * size)
            sock.sendall(answer)
            out[0] += 1
            out[1] += 1
            out[2] += n
            out[3] += len(answer)
            out[4:] = [n, len(answer)]
    except (EOFError, ConnectionError):
        pass


def main():
    out = [0, 0, 0, 0, 0, 0]
    listener = socket.create_server(("127.0.0.1", 5683))
    server = threading.Thread(target=serve, args=(listener, int(sys.argv[1]), out), daemon=True)
    server.start()
    status = subprocess.call(sys.argv[2:])
    server.join()
    with open("carried", "w", encoding="ascii") as f:
        f.write(str(out).replace(" ", "") + "\n")
    sys.exit(status)


main()
