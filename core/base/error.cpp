// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Error category and the texts of errors.
#include "core/base/error.h"

#include <cstring>

#include <fmt/format.h>

namespace migscope {
namespace {

struct ErrcText {
    Errc code;
    const char* name;
    const char* text;
};

constexpr ErrcText texts[] = {
    {Errc::InvalidArgument, "invalid-argument", "invalid argument"},
    {Errc::NotFound, "not-found", "not found"},
    {Errc::Refused, "refused", "refused by Migscope, nothing was sent to the device"},
    {Errc::JobRunning, "job-running", "another job is running"},
    {Errc::Stuck, "stuck", "the kernel has not returned"},
    {Errc::Cancelled, "cancelled", "cancelled"},
    {Errc::Damaged, "damaged", "damaged"},
    {Errc::Incomplete, "incomplete", "incomplete"},
    {Errc::Unsupported, "unsupported", "not supported"},
    {Errc::ProtocolViolation, "protocol-violation", "the driver broke the protocol"},
    {Errc::NotConverging, "not-converging", "pre-copy does not converge"},
    {Errc::NotPermitted, "not-permitted", "not permitted"},
    {Errc::DeviceLost, "device-lost", "the device's state is lost"},
};

const ErrcText* find(int value) {
    for (const auto& entry : texts) {
        if (static_cast<int>(entry.code) == value)
            return &entry;
    }
    return nullptr;
}

class Category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "migscope"; }
    [[nodiscard]] std::string message(int value) const override {
        const auto* entry = find(value);
        return entry ? entry->text : fmt::format("unknown condition {}", value);
    }
};

} // namespace

const std::error_category& migscopeCategory() noexcept {
    static const Category category;
    return category;
}

std::error_code make_error_code(Errc code) noexcept {
    return {static_cast<int>(code), migscopeCategory()};
}

std::unexpected<Error> fail(Errc code, std::string what, std::string where, std::string detail) {
    return std::unexpected(Error{code, std::move(what), std::move(where), std::move(detail)});
}

std::unexpected<Error> failErrno(int number, std::string what, std::string where, std::string detail) {
    return std::unexpected(Error{std::error_code(number, std::generic_category()), std::move(what),
                                 std::move(where), std::move(detail)});
}

std::string errnoName(int number) {
    if (number == 0)
        return {};
    // glibc 2.32 and newer know the names; a hand-kept table would rot.
    if (const char* name = ::strerrorname_np(number))
        return name;
    return fmt::format("errno {}", number);
}

std::string codeName(const std::error_code& code) {
    if (!code)
        return {};
    if (code.category() == migscopeCategory()) {
        const auto* entry = find(code.value());
        return entry ? entry->name : "unknown";
    }
    return errnoName(code.value());
}

std::string describe(const Error& error) {
    std::string text = error.what;
    if (!error.where.empty())
        text += fmt::format(" on {}", error.where);
    if (error.errnoValue() != 0)
        text += fmt::format(": {} ({})", errnoName(error.errnoValue()), error.code.message());
    else if (error.code)
        text += fmt::format(": {}", error.code.message());
    if (!error.detail.empty())
        text += fmt::format(", {}", error.detail);
    return text;
}

} // namespace migscope
