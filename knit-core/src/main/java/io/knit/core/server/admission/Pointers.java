package io.knit.core.server.admission;

/** JSON pointers (RFC 6901), and a user's own text in messages. */
public final class Pointers {
    private Pointers() {}

    /** The pointer of a member, {@code /} and {@code ~} in its key escaped. */
    public static String child(String parent, String key) {
        return parent + "/" + key.replace("~", "~0").replace("/", "~1");
    }

    /** In quotes, shortened to 100 characters, control and half characters replaced: fit for a message and a log. */
    public static String quoted(String text) {
        String shown = text.length() > 100 ? text.substring(0, 99) + "…" : text;
        StringBuilder out = new StringBuilder("\"");
        shown.codePoints()
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? '\uFFFD' : c)
                .forEach(out::appendCodePoint);
        return out.append('"').toString();
    }
}
