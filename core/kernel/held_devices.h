// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Which devices this process holds open: what the kernel may ask back.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace migscope {

/// *Thread-safe.*
class HeldDevices {
public:
    /// False when it is held already.
    [[nodiscard]] bool add(const std::string& name) {
        const std::lock_guard lock(mutex_);
        return names_.insert(name).second;
    }
    void remove(const std::string& name) {
        const std::lock_guard lock(mutex_);
        names_.erase(name);
    }
    [[nodiscard]] bool contains(const std::string& name) const {
        const std::lock_guard lock(mutex_);
        return names_.contains(name);
    }

private:
    mutable std::mutex mutex_;
    std::set<std::string> names_;
};

/// One entry of HeldDevices, for as long as it lives.
class HeldDevice {
public:
    HeldDevice() = default;
    /// Takes over an entry that was added.
    HeldDevice(std::shared_ptr<HeldDevices> devices, std::string name)
        : devices_(std::move(devices)), name_(std::move(name)) {}
    HeldDevice(HeldDevice&& other) noexcept = default;
    HeldDevice& operator=(HeldDevice&& other) noexcept {
        std::swap(devices_, other.devices_);
        std::swap(name_, other.name_);
        return *this;
    }
    HeldDevice(const HeldDevice&) = delete;
    HeldDevice& operator=(const HeldDevice&) = delete;
    ~HeldDevice() {
        if (devices_)
            devices_->remove(name_);
    }

private:
    std::shared_ptr<HeldDevices> devices_;
    std::string name_;
};

} // namespace migscope
