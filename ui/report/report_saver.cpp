// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Makes reports of the window's recordings and writes them.
#include "ui/report/report_saver.h"

#include <memory>

#include "core/transfer/target_file.h"
#include "ui/report/compare_report.h"
#include "ui/report/report_page.h"

namespace migscope {
namespace {

Result<void> written(const QByteArray& page, const std::string& path) {
    TargetFile file(path, "write report");
    if (const auto opened = file.open(); !opened)
        return opened;
    if (const auto put = file.write({page.constData(), static_cast<std::size_t>(page.size())}); !put)
        return put;
    return file.place();
}

} // namespace

ReportSaver::ReportSaver(QObject* parent) : QObject(parent), postbox_(this) {}

ReportSaver::~ReportSaver() {
    postbox_.close();
}

void ReportSaver::save(const std::vector<RunSourcePtr>& sources, const ReportOptions& options,
                       const QString& path) {
    if (sources.empty())
        return;
    if (underWay_.contains(path)) {
        emit failed(path, fail(Errc::JobRunning, "write report", path.toStdString()).error());
        return;
    }
    underWay_.insert(path);
    std::vector<ReportSource> looked;
    for (const RunSourcePtr& source : sources)
        looked.push_back(reportSource(source));
    background_.run([this, postbox = postbox_, looked, options, path] {
        const auto content = std::make_shared<const ReportContent>(reportOf(looked, options));
        postbox.post([this, content, options, path] { draw(*content, options, path); });
    });
}

void ReportSaver::draw(const ReportContent& content, const ReportOptions& options, const QString& path) {
    const QByteArray page = reportPage(content, options);
    background_.run([this, postbox = postbox_, page, path] {
        const auto result = written(page, path.toStdString());
        postbox.post([this, path, result] { onWritten(path, result); });
    });
}

void ReportSaver::onWritten(const QString& path, const Result<void>& written) {
    underWay_.remove(path);
    if (written)
        emit saved(path);
    else
        emit failed(path, written.error());
}

} // namespace migscope
