// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// A comparison of two saved states in words.
#include "ui/image_words.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFileInfo>
#include <QLocale>

#include <algorithm>

#include "core/base/byte_size.h"
#include "ui/words.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("images", text);
}

QString sizeWords(std::uint64_t bytes) {
    return QString::fromStdString(formatBytes(bytes));
}

QString bytesWords(std::uint64_t count) {
    if (count >= 1024 * 1024)
        return tr("%1 (%2 bytes)").arg(sizeWords(count)).arg(count);
    return count == 1 ? tr("1 byte") : tr("%1 bytes").arg(count);
}

bool isSimulated(const DiffSide& side) {
    return side.header && side.header->simulated;
}

const HeaderDifference* differenceIn(const ImageDiff& diff, std::string_view field) {
    const auto found = std::ranges::find(diff.headers, field, &HeaderDifference::field);
    return found == diff.headers.end() ? nullptr : &*found;
}

/// The names of header members as a person reads them.
QString fieldWords(const std::string& field) {
    if (field == "pci_id")
        return tr("PCI id");
    return shown(field);
}

QString otherType(const ImageDiff& diff) {
    if (const auto* driver = differenceIn(diff, "driver"))
        return tr("Other device type: A is a state of %1, B of %2.").arg(shown(driver->a), shown(driver->b));
    if (const auto* id = differenceIn(diff, "pci_id"))
        return tr("Other device type: A comes from a %1, B from a %2.").arg(shown(id->a), shown(id->b));
    return {};
}

bool sameRecords(const RecordsDiff& records) {
    return records.why == NoRecords::Compared && records.countA == records.countB && records.notListed == 0 &&
           std::ranges::all_of(records.list, [](const RecordDiff& each) {
               return each.a && each.b && each.a->kind == each.b->kind && each.a->size == each.b->size;
           });
}

} // namespace

QString offsetWords(std::uint64_t offset) {
    return QStringLiteral("0x%1").arg(offset, 0, 16);
}

bool isSimulated(const ImageDiff& diff) {
    return isSimulated(diff.a) || isSimulated(diff.b);
}

QString diffVerdict(const ImageDiff& diff) {
    const QString label = isSimulated(diff) ? tr(" · SIMULATED") : QString();
    if (diff.equal) {
        if (diff.headers.empty())
            return tr("Equal: the states are the same %1, byte for byte.").arg(sizeWords(diff.a.bytes)) +
                   label;
        QStringList fields;
        for (const HeaderDifference& each : diff.headers)
            fields << fieldWords(each.field);
        return tr("Equal: the states are the same %1, byte for byte. Their headers differ: %2.")
                   .arg(sizeWords(diff.a.bytes), fields.join(QStringLiteral(", "))) +
               label;
    }
    QString where = tr("First difference at offset %1").arg(offsetWords(diff.firstDiffering.value_or(0)));
    if (const auto& record = diff.records.firstRecord)
        where += tr(" (record %1, %2, at +%3)")
                     .arg(record->index)
                     .arg(QString::fromStdString(record->kind), offsetWords(diff.records.firstInside));
    const QString type = otherType(diff);
    if (!type.isEmpty())
        return QStringLiteral("%1 %2.").arg(type, where) + label;
    if (sameRecords(diff.records))
        return tr("The same %1 records, but %2 of them differ in content. %3.")
                   .arg(diff.records.countA)
                   .arg(diff.records.countA - diff.records.same)
                   .arg(where) +
               label;
    return tr("The states differ. %1.").arg(where) + label;
}

QStringList diffDetails(const ImageDiff& diff) {
    QStringList lines;
    if (diff.differingBytes > 0) {
        const std::uint64_t ranges = diff.ranges.size() + diff.rangesNotListed;
        QString line = ranges == 1 ? tr("%1 in 1 range.").arg(bytesWords(diff.differingBytes))
                                   : tr("%1 in %2 ranges.").arg(bytesWords(diff.differingBytes)).arg(ranges);
        line.prepend(tr("Differing: "));
        if (diff.rangesNotListed > 0)
            line += tr(" The first %1 are listed.").arg(diff.ranges.size());
        lines << line;
    }
    if (diff.a.bytes != diff.b.bytes) {
        const bool a = diff.a.bytes > diff.b.bytes;
        lines << tr("%1 is longer by %2, from offset %3 on.")
                     .arg(a ? QStringLiteral("A") : QStringLiteral("B"),
                          bytesWords(a ? diff.a.bytes - diff.b.bytes : diff.b.bytes - diff.a.bytes),
                          offsetWords(std::min(diff.a.bytes, diff.b.bytes)));
    }
    const RecordsDiff& records = diff.records;
    switch (records.why) {
    case NoRecords::Compared:
        lines << tr("Records (%1): %2 in A, %3 in B, %4 the same.")
                     .arg(QString::fromUtf8(framingWord(records.framing).data()))
                     .arg(records.countA)
                     .arg(records.countB)
                     .arg(records.same);
        break;
    case NoRecords::TwoFramings:
        lines << tr("No records: the two are of different drivers.");
        break;
    case NoRecords::UnknownFraming:
    case NoRecords::Pipe:
        lines << tr("No records: how this driver divides its state is not known.");
        break;
    }
    for (const auto& [side, from] : {std::pair(QStringLiteral("A"), records.unrecognisedA),
                                     std::pair(QStringLiteral("B"), records.unrecognisedB)}) {
        if (from)
            lines << tr("%1: not recognised from offset %2 on.").arg(side, offsetWords(*from));
    }
    for (const auto& [name, side] :
         {std::pair(QStringLiteral("A"), &diff.a), std::pair(QStringLiteral("B"), &diff.b)}) {
        if (!side->header)
            lines << tr("%1 is no file that Migscope saved as a container: taken as a bare stream, which "
                        "nothing verifies.")
                         .arg(name);
    }
    return lines;
}

QString recordVerdictWords(RecordVerdict verdict) {
    switch (verdict) {
    case RecordVerdict::Same:
        return tr("same");
    case RecordVerdict::Differs:
        return tr("differs");
    case RecordVerdict::DifferentSizes:
        return tr("other size");
    case RecordVerdict::OnlyA:
        return tr("only in A");
    case RecordVerdict::OnlyB:
        break;
    }
    return tr("only in B");
}

std::vector<SideFact> sideFacts(const ImageDiff& diff, const QString& pathA, const QString& pathB) {
    std::vector<SideFact> facts;
    facts.push_back({tr("File"), QFileInfo(pathA).fileName(), QFileInfo(pathB).fileName(), false});
    const auto add = [&](const QString& name, const auto& of) {
        const QString a = of(diff.a);
        const QString b = of(diff.b);
        facts.push_back({name, a, b, a != b});
    };
    add(tr("State size"), [](const DiffSide& side) {
        return QStringLiteral("%1 (%2 B)").arg(sizeWords(side.bytes)).arg(side.bytes);
    });
    const auto member = [&](const QString& name, std::string ImageHeader::* which) {
        add(name, [which](const DiffSide& side) {
            if (!side.header)
                return tr("unknown: a bare stream");
            const std::string& text = (*side.header).*which;
            return text.empty() ? tr("unknown") : shown(text);
        });
    };
    member(tr("Device"), &ImageHeader::device);
    member(tr("Driver"), &ImageHeader::driver);
    member(tr("PCI id"), &ImageHeader::pciId);
    member(tr("Mode"), &ImageHeader::mode);
    member(tr("Kernel"), &ImageHeader::kernel);
    if (!diff.a.header && !diff.b.header)
        return facts;
    add(tr("Flags"),
        [](const DiffSide& side) { return side.header ? offsetWords(side.header->flags) : QString(); });
    add(tr("Saved"), [](const DiffSide& side) {
        if (!side.header || side.header->realtimeNs == 0)
            return tr("unknown");
        return QLocale().toString(QDateTime::fromMSecsSinceEpoch(side.header->realtimeNs / 1'000'000),
                                  QStringLiteral("yyyy-MM-dd HH:mm:ss"));
    });
    facts.back().differs = false; // two saves are never of one moment
    member(tr("Written by"), &ImageHeader::tool);
    add(tr("Checksums"),
        [](const DiffSide& side) { return side.verified ? tr("verified") : tr("none: not verified"); });
    add(tr("Machine"), [](const DiffSide& side) {
        return isSimulated(side) ? tr("SIMULATED") : side.header ? tr("real") : tr("unknown");
    });
    return facts;
}

} // namespace migscope
