// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The header line of a saved state.
#include <charconv>

#include <nlohmann/json.hpp>

#include "core/transfer/image_format.h"
#include "core/transfer/json_text.h"

namespace migscope {
namespace {

constexpr std::string_view schemaName = "migscope.state/";

} // namespace

std::string imageHeaderLine(const ImageHeader& header) {
    JsonWriter out;
    out.beginObject();
    out.key("schema").text(header.schema); // first: readers know the file by it
    out.key("simulated").boolean(header.simulated);
    out.key("tool").text(header.tool);
    out.key("device").text(header.device);
    out.key("driver").text(header.driver);
    out.key("pci_id").text(header.pciId);
    out.driverNumber("flags", header.flags).rawNumbers();
    out.key("kernel").text(header.kernel);
    out.key("mode").text(header.mode);
    out.key("realtime_ns").number(header.realtimeNs);
    out.endObject();
    return out.take() + "\n";
}

Result<ImageHeader> parseImageHeader(std::string_view line, const std::string& where) {
    constexpr const char* what = "read saved state";
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_object())
        return fail(Errc::Damaged, what, where, "the header is no JSON object");
    ImageHeader header;
    const auto text = [&](const char* key, std::string& into) {
        if (const auto at = json.find(key); at != json.end() && at->is_string())
            into = at->get<std::string>();
    };
    text("schema", header.schema);
    if (!std::string_view(header.schema).starts_with(schemaName))
        return fail(Errc::Damaged, what, where, "the header names no schema");
    const std::string version = header.schema.substr(schemaName.size());
    if (version != "1" && !version.starts_with("1."))
        return fail(Errc::Unsupported, what, where,
                    "written as " + header.schema + "; this version reads migscope.state/1");
    text("tool", header.tool);
    text("device", header.device);
    text("driver", header.driver);
    text("pci_id", header.pciId);
    text("kernel", header.kernel);
    text("mode", header.mode);
    if (const auto at = json.find("simulated"); at != json.end() && at->is_boolean())
        header.simulated = at->get<bool>();
    if (const auto at = json.find("flags"); at != json.end() && at->is_number_unsigned()) {
        header.flags = at->get<std::uint64_t>();
    } else {
        std::string raw;
        text("raw", raw);
        if (raw.starts_with("0x"))
            std::from_chars(raw.data() + 2, raw.data() + raw.size(), header.flags, 16);
    }
    if (const auto at = json.find("realtime_ns"); at != json.end() && at->is_number_integer())
        header.realtimeNs = at->get<std::int64_t>();
    return header;
}

} // namespace migscope
