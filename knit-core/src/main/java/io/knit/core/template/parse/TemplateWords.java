package io.knit.core.template.parse;

import io.knit.core.spec.Delimiters;
import io.knit.core.template.bound.Attributes;
import io.knit.core.template.bound.Budget;
import io.knit.core.template.bound.ValueFault;
import io.pebbletemplates.pebble.error.AttributeNotFoundException;
import io.pebbletemplates.pebble.error.PebbleException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Pebble's sentences in the words of somebody who writes a template. */
public final class TemplateWords {
    private static final Pattern UNEXPECTED = Pattern.compile(
            "Unexpected token of value \"(.*)\" and type \\w+, expected token of type (\\w+)", Pattern.DOTALL);
    private static final Map<String, String> TOKENS = Map.of(
            "NAME", "a name",
            "STRING", "a string",
            "PUNCTUATION", "another sign",
            "EOF", "the end");

    /** A Java class as messages name it: {@code java.util.ArrayList}, {@code [Ljava.lang.String;}. */
    private static final Pattern JAVA = Pattern.compile(
            "(?:class |interface )?(?:\\[L)?(?:[a-z][a-z0-9_]*\\.){2,}([A-Z]\\w*)(?:\\$\\w+)*;?(?:@[0-9a-f]+)?");

    private static final Map<String, String> KINDS = Map.of(
            "String", "a text",
            "Character", "a text",
            "SafeString", "a text",
            "Boolean", "true or false",
            "Integer", "a number",
            "Long", "a number",
            "Double", "a number");

    private static final int LONGEST = 300;

    /** What Pebble says of values that has at most their kind in it, or what stands in the template. */
    private static final List<String> QUOTE_NOTHING = List.of(
            "Could not perform ",
            "Wrong operand(s) type in conditional expression",
            "null value ",
            "Can not pass null value to ",
            "Unsupported value type ",
            "Function or Macro [",
            "The argument at position ",
            "The following named argument does not exist",
            "Tried to write more than ");

    /** Of whatever else Pebble fails with, and of how it fails where it did not think of a fault. */
    public static final String UNFIT = "it can't be rendered: an operator or a test does not fit its values";

    private TemplateWords() {}

    /** For a fault that braces of another language would give as well. */
    static String foreign(String words, Delimiters delimiters) {
        String open = delimiters.tagOpen();
        String close = delimiters.tagClose();
        return words + "; if these braces are meant for another program, put " + open + " verbatim " + close
                + " before and " + open + " endverbatim " + close
                + " after them, or give the template other delimiters";
    }

    /** For a text that ends too early. */
    static String endless(Delimiters delimiters) {
        return "it ends inside a tag; close it with " + delimiters.close() + " or " + delimiters.tagClose();
    }

    /** Without what only a programmer of Knit's would understand, and not longer than can be read. */
    private static String plain(String words) {
        String known =
                JAVA.matcher(words).replaceAll(match -> KINDS.getOrDefault(match.group(1), kind(match.group(1))));
        return known.length() <= LONGEST ? known : known.substring(0, LONGEST) + "…";
    }

    private static String kind(String name) {
        if (name.endsWith("Map")) {
            return "a map";
        }
        return name.endsWith("List") || name.endsWith("Set") ? "a list" : "another kind of value";
    }

    /** What is wrong with what could be parsed: of Pebble's own sentences those alone that are known to quote no value. */
    public static String of(PebbleException fault) {
        String pebble = fault.getPebbleMessage();
        if (fault instanceof AttributeNotFoundException missing) {
            String name = missing.getAttributeName();
            return (name.equals(Attributes.WORKED_OUT) ? name : "\"" + name + "\"")
                    + " does not exist; give it, or write | default('…')";
        }
        if (fault instanceof ValueFault) {
            return plain(pebble);
        }
        if (pebble.startsWith("Not an iterable object")) {
            return "for goes through lists and maps, and this is none; a text is split first, as in"
                    + " secret(\"hosts\") | split(',')";
        }
        return QUOTE_NOTHING.stream().anyMatch(pebble::startsWith) ? of(pebble, Delimiters.STANDARD) : UNFIT;
    }

    static String of(String pebble, Delimiters delimiters) {
        Matcher unexpected = UNEXPECTED.matcher(pebble);
        if (unexpected.matches()) {
            String expected = switch (unexpected.group(2)) {
                case "EXECUTE_END" -> delimiters.tagClose();
                case "PRINT_END" -> delimiters.close();
                default -> TOKENS.getOrDefault(unexpected.group(2), unexpected.group(2));
            };
            String found = unexpected.group(1).equals("null") ? "the end" : "\"" + unexpected.group(1) + "\"";
            return "found " + found + " where " + expected + " should be";
        }
        if (pebble.indexOf('\0') >= 0) {
            return endless(delimiters);
        }
        if (pebble.startsWith("Tried to write more than")) {
            return "its output is larger than " + Budget.MAX_OUTPUT + " characters";
        }
        if (pebble.startsWith("Unsupported value type")) {
            return "if takes true or false, a text or a number, no list and no map; write \"is not empty\"";
        }
        return plain(pebble.replace("Pebble was", "it was"));
    }
}
