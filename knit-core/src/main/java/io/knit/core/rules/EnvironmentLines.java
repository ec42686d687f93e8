package io.knit.core.rules;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import java.util.regex.Pattern;

/** Text whose lines {@code KEY=value} are environment (pure): blank ones, and those that begin with {@code #}, are passed over. */
public final class EnvironmentLines {
    private static final Pattern NAME = Pattern.compile("[^=\\x00-\\x20\\x7f]{1,256}");

    private EnvironmentLines() {}

    /** Of a name that stands twice the later value; without the lines that are none. */
    public static Map<String, String> of(String text) {
        Map<String, String> all = new LinkedHashMap<>();
        each(text, (line, number) -> {
            if (isPair(line)) {
                int equals = line.indexOf('=');
                all.put(line.substring(0, equals), line.substring(equals + 1));
            }
        });
        return all;
    }

    /** The number of the first line that is none, from 1; 0: each is. */
    public static int wrong(String text) {
        int[] first = {0};
        each(text, (line, number) -> {
            if (first[0] == 0 && !isPair(line)) {
                first[0] = number;
            }
        });
        return first[0];
    }

    private static boolean isPair(String line) {
        int equals = line.indexOf('=');
        return equals >= 0 && NAME.matcher(line.substring(0, equals)).matches();
    }

    private static void each(String text, ObjIntConsumer<String> taker) {
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            String line = lines[i].endsWith("\r") ? lines[i].substring(0, lines[i].length() - 1) : lines[i];
            if (!line.isBlank() && !line.stripLeading().startsWith("#")) {
                taker.accept(line, i + 1);
            }
        }
    }
}
