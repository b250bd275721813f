// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// `migscope --render`.
#include "app/gui/render_file.h"

#include <QApplication>
#include <QFileInfo>
#include <QStyleFactory>

#include <cstdio>
#include <memory>
#include <vector>

#include "core/transfer/recording.h"
#include "ui/charts/render.h"
#include "ui/report/compare_report.h"
#include "ui/report/report_page.h"

namespace migscope {
namespace {

using Loaded = std::vector<std::shared_ptr<Recording>>;

GuiExit failed(const Error& error, int code) {
    std::fprintf(stderr, "migscope: %s\n", describe(error).c_str());
    return {code, false};
}

Result<Loaded> loaded(const QStringList& paths) {
    Loaded recordings;
    for (const QString& path : paths) {
        auto recording = loadRecording(path.toStdString());
        if (!recording)
            return std::unexpected(recording.error());
        for (const std::string& note : (*recording)->notes)
            std::fprintf(stderr, "migscope: note: %s\n", note.c_str());
        recordings.push_back(std::move(*recording));
    }
    return recordings;
}

Result<QByteArray> picture(const GuiOptions& options, PictureFormat format, const Recording& recording) {
    PictureOptions picture;
    picture.format = format;
    picture.dark = options.theme == QLatin1String("dark");
    picture.name = QFileInfo(options.render.front()).fileName();
    if (!options.size.isEmpty())
        picture.size = options.size;
    return renderRecording(recording, picture);
}

Result<QByteArray> report(const GuiOptions& options, const Loaded& recordings) {
    ReportOptions wanted;
    if (!options.theme.isEmpty())
        wanted.dark = options.theme == QLatin1String("dark");
    if (!options.size.isEmpty()) {
        wanted.chart = options.size;
        if (const auto fits = checkPictureSize(options.size); !fits)
            return std::unexpected(fits.error());
    }
    std::vector<ReportSource> sources;
    for (std::size_t at = 0; at < recordings.size(); ++at) {
        const QString path = options.render.at(static_cast<int>(at));
        sources.push_back(reportSource(wholeSource(QFileInfo(path).fileName(), path, recordings[at])));
    }
    return reportPage(reportOf(sources, wanted), wanted);
}

} // namespace

GuiExit renderFile(const GuiOptions& options) {
    const QFileInfo out(options.renderOut);
    const QString word = options.renderTo.isEmpty() ? out.suffix().toLower() : options.renderTo;
    const auto format = parsePictureFormat(word);
    const bool isReport = word == QLatin1String("html");
    if (!format && !isReport)
        return failed(Error{make_error_code(Errc::InvalidArgument), "read --to", word.toStdString(),
                            "it is svg, png, pdf or html"},
                      2);
    if (!isReport && options.render.size() > 1)
        return failed(Error{make_error_code(Errc::InvalidArgument), "read --render",
                            options.render.at(1).toStdString(),
                            "only a report (html) is of several recordings"},
                      2);
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    const auto recordings = loaded(options.render);
    if (!recordings)
        return failed(recordings.error(), 6);
    const auto bytes =
        isReport ? report(options, *recordings) : picture(options, *format, *recordings->front());
    if (!bytes)
        return failed(bytes.error(), 2);
    if (const auto written = writePicture(*bytes, options.renderOut); !written)
        return failed(written.error(), 6);
    return {0, false};
}

} // namespace migscope
