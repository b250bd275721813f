#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What packaging/dev does with packages, seen through stand-ins of apt, dpkg and sudo: nothing is installed by this test."""
import os
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOG = 'echo "$(basename "$0") $* [DEBIAN_FRONTEND=${DEBIAN_FRONTEND:-}] [stdin=$(readlink /proc/self/fd/0)]" >>"$LOG"\n'
STUBS = {
    "id": 'echo "${FAKE_UID:-1000}"\n',
    "sudo": LOG + '[ "${FAKE_SUDO:-}" ] || exit 1\nwhile [ "$1" = -n ]; do shift; done\nexec "$@"\n',
    "dpkg-query": 'case " $HAVE " in *" ${*: -1} "* | *" all "*) printf installed ;; *) exit 1 ;; esac\n',
    "apt-cache": 'case "${*: -1}" in libqt6svg6-dev) exit 0 ;; *) exit 100 ;; esac\n',
    "apt-get": LOG + 'case "$*" in *--print-uris*) echo "\'http://mirror.example/g.deb\' g++_12_amd64.deb 2500000 SHA256:0" ;; '
               '*update*) exit "${FAKE_UPDATE:-0}" ;; *install*) echo "apt says why"; exit "${FAKE_INSTALL:-0}" ;; esac\n',
}


class Dev(unittest.TestCase):
    def dev(self, *arguments, **variables):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in STUBS.items():
                path = Path(folder, name)
                path.write_text("#!/bin/bash\n" + text)
                path.chmod(path.stat().st_mode | stat.S_IXUSR)
            log = Path(folder, "log")
            log.touch()
            environment = {k: v for k, v in os.environ.items() if k not in ("MIGSCOPE_NO_DEPS", "CI")}
            environment |= {"PATH": f"{folder}:{os.environ['PATH']}", "LOG": str(log), "HAVE": "", **variables}
            done = subprocess.run([str(ROOT / "packaging/dev"), *arguments], env=environment, capture_output=True, text=True,
                                  stdin=subprocess.PIPE, check=False)
            return done.returncode, done.stdout + done.stderr, log.read_text().splitlines()

    def test_help_names_every_command(self):
        code, text, _ = self.dev("--help")
        self.assertEqual(code, 0)
        for command in ("deps", "run", "test", "lab", "bench", "screenshots", "format", "lint"):
            self.assertRegex(text, rf"(?m)^  {command}\b")

    def test_wrong_usage_is_exit_2(self):
        for arguments in ((), ("frobnicate",), ("test", "--frobnicate"), ("test", "--preset"), ("test", "--preset", "x"),
                          ("lint", "--frobnicate"), ("deps", "frobnicate")):
            with self.subTest(arguments):
                self.assertEqual(self.dev(*arguments, HAVE="all")[0], 2)

    def test_nothing_is_run_when_nothing_is_missing(self):
        code, _, log = self.dev("deps", "build", "test", "bench", "lint", HAVE="all")
        self.assertEqual((code, log), (0, []))

    def test_without_root_and_sudo_the_exact_command_is_printed_and_the_exit_code_is_3(self):
        code, text, log = self.dev("deps", "build", HAVE="cmake python3")
        self.assertEqual(code, 3)
        self.assertRegex(text, r"(?m)^ +apt-get update && apt-get install --no-install-recommends -y .*\bqt6-base-dev\b")
        self.assertNotIn(" cmake ", text)
        self.assertFalse([line for line in log if line.startswith("apt-get")])

    def test_as_root_names_and_sizes_come_before_the_download_and_apt_never_asks(self):
        code, text, log = self.dev("deps", "build", FAKE_UID="0")
        self.assertEqual(code, 0, text)
        self.assertIn("g++ (2.5 MB)", text)
        calls = [line for line in log if line.startswith("apt-get")]
        self.assertIn("update", calls[0])
        self.assertIn("--print-uris", calls[1])
        self.assertIn("install", calls[2])
        for line in (calls[0], calls[2]):
            self.assertIn("[DEBIAN_FRONTEND=noninteractive] [stdin=/dev/null]", line)
            self.assertIn(" -y ", line)
        self.assertIn("--no-install-recommends", calls[2])

    def test_of_alternative_names_the_offered_one_is_installed(self):
        _, _, log = self.dev("deps", "build", FAKE_UID="0")
        self.assertIn(" libqt6svg6-dev", log[-1])
        self.assertNotIn(" qt6-svg-dev", log[-1])

    def test_an_installed_alternative_is_enough(self):
        _, _, log = self.dev("deps", "build", FAKE_UID="0", HAVE="qt6-svg-dev")
        self.assertNotIn("svg", log[-1])

    def test_sudo_is_used_when_it_works_without_a_question(self):
        code, text, log = self.dev("deps", "build", FAKE_SUDO="yes")
        self.assertEqual(code, 0, text)
        self.assertTrue([line for line in log if line.startswith("sudo env DEBIAN_FRONTEND=noninteractive")])

    def test_stale_lists_alone_are_no_failure(self):
        self.assertEqual(self.dev("deps", "build", FAKE_UID="0", FAKE_UPDATE="100")[0], 0)

    def test_a_failed_installation_is_exit_3_with_apts_words_and_the_command(self):
        code, text, _ = self.dev("deps", "build", FAKE_UID="0", FAKE_INSTALL="100")
        self.assertEqual(code, 3)
        self.assertIn("apt says why", text)
        self.assertIn("apt-get install --no-install-recommends -y", text)

    def test_packages_can_be_left_alone(self):
        self.assertEqual(self.dev("deps", "build", MIGSCOPE_NO_DEPS="1")[0::2], (0, []))


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    unittest.main()
