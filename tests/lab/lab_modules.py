# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds kernel modules for the lab: headers made usable where they lie, the lab's own driver, VFIO once more with all its parts.
"""Everything is built against headers of the very kernel that boots, with the system's own compiler, in folders of the cache."""

import lzma
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import lab_cache
from lab_apt import run
from lab_cache import die, say

# What the guest loads; their dependencies come from the kernel's own module list, built-in ones are skipped.
GUEST_MODULES = ["virtio_pci", "9p", "9pnet_virtio", "overlay", "vfio", "vfio_iommu_type1", "mdev", "vfio-pci", "igb", "e1000", "e1000e", "nvme"]

# Out of the kernel's sources: the sample; and VFIO, iommufd and what they share.
SAMPLE = "samples/vfio-mdev/mtty.c"
STACK_SOURCES = ["drivers/vfio", "drivers/iommu/iommufd", "drivers/iommu/iommu-priv.h", "lib/interval_tree.c"]
# What a distribution's kernel lacks for device nodes, and what its headers are told instead.
STACK_OPTIONS = {"CONFIG_IOMMUFD": "m", "CONFIG_IOMMUFD_DRIVER": "y", "CONFIG_VFIO_DEVICE_CDEV": "y", "CONFIG_VFIO_DEBUGFS": "y",
                 "CONFIG_INTERVAL_TREE_SPAN_ITER": "y"}
STACK_FLAGS = "KCFLAGS=" + " ".join(f"-D{key}{'_MODULE' if value == 'm' else ''}=1" for key, value in STACK_OPTIONS.items())
SPAN = re.compile(r"#ifdef CONFIG_INTERVAL_TREE_SPAN_ITER\n(.*?)#endif", re.S)


def module_root(tree: pathlib.Path, release: str) -> pathlib.Path:
    """Split packages put modules below /usr, the others below /."""
    return next((p for p in (tree / "lib/modules" / release, tree / "usr/lib/modules" / release) if p.exists()), tree)


def module_closure(tree: pathlib.Path, release: str, *more: str) -> list:
    """Files of GUEST_MODULES and `more`, and all they need, in the order in which insmod takes them."""
    modules = module_root(tree, release)
    builtin = (modules / "modules.builtin").read_text()
    run("depmod", "-b", modules.parent.parent.parent, release)
    depends = {}
    for line in (modules / "modules.dep").read_text().splitlines():
        name, _, rest = line.partition(":")
        depends[name] = rest.split()
    by_name = {pathlib.Path(p).name.split(".ko")[0].replace("-", "_"): p for p in depends}
    order = []

    def visit(path: str) -> None:
        for needed in reversed(depends[path]):
            visit(needed)
        if path not in order:
            order.append(path)

    for wanted in [*GUEST_MODULES, *more]:
        key = wanted.replace("-", "_")
        if key in by_name:
            visit(by_name[key])
        elif not re.search(rf"/{re.escape(wanted)}\.ko|/{re.escape(key)}\.ko", builtin):
            raise RuntimeError(f"kernel {release} has no module {wanted}")
    return [modules / p for p in order]


def put_modules(folder: pathlib.Path, modules: list) -> None:
    """Files of modules, in insmod's order, into a kernel's folder: plain, and without what only debuggers want."""
    (folder / "modules").mkdir(parents=True, exist_ok=True)
    order = []
    for module in modules:
        name = module.name.split(".ko")[0] + ".ko"
        data = module.read_bytes()
        if module.name.endswith(".xz"):
            data = lzma.decompress(data)
        elif not module.name.endswith(".ko"):
            raise RuntimeError(f"unknown module compression: {module.name}")
        (folder / "modules" / name).write_bytes(data)
        run("strip", "--strip-debug", folder / "modules" / name)
        order.append(name)
    (folder / "modules.order").write_text("\n".join(order) + "\n")


def extract_sources(archive_deb: pathlib.Path, into: pathlib.Path, *members: str) -> None:
    """Files and folders out of the kernel's source package; none: all of it. The tarball is one compressed stream, read through once."""
    with tempfile.TemporaryDirectory(dir=into.parent) as unpacked:
        run("dpkg", "-x", archive_deb, unpacked)
        tarball = next(pathlib.Path(unpacked).glob("usr/src/linux-source-*.tar.xz"))
        top = tarball.name.removesuffix(".tar.xz")
        into.mkdir(exist_ok=True)
        run("tar", "-xJf", tarball, "-C", into, "--strip-components=1", *[f"{top}/{member}" for member in members])


def ready_headers(tree: pathlib.Path, release: str) -> pathlib.Path:
    """Makes unpacked headers usable where they lie; they must not be moved after that."""
    src = tree / "usr/src"
    headers = src / f"linux-headers-{release}"
    # Paths inside the headers' Makefile are absolute, as of an installed package.
    makefile = headers / "Makefile"
    makefile.write_text(re.sub(r"(?<![\w/])/usr/src/", f"{src}/", makefile.read_text()))
    # With a vmlinux the build wants BTF and with it pahole; what is built here needs neither.
    (headers / "vmlinux").unlink(missing_ok=True)
    for link in headers.iterdir():
        if link.is_symlink() and str(link.readlink()).startswith("/usr/"):
            target = tree / str(link.readlink()).lstrip("/")
            link.unlink()
            link.symlink_to(target)
    return headers


def build_module(headers: pathlib.Path, build: pathlib.Path, *options: str) -> str:
    """What make said. No ccache or wrapper: the headers' own compiler settings decide."""
    done = subprocess.run(["make", "-C", headers, f"M={build}", f"-j{os.cpu_count() or 1}", *options, "modules"], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, "MAKEFLAGS": ""})
    if done.returncode != 0:
        raise RuntimeError(f"make in {headers}\n{done.stdout[-4000:]}")
    return done.stdout


def build_sample(headers: pathlib.Path, sources: pathlib.Path) -> pathlib.Path:
    (sources / "samples/vfio-mdev/Makefile").write_text("obj-m := mtty.o\n")
    build_module(headers, sources / "samples/vfio-mdev")
    return sources / "samples/vfio-mdev/mtty.ko"


def build_stack(headers: pathlib.Path, sources: pathlib.Path) -> dict:
    """VFIO with device nodes and debugfs, iommufd and the sample, of the kernel's own sources: name -> file. Every user of VFIO is
    built anew with it, since its structures have other members then. Leaves Module.symvers in `sources`."""
    iommufd = sources / "drivers/iommu/iommufd"
    span = SPAN.search((sources / "lib/interval_tree.c").read_text())
    if not span:
        raise RuntimeError("the kernel's lib/interval_tree.c has no span iterator where it was")
    # The only functions that the stock kernel lacks; they go where they are used.
    (iommufd / "span.c").write_text("#include <linux/export.h>\n#include <linux/interval_tree.h>\n" + span.group(1))
    makefile = (iommufd / "Makefile").read_text()
    ours = re.sub(r"(?m)^obj-\$\(CONFIG_IOMMUFD_DRIVER\).*$", "iommufd-y += iova_bitmap.o span.o", makefile)
    if ours == makefile:
        raise RuntimeError("the kernel's iommufd is not made as it was")
    (iommufd / "Makefile").write_text(ours)
    (sources / "samples/vfio-mdev/Makefile").write_text("obj-m := mtty.o\n")
    (sources / "Kbuild").write_text("obj-m := drivers/iommu/iommufd/ drivers/vfio/ samples/vfio-mdev/\n")
    build_module(headers, sources, STACK_FLAGS, *[f"{key}={value}" for key, value in STACK_OPTIONS.items()])
    return {path.name: path for path in sources.rglob("*.ko")}


def build_driver(headers: pathlib.Path, build: pathlib.Path, *options: str) -> None:
    """The lab's own driver into `build`. A warning is a failure: the code is ours."""
    for source in lab_cache.driver_sources():
        shutil.copy(source, build)
    try:
        said = build_module(headers, build, "W=1", *options)
    except RuntimeError as error:
        die(f"the lab's driver does not build:\n{error}")
    # Only of our files: what the kernel's own headers say is not ours to mend.
    if re.search(r"(?m)^(?!.*/headers-).*\.[ch]:\d+:\d+: warning:", said):
        die(f"the lab's driver builds with warnings:\n{said}")


def make_driver(kernel: pathlib.Path) -> None:
    """The driver for the kernel of that folder, where it is not there yet."""
    folder = lab_cache.driver_dir(kernel)
    if (folder / "complete").exists():
        return
    how = lab_cache.how_built(kernel)
    say(f"building the lab's driver for {kernel.name}")
    with tempfile.TemporaryDirectory(dir=lab_cache.root()) as scratch_name:
        scratch = pathlib.Path(scratch_name)
        build_driver(lab_cache.root() / how["headers"], scratch, *how["options"],
                     *[f"KBUILD_EXTRA_SYMBOLS={kernel / file}" for file in how["symbols"]])
        run("strip", "--strip-debug", scratch / "miglab.ko")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        shutil.copy(scratch / "miglab.ko", folder)
        (folder / "complete").write_text("miglab.ko\n")
