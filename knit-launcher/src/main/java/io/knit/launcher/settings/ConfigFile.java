package io.knit.launcher.settings;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.rules.Nearest;
import io.knit.launcher.yaml.NoYaml;
import io.knit.launcher.yaml.YamlTrees;
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
import org.jspecify.annotations.Nullable;

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
        try {
            config.readAll(YamlTrees.written(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            throw config.refusal("there is no such file; give the path of a YAML file, or leave --config out");
        } catch (NoYaml e) {
            throw config.refusal((e.line() == 0 ? "it" : "line " + e.line()) + " is not YAML that Knit reads ("
                    + e.getMessage()
                    + "); write one \"key: value\" a line; where the value begins with [ or {, put it in quotes");
        } catch (IOException e) {
            throw config.refusal("it can't be read (" + e.getClass().getSimpleName()
                    + "); check that it is a file which this user may read");
        }
        return config.values;
    }

    private void readAll(@Nullable JsonNode settings) {
        if (settings == null || settings.isNull()) {
            return;
        }
        if (!settings.isObject()) {
            throw refusal("it is no list of settings; write one \"key: value\" a line");
        }
        settings.properties().forEach(each -> {
            requireKnown(each.getKey());
            values.put(each.getKey(), text(each.getKey(), each.getValue()));
        });
    }

    private void requireKnown(String key) {
        if (!known.contains(key)) {
            throw refusal("unknown key \"" + key + "\"; "
                    + Nearest.to(key, new TreeSet<>(known), 2)
                            .map(near -> "did you mean \"" + near + "\"?")
                            .orElse("it takes " + String.join(", ", known)));
        }
    }

    private String text(String key, JsonNode value) {
        if (value.isObject() && key.equals(Setting.LABELS.key())) {
            return pairs(key, value);
        }
        if (value.isArray() && lists.contains(key)) {
            return list(key, value);
        }
        if (!value.isValueNode()) {
            throw refusal("the value of \"" + key + "\" must be one text; put it in quotes if it begins with [ or {");
        }
        if (value.asText("").isBlank()) {
            throw refusal("\"" + key + "\" has no value; give one or remove the line");
        }
        return value.asText();
    }

    private String pairs(String key, JsonNode labels) {
        StringJoiner pairs = new StringJoiner(",");
        labels.properties().forEach(label -> {
            if (!label.getValue().isValueNode()) {
                throw refusal("the value of \"" + label.getKey() + "\" in \"" + key + "\" must be one text");
            }
            pairs.add(label.getKey() + "=" + label.getValue().asText(""));
        });
        return pairs.toString();
    }

    private String list(String key, JsonNode list) {
        StringJoiner words = new StringJoiner(",");
        for (JsonNode word : list) {
            if (!word.isValueNode() || word.asText("").isBlank()) {
                throw refusal("each value of \"" + key + "\" must be one text");
            }
            words.add(word.asText());
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
