"""A server that is not Argo CD. Usage: odd_server.py KIND CERTIFICATE KEY; prints its port.

KIND is `eof` (closes every connection), `tls` (TLS without ALPN), or the HTTP status of every answer, by
HTTP/2 to those who speak it, else by HTTP/1.1.
"""

import socket
import ssl
import struct
import sys
import threading

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS, HEADERS = 4, 1


def frame(kind, flags, stream, payload=b""):
    """Returns a frame of HTTP/2."""
    head = struct.pack(">I", len(payload))[1:] + bytes([kind, flags])
    return head + struct.pack(">I", stream) + payload


def header(name, value):
    """Returns a header of HPACK that is in no table."""
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


def http2(stream, status, received):
    """Answers every request of a connection with this status."""
    answer = header(b":status", status.encode()) + header(b"content-type", b"text/html")
    received = received[len(PREFACE) :]
    stream.sendall(frame(SETTINGS, 0, 0))
    while True:
        while len(received) >= 9:
            length = int.from_bytes(received[:3], "big")
            kind, flags = received[3], received[4]
            number = int.from_bytes(received[5:9], "big")
            if len(received) < 9 + length:
                break
            received = received[9 + length :]
            if kind == SETTINGS and not flags & 1:
                stream.sendall(frame(SETTINGS, 1, 0))
            elif kind == HEADERS:
                # End of headers, end of stream.
                stream.sendall(frame(HEADERS, 5, number, answer))
        more = stream.recv(65536)
        if not more:
            return
        received += more


def serve(connection, kind, certificate, key):
    """Serves one connection."""
    with connection:
        if kind == "eof":
            connection.recv(65536)
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        if kind != "tls":
            context.set_alpn_protocols(["h2", "http/1.1"])
        try:
            stream = context.wrap_socket(connection, server_side=True)
            received = stream.recv(65536)
            while 0 < len(received) < len(PREFACE):
                received += stream.recv(65536)
            if received.startswith(PREFACE):
                http2(stream, kind, received)
            elif kind != "tls":
                stream.sendall(f"HTTP/1.1 {kind} No\r\nContent-Length: 0\r\n\r\n".encode())
        except OSError:
            # Who does not trust the certificate goes away.
            pass


def main():
    """Serves until it is killed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection, *sys.argv[1:]), daemon=True).start()


main()
