package io.knit.core.server.compose.text;

import io.knit.core.server.admission.Pointers;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Puts variables into texts: {@code $X}, <code>${X}</code>, with {@code :-} and {@code -} what stands for it, {@code :?} and {@code ?} why it must be
 * there, {@code :+} and {@code +} what comes instead, and {@code $$} a dollar. What it makes is counted, text without variables, too. Not thread-safe.
 */
public final class Interpolation {
    private static final int MOST_DEPTH = 16;

    private final Function<String, @Nullable String> variables;
    private final ComposeFindings findings;
    private final boolean shows;

    /** @param variables what one is, by its name; null: it is not set */
    public Interpolation(Function<String, @Nullable String> variables, ComposeFindings findings) {
        this(variables, findings, true);
    }

    private Interpolation(Function<String, @Nullable String> variables, ComposeFindings findings, boolean shows) {
        this.variables = variables;
        this.findings = findings;
        this.shows = shows;
    }

    /** The same in texts that may be passwords: what is wrong is said without what stands there. */
    static Interpolation ofSecrets(Function<String, @Nullable String> variables, ComposeFindings findings) {
        return new Interpolation(variables, findings, false);
    }

    /** The text with its variables put in; what is wrong with it is found, and left out of it. */
    public String in(String text, Spot at) {
        if (text.indexOf('$') < 0) {
            findings.spend(at, text.length());
            return text;
        }
        return new Run(at).in(text, 0);
    }

    /** One text. */
    private final class Run {
        private final Spot at;

        Run(Spot at) {
            this.at = at;
        }

        String in(String text, int depth) {
            findings.spend(at, text.length());
            StringBuilder out = new StringBuilder();
            int from = 0;
            while (from < text.length()) {
                int dollar = text.indexOf('$', from);
                if (dollar < 0 || dollar == text.length() - 1) {
                    if (dollar >= 0) {
                        refuse("a dollar stands alone");
                    }
                    out.append(text, from, dollar < 0 ? text.length() : dollar);
                    break;
                }
                out.append(text, from, dollar);
                from = after(text, dollar + 1, depth, out);
            }
            return out.toString();
        }

        /** What stands behind a dollar; gives where the text goes on. */
        private int after(String text, int from, int depth, StringBuilder out) {
            char next = text.charAt(from);
            if (next == '$') {
                out.append('$');
                return from + 1;
            } else if (next == '{') {
                int end = closing(text, from + 1);
                if (end < 0 || depth >= MOST_DEPTH) {
                    refuse(end < 0 ? "${ is not closed" : "${ is nested deeper than " + MOST_DEPTH + " levels");
                    return text.length();
                }
                append(braced(text.substring(from + 1, end), depth), out);
                return end + 1;
            }
            int end = nameEnd(text, from);
            if (end == from) {
                refuse("behind a dollar there is no variable's name");
                return from;
            }
            append(plain(text.substring(from, end)), out);
            return end;
        }

        private void append(String value, StringBuilder out) {
            findings.spend(at, value.length());
            out.append(value);
        }

        private String braced(String inside, int depth) {
            int end = nameEnd(inside, 0);
            String name = inside.substring(0, end);
            String rest = inside.substring(end);
            if (name.isEmpty()) {
                refuse(braces(inside) + " names no variable");
                return "";
            }
            if (rest.isEmpty()) {
                return plain(name);
            }
            boolean emptyToo = rest.startsWith(":");
            String way = emptyToo ? rest.substring(1) : rest;
            String value = variables.apply(name);
            boolean given = value != null && !(emptyToo && value.isEmpty());
            String word = way.isEmpty() ? "" : way.substring(1);
            switch (way.isEmpty() ? ' ' : way.charAt(0)) {
                case '-':
                    return given ? String.valueOf(value) : in(word, depth + 1);
                case '+':
                    return given ? in(word, depth + 1) : "";
                case '?':
                    if (!given) {
                        String why = in(word, depth + 1);
                        findings.refuse(
                                at,
                                "the variable " + name + " is not set"
                                        + (why.isEmpty() || !shows ? "" : ": " + shortened(why)),
                                "set it, in .env beside the file or in the environment");
                    }
                    return given ? String.valueOf(value) : "";
                default:
                    refuse(braces(inside) + " is not understood");
                    return "";
            }
        }

        private String braces(String inside) {
            return shows ? "${" + shortened(inside) + "}" : "${…} (not shown)";
        }

        private String plain(String name) {
            String value = variables.apply(name);
            if (value != null) {
                return value;
            } else if (shows) {
                findings.remark(
                        at,
                        "the variable " + name + " is not set, and is empty here",
                        "set it, in .env beside the file or in the environment, or write ${" + name + ":-} for none");
            } else {
                // what stands behind a password's dollar is half of it
                findings.remark(
                        at,
                        "a variable of this value (not shown) is not set, and is empty here",
                        "put the value into single quotes, in which a dollar is a dollar, or set the variable");
            }
            return "";
        }

        private void refuse(String words) {
            findings.refuse(at, words, "write $$ for a dollar, or ${NAME} or ${NAME:-otherwise} for a variable");
        }
    }

    private static String shortened(String text) {
        String quoted = Pointers.quoted(text);
        return quoted.substring(1, quoted.length() - 1);
    }

    private static int nameEnd(String text, int from) {
        int end = from;
        while (end < text.length() && isName(text.charAt(end), end == from)) {
            end++;
        }
        return end;
    }

    private static boolean isName(char c, boolean first) {
        return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || !first && c >= '0' && c <= '9';
    }

    /** The brace that closes one, over those that are opened in between; -1: there is none. */
    private static int closing(String text, int from) {
        int open = 1;
        for (int i = from; i < text.length(); i++) {
            if (text.startsWith("${", i)) {
                open++;
                i++;
            } else if (text.charAt(i) == '}' && --open == 0) {
                return i;
            }
        }
        return -1;
    }
}
