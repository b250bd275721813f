// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a machine in a thread of its own, in two stages, and hands over whole immutable results.
#pragma once

#include <QObject>

#include <cstdint>
#include <memory>

#include "core/base/error.h"
#include "core/device/topology.h"
#include "core/vfio/backend.h"
#include "ui/background.h"

namespace migscope {

/// Lives in the GUI thread. A scan that is overtaken by another machine is dropped by its number.
class Discovery : public QObject {
    Q_OBJECT
public:
    explicit Discovery(Background& background, QObject* parent = nullptr);
    ~Discovery() override;

    /// Scans; when a scan of the same backend is under way, once more after it.
    void start(std::shared_ptr<Backend> backend);
    /// Forgets what is under way (its result is dropped).
    void forget();
    [[nodiscard]] bool running() const { return running_; }

signals:
    void begun();
    /// Twice a scan: the rows first, then with holders, debugfs and kernel configuration.
    void found(std::shared_ptr<const migscope::Topology> topology);
    void failed(const migscope::Error& error);
    void ended();

private:
    void take(std::uint64_t number, std::shared_ptr<const Topology> topology, bool last);
    void takeError(std::uint64_t number, const Error& error);
    void finish();

    Background& background_;
    Postbox postbox_;
    std::shared_ptr<Backend> again_;
    std::uint64_t number_ = 0;
    bool running_ = false;
};

} // namespace migscope
