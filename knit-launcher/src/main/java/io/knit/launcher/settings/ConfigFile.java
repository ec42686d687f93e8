package io.knit.launcher.settings;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.rules.Nearest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Reads a config file: YAML, because labels read best as a mapping there and people have an editor for it. Keys are the
 * flags' names; every scalar is taken as it is written, so that {@code 10.54.0.1:8080} and {@code 007} stay what they are.
 */
public final class ConfigFile {
    private final Path file;
    private final Collection<String> known;
    private final Map<String, String> values = new LinkedHashMap<>();
    /** The keys of which several values may stand in a list. */
    private final Set<String> lists = Arrays.stream(Setting.values())
            .filter(Setting::isList)
            .map(Setting::key)
            .collect(Collectors.toSet());

    private ConfigFile(Path file, Collection<String> known) {
        this.file = file;
        this.known = known;
    }

    /**
     * @param known the keys that may stand in it
     * @throws KnitException with {@code INVALID_CONFIGURATION}
     */
    public static Map<String, String> read(Path file, Collection<String> known) {
        ConfigFile config = new ConfigFile(file, known);
        try (JsonParser parser = new YAMLFactory()
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .createParser(Files.readString(file))) {
            config.readAll(parser);
        } catch (NoSuchFileException e) {
            throw config.refusal("there is no such file; give the path of a YAML file, or leave --config out");
        } catch (JsonProcessingException e) {
            throw config.refusal("line " + e.getLocation().getLineNr() + " is not YAML that Knit reads ("
                    + e.getOriginalMessage().lines().findFirst().orElse("") + "); write one \"key: value\" a line");
        } catch (IOException e) {
            throw config.refusal("it can't be read (" + e.getClass().getSimpleName() + "); check that it is a file, in"
                    + " UTF-8, which this user may read");
        }
        return config.values;
    }

    private void readAll(JsonParser parser) throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            return;
        }
        if (first != JsonToken.START_OBJECT) {
            throw refusal("it is no list of settings; write one \"key: value\" a line");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            requireKnown(key);
            values.put(key, readValue(key, parser));
        }
    }

    private void requireKnown(String key) {
        if (!known.contains(key)) {
            throw refusal("unknown key \"" + key + "\"; "
                    + Nearest.to(key, new TreeSet<>(known), 2)
                            .map(near -> "did you mean \"" + near + "\"?")
                            .orElse("it takes " + String.join(", ", known)));
        }
    }

    private String readValue(String key, JsonParser parser) throws IOException {
        JsonToken token = parser.nextToken();
        if (token == JsonToken.START_OBJECT && key.equals(Setting.LABELS.key())) {
            return readPairs(key, parser);
        }
        if (token == JsonToken.START_ARRAY && lists.contains(key)) {
            return readList(key, parser);
        }
        if (token == null || !token.isScalarValue()) {
            throw refusal("the value of \"" + key + "\" must be one text; put it in quotes if it begins with [ or {");
        }
        if (token == JsonToken.VALUE_NULL || parser.getText().isBlank()) {
            throw refusal("\"" + key + "\" has no value; give one or remove the line");
        }
        return parser.getText();
    }

    private String readPairs(String key, JsonParser parser) throws IOException {
        StringJoiner pairs = new StringJoiner(",");
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            if (token == null || !token.isScalarValue()) {
                throw refusal("the value of \"" + name + "\" in \"" + key + "\" must be one text");
            }
            pairs.add(name + "=" + (token == JsonToken.VALUE_NULL ? "" : parser.getText()));
        }
        return pairs.toString();
    }

    private String readList(String key, JsonParser parser) throws IOException {
        StringJoiner words = new StringJoiner(",");
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            if (token == null
                    || !token.isScalarValue()
                    || token == JsonToken.VALUE_NULL
                    || parser.getText().isBlank()) {
                throw refusal("each value of \"" + key + "\" must be one text");
            }
            words.add(parser.getText());
        }
        if (words.length() == 0) {
            throw refusal("\"" + key + "\" has no value; give one or remove the line");
        }
        return words.toString();
    }

    private KnitException refusal(String what) {
        return new KnitException(ErrorCode.INVALID_CONFIGURATION, "config file " + file + ": " + what);
    }
}
