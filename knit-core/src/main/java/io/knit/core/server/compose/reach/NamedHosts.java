package io.knit.core.server.compose.reach;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.function.ObjIntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds what may be hosts in the values of a spec: {@code db:5432}, {@code //db/}, {@code @db/}, and what stands behind {@code DB_HOST}. */
final class NamedHosts {
    /** No port is said. */
    static final int NONE = 0;

    private static final int MOST = 65_535;
    private static final Pattern HOST = Pattern.compile(
            "(?<![A-Za-z0-9_.-])(?<name>[A-Za-z0-9][A-Za-z0-9_.-]{0,252})(?::(?<port>[0-9]{2,5})(?![A-Za-z0-9_@-]|\\.[0-9]))?");
    /** What stands behind a name that is a user's, of what follows a scheme. */
    private static final Pattern OF_USER = Pattern.compile("[^/?#\\s\"'<>]*@");

    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,252}");
    private static final Pattern OF_HOST = Pattern.compile("HOST(NAME)?|SERVER|ADDR(ESS)?", Pattern.CASE_INSENSITIVE);
    private static final List<String> TEXTS = List.of("entrypoint", "command", "args", "labels", "health");

    private final ObjIntConsumer<String> found;

    /** @param found is told each, in small letters, with its port or {@link #NONE} */
    NamedHosts(ObjIntConsumer<String> found) {
        this.found = found;
    }

    void in(JsonNode spec) {
        TEXTS.forEach(field -> texts(spec.path(field)));
        env(spec.path("env"));
        spec.path("templates").forEach(file -> texts(file.path("content")));
        spec.path("sidecars").forEach(this::in);
    }

    private void texts(JsonNode value) {
        if (value.isTextual()) {
            text(value.asText());
        } else {
            value.forEach(this::texts);
        }
    }

    private void env(JsonNode env) {
        env.fields().forEachRemaining(each -> {
            String value = each.getValue().asText();
            Matcher key = OF_HOST.matcher(each.getKey());
            if (key.find() && WORD.matcher(value).matches()) {
                String port = env.path(ofPort(key)).asText();
                tell(value, port.matches("[0-9]{2,5}") ? port : null);
            } else {
                text(value);
            }
        });
    }

    /** {@code DB_PORT} for {@code DB_HOST}, written as that is. */
    private static String ofPort(Matcher host) {
        String word = host.group();
        boolean isSmall = Character.isLowerCase(word.charAt(word.length() - 1));
        String rest = isSmall ? "ort" : "ORT";
        return host.replaceFirst((Character.isLowerCase(word.charAt(0)) ? "p" : "P") + rest);
    }

    private void text(String text) {
        Matcher host = HOST.matcher(text);
        while (host.find()) {
            String port = host.group("port");
            boolean isAfterUser = isAt(text, host.start() - 1, '@');
            boolean isAfterSlash = isAt(text, host.start() - 1, '/');
            boolean isAfterScheme = isAfterSlash && isAt(text, host.start() - 2, '/');
            boolean isHost = isAfterScheme && !isUser(text, host.end("name"));
            if (isHost || isAfterUser || port != null && !isAfterSlash) {
                tell(host.group("name"), port);
            }
        }
    }

    private static boolean isUser(String text, int from) {
        return OF_USER.matcher(text).region(from, text.length()).lookingAt();
    }

    private static boolean isAt(String text, int place, char one) {
        return place >= 0 && place < text.length() && text.charAt(place) == one;
    }

    private void tell(String name, @Nullable String port) {
        int number = port == null ? NONE : Integer.parseInt(port);
        found.accept(name.toLowerCase(Locale.ROOT), number > MOST ? NONE : number);
    }
}
