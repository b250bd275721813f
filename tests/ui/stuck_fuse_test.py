#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Migscope authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window closes although a thread of it sits in the kernel and cannot be killed: a real display, a real wait."""
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SKIPPED = 77
PROFILE = {
    "schema": "migscope.sim-profile/1",
    "name": "unkillable",
    "host": {"name": "unkillable", "kernel": "7.3.0-lab"},
    "devices": [
        {"address": "0000:88:00.2", "family": "mlx5", "label": "stuck", "physical_function": "0000:88:00.0",
         "faults": [{"kind": "stuck-set", "block_on_file": None}]},
    ],
}


def wait_for(what, seconds, ready):
    """The first true answer of ready(), or an AssertionError that says what was awaited."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := ready():
            return answer
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what}")


def close_by_the_window_manager(display, window):
    """What the X in a title bar does: a WM_DELETE_WINDOW message."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    for call in (x11.XInternAtom, x11.XSendEvent, x11.XFlush, x11.XCloseDisplay):
        call.argtypes = None

    class ClientMessage(ctypes.Structure):
        _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
                    ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong),
                    ("format", ctypes.c_int), ("data", ctypes.c_long * 5)]

    class Event(ctypes.Union):
        _fields_ = [("client", ClientMessage), ("pad", ctypes.c_long * 24)]

    connection = ctypes.c_void_p(x11.XOpenDisplay(display.encode()))
    assert connection.value, "no connection to the display"
    event = Event()
    event.client.type = 33  # ClientMessage
    event.client.window = window
    event.client.message_type = x11.XInternAtom(connection, b"WM_PROTOCOLS", 0)
    event.client.format = 32
    event.client.data[0] = x11.XInternAtom(connection, b"WM_DELETE_WINDOW", 0)
    x11.XSendEvent(connection, ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(event))
    x11.XFlush(connection)
    x11.XCloseDisplay(connection)


def windows(display):
    """Ids of our visible top-level windows."""
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "Migscope"], capture_output=True, text=True,
                           env={**os.environ, "DISPLAY": display}, check=False)
    return [int(line) for line in found.stdout.split()]


def start_display(processes):
    read, write = os.pipe()
    # A server without a client starts anew, and turns away whoever comes just then: our searches are short clients.
    server = subprocess.Popen(["Xvfb", "-noreset", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
                              pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    processes.append(server)
    os.close(write)
    with os.fdopen(read) as numbers:
        number = numbers.readline().strip()
    assert number, "Xvfb did not start"
    return f":{number}"


def threads_in_the_kernel(pid):
    """(name of the function it waits in, state) of each thread."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            state = (task / "stat").read_text().rsplit(")", 1)[1].split()[0]
            found.append(((task / "wchan").read_text(), state))
        except OSError:
            continue
    return found


def run(program, never_answers, folder, processes):
    mount = folder / "mount"
    mount.mkdir()
    processes.append(subprocess.Popen([never_answers, "-f", "-o", "attr_timeout=60", str(mount)],
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    wait_for("the file system is mounted", 10, lambda: os.path.ismount(mount))
    PROFILE["devices"][0]["faults"][0]["block_on_file"] = str(mount / "never")
    profile = folder / "unkillable.json"
    profile.write_text(json.dumps(PROFILE))

    display = start_display(processes)
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "XDG_STATE_HOME": str(folder),
                   "XDG_CONFIG_HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    if "ASAN_OPTIONS" in environment:
        # The keyboard library of X reads a counted string out of a buffer that has no NUL behind it, which is right for
        # strndup; the strict check of the sanitizer takes it for an overflow. Only here, where a real X is spoken to.
        environment["ASAN_OPTIONS"] += ":strict_string_checks=0"
    log = (folder / "log").open("w")
    window = subprocess.Popen([program, "--backend", f"sim:{profile}", "--device", "0000:88:00.2", "--step", "STOP_COPY"],
                              env=environment, stdout=log, stderr=log)
    processes.append(window)
    print("display", display, "pid", window.pid)
    wait_for("the window is on the screen", 20, lambda: windows(display))
    journals = folder / "migscope" / "journals"
    wait_for("the journal says stuck", 20,
             lambda: any('"kind":"stuck"' in file.read_text() for file in journals.glob("*.migrec")))
    waiting = [thread for thread in threads_in_the_kernel(window.pid) if "fuse" in thread[0] or "request_wait" in thread[0]]
    print("threads:", threads_in_the_kernel(window.pid))
    shot = os.environ.get("MIGSCOPE_TEST_PICTURE")
    if shot:
        subprocess.run(["import", "-display", display, "-window", "root", shot], check=False)

    begin = time.monotonic()
    for one in windows(display):
        close_by_the_window_manager(display, one)
    wait_for("the window is gone from the screen", 3, lambda: not windows(display))
    gone = time.monotonic() - begin
    print(f"the window is gone after {gone:.2f} s")
    leader = lambda: Path(f"/proc/{window.pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    wait_for("the program has left, all but the thread that the kernel holds", 3 - gone, lambda: leader() == "Z")
    print(f"the program has left after {time.monotonic() - begin:.2f} s")
    # Still there, because its thread is: that is what makes this test worth something.
    left = threads_in_the_kernel(window.pid)
    print("left behind:", left)
    assert window.poll() is None, f"the program ended (exit {window.returncode}): its thread was not unkillable; {waiting}"
    assert any(state == "D" for _, state in left), f"no thread in an unkillable wait: {left}"
    recordings = list(journals.glob("*.migrec"))
    assert '"kind":"summary"' in recordings[0].read_text().splitlines()[-1], "the journal was not finished"
    # Once the file system dies the thread returns, and the process can go.
    processes[0].send_signal(signal.SIGKILL)
    processes[0].wait()
    assert wait_for("the process ends once the kernel lets its thread go", 10, lambda: window.poll() is not None) is True
    print("exit", window.returncode)
    assert window.returncode == 0, f"exit {window.returncode}"


def main(program, never_answers):
    if not os.path.exists("/dev/fuse"):
        print("SKIPPED: /dev/fuse is missing here")
        return SKIPPED
    if os.geteuid() != 0 and not shutil.which("fusermount3"):
        print("SKIPPED: neither root nor fusermount3 to mount a FUSE file system")
        return SKIPPED
    folder = Path(tempfile.mkdtemp(prefix="migscope-fuse-"))
    processes = []
    try:
        run(program, never_answers, folder, processes)
        return 0
    finally:
        if os.path.exists(folder / "log"):
            sys.stdout.write((folder / "log").read_text())
        for process in processes:
            if process.poll() is None:
                process.kill()
        subprocess.run(["umount", "-l", str(folder / "mount")], stderr=subprocess.DEVNULL, check=False)
        for process in processes:
            process.wait(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
