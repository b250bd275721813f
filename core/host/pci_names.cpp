// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// pci.ids through libpci.
#include "core/host/pci_names.h"

extern "C" {
#include <pci/pci.h>
}

#include <array>
#include <csetjmp>
#include <map>
#include <tuple>

#include "core/base/escape.h"

namespace migscope {
namespace {

// libpci's own handlers print, and for errors end the process. An error handler must not return, so it jumps
// out of the C library, to the one lookup that this thread is in.
thread_local std::jmp_buf* wayOut = nullptr;

void ignoreMessage(char* /*format*/, ...) {}
// The attribute of the compilers, not of the language: libpci's pointer has it in its type.
__attribute__((noreturn)) void leave(char* /*format*/, ...) {
    std::longjmp(*wayOut, 1);
}

/// Null when not found or when the list of names is damaged. No object with a destructor may live in here.
const char* lookUpOrLeave(pci_access* access, char* buffer, int size, int flags, int first, int second) {
    std::jmp_buf here;
    wayOut = &here;
    // Written on one side of the jump only, so that its value is defined on both.
    const char* volatile name = nullptr;
    if (setjmp(here) == 0) // NOLINT: the only way out of libpci's error handler
        name = pci_lookup_name(access, buffer, size, flags, first, second);
    wayOut = nullptr;
    return name;
}

} // namespace

struct PciIdsNames::Library {
    pci_access* access = nullptr;
    std::map<std::tuple<int, int, int>, std::string> known; // a host has many functions of few kinds

    Library() = default;
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
    ~Library() {
        if (access)
            pci_cleanup(access);
    }
};

PciIdsNames::PciIdsNames() : library_(std::make_unique<Library>()) {}
PciIdsNames::~PciIdsNames() = default;

std::string PciIdsNames::lookUp(int flags, int first, int second) {
    const auto [at, isNew] = library_->known.try_emplace({flags, first, second});
    if (!isNew)
        return at->second;
    if (!library_->access) {
        // Never pci_init(): that would look for devices, and end the process where there is no PCI.
        library_->access = pci_alloc();
        if (!library_->access)
            return {};
        library_->access->error = leave;
        library_->access->warning = ignoreMessage;
        library_->access->debug = ignoreMessage;
    }
    std::array<char, 256> buffer{};
    const int all = flags | PCI_LOOKUP_NO_NUMBERS | PCI_LOOKUP_NO_HWDB;
    const char* name =
        lookUpOrLeave(library_->access, buffer.data(), static_cast<int>(buffer.size()), all, first, second);
    if (name)
        at->second = escapeText(name);
    return at->second;
}

std::string PciIdsNames::vendor(std::uint16_t vendor) {
    return lookUp(PCI_LOOKUP_VENDOR, vendor, 0);
}
std::string PciIdsNames::device(std::uint16_t vendor, std::uint16_t device) {
    return lookUp(PCI_LOOKUP_DEVICE, vendor, device);
}
std::string PciIdsNames::deviceClass(std::uint32_t classCode) {
    return lookUp(PCI_LOOKUP_CLASS, static_cast<int>(classCode >> 8U), 0);
}

} // namespace migscope
