package io.knit.launcher.remote.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.show.LogLines;
import io.knit.launcher.remote.show.Printer;
import java.util.function.Consumer;

/** Where a job's lines go: to the stream to which it wrote them, or as the server said them to one. */
final class Output {
    private final LogLines out;
    private final LogLines err;
    private final boolean whole;

    Output(Console console, boolean raw, Printer printer) {
        Consumer<JsonNode> shown = printer.isWhole() ? printer::event : null;
        this.out = new LogLines(console.out(), console.err(), false, false, raw, shown);
        this.err = new LogLines(console.err(), console.err(), false, false, raw, shown);
        this.whole = shown != null;
    }

    synchronized void show(JsonNode line) {
        boolean ofErr = line.has("message") || line.path("stream").asText().equals("stderr");
        (ofErr && !whole ? err : out).show(line);
    }
}
