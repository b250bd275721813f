#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line's own --help, its man page and its completion name the same commands and options."""
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ""
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
GLOBAL = {"--help", "--backend", "--json", "--version"}


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False, **more)


def help_of(*command):
    done = run(PROGRAM, *command, "--help")
    assert done.returncode == 0, done.stderr
    return done.stdout


def declared(text):
    """The options that a help text declares: the ones at the beginning of its lines."""
    return {o for line in text.splitlines() if (m := re.match(r"\s+(-\w,)?\s*(--[a-z-]+)", line)) for o in [m[2]]}


def commands():
    """The names under the help's heading of commands."""
    text = help_of()
    tail = re.split(r"(?mi)^\[?(?:option\(s\).*)?(?:sub)?commands:?\]?:?\s*$", text)[-1]
    found = re.findall(r"(?m)^  ([a-z]+)\s", tail)
    assert len(found) >= 11, text
    return found


def man_page():
    text = (ROOT / "packaging/man/migscope-cli.1").read_text().replace("\\\n", "")
    return re.sub(r"\\f[A-Z]", "", text.replace("\\-", "-"))


class Documentation(unittest.TestCase):
    def test_the_man_page_has_every_command_with_every_option_and_no_other(self):
        section = man_page().split(".SH COMMANDS")[1].split(".SH OPTIONS OF COMMANDS")[0]
        synopses = {line.split()[1]: line for line in re.findall(r"\n\.TP\n(\.B \w.*)", section)}
        self.assertEqual(sorted(synopses), sorted(commands()))
        for command, line in synopses.items():
            with self.subTest(command):
                self.assertEqual(set(OPTION.findall(line)) - GLOBAL, declared(help_of(command)) - GLOBAL)

    def test_the_man_page_explains_every_option(self):
        page = man_page()
        every = set().union(*(declared(help_of(c)) for c in commands()), declared(help_of()))
        explained = set(OPTION.findall("\n".join(line for line in page.split(".SH COMMANDS")[0].splitlines()
                                                 if line.startswith((".B ", ".BI ")))))
        explained |= set(OPTION.findall("\n".join(
            line for line in page.split(".SH OPTIONS OF COMMANDS")[1].split(".SH EXIT")[0].splitlines() if line.startswith(".B"))))
        self.assertEqual(every - explained, set())

    def window_options(self):
        window = Path(PROGRAM).with_name("migscope")
        if not window.exists():
            self.skipTest("the window is not built")
        done = run(str(window), "--help", env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
        self.assertEqual(done.returncode, 0, done.stderr)
        return set(re.findall(r"(?m)^  (?:-\w, )*(--[a-z-]+)", done.stdout)) - {"--help-all"}

    def test_the_windows_man_page_explains_every_option_of_the_window_and_no_other(self):
        page = (ROOT / "packaging/man/migscope.1").read_text().replace("\\-", "-").split(".SH OPTIONS")[1]
        explained = {o for line in page.splitlines() if line.startswith((".B -", ".BI -")) for o in OPTION.findall(line)}
        self.assertEqual(explained, self.window_options())

    def test_the_windows_completion_offers_every_option_of_the_window_and_no_other(self):
        self.assertEqual(self.complete("--", program="migscope", function="_migscope"), self.window_options())
        self.assertEqual(self.complete("--render", "a.migrec", "--to", "h", program="migscope", function="_migscope"), {"html"})

    def complete(self, *words, program="migscope-cli", function="_migscope_cli"):
        script = (f"source {ROOT}/packaging/completion/{program}.bash\n"
                  'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); ' + function + '; printf "%s\\n" "${COMPREPLY[@]}"')
        environment = {**os.environ, "PATH": f"{Path(PROGRAM).parent}:{os.environ['PATH']}"}
        with tempfile.TemporaryDirectory() as empty:
            done = run("bash", "--norc", "-c", script, "bash", program, *words, env=environment, cwd=empty)
        self.assertEqual(done.stderr, "")
        return set(done.stdout.split())

    def test_the_completion_offers_every_command(self):
        self.assertEqual({w for w in self.complete("") if not w.startswith("-")}, set(commands()))
        self.assertEqual(self.complete("mi"), {"migrate"})

    def test_the_completion_offers_every_option_of_a_command_and_no_other(self):
        for command in commands():
            with self.subTest(command):
                self.assertEqual(self.complete(command, "--") - GLOBAL, declared(help_of(command)) - GLOBAL)

    def test_the_completion_offers_the_devices_that_list_names(self):
        offered = self.complete("--backend", "sim", ":", "lab", "show", "")
        listed = run(PROGRAM, "--backend", "sim:lab", "--json", "list")
        names = set(re.findall(r'"name": ?"([^"]+)"', listed.stdout.split('"devices"')[-1]))
        self.assertTrue(names)
        self.assertLessEqual(names & {n for n in names if ":" in n or "-" in n}, offered)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop()
    if not Path(PROGRAM).exists():
        sys.exit(f"{PROGRAM} is not built")
    unittest.main()
