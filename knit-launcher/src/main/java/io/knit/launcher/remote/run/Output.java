package io.knit.launcher.remote.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.show.LogLines;

/** Where a job's lines go: to the stream to which it wrote them, or as JSON to one. */
final class Output {
    private final LogLines out;
    private final LogLines err;
    private final boolean json;

    Output(Console console, boolean raw, boolean json) {
        this.out = new LogLines(console.out(), console.err(), false, false, raw, json);
        this.err = new LogLines(console.err(), console.err(), false, false, raw, json);
        this.json = json;
    }

    synchronized void show(JsonNode line) {
        boolean ofErr = line.has("message") || line.path("stream").asText().equals("stderr");
        (ofErr && !json ? err : out).show(line);
    }
}
