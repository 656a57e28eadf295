# SPDX-License-Identifier: Apache-2.0
"""Loads that end by themselves, on the loopback of a network namespace of their own."""
import ctypes
import socket
import struct
import subprocess
import threading
import time

CLONE_NEWNET = 0x40000000


def in_own_network(work):
    """Runs `work` in a thread that has a network namespace, with a loopback, of its own."""

    def enter():
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        work()

    thread = threading.Thread(target=enter)
    thread.start()
    return thread


def paced(seconds, rate, step):
    """Calls `step` so often a second, for so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for _ in range(rate // 50):
            step()
        time.sleep(0.02)


def full_socket(seconds):
    """Datagrams to a socket whose buffer is full: capacity."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as reader, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        reader.bind(("127.0.0.1", 7777))
        paced(seconds, 1000, lambda: sender.sendto(b"x" * 100, ("127.0.0.1", 7777)))


def bad_checksums(seconds):
    """Datagrams that were damaged on the way: error."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as reader, socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP) as sender:
        reader.bind(("127.0.0.1", 7778))
        datagram = struct.pack("!HHHH", 1234, 7778, 12, 0xBEEF) + b"data"
        paced(seconds, 500, lambda: sender.sendto(datagram, ("127.0.0.1", 7778)))


def short_connections(count):
    """Connections that come and go, as on any busy server: benign."""
    with socket.create_server(("127.0.0.1", 7779), backlog=1024) as listener:
        for _ in range(count):
            client = socket.create_connection(("127.0.0.1", 7779))
            served, _ = listener.accept()
            served.close()
            client.send(b"too late")
            client.close()
