// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What the what-if model says, in sentences.
#include "ui/what_if_words.h"

#include <QCoreApplication>

#include <cmath>
#include <map>

#include "ui/charts/chart_words.h"
#include "ui/words.h"

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("what if", text);
}

QString time(double nanoseconds) {
    return durationText(Ns{std::llround(nanoseconds)});
}

template<class Value, class Words>
void add(std::vector<Fact>& facts, const QString& name, const Measured<Value>& measured, Words words) {
    facts.push_back(
        {name, measured.value ? words(*measured.value) : tr("unknown: %1").arg(whatIfReason(measured.why))});
}

} // namespace

QString whatIfReason(const std::string& id) {
    static const std::map<std::string, const char*> reasons{
        {"no-such-run", QT_TRANSLATE_NOOP("what if", "there is no run")},
        {"not-ended", QT_TRANSLATE_NOOP("what if", "the run has not ended")},
        {"failed-run", QT_TRANSLATE_NOOP("what if", "the run did not end ok")},
        {"several-pairs",
         QT_TRANSLATE_NOOP("what if", "several pairs wait for each other: the model has one")},
        {"samples-lost",
         QT_TRANSLATE_NOOP("what if", "samples were merged: the rates are not known well enough")},
        {"no-downtime",
         QT_TRANSLATE_NOOP("what if", "the run has no downtime (a save, a discard or a load)")},
        {"no-bytes-seen", QT_TRANSLATE_NOOP("what if", "no byte of the stream was seen")},
        {"stamps-missing", QT_TRANSLATE_NOOP("what if", "a SET or the stream's end is not in the recording")},
        {"no-precopy-seen",
         QT_TRANSLATE_NOOP("what if", "the run had no pre-copy: its rounds were not measured")},
        {"no-round-seen", QT_TRANSLATE_NOOP("what if", "pre-copy ended at its first look")},
        {"no-time-in-calls", QT_TRANSLATE_NOOP("what if", "the calls took no time that could be scaled")},
        {"no-estimate", QT_TRANSLATE_NOOP("what if", "the device gives no size estimate")},
        {"still-grows", QT_TRANSLATE_NOOP("what if", "what was dirty kept growing")},
        {"inside-save", QT_TRANSLATE_NOOP("what if", "inside save")},
        {"inside-load", QT_TRANSLATE_NOOP("what if", "inside load")},
        {"not-seen", QT_TRANSLATE_NOOP("what if", "not seen")},
        {"invalid-change", QT_TRANSLATE_NOOP("what if", "that value means nothing")},
        {"no-link", QT_TRANSLATE_NOOP("what if", "a loopback has no link")},
        {"work-in-set",
         QT_TRANSLATE_NOOP("what if", "the device works inside its SETs: one run cannot tell how "
                                      "they grow with the size")},
        {"no-dirty-rate", QT_TRANSLATE_NOOP("what if", "the dirty rate was not measured")},
        {"does-not-converge",
         QT_TRANSLATE_NOOP("what if", "it does not converge: the device dirties no slower "
                                      "than it is copied")},
        {"round-limit",
         QT_TRANSLATE_NOOP("what if", "it would run into the bound of rounds, and what is left then "
                                      "is not known well enough")},
        {"time-limit",
         QT_TRANSLATE_NOOP("what if", "it would run into the time bound of pre-copy, and what is left "
                                      "then is not known well enough")}};
    if (id.empty())
        return {};
    const auto found = reasons.find(id);
    return found == reasons.end() ? QString::fromStdString(id) : tr(found->second);
}

QString whatIfSentence(const WhatIfInputs& inputs, const WhatIfAnswer& answer) {
    if (!answer.downtime)
        return tr("No number: %1.").arg(whatIfReason(answer.why));
    QString text = tr("downtime would be %1").arg(durationText(*answer.downtime));
    if (inputs.downtime.value) {
        const Ns change = *answer.downtime - *inputs.downtime.value;
        text +=
            tr(" (%1%2; measured %3)")
                .arg(change < Ns{0} ? QStringLiteral("−") : QStringLiteral("+"),
                     durationText(change < Ns{0} ? -change : change), durationText(*inputs.downtime.value));
    }
    if (answer.rounds)
        text += *answer.rounds == 1 ? tr(" · one round of pre-copy")
                                    : tr(" · %1 rounds of pre-copy").arg(*answer.rounds);
    if (answer.stopCopyBytes)
        text += tr(" · %1 while dark").arg(bytesText(static_cast<double>(*answer.stopCopyBytes)));
    if (answer.total)
        text += tr(" · %1 in all").arg(durationText(*answer.total));
    return text;
}

QStringList whatIfAssumptions(const WhatIfAnswer& answer) {
    QStringList lines;
    for (const WhatIfAssumption& each : answer.assumptions) {
        const std::string& id = each.id;
        const double value = each.value;
        if (id == "copy-rate")
            lines
                << tr("after the stop, reading and writing one after the other move %1").arg(rateText(value));
        else if (id == "precopy-copy-rate")
            lines << tr("in pre-copy they move %1").arg(rateText(value));
        else if (id == "fixed-parts")
            lines << tr("%1 of it do not depend on the bytes: stop, arcs, resume").arg(time(value));
        else if (id == "stop-only-bytes")
            lines << tr("%1 move only while it is stopped").arg(bytesText(value));
        else if (id == "dirty-rate")
            lines << tr("the device dirties %1, evenly").arg(rateText(value));
        else if (id == "dirty-until-stopped")
            lines << tr("it dirties until the first SET of the stop returns, %1 after the last look")
                         .arg(time(value));
        else if (id == "working-set")
            lines << tr("never more than %1 are dirty at once (seen)").arg(bytesText(value));
        else if (id == "no-working-set-seen")
            lines << tr("no limit of what is dirty at once was seen: up to %1 are assumed, less is possible")
                         .arg(bytesText(value));
        else if (id == "estimate-live")
            lines << tr("the size estimate follows what is pending, %1 beyond it").arg(bytesText(value));
        else if (id == "estimate-fixed")
            lines << tr("the size estimate stays at %1").arg(bytesText(value));
        else if (id == "link-in-write")
            lines << tr("a write waits for the link of %1").arg(rateText(value));
        else if (id == "arcs-keep-their-time")
            lines << tr("the SETs keep their %1, whatever the size").arg(time(value));
        else if (id == "close-call")
            lines
                << tr("a close call: a look is decided by %1 % of the limit, a round more or less is likely")
                       .arg(value * 100, 0, 'f', 0);
        else if (id == "round-limit")
            lines << tr("the bound of %1 rounds ends pre-copy").arg(value, 0, 'f', 0);
        else if (id == "time-limit")
            lines << tr("the bound of %1 ends pre-copy").arg(time(value));
        else
            lines << QStringLiteral("%1: %2").arg(QString::fromStdString(id)).arg(value);
    }
    return lines;
}

std::vector<Fact> whatIfMeasured(const WhatIfInputs& inputs) {
    std::vector<Fact> facts;
    const auto bytes = [](std::uint64_t value) { return bytesText(static_cast<double>(value)); };
    const auto rate = [](double value) { return rateText(value); };
    const auto duration = [](Ns value) { return durationText(value); };
    add(facts, tr("downtime"), inputs.downtime, duration);
    add(facts, tr("state"), inputs.stateBytes, bytes);
    add(facts, tr("moved while dark"), inputs.stopCopyBytes, bytes);
    add(facts, tr("rate of reads"), inputs.saveBytesPerSecond, rate);
    add(facts, tr("rate of writes"), inputs.loadBytesPerSecond, rate);
    add(facts, tr("dirty rate"), inputs.dirtyBytesPerSecond, rate);
    add(facts, tr("dirty at once, at most"), inputs.workingSetBytes, bytes);
    if (inputs.preCopy)
        add(facts, tr("rounds"), inputs.rounds, [](std::uint32_t value) { return QString::number(value); });
    add(facts, tr("stop"), inputs.stop, duration);
    add(facts, tr("SET to STOP_COPY"), inputs.stopCopyArc, duration);
    add(facts, tr("SET out of RESUMING"), inputs.loadArc, duration);
    add(facts, tr("resume"), inputs.resume, duration);
    return facts;
}

} // namespace migscope
