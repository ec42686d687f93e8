package io.knit.launcher.remote.show;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/** Prints answers in the format that was asked for. */
public final class Printer {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES));

    private final PrintWriter out;
    private final Format format;
    private final Instant now = Instant.now();

    public Printer(PrintWriter out, Format format) {
        this.out = out;
        this.format = format;
    }

    /** When the command began: ages are as of then. */
    public Instant now() {
        return now;
    }

    public boolean isJson() {
        return format == Format.JSON;
    }

    public boolean isWide() {
        return format == Format.WIDE;
    }

    /**
     * @param answer as the server said it
     * @param names of the things in it
     * @param lines for people
     */
    public void print(JsonNode answer, Function<JsonNode, List<String>> names, Function<JsonNode, List<String>> lines) {
        switch (format) {
            case JSON -> out.println(text(JSON, answer));
            case YAML -> out.print(text(YAML, answer));
            case NAME -> names.apply(answer).forEach(name -> out.println(TextTable.shown(name)));
            case TABLE, WIDE -> lines.apply(answer).forEach(out::println);
        }
    }

    /** A line for each, at once. */
    public void event(JsonNode event) {
        switch (format) {
            case JSON, YAML -> out.println(event);
            case NAME -> out.println(TextTable.shown(Listings.text(event, "type")));
            case TABLE, WIDE ->
                out.println(TextTable.shown(Listings.text(event, "at") + "  " + Listings.text(event, "type") + "  "
                        + Listings.text(event, "message")));
        }
        out.flush();
    }

    private static String text(ObjectMapper mapper, JsonNode tree) {
        try {
            return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
