package io.knit.launcher.remote.show;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lines of logs as they are shown. */
public final class LogLines {
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean named;
    private final boolean timed;
    private final boolean raw;
    private final @Nullable Consumer<JsonNode> whole;
    private String open = "";

    /**
     * @param err where Knit's own words go, which no program's may be taken for
     * @param named whether each line says whose it is
     * @param timed whether each says when it was written
     * @param raw whether control characters stay
     * @param whole shows each as the server said it; null: they are shown as lines
     */
    public LogLines(
            PrintWriter out,
            PrintWriter err,
            boolean named,
            boolean timed,
            boolean raw,
            @Nullable Consumer<JsonNode> whole) {
        this.out = out;
        this.err = err;
        this.named = named;
        this.timed = timed;
        this.raw = raw;
        this.whole = whole;
    }

    public void show(JsonNode event) {
        if (whole != null) {
            whole.accept(event);
        } else if (event.has("message")) {
            close();
            out.flush();
            err.println(
                    "knit: " + (named ? TextTable.shown(event.path("instance").asText()) + ": " : "")
                            + TextTable.shown(event.path("message").asText()));
            err.flush();
        } else {
            line(event);
        }
        out.flush();
    }

    private void line(JsonNode event) {
        String instance = event.path("instance").asText();
        if (!open.equals(instance)) {
            close();
            out.print(whose(event) + (timed ? TextTable.shown(event.path("time").asText()) + " " : ""));
        }
        String text = event.path("text").asText();
        out.print(raw ? text : cleaned(text));
        if (event.path("partial").asBoolean()) {
            open = instance;
        } else {
            open = "";
            out.println();
        }
    }

    private String whose(JsonNode event) {
        return named ? TextTable.shown(event.path("instance").asText()) + "  " : "";
    }

    /** Whose line had not ended. */
    private void close() {
        if (!open.isEmpty()) {
            out.println();
            open = "";
        }
    }

    /** Tabs stay where they are: tables are made of them. */
    private static String cleaned(String text) {
        String[] parts = text.split("\t", -1);
        for (int i = 0; i < parts.length; i++) {
            parts[i] = TextTable.shown(parts[i]);
        }
        return String.join("\t", parts);
    }
}
