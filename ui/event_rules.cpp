// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The rule of the uAPI that an event rests on.
#include "ui/event_rules.h"

#include <QCoreApplication>

#include <variant>

namespace migscope {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("rules", text);
}

QString resetRule() {
    return tr("VFIO_DEVICE_RESET takes a device from any state to RUNNING; state and streams are lost. It is "
              "the only way out of ERROR.");
}

QString precopyRule() {
    return tr("initial_bytes reaches 0 when the destination can be ready; dirty_bytes is what changed since. "
              "Neither says how much STOP_COPY will move.");
}

QString sizeRule() {
    return tr("MIG_DATA_SIZE estimates what STOP_COPY will move; it may be wrong either way, and reading "
              "never stops at it.");
}

struct RuleOf {
    QString operator()(const event::RunBegin& /*unused*/) const {
        return tr("Source and destination never run both: the destination stands in RESUMING before the "
                  "source is stopped.");
    }
    QString operator()(const event::RunEnd& e) const {
        return e.outcome == RunOutcome::Ok
                   ? QString()
                   : tr("A source is taken back to RUNNING only while its destination was not told to run, "
                        "and the destination is reset first.");
    }
    QString operator()(const event::ArcBegin& e) const {
        return e.combined
                   ? tr("One SET may ask for a state several arcs away: the kernel walks the path itself.")
                   : tr("We ask for one arc at a time, so that each has its own latency.");
    }
    QString operator()(const event::ArcEnd& e) const {
        if (e.errnoValue != 0 || !e.error.empty())
            return e.from == MigState::Resuming
                       ? tr("Leaving RESUMING is where the driver judges the image: a refusal here means a "
                            "bad image. The device may stand anywhere on the path, so it is asked with GET.")
                       : tr("A refused SET may leave the device on any state of the path; the struct still "
                            "holds what was asked. So it is asked with GET, and ERROR is left by a reset "
                            "only.");
        if (e.from == MigState::Resuming)
            return tr("Leaving RESUMING is where the driver judges the image; that it went well says that it "
                      "took it.");
        if (e.to == MigState::Resuming)
            return tr("RESUMING opens a writable stream. Only bytes of a stream of the same kind of device "
                      "may go in.");
        if (isSaving(e.to) && !isSaving(e.from))
            return tr("Entering a saving state opens a readable stream. PRE_COPY, PRE_COPY_P2P and STOP_COPY "
                      "share it.");
        if (isSaving(e.from) && !isSaving(e.to))
            return tr("Leaving the saving states ends their stream: what was not read is lost.");
        if (isSaving(e.from) && isSaving(e.to))
            return tr("Within PRE_COPY, PRE_COPY_P2P and STOP_COPY the first stream goes on; no new one "
                      "comes.");
        if (e.to == MigState::RunningP2p || e.to == MigState::PreCopyP2p)
            return tr("In a P2P state the device starts no access to other devices but answers theirs; most "
                      "drivers stop all DMA here, so it counts as dark.");
        if (e.to == MigState::Stop)
            return tr("In STOP the device changes neither its state nor memory, and raises no interrupt.");
        return tr("In RUNNING the device works as usual.");
    }
    QString operator()(const event::Stream& e) const {
        switch (e.what) {
        case event::StreamWhat::Eof:
            return tr("A read that returns 0 in STOP_COPY is the end of the stream: all state was read.");
        case event::StreamWhat::Empty:
            return tr("In PRE_COPY a read of 0, or ENOMSG, means drained for now: more comes when the device "
                      "dirties its state.");
        case event::StreamWhat::Error:
            return e.save ? tr("A failed read ends this transfer; the device is taken back to RUNNING.")
                          : tr("The first failed write ends a load: drivers keep the bad bytes, so only a "
                               "reset is left.");
        case event::StreamWhat::Open:
        case event::StreamWhat::Close:
            break;
        }
        return tr("A stream lives from the SET that brought it to the SET, reset or close that ends its "
                  "session.");
    }
    QString operator()(const event::Precopy& /*unused*/) const { return precopyRule(); }
    QString operator()(const event::Estimate& /*unused*/) const { return sizeRule(); }
    QString operator()(const event::Reset& /*unused*/) const { return resetRule(); }
    QString operator()(const event::Call& e) const { return callRule(e.op); }
    QString operator()(const event::Wait& /*unused*/) const {
        return tr("Devices of one run pass each barrier together: all are quiet towards each other (P2P) "
                  "before the first is stopped, so that none is stopped while another still writes to it.");
    }
    QString operator()(const event::StateMoved& /*unused*/) const {
        return tr("An error recovery or a reset by others moves the device to RUNNING behind our back: it is "
                  "asked after every wait.");
    }
    QString operator()(const event::Stuck& /*unused*/) const {
        return tr("A SET, read or reset may block without bound. Nothing else is asked of the device until "
                  "it returns.");
    }
    QString operator()(const event::DmaLog& e) const {
        switch (e.op) {
        case event::DmaLog::Op::Start:
            return tr(
                "DMA_LOGGING_START takes ranges that do not overlap and a page size, and writes back the "
                "page size that the device took. One log at a time.");
        case event::DmaLog::Op::Report:
            return tr("DMA_LOGGING_REPORT sets bits in the bitmap that it is given and clears none: ours is "
                      "zeroed before. What it reports counts as clean from then on.");
        case event::DmaLog::Op::Stop:
            break;
        }
        return tr("DMA_LOGGING_STOP forgets what was not reported.");
    }
    QString operator()(const event::Dirty& /*unused*/) const {
        return tr(
            "A set bit is a page that the device may have written since the report before; a device that "
            "cannot tell reports more, never less.");
    }
    QString operator()(const event::AskedBack& /*unused*/) const {
        return tr("The kernel asks by a uevent and waits for our close: the device is brought back and "
                  "released.");
    }
    template<class Other>
    QString operator()(const Other& /*unused*/) const {
        return {};
    }
};

} // namespace

QString eventRule(const Event& event) {
    return std::visit(RuleOf{}, event.body);
}

QString callRule(const std::string& op) {
    if (op == "GET MIGRATION")
        return tr("Which optional states a device has is read from these flags; no state is ever tried by a "
                  "SET.");
    if (op == "GET MIG_DEVICE_STATE")
        return tr("Where a device stands is what GET says, not what was last set. A GET never brings a "
                  "data_fd, and waits while a SET is under way.");
    if (op == "SET MIG_DEVICE_STATE")
        return tr("A data_fd comes only on entering the saving states (RUNNING → PRE_COPY, RUNNING_P2P → "
                  "PRE_COPY_P2P, STOP → STOP_COPY) and with STOP → RESUMING; else it is -1.");
    if (op == "GET MIG_DATA_SIZE")
        return sizeRule();
    if (op == "SET MIG_PRECOPY_INFOv2")
        return tr("From here on the flags of GET_PRECOPY_INFO mean something. It holds until the last close "
                  "of the device.");
    if (op.starts_with("PROBE"))
        return tr("PROBE only asks: nothing happens in the device. ENOTTY, and EINVAL on kernels before "
                  "6.18, mean that it does not have the feature.");
    if (op == "GET_PRECOPY_INFO")
        return precopyRule() + QLatin1Char(' ') +
               tr("It is valid in PRE_COPY and PRE_COPY_P2P only, and some drivers start their next save "
                  "when it is asked.");
    if (op == "read")
        return tr("0 is the end of the stream in STOP_COPY only; in PRE_COPY 0 and ENOMSG mean drained for "
                  "now.");
    if (op == "write")
        return tr("A stream is one sequence: its order counts, the size of each write does not. The first "
                  "failed write ends the load.");
    if (op == "RESET")
        return resetRule();
    return {};
}

} // namespace migscope
