// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Records of /dev/kmsg.
#include "core/kernel/kmsg_record.h"

#include <algorithm>
#include <charconv>

namespace migscope {
namespace {

bool isAlnum(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// One spelling of what the kernel spells in several ways.
std::string folded(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
        else if (c == '_')
            c = '-';
    }
    return out;
}

int hexDigit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// The kernel writes what cannot be printed, and the backslash itself, as \xNN.
std::string unescaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\' && at + 3 < text.size() && text[at + 1] == 'x') {
            const int high = hexDigit(text[at + 2]);
            const int low = hexDigit(text[at + 3]);
            if (high >= 0 && low >= 0) {
                out += static_cast<char>(high * 16 + low);
                at += 3;
                continue;
            }
        }
        out += text[at];
    }
    return out;
}

/// The text up to `sign`, which is taken off too; all of it when there is none.
std::string_view cutAt(std::string_view& text, char sign) {
    const std::size_t end = text.find(sign);
    const std::string_view part = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    return part;
}

template<class T>
bool readNumber(std::string_view text, T& value) {
    const auto answer = std::from_chars(text.data(), text.data() + text.size(), value);
    return !text.empty() && answer.ec == std::errc() && answer.ptr == text.data() + text.size();
}

bool names(std::string_view text, std::string_view word, std::string_view joins) {
    const auto ends = [&](char c) { return !isAlnum(c) && joins.find(c) == std::string_view::npos; };
    for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const std::size_t after = at + word.size();
        if ((at == 0 || ends(text[at - 1])) && (after == text.size() || ends(text[after])))
            return true;
    }
    return false;
}

} // namespace

std::optional<KmsgRecord> parseKmsg(std::string_view record) {
    const std::size_t head = record.find(';');
    if (head == std::string_view::npos)
        return std::nullopt;
    std::string_view fields = record.substr(0, head);
    std::string_view rest = record.substr(head + 1);
    KmsgRecord out;
    std::uint64_t stamp = 0;
    if (!readNumber(cutAt(fields, ','), out.priority) || !readNumber(cutAt(fields, ','), out.sequence) ||
        !readNumber(cutAt(fields, ','), stamp))
        return std::nullopt; // flags and what newer kernels put behind them ("caller=T1") are not needed
    constexpr std::uint64_t most =
        (std::uint64_t{1} << 53U) - 1; // as ns it still fits, and so it does in JSON
    out.timestampUs = static_cast<std::int64_t>(std::min(stamp, most));
    out.text = unescaped(cutAt(rest, '\n'));
    while (!rest.empty()) {
        std::string_view line = cutAt(rest, '\n');
        if (line.empty() || line.front() != ' ')
            continue;
        line.remove_prefix(1);
        const std::string_view key = cutAt(line, '=');
        out.keys.emplace_back(key, unescaped(line));
    }
    return out;
}

KmsgFilter::KmsgFilter(const std::vector<LogSubject>& subjects) {
    // Within a name: "vfio-pci" is not in "mlx5-vfio-pci", "vfio3" not in "my-vfio3".
    constexpr std::string_view inNames = "-";
    // "3b:00.2" is not in "0001:3b:00.2".
    constexpr std::string_view inAddresses = ":";
    constexpr std::string_view domain = "0000:";
    for (std::size_t i = 0; i < subjects.size(); ++i) {
        if (subjects[i].device.empty())
            continue;
        const std::string device = folded(subjects[i].device);
        words_.push_back({device, i, {}});
        if (device.starts_with(domain))
            words_.push_back({device.substr(domain.size()), i, inAddresses});
        if (!subjects[i].vfioDev.empty())
            words_.push_back({folded(subjects[i].vfioDev), i, inNames});
    }
    for (const LogSubject& subject : subjects) {
        if (!subject.driver.empty())
            words_.push_back({folded(subject.driver), std::nullopt, inNames});
    }
}

std::optional<KmsgFilter::Match> KmsgFilter::match(const KmsgRecord& record) const {
    std::vector<std::string> texts{folded(record.text)};
    for (const auto& [key, value] : record.keys) {
        if (key == "DEVICE" || key == "SUBSYSTEM")
            texts.push_back(folded(value));
    }
    for (const Word& word : words_) {
        for (const std::string& text : texts) {
            if (names(text, word.text, word.joins))
                return Match{word.subject};
        }
    }
    return std::nullopt;
}

void PrintkTime::learn(std::int64_t timestampUs, Ns readAt) {
    const Ns bound = readAt - std::chrono::microseconds(timestampUs);
    offset_ = offset_ ? std::min(*offset_, bound) : bound;
}

Ns PrintkTime::at(std::int64_t timestampUs, Ns readAt) const {
    const Ns time = std::chrono::microseconds(timestampUs) + offset_.value_or(Ns{0});
    return std::max(begun_, std::min(time, readAt));
}

} // namespace migscope
