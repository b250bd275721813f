#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files the lint of changed files takes, seen in small repositories; and that clang-format's refusal arrives."""
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent


@unittest.skipUnless(shutil.which("git"), "git is not here")
class Changed(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "tests/lint").mkdir(parents=True)
        shutil.copy(HERE / "clang_checks.py", self.root / "tests/lint")
        self.git("init", "-q", "-b", "main")
        self.write("core/a.h", "#pragma once\n")
        self.write("core/a.cpp", '#include "core/a.h"\n')
        self.write("core/only.h", "#pragma once\n")
        self.write("core/user.cpp", '#include "core/only.h"\n')
        self.write("README.md", "text\n")
        self.commit()

    def git(self, *arguments):
        done = subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", str(self.root), *arguments],
                              capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "a step")
        return self.git("rev-parse", "HEAD")

    def run_checks(self, *arguments, root=None):
        return subprocess.run([sys.executable, "-B", str((root or self.root) / "tests/lint/clang_checks.py"), *arguments],
                              capture_output=True, text=True, check=False)

    def units(self, *arguments, root=None):
        return self.run_checks("tidy", "--list", *arguments, root=root).stdout.split()

    def test_all_files_are_taken_without_changed(self):
        self.assertEqual(self.units(), ["core/a.cpp", "core/user.cpp"])

    def test_the_first_commit_has_all_its_files(self):
        self.assertEqual(self.units("--changed"), ["core/a.cpp", "core/user.cpp"])

    def test_without_a_base_the_files_of_the_last_commit_are_taken(self):
        self.write("core/a.cpp", '#include "core/a.h"\nint a;\n')
        self.commit()
        self.assertEqual(self.units("--changed"), ["core/a.cpp"])

    def test_what_is_not_committed_is_taken_too(self):
        self.write("README.md", "more\n")
        self.commit()
        self.assertEqual(self.units("--changed"), [])
        self.write("core/a.cpp", "int b;\n")
        self.write("ui/new.cpp", "int c;\n")
        self.assertEqual(self.units("--changed"), ["core/a.cpp", "ui/new.cpp"])

    def test_a_header_is_checked_by_its_own_source_or_by_one_that_includes_it(self):
        self.write("README.md", "more\n")
        self.commit()
        self.write("core/a.h", "#pragma once\nint a();\n")
        self.assertEqual(self.units("--changed"), ["core/a.cpp"])
        self.write("core/only.h", "#pragma once\nint a();\n")
        self.assertEqual(self.units("--changed"), ["core/a.cpp", "core/user.cpp"])

    def test_a_base_reaches_back_over_several_commits(self):
        base = self.git("rev-parse", "HEAD")
        for name in ("core/a.cpp", "core/user.cpp"):
            self.write(name, "int x;\n")
            self.commit()
        self.assertEqual(self.units("--changed", "--base", base), ["core/a.cpp", "core/user.cpp"])
        self.assertEqual(self.units("--changed"), ["core/user.cpp"])

    def test_a_base_that_is_no_commit_is_an_error(self):
        self.assertNotEqual(self.run_checks("tidy", "--list", "--changed", "--base", "nowhere").returncode, 0)

    def test_the_side_that_a_merge_brought_is_taken(self):
        self.git("checkout", "-q", "-b", "side")
        self.write("core/a.cpp", "int side;\n")
        self.commit()
        self.git("checkout", "-q", "main")
        self.write("core/user.cpp", "int main_side;\n")
        self.commit()
        self.git("merge", "-q", "--no-edit", "side")
        self.assertEqual(self.units("--changed"), ["core/a.cpp"])

    def test_a_removed_file_is_not_looked_for(self):
        (self.root / "core/user.cpp").unlink()
        self.commit()
        self.assertEqual(self.units("--changed"), [])

    def test_without_a_repository_all_files_are_taken(self):
        shutil.rmtree(self.root / ".git")
        self.assertEqual(self.units("--changed"), ["core/a.cpp", "core/user.cpp"])

    @unittest.skipUnless(shutil.which("clang-format-19"), "clang-format-19 is not here")
    def test_a_badly_formatted_file_fails_and_is_put_right(self):
        shutil.copy(HERE.parents[1] / ".clang-format", self.root)
        self.assertEqual(self.run_checks("format").returncode, 0)
        self.write("core/a.cpp", "int   a( ) ;\n")
        self.assertNotEqual(self.run_checks("format").returncode, 0)
        self.assertEqual(self.run_checks("format", "--fix").returncode, 0)
        self.assertEqual((self.root / "core/a.cpp").read_text(), "int a();\n")


if __name__ == "__main__":
    unittest.main()
