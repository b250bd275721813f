// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Names of PCI vendors, devices and classes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace migscope {

/// Names by number; empty when unknown. *Thread-bound.*
class PciNames {
public:
    PciNames() = default;
    PciNames(const PciNames&) = delete;
    PciNames& operator=(const PciNames&) = delete;
    virtual ~PciNames() = default;

    [[nodiscard]] virtual std::string vendor(std::uint16_t vendor) = 0;
    [[nodiscard]] virtual std::string device(std::uint16_t vendor, std::uint16_t device) = 0;
    /// Of a 24-bit class code, by class and subclass.
    [[nodiscard]] virtual std::string deviceClass(std::uint32_t classCode) = 0;
};

/// This machine's pci.ids, read at the first question and never over the network. No device is looked at.
class PciIdsNames final : public PciNames {
public:
    PciIdsNames();
    ~PciIdsNames() override;
    [[nodiscard]] std::string vendor(std::uint16_t vendor) override;
    [[nodiscard]] std::string device(std::uint16_t vendor, std::uint16_t device) override;
    [[nodiscard]] std::string deviceClass(std::uint32_t classCode) override;

private:
    struct Library;
    [[nodiscard]] std::string lookUp(int flags, int first, int second);
    std::unique_ptr<Library> library_;
};

} // namespace migscope
