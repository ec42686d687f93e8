package io.knit.core.template;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Pebble's sentences in the words of somebody who writes a template. */
final class TemplateWords {
    private static final Pattern UNEXPECTED = Pattern.compile(
            "Unexpected token of value \"(.*)\" and type \\w+, expected token of type (\\w+)", Pattern.DOTALL);
    private static final Pattern STRICT =
            Pattern.compile("(?:Root a|A)ttribute \\[(.*)] .*strict variables.*", Pattern.DOTALL);
    private static final Map<String, String> TOKENS = Map.of(
            "EXECUTE_END", "%}",
            "PRINT_END", "}}",
            "NAME", "a name",
            "STRING", "a string",
            "PUNCTUATION", "another sign",
            "EOF", "the end");

    private TemplateWords() {}

    static String of(String pebble) {
        Matcher unexpected = UNEXPECTED.matcher(pebble);
        if (unexpected.matches()) {
            String expected = TOKENS.getOrDefault(unexpected.group(2), unexpected.group(2));
            String found = unexpected.group(1).equals("null") ? "the end" : "\"" + unexpected.group(1) + "\"";
            return "found " + found + " where " + expected + " should be";
        }
        Matcher strict = STRICT.matcher(pebble);
        if (strict.matches()) {
            return "\"" + strict.group(1) + "\" does not exist; give it, or write | default('…')";
        }
        if (pebble.indexOf('\0') >= 0) {
            return "it ends inside a tag; close it with }} or %}";
        }
        if (pebble.startsWith("Tried to write more than")) {
            return "its output is larger than " + TemplateEngine.MAX_OUTPUT + " characters";
        }
        return pebble.replace("Pebble was", "it was");
    }
}
