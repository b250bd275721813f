// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Prints our declarations of the kernel ABI, one tab-separated line a fact, for the drift check.
#include "core/uapi/table.h"

#include <cstdio>

int main() {
    using namespace migscope::uapi;
    for (const AbiFact& fact : abiFacts) {
        const char* kind = fact.kind == AbiKind::Constant ? "constant"
                           : fact.kind == AbiKind::Size   ? "size"
                                                          : "field";
        // "-" for no member: neighbouring tabs would read as one divider in a shell.
        std::printf("%s\t%s\t%s\t%llu\t%u\t%u\t%llu\n", kind, fact.name, *fact.member ? fact.member : "-",
                    static_cast<unsigned long long>(fact.value), fact.since, fact.until,
                    static_cast<unsigned long long>(fact.width));
    }
    return std::fflush(stdout) == 0 ? 0 : 1;
}
