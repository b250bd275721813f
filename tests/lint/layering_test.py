#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proves the layering test: for each rule a small tree which must be refused, and one which must not."""
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
import layering  # noqa: E402

HEAD = "// SPDX-FileCopyrightText: 2026 Somebody\n// SPDX-License-Identifier: GPL-3.0-or-later\n// A file of a test.\n"


def source(*includes, text=""):
    return HEAD + "".join(f"#include {i}\n" for i in includes) + text


def header(*includes, text=""):
    return HEAD + "#pragma once\n" + "".join(f"#include {i}\n" for i in includes) + text


class Layering(unittest.TestCase):
    def errors(self, files):
        with tempfile.TemporaryDirectory() as root:
            for name, text in files.items():
                path = Path(root, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
            return layering.findings(root)[0]

    def refused(self, files, word, count=1):
        errors = self.errors(files)
        self.assertEqual(len(errors), count, errors)
        self.assertIn(word, errors[0])

    def accepted(self, files):
        self.assertEqual(self.errors(files), [])

    # ------------------------------------------------------------------------------------------ direction
    def test_what_the_table_allows_is_accepted(self):
        self.accepted({
            "core/transfer/run.cpp": source('"core/vfio/device_io.h"', '"core/device/topology.h"', '"core/base/error.h"'),
            "core/kernel/backend.cpp": source('"core/host/host_tree.h"', '"core/uapi/vfio.h"'),
            "ui/window.cpp": source('"core/vfio/backend.h"', '"core/transfer/event.h"', "<QMainWindow>", '"moc_window.cpp"'),
            "app/gui/main.cpp": source('"core/sim/sim_backend.h"', '"core/kernel/kernel_backend.h"', '"ui/window.h"'),
            "tests/ui/window.cpp": source('"core/sim/sim_backend.h"', "<QTest>"),
        })

    def test_a_lower_core_folder_including_a_higher_one_is_refused(self):
        self.refused({"core/device/topology.h": header('"core/vfio/backend.h"')}, "core/device may not see core/vfio")

    def test_backends_do_not_know_each_other(self):
        self.refused({"core/sim/a.cpp": source('"core/kernel/b.h"')}, "core/sim may not see core/kernel")
        self.refused({"core/kernel/a.cpp": source('"core/sim/b.h"')}, "core/kernel may not see core/sim")

    def test_the_engine_knows_no_backend(self):
        self.refused({"core/transfer/a.cpp": source('"core/sim/b.h"')}, "core/transfer may not see core/sim")

    def test_core_including_ui_or_app_is_refused(self):
        self.refused({"core/base/a.cpp": source('"ui/b.h"')}, "core includes ui")
        self.refused({"core/base/a.cpp": source('"app/backends.h"')}, "core includes app")

    def test_a_core_folder_that_no_table_names_is_refused(self):
        self.refused({"core/extra/a.cpp": source('"core/base/b.h"')}, "not in the table")

    def test_ui_sees_no_backend_and_no_host(self):
        for folder in ("kernel", "sim", "host", "uapi"):
            self.refused({"ui/a.cpp": source(f'"core/{folder}/b.h"')}, f"ui may not see core/{folder}")

    def test_ui_sees_only_the_backend_interface_of_vfio(self):
        self.refused({"ui/a.cpp": source('"core/vfio/device_io.h"')}, "ui may not see core/vfio")

    def test_ui_including_app_is_refused(self):
        self.refused({"ui/a.cpp": source('"app/backends.h"')}, "ui includes app")

    def test_the_command_line_including_the_window_is_refused(self):
        self.refused({"app/cli/a.cpp": source('"ui/b.h"')}, "the command line includes the window")

    def test_product_code_including_test_code_is_refused(self):
        self.refused({"app/gui/a.cpp": source('"tests/support/b.h"')}, "product code includes test code")

    def test_relative_includes_are_refused(self):
        self.refused({"core/vfio/a.cpp": source('"../base/error.h"')}, "not by '..'")
        self.refused({"core/base/a.cpp": source('"b.h"'), "core/base/b.h": header()}, "from the root")

    def test_an_include_cycle_is_refused(self):
        self.refused({"core/base/a.h": header('"core/base/b.h"'), "core/base/b.h": header('"core/base/a.h"')}, "cycle")

    # ------------------------------------------------------------------------------------------------- Qt
    def test_qt_in_core_is_refused(self):
        for name in ("QString", "QtGlobal", "qglobal.h", "QtCore/QString"):
            self.refused({"core/base/a.cpp": source(f"<{name}>")}, "no Qt here")

    def test_qt_in_the_command_line_and_in_core_tests_is_refused(self):
        self.refused({"app/cli/a.cpp": source("<QString>")}, "no Qt here")
        self.refused({"tests/core/base/a.cpp": source("<QTest>")}, "no Qt here")

    def test_a_whole_qt_module_is_refused(self):
        for name in ("QtWidgets", "QtGui", "QtCore/QtCore", "QtTest/QtTest"):
            self.refused({"ui/a.cpp": source(f"<{name}>")}, "whole Qt module")
        self.accepted({"ui/a.cpp": source("<QtGlobal>", "<QtMath>", "<QWidget>")})

    # ------------------------------------------------------------------------------------- dear headers
    def test_json_in_a_header_is_refused(self):
        self.refused({"core/sim/a.h": header("<nlohmann/json.hpp>")}, "1 headers, at most 0")

    def test_json_in_a_seventh_source_file_is_refused(self):
        files = {f"core/sim/a{i}.cpp": source("<nlohmann/json.hpp>") for i in range(6)}
        self.accepted(files)
        files["tests/core/sim/b.cpp"] = source("<nlohmann/json.hpp>")
        self.refused(files, "7 source files, at most 6")

    def test_cli11_in_a_second_source_file_is_refused(self):
        self.refused({f"app/cli/{n}.cpp": source("<CLI/CLI.hpp>") for n in "ab"}, "2 source files, at most 1")

    def test_the_chart_library_in_a_third_file_is_refused(self):
        self.refused({f"ui/{n}.cpp": source('"qcustomplot.h"') for n in "abc"}, "3 source files, at most 2")

    def test_regex_iostream_and_format_are_refused(self):
        for name in ("regex", "iostream", "format", "print"):
            self.refused({"core/base/a.cpp": source(f"<{name}>")}, "1 source files, at most 0")

    # --------------------------------------------------------------------------------------------- calls
    def test_a_test_framework_in_product_code_is_refused(self):
        self.refused({"core/base/a.cpp": source("<gtest/gtest.h>")}, "test framework")
        self.accepted({"tests/core/base/a.cpp": source("<gtest/gtest.h>")})

    def test_time_past_the_clock_is_refused_in_core(self):
        for call in ("std::this_thread::sleep_for(1s);", "std::chrono::steady_clock::now();", "::usleep (3);"):
            self.refused({"core/sim/a.cpp": source(text=call + "\n")}, "only through Clock")
        self.accepted({"core/base/clock.cpp": source(text="::clock_gettime(1, &t);\n"),
                       "core/sim/a.cpp": source(text="clock.sleepUntil(t); // not sleep_for(t)\n")})

    def test_a_descriptor_without_cloexec_is_refused(self):
        for call in ("::open(path, O_RDONLY);", "::eventfd(0,\n 0);", "::dup(3);"):
            self.refused({"app/cli/a.cpp": source(text=f"int a = {call}\n")}, "CLOEXEC")
        self.accepted({"app/cli/a.cpp": source(text="int a = ::open(path,\n  O_RDONLY | O_CLOEXEC);\n")})

    # ---------------------------------------------------------------------------------------- each file
    def test_a_file_without_spdx_lines_is_refused(self):
        self.refused({"core/base/a.cpp": "// A file.\nint a;\n\n"}, "SPDX")
        self.refused({"packaging/tool": "#!/bin/sh\necho hello\ntrue\n"}, "SPDX")
        self.refused({"core/CMakeLists.txt": "add_library(a a.cpp)\n"}, "SPDX")

    def test_kernel_code_has_the_kernels_licence_and_style(self):
        self.accepted({"tests/lab/driver/a.h": "/* SPDX-License-Identifier: GPL-2.0-only */\n#ifndef A_H\n#define A_H\n#endif\n",
                       "tests/lab/driver/a.c": "// SPDX-License-Identifier: GPL-2.0-only\nint a;\n"})
        self.refused({"tests/lab/driver/a.c": HEAD + "int a;\n"}, "the kernel's licence")

    def test_a_file_that_does_not_say_what_it_is_is_refused(self):
        self.refused({"core/base/a.cpp": HEAD.rsplit("//", 1)[0] + "int a;\n"}, "what the file is")

    def test_a_header_without_pragma_once_is_refused(self):
        self.refused({"core/base/a.h": source()}, "#pragma once")

    def test_a_very_long_file_is_refused_and_a_long_one_warned_of(self):
        self.refused({"core/base/a.cpp": source(text="int a;\n" * 800)}, "split it")
        with tempfile.TemporaryDirectory() as root:
            Path(root, "core/base").mkdir(parents=True)
            Path(root, "core/base/a.cpp").write_text(source(text="\n" * 450))
            errors, warnings, _ = layering.findings(root)
        self.assertEqual((len(errors), len(warnings)), (0, 1))

    def test_words_of_one_desk_are_refused(self):
        words = ["/wo" "rk/main", "fa" "rm-7", "shared/des" "ign", ".lib" "rary/x", "/tmp/bu" "ild-a", "tr" "ap 64", "is" "sue 2",
                 "hel" "per B", "deb.deb" "ian.org", "pyp" "i.org"]
        for word in words:
            with self.subTest(word):
                self.refused({"README.md": f"See {word} for more.\n"}, "README.md:1")
        self.accepted({"README.md": "A helper function; network/ and a trap; the issue is this.\n"})

    def test_a_top_level_folder_of_its_own_is_refused(self):
        self.refused({"docs/a.md": "text\n"}, "docs: not a folder of this tree")

    def test_an_empty_tree_is_an_error_of_the_caller(self):
        with tempfile.TemporaryDirectory() as root:
            self.assertEqual(layering.main(["layering.py", root]), 1)


if __name__ == "__main__":
    unittest.main()
