// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A minute of chaos for the lab's own driver: random calls, knobs, kills and removals from four processes at
// a time.
//
// It proves nothing by what it prints: the kernel's log, its slabs and the driver's own counters are judged
// afterwards. Usage: lab_stress SECONDS [SEED]. Exit status 0 when every kind of act was done and some of
// each succeeded.
#include "core/uapi/vfio.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace migscope::uapi;
using Clock = std::chrono::steady_clock;

constexpr int actors = 4;
constexpr std::string_view types = "1357";
constexpr std::array<std::string_view, 8> stateNames = {
    "ERROR", "STOP", "RUNNING", "STOP_COPY", "RESUMING", "RUNNING_P2P", "PRE_COPY", "PRE_COPY_P2P"};

/// What was done, counted over all processes.
enum class Act : unsigned { Set, Reset, Read, Write, Info, Poll, Log, Region, Knob, Open, Recreate, Kill };
constexpr unsigned actCount = 12;
constexpr std::array<const char*, actCount> actNames = {"set", "reset",  "read", "write", "info",     "poll",
                                                        "log", "region", "knob", "open",  "recreate", "kill"};
struct Counters {
    std::array<std::atomic<unsigned long>, actCount> tried;
    std::array<std::atomic<unsigned long>, actCount> done;
};
Counters* counters = nullptr;

void count(Act act, bool done) {
    const auto place = static_cast<unsigned>(act);
    counters->tried[place].fetch_add(1, std::memory_order_relaxed);
    if (done)
        counters->done[place].fetch_add(1, std::memory_order_relaxed);
}

std::mt19937_64 dice; // NOLINT(cert-msc51-cpp): seeded in main, so that a run can be repeated

unsigned roll(unsigned sides) {
    return static_cast<unsigned>(dice() % sides);
}

/// Nobody is left behind with a device: not even one whose parent was killed before this.
void dieWith(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
}

void pauseFor(std::chrono::microseconds time) {
    usleep(static_cast<useconds_t>(time.count()));
}

std::string uuidOf(unsigned slot) {
    return std::string{types[slot / 2]} + "0000000-0000-4000-8000-00000000000" + (slot % 2 != 0 ? "b" : "a");
}

bool writeFile(const std::string& path, std::string_view text) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    const bool done = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    close(file);
    return done;
}

// --- one opened device
// ------------------------------------------------------------------------------------------

/// The device with all that opening it takes; plain numbers, since forks share them.
struct Opened {
    int container = -1;
    int group = -1;
    int device = -1;
};

void closeAll(Opened& opened) {
    for (int* file : {&opened.device, &opened.group, &opened.container}) {
        if (*file >= 0)
            close(*file);
        *file = -1;
    }
}

std::optional<Opened> openDevice(const std::string& uuid) {
    std::array<char, 256> link{};
    const std::string path = "/sys/bus/mdev/devices/" + uuid + "/iommu_group";
    const ssize_t length = readlink(path.c_str(), link.data(), link.size() - 1);
    if (length <= 0)
        return std::nullopt;
    const std::string_view target{link.data(), static_cast<std::size_t>(length)};
    const std::string node = "/dev/vfio/" + std::string{target.substr(target.rfind('/') + 1)};
    Opened opened;
    opened.container = ::open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
    opened.group = ::open(node.c_str(), O_RDWR | O_CLOEXEC);
    if (opened.group < 0 || ioctl(opened.group, ioctlGroupSetContainer, &opened.container) != 0 ||
        ioctl(opened.container, ioctlSetIommu, iommuType1v2) != 0) {
        closeAll(opened);
        return std::nullopt;
    }
    opened.device = ioctl(opened.group, ioctlGroupGetDeviceFd, uuid.c_str());
    if (opened.device < 0) {
        closeAll(opened);
        return std::nullopt;
    }
    return opened;
}

template<class Data>
struct Feature {
    VfioDeviceFeature head{};
    Data data{};
};

template<class Data>
int feature(int device, std::uint32_t flags, Data& data) {
    alignas(8) Feature<Data> call;
    call.head.argsz = sizeof(call);
    call.head.flags = flags;
    call.data = data;
    const int result = ioctl(device, ioctlDeviceFeature, &call);
    data = call.data;
    return result;
}

// --- random acts on it
// ------------------------------------------------------------------------------------------

struct User {
    Opened opened;
    std::vector<int> streams;
    std::vector<char> buffer = std::vector<char>(1 << 17);

    int anyStream() const {
        return streams.empty() ? -1 : streams[roll(static_cast<unsigned>(streams.size()))];
    }

    void setState() {
        VfioDeviceFeatureMigState state{roll(10), noDataFd};
        // Mostly ways that lead somewhere: a stream wants to be read.
        if (roll(3) == 0)
            state.deviceState = roll(2) != 0U ? stateStopCopy : statePreCopy;
        const bool done = feature(opened.device, featureSet | featureMigDeviceState, state) == 0;
        count(Act::Set, done);
        if (done && state.dataFd >= 0) {
            if (roll(4) == 0)
                fcntl(state.dataFd, F_SETFL, O_NONBLOCK);
            streams.push_back(state.dataFd);
        }
        if (streams.size() > 20)
            closeStream();
    }

    void closeStream() {
        if (streams.empty())
            return;
        const std::size_t which = roll(static_cast<unsigned>(streams.size()));
        close(streams[which]);
        streams.erase(streams.begin() + static_cast<std::ptrdiff_t>(which));
    }

    void ask() {
        VfioDeviceFeatureMigState state{0, noDataFd};
        feature(opened.device, featureGet | featureMigDeviceState, state);
        VfioDeviceFeatureMigDataSize size{};
        feature(opened.device, featureGet | featureMigDataSize, size);
        VfioDeviceFeatureMigration migration{};
        feature(opened.device, featureGet | featureMigration, migration);
    }

    void logDma() {
        VfioDeviceFeatureDmaLoggingRange range{0x10000, 1ULL << (12 + roll(18))};
        VfioDeviceFeatureDmaLoggingControl control{4096, 1, 0, reinterpret_cast<std::uint64_t>(&range)};
        count(Act::Log, feature(opened.device, featureSet | featureDmaLoggingStart, control) == 0);
        VfioDeviceFeatureDmaLoggingReport report{0x10000, range.length, 4096,
                                                 reinterpret_cast<std::uint64_t>(buffer.data())};
        feature(opened.device, featureGet | featureDmaLoggingReport, report);
        VfioDeviceFeature stop{sizeof(stop), featureSet | featureDmaLoggingStop};
        if (roll(2) != 0U)
            ioctl(opened.device, ioctlDeviceFeature, &stop);
    }

    void touchRegions() {
        VfioRegionInfo about{};
        about.argsz = sizeof(about);
        about.index = roll(12);
        if (ioctl(opened.device, ioctlDeviceGetRegionInfo, &about) != 0) {
            count(Act::Region, false);
            return;
        }
        const auto at = static_cast<off_t>(about.offset + roll(5000));
        const bool done = pread(opened.device, buffer.data(), 1 + roll(300), at) > 0;
        count(Act::Region, done && pwrite(opened.device, buffer.data(), 1 + roll(300), at) > 0);
    }

    void anyAct() {
        const int stream = anyStream();
        switch (roll(16)) {
        case 0:
        case 1:
        case 2:
        case 3:
            setState();
            break;
        case 4:
            ask();
            break;
        case 5:
            count(Act::Reset, ioctl(opened.device, ioctlDeviceReset) == 0);
            break;
        case 6:
        case 7:
        case 8:
            count(Act::Read, ::read(stream, buffer.data(), roll(1 << 17)) > 0);
            break;
        case 9:
        case 10:
            count(Act::Write, ::write(stream, buffer.data(), roll(1 << 12)) > 0);
            break;
        case 11: {
            VfioPrecopyInfo precopy{sizeof(precopy), 0, 0, 0};
            count(Act::Info, ioctl(stream, ioctlMigGetPrecopyInfo, &precopy) == 0);
            break;
        }
        case 12: {
            pollfd waiting{stream, POLLIN | POLLOUT, 0};
            count(Act::Poll, ::poll(&waiting, 1, static_cast<int>(roll(20))) > 0);
            break;
        }
        case 13:
            logDma();
            break;
        case 14:
            touchRegions();
            break;
        default:
            closeStream();
            break;
        }
    }

    /// What was saved on one device, written to another: the only way to a load that succeeds.
    void feed(User& other) {
        VfioDeviceFeatureMigState state{stateStopCopy, noDataFd};
        if (feature(opened.device, featureSet | featureMigDeviceState, state) != 0 || state.dataFd < 0)
            return;
        const int from = state.dataFd;
        state = {stateResuming, noDataFd};
        if (feature(other.opened.device, featureSet | featureMigDeviceState, state) == 0 &&
            state.dataFd >= 0) {
            for (int calls = 0; calls < 200; ++calls) {
                const ssize_t got = ::read(from, buffer.data(), buffer.size());
                if (got <= 0)
                    break;
                count(Act::Read, true);
                count(Act::Write, ::write(state.dataFd, buffer.data(), static_cast<std::size_t>(got)) == got);
            }
            close(state.dataFd);
            state = {stateRunning, noDataFd};
            count(Act::Set, feature(other.opened.device, featureSet | featureMigDeviceState, state) == 0);
        }
        close(from);
    }
};

/// A process that acts on the devices it is given until its time is over, then leaves its files to the
/// kernel.
[[noreturn]] void useUntil(User& user, Clock::time_point end) {
    while (Clock::now() < end)
        user.anyAct();
    // In any order, and some files outlive their device.
    if (roll(2) != 0U)
        closeAll(user.opened);
    for (int calls = 0; calls < 20; ++calls)
        user.anyAct();
    _exit(0);
}

void useDevice() {
    User user;
    const auto opened = openDevice(uuidOf(roll(8)));
    count(Act::Open, opened.has_value());
    if (!opened)
        return;
    user.opened = *opened;
    if (roll(4) == 0) {
        User other;
        if (const auto second = openDevice(uuidOf(roll(8)))) {
            other.opened = *second;
            user.feed(other);
            closeAll(other.opened);
        }
    }
    // Two processes share one device; one of them may be killed in the middle of a call.
    const auto end = Clock::now() + std::chrono::milliseconds{50 + roll(700)};
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child == 0) {
        dieWith(parent);
        dice.seed(dice() ^ static_cast<unsigned long>(getpid()));
        useUntil(user, end);
    }
    while (Clock::now() < end)
        user.anyAct();
    if (child > 0 && roll(2) != 0U) {
        kill(child, SIGKILL);
        count(Act::Kill, true);
    }
    if (roll(2) != 0U)
        closeAll(user.opened);
    for (int calls = 0; calls < 10; ++calls)
        user.anyAct();
    for (const int stream : user.streams)
        close(stream);
    closeAll(user.opened);
    if (child > 0)
        waitpid(child, nullptr, 0);
}

// --- knobs and removals
// -----------------------------------------------------------------------------------------

void turnKnob() {
    static constexpr std::array numbers = {"initial_bytes", "dirty_bps",    "dirty_cap",  "max_read",
                                           "max_write",     "size_percent", "stall_read", "stall_write",
                                           "eof_at",        "corrupt_at",   "log_stride", "log_pages_per_s",
                                           "size_errno",    "log_errno",    "reinit"};
    static constexpr std::array switches = {"poll",    "nonblock",   "precopy_zero", "no_fd",     "extra_fd",
                                            "endless", "keep_state", "second_empty", "accept_cut"};
    static constexpr std::array leaves = {"stay", "midway", "moved", "error"};
    static constexpr std::array sleeps = {"hard", "killable", "soft"};
    const std::string folder = "/sys/bus/mdev/devices/" + uuidOf(roll(8)) + "/lab/";
    const auto number = [](unsigned sides) { return std::to_string(roll(sides)); };
    const auto state = [] { return std::string{stateNames[roll(8)]}; };
    bool done = false;
    switch (roll(12)) {
    case 0:
        done = writeFile(folder + numbers[roll(numbers.size())], number(200000));
        break;
    case 1:
        done = writeFile(folder + switches[roll(switches.size())], number(2));
        break;
    case 2:
        done = writeFile(folder + "fail_set", number(5) + " " + number(130) + " " + leaves[roll(4)]);
        break;
    case 3:
        done = writeFile(folder + "sleep_set", number(5) + " " + number(600) + " " + sleeps[roll(3)]);
        break;
    case 4:
        done = writeFile(folder + "drift", number(5) + " " + state());
        break;
    case 5:
        done = writeFile(folder + "state", state());
        break;
    case 6:
        done = writeFile(folder + "arc_us", state() + " * " + number(3000));
        break;
    case 7:
        done = writeFile(folder + "reset_fault", number(40) + " " + number(3));
        break;
    case 8:
        done = writeFile(folder + (roll(2) != 0U ? "read_fault" : "write_fault"), number(100000) + " 5");
        break;
    case 9:
        done = writeFile(folder + "state_bytes", number(4) == "0" ? "0" : number(4000000));
        break;
    case 10:
        done = writeFile(folder + "read_bps", roll(2) != 0U ? "0" : std::to_string(100000 + roll(50000000)));
        break;
    default:
        done = writeFile(folder + "calm", "1");
        break;
    }
    count(Act::Knob, done);
    // Who looks from outside must not be in the way either.
    if (roll(20) == 0) {
        std::array<char, 65536> text{};
        const int file =
            ::open(("/sys/kernel/debug/miglab/" + uuidOf(roll(8)) + "/truth").c_str(), O_RDWR | O_CLOEXEC);
        while (file >= 0 && ::read(file, text.data(), text.size()) > 0) {
        }
        if (file >= 0) {
            if (roll(4) == 0)
                static_cast<void>(::write(file, "\n", 1) < 0);
            close(file);
        }
    }
}

void recreateDevice() {
    const unsigned slot = roll(8);
    const std::string uuid = uuidOf(slot);
    // One at a time for each device: the mdev core takes the file away from a device that is removed while it
    // is being made, but not the device. The lock goes with its process, however that ends.
    const int lock = ::open(("/tmp/lab-stress-" + uuid).c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) != 0) {
        if (lock >= 0)
            close(lock);
        return;
    }
    // Blocks while somebody has it.
    writeFile("/sys/bus/mdev/devices/" + uuid + "/remove", "1");
    const std::string type{types[slot / 2]};
    count(Act::Recreate,
          writeFile("/sys/devices/virtual/miglab/miglab/mdev_supported_types/miglab-" + type + "/create",
                    uuid));
    close(lock);
}

[[noreturn]] void actUntil(Clock::time_point end) {
    while (Clock::now() < end) {
        const unsigned what = roll(10);
        if (what == 0) {
            recreateDevice();
        } else if (what < 4) {
            for (int turns = 0; turns < 40; ++turns) {
                turnKnob();
                pauseFor(std::chrono::microseconds{roll(3000)});
            }
        } else {
            useDevice();
        }
    }
    _exit(0);
}

pid_t startActor(Clock::time_point end) {
    const unsigned long seed = dice();
    const pid_t parent = getpid();
    const pid_t actor = fork();
    if (actor == 0) {
        dieWith(parent);
        dice.seed(seed);
        actUntil(end);
    }
    return actor;
}

int report() {
    int missing = 0;
    for (unsigned act = 0; act < actCount; ++act) {
        const unsigned long done = counters->done[act].load();
        std::printf("%s %lu of %lu\n", actNames[act], done, counters->tried[act].load());
        missing += done == 0 ? 1 : 0;
    }
    return missing;
}

} // namespace

int main(int argc, char** argv) {
    const long seconds = argc > 1 ? std::strtol(argv[1], nullptr, 10) : 0;
    if (seconds <= 0) {
        std::fputs("usage: lab_stress SECONDS [SEED]\n", stderr);
        return 2;
    }
    const unsigned long seed = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : std::random_device{}();
    dice.seed(seed);
    std::printf("seed %lu\n", seed);
    std::fflush(stdout);
    void* memory = mmap(nullptr, sizeof(Counters), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return 1;
    counters = new (memory) Counters{};
    std::signal(SIGPIPE, SIG_IGN);

    const auto end = Clock::now() + std::chrono::seconds{seconds};
    std::array<pid_t, actors> running{};
    for (pid_t& actor : running)
        actor = startActor(end);
    std::vector<pid_t> dying;
    while (Clock::now() < end) {
        pauseFor(std::chrono::milliseconds{200 + roll(1500)});
        pid_t& victim = running[roll(actors)];
        kill(victim, SIGKILL);
        count(Act::Kill, true);
        // Not waited for: one that removes a device goes only when that device's user has gone, and he may be
        // asleep in a stream whose knobs went with the device. His turn comes.
        dying.push_back(victim);
        std::erase_if(dying, [](pid_t actor) { return waitpid(actor, nullptr, WNOHANG) == actor; });
        victim = startActor(end);
    }
    // Somebody may sleep in a stalled stream for ever.
    dying.insert(dying.end(), running.begin(), running.end());
    for (const pid_t actor : running)
        kill(actor, SIGKILL);
    for (const pid_t actor : dying)
        waitpid(actor, nullptr, 0);
    return report() == 0 ? 0 : 1;
}
