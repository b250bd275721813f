// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The one error value of the core: an error code that keeps the kernel's errno, what was tried, and on what.
#pragma once

#include <expected>
#include <string>
#include <system_error>

namespace migscope {

/// Conditions of our own, for what is not a kernel errno.
enum class Errc {
    InvalidArgument = 1, ///< a caller's or user's input is malformed
    NotFound,            ///< no such device, profile, file entry
    Refused,             ///< our own rules forbid it; nothing was sent to the device
    JobRunning,          ///< the session works on something else
    Stuck,               ///< the kernel has not returned from a call
    Cancelled,           ///< the user or a failing partner asked to stop
    Damaged,             ///< a file or stream does not hold what it claims
    Incomplete,          ///< a file ends before its trailer
    Unsupported,         ///< device, driver or kernel lacks it
    ProtocolViolation,   ///< the driver answered against the uAPI
    NotConverging,       ///< pre-copy reached its bounds and the plan says give up
    NotPermitted,        ///< rights are missing, as far as we can tell without trying
    DeviceLost,          ///< the device's state is unknown or ERROR
};

[[nodiscard]] const std::error_category& migscopeCategory() noexcept;
[[nodiscard]] std::error_code make_error_code(Errc code) noexcept;

/// A failed act. `code` is a kernel errno (generic_category) or an Errc; it is never flattened into text
/// before a face prints it.
struct Error {
    std::error_code code;
    std::string what;   ///< what was tried, in the field's terms: "SET STOP_COPY", "open", "checksum"
    std::string where;  ///< on what: a path, a device name, "recording.migrec:17"
    std::string detail; ///< optional: what was found, in words (never the errno's text)

    [[nodiscard]] bool is(Errc wanted) const { return code == make_error_code(wanted); }
    [[nodiscard]] bool isErrno(int number) const {
        return code == std::error_code(number, std::generic_category());
    }
    /// The errno when the kernel said it, else 0.
    [[nodiscard]] int errnoValue() const {
        return code.category() == std::generic_category() ? code.value() : 0;
    }
};

template<class T>
using Result = std::expected<T, Error>;

[[nodiscard]] std::unexpected<Error> fail(Errc code, std::string what, std::string where,
                                          std::string detail = {});
[[nodiscard]] std::unexpected<Error> failErrno(int number, std::string what, std::string where,
                                               std::string detail = {});

/// "EBUSY"; "errno 9999" for a number without a name; "" for 0.
[[nodiscard]] std::string errnoName(int number);
/// "EBUSY" or the Errc in kebab case ("job-running"); for machine-readable output.
[[nodiscard]] std::string codeName(const std::error_code& code);
/// One line for people: "SET STOP_COPY on 0000:3b:00.2: EBUSY (Device or resource busy), detail".
[[nodiscard]] std::string describe(const Error& error);

} // namespace migscope

template<>
struct std::is_error_code_enum<migscope::Errc> : std::true_type {};
