package io.knit.launcher.settings;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads node labels as people write them: {@code region=eu,ssd=true}. */
final class LabelParser {
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?");
    private static final String EXAMPLE = "write key=value pairs with commas between them, such as region=eu,ssd=true";

    private final String source;
    private final Map<String, String> labels = new LinkedHashMap<>();

    private LabelParser(String source) {
        this.source = source;
    }

    /**
     * @param source what the text is called in messages: {@code --labels}
     * @throws KnitException with {@code INVALID_CONFIGURATION}
     */
    static Map<String, String> parse(String source, String text) {
        LabelParser parser = new LabelParser(source);
        for (String pair : text.split(",", -1)) {
            parser.add(pair.strip());
        }
        return parser.labels;
    }

    private void add(String pair) {
        if (pair.isEmpty()) {
            throw refusal("there is nothing before, between or after a comma; " + EXAMPLE);
        }
        int equals = pair.indexOf('=');
        if (equals < 0) {
            throw refusal("\"" + pair + "\" has no value; write " + pair + "=true, or another value");
        }
        if (pair.indexOf('=', equals + 1) >= 0) {
            throw refusal("\"" + pair + "\" has more than one \"=\"; " + EXAMPLE);
        }
        String key = pair.substring(0, equals).strip();
        String value = pair.substring(equals + 1).strip();
        check(pair, "key", key);
        check(pair, "value", value);
        String before = labels.putIfAbsent(key, value);
        if (before != null) {
            throw refusal(
                    "\"" + key + "\" is given twice, as \"" + before + "\" and \"" + value + "\"; give each key once");
        }
    }

    private void check(String pair, String part, String word) {
        if (word.isEmpty()) {
            throw refusal("\"" + pair + "\" has no " + part + "; " + EXAMPLE);
        }
        if (!WORD.matcher(word).matches()) {
            throw refusal(
                    "the " + part + " of \"" + pair + "\" may have 1 to 63 letters, digits and \"-\", \"_\", \".\","
                            + " \"/\", and begins and ends with a letter or digit");
        }
    }

    private KnitException refusal(String what) {
        return new KnitException(ErrorCode.INVALID_CONFIGURATION, source + ": " + what);
    }
}
