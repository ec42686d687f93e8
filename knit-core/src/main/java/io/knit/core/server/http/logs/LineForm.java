package io.knit.core.server.http.logs;

import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.LogLine;
import io.knit.core.server.http.json.LogJson;
import io.knit.core.server.inside.InstanceLine;
import java.util.List;

/** How lines are written: as events, or as text. One for each answer. */
final class LineForm {
    private final boolean events;
    private final boolean named;
    private final boolean timed;
    /** Whose line has not ended. */
    private String open = "";

    /**
     * @param events server-sent events, else text
     * @param named whether each line of text says whose it is
     * @param timed whether each line of text says when it was written
     */
    LineForm(boolean events, boolean named, boolean timed) {
        this.events = events;
        this.named = named;
        this.timed = timed;
    }

    String type() {
        return events ? "text/event-stream; charset=utf-8" : "text/plain; charset=utf-8";
    }

    String begin() {
        return events ? "retry: 1000\n: knit\n\n" : "";
    }

    String keepAlive() {
        return events ? ": keep-alive\n\n" : "";
    }

    String of(List<InstanceLine> lines) {
        StringBuilder text = new StringBuilder();
        for (InstanceLine line : lines) {
            if (events) {
                text.append(LogJson.frame(line));
            } else {
                write(line, text);
            }
        }
        return text.toString();
    }

    private void write(InstanceLine from, StringBuilder text) {
        LogLine line = from.line();
        boolean goesOn = open.equals(from.instance());
        if (!goesOn || line == null) {
            closeLine(text);
            goesOn = false;
        }
        if (line == null) {
            text.append(named ? from.instance() + " " : "")
                    .append("knit: ")
                    .append(from.note())
                    .append('\n');
            return;
        }
        if (!goesOn) {
            text.append(named ? from.instance() + " " : "").append(timed ? line.at() + " " : "");
        }
        text.append(line.text());
        open = line.whole() ? "" : from.instance();
        if (line.whole()) {
            text.append('\n');
        }
    }

    private void closeLine(StringBuilder text) {
        if (!open.isEmpty()) {
            text.append('\n');
            open = "";
        }
    }

    String end() {
        return events ? "event: end\ndata: {}\n\n" : "";
    }

    String failure(KnitException why) {
        if (events) {
            return LogJson.failure(why);
        }
        StringBuilder text = new StringBuilder();
        closeLine(text);
        return text.append("knit: ").append(why.getMessage()).append('\n').toString();
    }

    /** Whether who reads it knows that it has ended, and how; text is whole only if the answer is. */
    boolean saysItsEnd() {
        return events;
    }
}
