package io.knit.launcher.remote.show;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.launcher.output.Unwritten;
import io.knit.launcher.remote.screen.Terminal;
import io.knit.launcher.yaml.YamlForm;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Prints answers in the format that was asked for. */
public final class Printer {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Where one begins. */
    private static final String DOCUMENT = "---";

    private final PrintWriter out;
    private final Format format;
    private final Terminal terminal;
    private final Instant now = Instant.now();
    private boolean printed;

    public Printer(PrintWriter out, Format format, Terminal terminal) {
        this.out = out;
        this.format = format;
        this.terminal = terminal;
    }

    /** What it prints on. */
    public Terminal terminal() {
        return terminal;
    }

    /** Whether what is printed is for people. */
    public boolean isForPeople() {
        return format == Format.TABLE || format == Format.WIDE;
    }

    /** When the command began: ages are as of then. */
    public Instant now() {
        return now;
    }

    /** Whether what the server said is printed as it said it, in JSON or YAML. */
    public boolean isWhole() {
        return format == Format.JSON || format == Format.YAML;
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
        apart();
        lines(answer, names, lines).forEach(out::println);
    }

    /** Documents of YAML have a line between them, or they are one that has everything twice. */
    private void apart() {
        if (printed && format == Format.YAML) {
            out.println(DOCUMENT);
        }
        printed = true;
    }

    /** The lines as one of several documents. */
    public List<String> oneOfSeveral(List<String> lines) {
        return format == Format.YAML
                ? Stream.concat(Stream.of(DOCUMENT), lines.stream()).toList()
                : lines;
    }

    /** What {@link #print} prints. */
    public List<String> lines(
            JsonNode answer, Function<JsonNode, List<String>> names, Function<JsonNode, List<String>> lines) {
        return switch (format) {
            case JSON -> json(answer).lines().toList();
            case YAML -> YamlForm.of(answer).lines().toList();
            case NAME -> names.apply(answer).stream().map(TextTable::shown).toList();
            case TABLE, WIDE -> lines.apply(answer);
        };
    }

    /** The same as of now. */
    public Printer anew() {
        return new Printer(out, format, terminal);
    }

    /**
     * A line for each, at once.
     *
     * @throws Unwritten if nobody takes it
     */
    public void event(JsonNode event) {
        apart();
        switch (format) {
            case JSON, YAML -> out.println(event);
            case NAME -> out.println(TextTable.shown(Listings.text(event, "type")));
            case TABLE, WIDE ->
                out.println(TextTable.shown(Listings.text(event, "at") + "  " + Listings.text(event, "type") + "  "
                        + Listings.text(event, "message")));
        }
        Unwritten.require(out);
    }

    private static String json(JsonNode tree) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
