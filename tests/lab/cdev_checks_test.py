#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The judgement on which way was gone, on made-up evidence; and what the lab's kernels are configured with.
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import cdev_checks  # noqa: E402
import evidence  # noqa: E402
import lab_newest  # noqa: E402
import lab_stock  # noqa: E402


class Way(unittest.TestCase):
    def failed(self, kinds: tuple, paths: tuple, group: bool = False, **options) -> int:
        """Failed checks of a step that opened nodes of these kinds, as the kernel saw it, and of these paths, as strace did."""
        with tempfile.TemporaryDirectory() as share:
            judge = cdev_checks.CdevJudge(pathlib.Path(share), pathlib.Path("none"))
            judge.trace = {"one": [evidence.Event(kind, 7) for kind in kinds]}
            (pathlib.Path(share) / "steps").mkdir()
            (pathlib.Path(share) / "steps/one.strace").write_text("".join(f'7  openat(-100</>, "{path}", 0x80002) = 4\n' for path in ("/etc/passwd", *paths)))
            (judge.by_group if group else judge.by_cdev)("one", **options)
            return judge.failed

    def test_each_way_passes_and_the_other_is_found_by_either_witness(self):
        cdev, group = (("iommufd_open", "cdev_open"), ("/dev/iommu", "/dev/vfio/devices/vfio3")), (("container_open", "group_open"), ("/dev/vfio/vfio", "/dev/vfio/14"))
        self.assertEqual(self.failed(*cdev), 0)
        self.assertEqual(self.failed(*group, group=True), 0)
        self.assertEqual(self.failed(*group), 2)
        self.assertEqual(self.failed(*cdev, group=True), 2)
        self.assertEqual(self.failed((*cdev[0], "group_open"), cdev[1]), 1)
        self.assertEqual(self.failed(cdev[0], (*cdev[1], "/dev/vfio/vfio")), 1)

    def test_a_step_that_opened_nothing_passes_only_where_it_may(self):
        self.assertEqual(self.failed((), ()), 2)
        self.assertEqual(self.failed((), (), every=False), 0)
        self.assertEqual(self.failed(("group_open",), ("/dev/vfio/14",), every=False), 2)


class Configuration(unittest.TestCase):
    def test_a_line_that_does_not_stand_is_found(self):
        config = "CONFIG_VFIO=m\n# CONFIG_NET is not set\nCONFIG_TEXT=\"a b\"\n"
        self.assertEqual(lab_newest.dropped("# a comment\nCONFIG_VFIO=m\nCONFIG_TEXT=\"a b\"\nCONFIG_NET=n\n", config), [])
        self.assertEqual(lab_newest.dropped("CONFIG_VFIO=y\nCONFIG_NET=y\n", config), ["CONFIG_VFIO=y (it is m)", "CONFIG_NET=y (it is not set)"])

    def test_the_committed_lines_are_each_there_once(self):
        lines = [line for line in lab_newest.CONFIG.read_text().splitlines() if line and not line.startswith("#")]
        self.assertEqual(len(lab_newest.settings("\n".join(lines))), len(lines))
        self.assertGreater(len(lines), 50)

    def test_the_configuration_of_a_vfio_built_once_more_is_what_was_built(self):
        with tempfile.TemporaryDirectory() as folder:
            lab_stock.put_config(pathlib.Path(folder), "CONFIG_VFIO=m\n# CONFIG_IOMMUFD is not set\n# CONFIG_VFIO_DEBUGFS is not set\n")
            text = (pathlib.Path(folder) / "config").read_text()
        self.assertIn("CONFIG_VFIO=m\n", text)
        self.assertIn("\nCONFIG_IOMMUFD=m\n", text)
        self.assertIn("\nCONFIG_VFIO_DEBUGFS=y\n", text)
        self.assertNotIn("not set", text)


if __name__ == "__main__":
    unittest.main()
