// SPDX-FileCopyrightText: 2026 The Migscope authors
// SPDX-License-Identifier: GPL-3.0-or-later
// `migscope --render`.
#include "app/gui/render_file.h"

#include <QApplication>
#include <QFileInfo>
#include <QStyleFactory>

#include <cstdio>

#include "core/transfer/recording.h"
#include "ui/charts/render.h"

namespace migscope {
namespace {

GuiExit failed(const Error& error, int code) {
    std::fprintf(stderr, "migscope: %s\n", describe(error).c_str());
    return {code, false};
}

} // namespace

GuiExit renderFile(const GuiOptions& options) {
    const QFileInfo out(options.renderOut);
    const QString word = options.renderTo.isEmpty() ? out.suffix().toLower() : options.renderTo;
    const auto format = parsePictureFormat(word);
    if (!format)
        return failed(Error{make_error_code(Errc::InvalidArgument), "read --to", word.toStdString(),
                            "it is svg, png, pdf or html"},
                      2);
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    const auto recording = loadRecording(options.render.toStdString());
    if (!recording)
        return failed(recording.error(), 6);
    for (const std::string& note : (*recording)->notes)
        std::fprintf(stderr, "migscope: note: %s\n", note.c_str());
    PictureOptions picture;
    picture.format = *format;
    picture.dark = options.theme == QLatin1String("dark");
    picture.name = QFileInfo(options.render).fileName();
    if (!options.size.isEmpty())
        picture.size = options.size;
    const auto bytes = renderRecording(**recording, picture);
    if (!bytes)
        return failed(bytes.error(), 2);
    if (const auto written = writePicture(*bytes, options.renderOut); !written)
        return failed(written.error(), 6);
    return {0, false};
}

} // namespace migscope
