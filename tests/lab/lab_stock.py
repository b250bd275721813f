# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
# The lab's first kernel: a stock one of the backports suite; beside it the same one with VFIO's device nodes, iommufd and debugfs.

import functools
import pathlib
import re
import shutil
import tempfile

import lab_cache
import lab_modules
from lab_apt import Apt, newer, run
from lab_cache import die, say


def gcc_major() -> str:
    return run("gcc", "-dumpversion").strip().split(".")[0]


def candidates(apt: Apt):
    """Kernels of the suite, newest first, as (image, headers, common headers, kbuild, source) records; says why one is left out."""
    images = apt.records(*apt.names(r"linux-image-[0-9][^ ]*-amd64"))
    images = [r for n, r in images.items() if not re.search(r"-(cloud|rt)-|-dbg$|-unsigned$", n)]
    images.sort(key=functools.cmp_to_key(lambda a, b: newer(a["Version"], b["Version"])), reverse=True)
    libc = run("dpkg-query", "-W", "-f", "${Version}", "libc6")
    for image in images:
        release = image["Package"].removeprefix("linux-image-")
        base = release.removesuffix("-amd64")
        series = ".".join(base.split(".")[:2]) if re.match(r"\d+\.\d+", base) else base
        wanted = [f"linux-headers-{release}", f"linux-headers-{base}-common", f"linux-kbuild-{base}", f"linux-source-{series}"]
        found = apt.records(*wanted)
        missing = [w for w in wanted if w not in found]
        if missing:
            say(f"not {release}: the suite has no {', '.join(missing)}")
            continue
        headers, common, kbuild, source = (found[w] for w in wanted)
        compilers = re.findall(r"gcc-(\d+)", headers.get("Depends", ""))
        if compilers and gcc_major() not in compilers:
            say(f"not {release}: its headers want gcc-{compilers[0]}, this system has gcc {gcc_major()}")
            continue
        need = re.search(r"libc6 \(>= ([^)]+)\)", kbuild.get("Depends", ""))
        if need and newer(need.group(1), libc) > 0:
            say(f"not {release}: its build tools want libc6 {need.group(1)}, this system has {libc}")
            continue
        if source["Version"] != image["Version"]:
            say(f"not {release}: {source['Package']} is {source['Version']}, the image {image['Version']}")
            continue
        yield release, [image, headers, common, kbuild, source]


def put_config(folder: pathlib.Path, config: str) -> None:
    """The configuration of what runs: with VFIO built once more it is no longer the package's."""
    for key, value in lab_modules.STACK_OPTIONS.items():
        config = re.sub(rf"(?m)^(# )?{key}\b.*\n", "", config) + f"{key}={value}\n"
    (folder / "config").write_text(config)


def put_stack(folder: pathlib.Path, modules: list, built: dict) -> None:
    """The stock kernel's modules in their order, with those that were built in their places, and iommufd before its first user."""
    own = [built.pop(module.name.split(".ko")[0] + ".ko", module) for module in modules]
    own.insert(next(i for i, module in enumerate(own) if module.name == "vfio.ko"), built.pop("iommufd.ko"))
    if built:
        raise RuntimeError(f"VFIO has more modules than the guest loads: {', '.join(built)}")
    lab_modules.put_modules(folder, own)


def make(apt: Apt, release: str, records: list, stock: pathlib.Path, cdev: pathlib.Path) -> None:
    """Both folders of one kernel; only the first where its sources are other than we know. Each package is downloaded and unpacked once."""
    files = apt.download(records)
    headers = lab_cache.headers_dir(stock)
    for folder in (stock, cdev, headers):
        shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=lab_cache.root()) as scratch_name:
        scratch = pathlib.Path(scratch_name)
        tree, sources = scratch / "tree", scratch / "sources"
        run("dpkg", "-x", files[0], tree)
        for file in files[1:-1]:
            run("dpkg", "-x", file, headers)
        say(f"unpacking VFIO and a sample out of {records[-1]['Package']} (the tarball is read through once)")
        lab_modules.extract_sources(files[-1], sources, lab_modules.SAMPLE, *lab_modules.STACK_SOURCES)
        ready = lab_modules.ready_headers(headers, release)
        # Before the stack: Kbuild tells apart neither the options nor the flags of two builds of one file.
        shutil.copytree(sources / "samples", scratch / "sample/samples")
        say(f"building mtty against the headers of {release}")
        sample = lab_modules.build_sample(ready, scratch / "sample")
        modules = [*lab_modules.module_closure(tree, release), sample]
        lab_modules.put_modules(stock, modules)
        image = next((p for p in (tree / "boot" / f"vmlinuz-{release}", tree / "usr/lib/modules" / release / "vmlinuz") if p.exists()), None)
        if image is None:
            raise RuntimeError(f"the image package of {release} has no vmlinuz")
        config = next(c for c in (tree / "boot" / f"config-{release}", tree / "usr/lib/modules" / release / "config") if c.exists()).read_text()
        shutil.copy(image, stock / "vmlinuz")
        shutil.copy(lab_modules.module_root(tree, release) / "modules.alias", stock / "modules.alias")
        (stock / "config").write_text(config)
        lab_cache.finish(stock, release, ready)
        for file in files:
            file.unlink()

        say("building VFIO once more: with device nodes, iommufd and debugfs")
        try:
            put_stack(cdev, modules, lab_modules.build_stack(ready, sources))
        except RuntimeError as error:
            say(f"{release} has no device nodes in the lab: {error}")
            return
        for name in ("vmlinuz", "modules.alias"):
            shutil.copy(stock / name, cdev)
        put_config(cdev, config)
        shutil.copy(sources / "Module.symvers", cdev)
        lab_cache.finish(cdev, release, ready, [lab_modules.STACK_FLAGS], ["Module.symvers"])


def take(apt: Apt) -> dict:
    """The newest kernel of the suite that can be used here: {kernel, release, kernel_dir, cdev_dir}."""
    for release, records in candidates(apt):
        version = records[0]["Version"]
        name = f"{release}-{version}-layout{lab_cache.LAYOUT}"
        stock, cdev = (lab_cache.root() / f"kernel-{kind}{name}" for kind in ("", "cdev-"))
        try:
            if not ((stock / "complete").exists() and (cdev / "complete").exists()):
                make(apt, release, records, stock, cdev)
        except RuntimeError as error:
            say(f"not {release}: {error}")
            continue
        return {"kernel": f"{release} ({version})", "release": release, "kernel_dir": stock.name,
                "cdev_dir": cdev.name if (cdev / "complete").exists() else None}
    die("no kernel of the backports suite can be used here (reasons above)")
