// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// State streams as drivers write them, made by hand.
#pragma once

#include <cstdint>
#include <string>

namespace migscope::test {

template<class T>
std::string little(T value) {
    std::string text;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        text.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i)));
    return text;
}
inline std::string u64(std::uint64_t value) {
    return little(value);
}
inline std::string u32(std::uint32_t value) {
    return little(value);
}

/// mlx5 and virtio.
inline std::string tagged(std::uint64_t size, std::uint32_t flags, std::uint32_t tag,
                          const std::string& body) {
    return u64(size) + u32(flags) + u32(tag) + body;
}
inline std::string virtioPart(std::uint16_t type, const std::string& value) {
    return little(type) + std::string(10, '\0') + u32(static_cast<std::uint32_t>(value.size())) + value;
}

inline std::string qatPreamble(std::uint16_t sections, std::uint32_t size) {
    return u32(0xadf5caeaU) + u32(1) + little(std::uint16_t{16}) + little(sections) + u32(size);
}
inline std::string qatSection(std::string name, const std::string& body) {
    name.resize(8, '\0');
    return name + u32(static_cast<std::uint32_t>(body.size())) + u32(0) + body;
}
inline std::string qatBuffer(std::size_t size) {
    const std::string config = qatSection("CONFIG", "capabilities");
    const std::string state =
        qatSection("GENER", "init") + qatSection("MISCBAR", "") + qatSection("ETRBAR", std::string(34, 'b'));
    std::string all = qatPreamble(1, static_cast<std::uint32_t>(config.size())) + config +
                      qatPreamble(3, static_cast<std::uint32_t>(state.size())) + state;
    all.resize(size, '\x5a'); // the driver does not clear it
    return all;
}

inline std::string xePacket(std::uint8_t type, const std::string& body, std::uint8_t tile = 0) {
    return std::string{'\x01', static_cast<char>(type), static_cast<char>(tile), '\0'} + u32(0) + u64(0) +
           u64(body.size()) + body;
}

inline std::string mttyState(std::uint32_t ports) {
    return u64(0x7e9d09898c3e2c4eULL) + u32(1) + u32(0) + u32(ports) + u32(0) + std::string(ports * 36, 'p');
}

inline std::string simulated(std::uint64_t total) {
    std::string text = u64(0x6d696773636f7065ULL) + u64(1) + std::string(24, 'h');
    text.resize(total - 8, 'w');
    return text + u64(total);
}

} // namespace migscope::test
