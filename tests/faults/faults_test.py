#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a machine and its people do to a daemon: the exporter goes on, or ends as it should and leaves
nothing behind. Processors that go, sleep and clocks that jump are tests/vm/resilience_test.cpp's."""
import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent / "e2e")]
from bpf_objects import bpf_objects, held, left_since  # noqa: E402
from cases import lacks, main  # noqa: E402
from exporter_process import BUILD, EXPORTER, ExporterProcess  # noqa: E402
from traffic import in_own_network  # noqa: E402

PORT = 20957
DATAGRAMS = 200


def send_ipv6(count=DATAGRAMS):
    """Datagrams over the IPv6 of a loopback of their own, which nobody else uses here."""

    def send():
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as reader, socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sender:
            reader.bind(("::1", 9))
            for _ in range(count):
                sender.sendto(b"x" * 64, ("::1", 9))

    in_own_network(send).join()


def sent(exporter):
    return exporter.metric("packetdrop_hook_packets_total", hook="net_dev_xmit", family="ipv6", protocol="udp")


class Case(unittest.TestCase):
    def setUp(self):
        if os.geteuid() != 0:
            lacks("packets are counted by root")
        for program in ("bpftool", "strace"):
            if not shutil.which(program):
                lacks(f"{program} is missing: deploy/deps/install test")
        self.before = bpf_objects()
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)

    def start(self, *flags, port=PORT, **how):
        return self.stack.enter_context(ExporterProcess(port, *flags, **how))

    def assert_no_bpf_left(self):
        self.assertEqual(left_since(self.before), set())

    def assert_works(self, exporter):
        """It answers, counts exactly, switches and ends."""
        before = sent(exporter)
        send_ipv6()
        self.assertEqual(sent(exporter) - before, DATAGRAMS)
        for path in ("/deactivate", "/activate"):
            self.assertEqual(exporter.ask(path, "POST")[0], 200)
        self.assertEqual(exporter.metric("packetdrop_active", source="bpf"), 1)
        self.assertEqual(exporter.end(), 0)
        self.assert_no_bpf_left()


class Killed(Case):
    def test_at_a_hundred_moments_it_leaves_no_bpf(self):
        seed = random.randrange(1 << 32)
        print(f"seed {seed}")
        moments = random.Random(seed)
        for _ in range(100):
            exporter = ExporterProcess(PORT, "--web.max-control-requests=0")
            end = threading.Event()
            thread = threading.Thread(target=self.use, args=(exporter, end))
            thread.start()
            # It counts after about 60 ms; from then on it is switched all the time.
            time.sleep(moments.uniform(0, 0.3))
            exporter.process.kill()
            end.set()
            thread.join()
            self.assertEqual(exporter.process.wait(), -signal.SIGKILL)
            self.assert_no_bpf_left()

    @staticmethod
    def use(exporter, end):
        while not end.is_set():
            for method, path in (("GET", "/metrics"), ("POST", "/deactivate"), ("POST", "/activate")):
                with contextlib.suppress(Exception):
                    exporter.ask(path, method, timeout=2)


class Signals(Case):
    def test_hangup_ends_nothing_and_is_answered_in_the_log(self):
        exporter = self.start()
        for _ in range(3):
            exporter.process.send_signal(signal.SIGHUP)
        exporter.until(lambda: "SIGHUP" in exporter.log(), "it does not say that it was hung up on")
        self.assert_works(exporter)

    def test_stopped_and_continued_it_has_counted_meanwhile(self):
        exporter = self.start()
        before = sent(exporter)
        exporter.process.send_signal(signal.SIGSTOP)
        send_ipv6()
        time.sleep(2)
        exporter.process.send_signal(signal.SIGCONT)
        self.assertEqual(sent(exporter) - before, DATAGRAMS)
        self.assert_works(exporter)


class Log(Case):
    """stdout and stderr that take nothing."""

    def start_unheard(self, **how):
        exporter = ExporterProcess(PORT, **how)
        self.stack.callback(lambda: exporter.ended() or exporter.end())
        # There is no log to read this from.
        exporter.until(lambda: self.counts(exporter), "it does not count")
        return exporter

    @staticmethod
    def counts(exporter):
        try:
            return exporter.metric("packetdrop_active", source="bpf") == 1
        except OSError:
            return False

    def test_on_a_full_disk_it_goes_on(self):
        with open("/dev/full", "w") as full:
            self.assert_works(self.start_unheard(stdout=full, stderr=full))

    def test_closed_its_descriptors_are_nobody_elses(self):
        exporter = self.start_unheard(by=("sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"))
        for number in range(3):
            self.assertEqual(os.readlink(exporter.proc(f"fd/{number}")), "/dev/null")
        self.assert_works(exporter)

    def test_whose_reader_is_gone_costs_nothing(self):
        reader, writer = os.pipe()
        os.close(reader)
        exporter = self.start_unheard(stdout=writer, stderr=writer)
        os.close(writer)
        self.assert_works(exporter)

    def start_unread(self):
        """One whose log goes into a pipe that is full. Returns it, and the pipe's end for reading."""
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(writer, b"x" * 512)
        os.set_blocking(writer, True)
        exporter = self.start_unheard(stderr=writer)
        os.close(writer)
        return exporter, reader

    def test_that_nobody_reads_holds_up_no_answer(self):
        exporter, reader = self.start_unread()
        send_ipv6()
        self.assertEqual(sent(exporter), DATAGRAMS)
        os.set_blocking(reader, False)
        while self.read(reader):
            pass
        exporter.process.send_signal(signal.SIGHUP)
        exporter.until(lambda: b"log lines were dropped" in self.read(reader), "it does not say what it could not say")
        self.assert_works(exporter)

    @staticmethod
    def read(reader):
        try:
            return os.read(reader, 65536)
        except BlockingIOError:
            return b""

    def test_that_nobody_reads_holds_up_no_end(self):
        exporter, _ = self.start_unread()
        exporter.process.terminate()
        self.assertEqual(exporter.process.wait(10), 0)


class Neighbours(Case):
    def test_two_exporters_count_the_same_and_one_outlives_the_other(self):
        first, second = self.start(), self.start(port=PORT + 1)
        before = [sent(each) for each in (first, second)]
        send_ipv6()
        self.assertEqual([sent(each) - start for each, start in zip((first, second), before)], [DATAGRAMS] * 2)
        first.process.kill()
        first.process.wait()
        self.assert_works(second)

    def test_a_second_one_on_the_same_address_ends_at_once_and_disturbs_nothing(self):
        exporter = self.start()
        # Not all there is: what the start tried out may not have been freed yet.
        mine = held(exporter.process.pid)
        self.assertTrue(mine)
        second = subprocess.run([EXPORTER, f"--web.listen-address=0.0.0.0:{PORT}"], capture_output=True, text=True, timeout=10, check=False)
        self.assertEqual(second.returncode, 1)
        self.assertIn(f"0.0.0.0:{PORT}", second.stderr)
        self.assertEqual(held(exporter.process.pid), mine)
        self.assertLessEqual(mine, bpf_objects())
        self.assert_no_bpf_left()
        self.assert_works(exporter)


class Restart(Case):
    def test_begins_at_zero_with_a_new_start_time(self):
        exporter = self.start()
        send_ipv6()
        self.assertEqual(sent(exporter), DATAGRAMS)
        started = exporter.metric("process_start_time_seconds")
        self.assertLess(abs(started - time.time()), 60)
        exporter.end()
        again = self.start()
        self.assertEqual(sent(again), 0)
        self.assertGreater(again.metric("process_start_time_seconds"), started)
        self.assert_works(again)

    def test_counters_outlive_switches_and_never_go_back(self):
        exporter = self.start("--web.max-control-requests=0")
        last = 0
        for _ in range(20):
            send_ipv6(10)
            for path in ("/deactivate", "/activate"):
                exporter.ask(path, "POST")
                now = sent(exporter)
                self.assertGreaterEqual(now, last)
                last = now
        self.assertEqual(last, 200)
        self.assert_works(exporter)

    def test_its_file_may_be_replaced_while_it_runs(self):
        with tempfile.TemporaryDirectory(dir=BUILD) as folder:
            program, successor = Path(folder) / "packetdrop_exporter", Path(folder) / "new"
            shutil.copy(EXPORTER, program)
            shutil.copy(EXPORTER, successor)
            exporter = self.start(program=program)
            send_ipv6()
            # As package managers do it.
            successor.rename(program)
            self.assertTrue(os.readlink(exporter.proc("exe")).endswith("(deleted)"))
            self.assertEqual(sent(exporter), DATAGRAMS)
            self.assert_works(exporter)
            self.assert_works(self.start(program=program))


class SystemCalls(Case):
    """Some of what tests/faults/system_calls does; "make faults" does it all."""

    def sweep(self, path, every):
        done = subprocess.run([HERE / "system_calls", f"--path={path}", f"--every={every}"], capture_output=True, text=True, check=False)
        print(done.stdout)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_that_fail_at_the_start_are_survived(self):
        self.sweep("start", 23)

    def test_that_fail_while_it_answers_are_survived(self):
        self.sweep("answers", 11)


if __name__ == "__main__":
    main(globals())
