// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The migration state of a device that another process drives, as the kernel tells it from outside.
#pragma once

#include <QObject>
#include <QTimer>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/base/error.h"
#include "core/device/migration_state.h"
#include "core/vfio/backend.h"
#include "ui/background.h"

namespace migscope {

/// Asks about one device at a time, again and again, and opens nothing (Backend::stateFromOutside). The read
/// takes a lock of the driver's for a moment: only the device on the screen is asked about, each second.
/// Lives in the GUI thread, which never waits for it.
class OutsideWatch : public QObject {
    Q_OBJECT
public:
    OutsideWatch(Background& background, QObject* parent = nullptr);
    ~OutsideWatch() override;

    /// From now on this device; none with a null backend. Of the same one: goes on.
    void watch(std::shared_ptr<Backend> backend, const std::string& device);
    [[nodiscard]] const std::string& device() const { return device_; }
    /// What came last of that device: its state, ETIMEDOUT while a SET is running, or why it is not told.
    [[nodiscard]] const std::optional<Result<MigState>>& last() const { return last_; }

signals:
    /// last() says something else.
    void changed();

private:
    void ask();
    void take(std::uint64_t number, const Result<MigState>& state);

    Background& background_;
    Postbox postbox_;
    QTimer timer_;
    std::shared_ptr<Backend> backend_;
    std::string device_;
    std::optional<Result<MigState>> last_;
    std::uint64_t number_ = 0; ///< of the device asked about: an answer about an earlier one is dropped
};

} // namespace migscope
