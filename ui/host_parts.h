// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What a host session owns of an opened device, of the run and of the check under way; for its own files
// only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/check/patience.h"
#include "core/transfer/device_session.h"
#include "core/transfer/transfer_run.h"
#include "ui/host_session.h"
#include "ui/journal.h"

namespace migscope {

struct HostSession::Opened {
    std::shared_ptr<Journal> journal; // before the session, which pushes into it until it is gone
    std::unique_ptr<DeviceSession> session;
    std::vector<MigState> asked;
    bool closing = false;
    std::optional<Ns> idleSince;
    std::uint64_t idleRevision = 0;
};

struct HostSession::ActiveRun {
    std::shared_ptr<Journal> journal;
    std::unique_ptr<TransferRun> transfer;
};

/// A check whose worker is in a call that does not return: it has its devices open until it comes back.
struct HostSession::GivenUpCheck {
    std::shared_ptr<Backend> backend;
    std::shared_ptr<Journal> journal;
    std::unique_ptr<CheckSession> session;
    std::vector<std::string> devices;
};
/// Why such a device is neither opened nor checked.
inline constexpr std::string_view heldText = "a call of its last check has not returned, and has it open";

struct HostSession::ActiveCheck {
    std::string device;
    std::shared_ptr<Journal> journal; // before the session, whose worker pushes into it
    std::unique_ptr<CheckSession> session;
    CallPatience patience;
};

} // namespace migscope
